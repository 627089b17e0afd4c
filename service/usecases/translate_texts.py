"""Texts are translated while somebody waits; nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.domain.language import Direction
from service.domain.plain_text import check_plain
from service.domain.translation import NO_MODEL, SourceText, Translation
from service.mt.html_document import HtmlDocument, read_document
from service.mt.translator import Translator
from service.untrusted.limits import check_size


def translate_texts(
    translator: Translator, texts: Sequence[str], *, direction: Direction, html: bool = False
) -> list[Translation]:
    """Return the translation of each text, in order.

    With ``html`` each text is a fragment or a whole document, of one block or many, and so is its
    translation's markup: the same bytes wherever nothing was translated.

    Raises:
        UnavailableError: If no model serves the direction.
        UnstorableTextError: If a text holds a character that is no text.
        TooLargeError: If an HTML text is too long or has too many tags.
    """
    if not html:
        sources = [SourceText(text=check_plain(text)) for text in texts]
        return translator.translate(sources, direction)
    documents = [_read(text) for text in texts]
    sources = [source for document in documents for source in document.sources]
    drafts = iter(translator.translate(sources, direction))
    return [_join(document, drafts) for document in documents]


def _read(html: str) -> HtmlDocument:
    check_size(len(check_plain(html).encode()))
    return read_document(html)


def _join(document: HtmlDocument, drafts: Iterator[Translation]) -> Translation:
    """Return a document's translation, made of the next drafts; flags say of which block."""
    own = [next(drafts) for _ in range(document.size)]
    blocks = own[: len(document.blocks)]
    maker = next((draft for draft in own if draft.model != NO_MODEL), None)
    flags = [
        flag if len(own) == 1 else replace(flag, note=f"block {number}: {flag.note}")
        for number, draft in enumerate(own, start=1)
        for flag in draft.flags
    ]
    return Translation(
        text="\n\n".join(draft.text for draft in blocks),
        markup=document.join(own),
        model=maker.model if maker else NO_MODEL,
        signature=maker.signature if maker else NO_MODEL,
        flags=tuple(flags),
    )
