"""Texts are translated while somebody waits; nothing is stored."""

from collections.abc import Sequence

from service.domain.language import Direction
from service.domain.plain_text import check_plain
from service.domain.translation import SourceText, Translation, TranslationOptions
from service.ingest.html import read_fragment
from service.mt.translator import Translator


def translate_texts(
    translator: Translator,
    texts: Sequence[str],
    *,
    direction: Direction,
    html: bool = False,
    options: TranslationOptions,
) -> list[Translation]:
    """Return the translation of each text, in order.

    With ``html`` each text is the inner HTML of a paragraph, and so is its translation's markup.

    Raises:
        UnavailableError: If no model serves the direction.
        UnstorableTextError: If a text holds a character that is no text.
    """
    sources = [
        read_fragment(check_plain(text)) if html else SourceText(text=check_plain(text))
        for text in texts
    ]
    return translator.translate(sources, direction, options=options)
