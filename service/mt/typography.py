"""The signs of a draft as its language writes them: quotation marks, apostrophes, spaces."""

import re
from typing import Final

from service.domain.language import Language

NO_BREAK: Final = "\u00a0"
NARROW_NO_BREAK: Final = "\u202f"

QUOTE: Final = re.compile(
    r'(?<!")(?:(?P<opening>(?:^|(?<=[\s(\[—–-]))"(?=\S))|(?<=\S)"(?=$|[\s)\].,;:!?…—–-]))(?!")'
)
"""A straight quotation mark that opens or closes; of two in a row nobody can tell."""
APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def restore_typography(text: str, language: Language) -> list[str]:
    """Return the text's characters, each as the language wants it written.

    French gets guillemets with no-break spaces, the curly apostrophe, and a no-break space where
    a space stands before a high sign; Russian gets guillemets, and a no-break space before a
    dash; English stays as it is. Signs are replaced, words never touched, and doing it twice
    changes nothing.

    Returns:
        One string a character of ``text``, mostly that character, so that places stay known.
    """
    cells = list(text)
    if language is Language.EN:
        return cells
    opened = False
    for quote in QUOTE.finditer(text):
        opening = quote["opening"] is not None
        # A closing quote after a figure, with none open, is a sign for inches or seconds.
        if not opening and not opened and text[quote.start() - 1].isdigit():
            continue
        opened = opening
        cells[quote.start()] = _guillemet(language, opening=opening)
    if language is Language.FR:
        for match in APOSTROPHE.finditer(text):
            cells[match.start()] = "’"
        for match in re.finditer(r" (?=[:»])|(?<=«) ", text):
            cells[match.start()] = NO_BREAK
        for match in re.finditer(r" (?=[;!?])", text):
            cells[match.start()] = NARROW_NO_BREAK
    else:
        for match in re.finditer(r"(?<=\S) (?=— )", text):
            cells[match.start()] = NO_BREAK
    return cells


def _guillemet(language: Language, *, opening: bool) -> str:
    if language is Language.FR:
        return f"«{NO_BREAK}" if opening else f"{NO_BREAK}»"
    return "«" if opening else "»"
