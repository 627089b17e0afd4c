"""Texts are translated while somebody waits; nothing is stored."""

from collections.abc import Sequence

from service.domain.glossary import Glossary
from service.domain.language import Direction
from service.domain.plain_text import check_plain
from service.domain.translation import Priority, SourceText, Translation
from service.ingest.html import read_fragment
from service.mt.translator import Translator
from service.usecases.flag_terms import flag_terms


def translate_texts(
    translator: Translator,
    texts: Sequence[str],
    *,
    direction: Direction,
    html: bool = False,
    glossary: Glossary | None = None,
) -> list[Translation]:
    """Return the translation of each text, in order.

    With ``html`` each text is the inner HTML of a paragraph, and so is its translation's markup.
    Drafts that do not follow the glossary are flagged.

    Raises:
        UnavailableError: If no model serves the direction.
        UnstorableTextError: If a text holds a character that is no text.
    """
    sources = [
        read_fragment(check_plain(text)) if html else SourceText(text=check_plain(text))
        for text in texts
    ]
    drafts = translator.translate(sources, direction, priority=Priority.INTERACTIVE)
    return flag_terms(sources, drafts, glossary, direction)
