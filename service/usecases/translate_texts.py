"""Texts are translated while somebody waits; nothing is stored."""

from collections.abc import Sequence

from service.domain.language import Direction
from service.domain.plain_text import check_plain
from service.domain.translation import (
    DEFAULT_OPTIONS,
    NO_MODEL,
    Flag,
    Priority,
    SourceText,
    Translation,
    TranslationOptions,
)
from service.mt.html_document import HtmlDocument, read_document
from service.mt.translator import Translator
from service.untrusted.limits import check_size

BETWEEN_BLOCKS = "\n\n"


def translate_texts(
    translator: Translator,
    texts: Sequence[str],
    *,
    direction: Direction,
    html: bool = False,
    options: TranslationOptions = DEFAULT_OPTIONS,
) -> list[Translation]:
    """Return the translation of each text, in order.

    With ``html`` each text is a fragment or a whole document, of one block or many, and so is its
    translation's markup: the same bytes wherever nothing was translated. Drafts that do not
    follow the glossary are flagged.

    Raises:
        UnavailableError: If no model serves the direction.
        UnstorableTextError: If a text holds a character that is no text.
        TooLargeError: If an HTML text is too long or has too many tags.
    """
    documents = [_read(text) for text in texts] if html else []
    parts = [document.sources for document in documents]
    sources = [source for part in parts for source in part]
    if not html:
        sources = [SourceText(text=check_plain(text)) for text in texts]
    drafts = translator.translate(
        sources, direction, options=options, priority=Priority.INTERACTIVE
    )
    if not html:
        return drafts
    waiting = iter(drafts)
    return [
        _join(document, part, [next(waiting) for _ in part])
        for document, part in zip(documents, parts, strict=True)
    ]


def _read(html: str) -> HtmlDocument:
    check_size(len(check_plain(html).encode()))
    return read_document(html)


def _join(
    document: HtmlDocument, sources: Sequence[SourceText], drafts: Sequence[Translation]
) -> Translation:
    """Return a document's translation; flags say of which block, and where in the blocks' text."""
    blocks = drafts[: len(document.blocks)]
    maker = next((draft for draft in drafts if draft.model != NO_MODEL), None)
    flags: list[Flag] = []
    source_place = target_place = 0
    for number, (source, draft) in enumerate(zip(sources, drafts, strict=True), start=1):
        note = f"block {number}: " if len(drafts) > 1 else ""
        if number > len(blocks):
            note = f"attribute {number - len(blocks)}: "
        for flag in draft.flags:
            moved = flag.moved(source=source_place, target=target_place)
            # The text of an attribute is no part of the translation's text.
            places = (moved.source, moved.target) if number <= len(blocks) else ((), ())
            flags.append(
                Flag(code=flag.code, note=note + flag.note, source=places[0], target=places[1])
            )
        source_place += len(source.text) + len(BETWEEN_BLOCKS)
        target_place += len(draft.text) + len(BETWEEN_BLOCKS)
    return Translation(
        text=BETWEEN_BLOCKS.join(draft.text for draft in blocks),
        markup=document.join(drafts),
        model=maker.model if maker else NO_MODEL,
        signature=maker.signature if maker else NO_MODEL,
        flags=tuple(flags),
    )
