"""A document that was read is translated paragraph by paragraph; nothing is stored."""

from collections.abc import Callable
from dataclasses import dataclass

from service.domain.language import Direction
from service.domain.paragraph import Kind, ReadText
from service.domain.translation import DEFAULT_OPTIONS, Flag, SourceText, TranslationOptions
from service.mt.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedParagraph:
    """A paragraph beside its draft; furniture keeps its own text and has no model."""

    kind: Kind
    source: str
    text: str
    markup: str | None
    model: str | None
    signature: str | None
    flags: tuple[Flag, ...]


def translate_document(
    translator: Translator,
    document: ReadText,
    direction: Direction,
    *,
    options: TranslationOptions = DEFAULT_OPTIONS,
    progress: Callable[[int, int], None] | None = None,
) -> list[TranslatedParagraph]:
    """Return every paragraph with its draft, in order; furniture is left as it is.

    ``progress`` is called with the paragraphs done and the paragraphs in all.

    Raises:
        UnavailableError: If no model serves the direction.
    """
    body = [p for p in document.paragraphs if p.kind is not Kind.FURNITURE]
    sources = [SourceText(text=p.text, markup=p.markup) for p in body]
    made = iter(translator.translate(sources, direction, options=options, progress=progress))
    drafts = []
    for paragraph in document.paragraphs:
        draft = next(made) if paragraph.kind is not Kind.FURNITURE else None
        drafts.append(
            TranslatedParagraph(
                kind=paragraph.kind,
                source=paragraph.text,
                text=draft.text if draft else paragraph.text,
                markup=draft.markup if draft else paragraph.markup,
                model=draft.model if draft else None,
                signature=draft.signature if draft else None,
                flags=draft.flags if draft else (),
            )
        )
    return drafts
