"""Numbers that a model copied, written as the target's language writes them: 3,150 or 3 150."""

import re
from collections import Counter
from typing import Final

from service.domain.language import Direction, Language

GROUP_FIGURES: Final = 3
GROUP: Final = "\u202f"
"""What stands between thousands in French and Russian."""
SPACES: Final = str.maketrans("\u00a0\u202f\u2009", "   ")

_WORDS: Final = """
percent per\\scent pour\\scent процент\\w* million\\w* billion\\w* trillion\\w* bn milliard\\w*
миллион\\w* миллиард\\w* триллион\\w* млн млрд трлн тыс points? times fois раза? degrees degrés
градус\\w* euros? dollars? pounds roubles? евро долл\\w* руб\\w* k?m cm mm k?g kWh? [MG]W км см мм
кг tons tonnes тонн\\w*
met(?:er|re)s mètres метр\\w* miles kilomet(?:er|re)s kilomètres километр\\w*
hectares? litres? liters?
"""
_UNITS: Final = rf"[ \u00a0\u202f-]?(?:[%‰€£$¥₽°]|(?:{'|'.join(_WORDS.split())})(?!\w))"
"""What says that a point or comma before it is a decimal one, not that of a version or section."""

TOKEN: Final = {
    Language.EN: re.compile(r"(?<![\w.,:/])\d+(?:[.,]\d+)*(?![\w/]|:\d)"),
    Language.FR: re.compile(
        r"(?<![\w.,:/])(?<!\d[ \u00a0\u202f\u2009])\d+(?:[ \u00a0\u202f\u2009]\d{3}(?!\d))*"
        r"(?:[.,]\d+)*(?![\w/]|:\d)"
    ),
}
TOKEN[Language.RU] = TOKEN[Language.FR]

THOUSANDS: Final = {
    True: re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    False: re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:,\d+)?"),
}
DECIMAL: Final = {True: re.compile(r"\d+\.\d+"), False: re.compile(r"\d+,\d+")}
FIGURES: Final = re.compile(r"\d[.,\s]\d")
BETWEEN_FIGURES: Final = re.compile("[., ]")
UNIT: Final = re.compile(_UNITS)
CURRENCY: Final = re.compile(r"[$€£¥₽]\s?\Z")


def find_numbers(text: str, source: str, direction: Direction) -> dict[int, str]:
    """Return which characters of a target to write differently, by their place.

    Only of numbers that the source has as often, and that cannot be a date, a version, a section or
    a code: thousands in groups (``3,150``), and decimals with a unit, a currency or a word such as
    "million" (``3.5 %``, ``$1.5``). Whatever signs the target has between their figures: models mix
    both notations (``1 234.56``). Between French and Russian nothing changes. Doing it twice
    changes nothing.
    """
    english_source = direction.source is Language.EN
    if not english_source and direction.target is not Language.EN:
        return {}
    pattern = TOKEN[direction.source]
    if not FIGURES.search(text):
        return {}
    expected = Counter(match[0].translate(SPACES) for match in pattern.finditer(source))
    sure = Counter(
        match[0].translate(SPACES)
        for match in pattern.finditer(source)
        if _is_sure(source, match, english=english_source)
    )
    signs = {",": GROUP, ".": ","} if english_source else {" ": ",", ",": "."}
    changed: dict[int, str] = {}
    for number, count in sure.items():
        found = list(re.finditer(_in_any_notation(number), text))
        if count == expected[number] == len(found):
            changed |= {
                match.start() + offset: signs[sign]
                for match in found
                for offset, sign in enumerate(number)
                if sign in signs
            }
    return changed


def _in_any_notation(number: str) -> str:
    """Return a pattern of a number's figures, any signs between them, and of no longer number."""
    figures = BETWEEN_FIGURES.split(number)
    before = r"(?<!\d\s)" if len(figures[0]) == GROUP_FIGURES else ""
    between = r"[.,\s]".join(figures)
    return rf"(?<![\w.,:/]){before}{between}(?![\w/]|[.,:]\d|\s\d{{3}}(?!\d))"


def _is_sure(source: str, match: re.Match[str], *, english: bool) -> bool:
    """Tell whether a number of the source can be nothing but a quantity in its notation."""
    number = match[0]
    measured = UNIT.match(source, match.end()) is not None
    measured |= CURRENCY.search(source[max(0, match.start() - 2) : match.start()]) is not None
    if THOUSANDS[english].fullmatch(number):
        return english or measured or " " not in number
    return measured and DECIMAL[english].fullmatch(number) is not None
