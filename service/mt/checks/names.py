"""Names: a name of the source for which the draft has nothing at all."""

from functools import cache
from importlib.resources import files
from typing import Final

from alignment.beads import Span
from alignment.names import lost_names
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode

FEWEST_LETTERS: Final = 4
ORDINARY_ENDINGS: Final = {
    Language.EN: (
        *("ian", "ese", "ish", "ist", "ism", "tion", "ment", "ity", "ship", "ness", "ics", "ence"),
        *(
            "ance",
            "ive",
            "ary",
            "ory",
            "ial",
            "nal",
            "ic",
            "uro",
            "ing",
            "ed",
            "crat",
            "can",
            "gue",
            "an",
            "er",
            "men",
        ),
        "like",
    ),
    Language.FR: (
        *("tion", "ment", "ité", "isme", "iste", "ique", "aire", "oire", "ais", "aise", "ien"),
        *("ienne", "ance", "ence", "ale", "eur", "euse", "ive", "ée", "lande"),
    ),
    Language.RU: (
        *("ский", "ского", "скому", "ским", "ском", "ская", "ской", "скую", "ское", "ские"),
        *("ских", "скими", "ный", "ного", "ному", "ным", "ном", "ная", "ной", "ную", "ное"),
        *("ные", "ных", "ными", "ство", "ства", "ству", "стве", "ция", "ции", "цию", "ость"),
        *("ости", "ение", "ения", "ению", "ении"),
    ),
}
"""Of words that are written with a capital and yet have a translation: peoples, offices, bodies."""


def check_names(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag with the places of such names in the source.

    Precise rather than complete: names that languages spell each in their own way, and ordinary
    words that are part of a name, are not asked for; nor is any name where the draft has a word
    with a capital left over.
    """
    lost = lost_names(
        source,
        target,
        source_language=direction.source.value,
        target_language=direction.target.value,
        is_kept=lambda word: not _is_translated(word, direction.source),
    )
    if not lost:
        return []
    note = f"names without a counterpart: {len(lost)}"
    spans = tuple(Span(name.start, name.end) for name in lost)
    return [Flag(code=FlagCode.NAMES, note=note, source=spans)]


def _is_translated(word: str, language: Language) -> bool:
    lowered = word.lower()
    parts = lowered.split("-")
    if len(lowered) < FEWEST_LETTERS or not all(part[1:].islower() for part in word.split("-")):
        return True
    known = _translated(language)
    return any(
        part in known or part.removesuffix("s").endswith(ORDINARY_ENDINGS[language])
        for part in (*parts, lowered)
    )


@cache
def _translated(language: Language) -> frozenset[str]:
    """Return the language's words in ``data/capitals.txt``."""
    text = files("service.mt.checks").joinpath("data", "capitals.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return frozenset(word for line in lines if line[:1] == [language.value] for word in line[1:])
