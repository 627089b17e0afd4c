"""What a person should look at in a draft, found without knowing the language."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from service.domain.language import Language
from service.domain.translation import Flag, FlagCode

NUMBER: Final = re.compile(
    r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*", re.ASCII
)
"""A space groups digits only in threes: "in 2013 40 people" has two numbers."""

SHORTEST_CHARS: Final = 20
"""Below this a length says nothing."""
EXPANSION: Final = {Language.EN: 1.0, Language.FR: 1.11, Language.RU: 0.97}
"""Characters for one of English: medians over 32,000 human translations of news sentences
(WMT news 2008-2019)."""
LENGTH_RATIOS: Final = (0.5, 1.9)
"""Target over source, as a share of what the languages expand to, outside of which a draft is
flagged: about one human translation of a news sentence in a thousand (the same 32,000)."""

LONGEST_LOOP_TOKENS: Final = 8
MIN_LOOP_REPEATS: Final = 3
MIN_LOOP_TOKENS: Final = 6
"""A loop is at least three times the same run, and six tokens: "ha ha ha" is none."""


def check_draft(
    source: str, target: str, *, source_language: Language, target_language: Language
) -> list[Flag]:
    """Return what numbers and length say about a draft."""
    flags: list[Flag] = []
    expected = Counter(read_numbers(source, source_language))
    found = Counter(read_numbers(target, target_language))
    if expected != found:
        lost, new = expected - found, found - expected
        notes = [f"missing: {_list(lost)}"] if lost else []
        notes += [f"only in the draft: {_list(new)}"] if new else []
        flags.append(Flag(code=FlagCode.NUMBERS, note="; ".join(notes)))
    lowest, highest = LENGTH_RATIOS
    expected_chars = len(source) * EXPANSION[target_language] / EXPANSION[source_language]
    if len(source) >= SHORTEST_CHARS and not lowest <= len(target) / expected_chars <= highest:
        note = f"{len(target)} characters for {len(source)}"
        flags.append(Flag(code=FlagCode.LENGTH, note=note))
    return flags


def read_numbers(text: str, language: Language) -> list[str]:
    """Return a text's numbers in one notation: no grouping, a point before decimals.

    A single point or comma before exactly three digits is read as the language reads it.

    >>> read_numbers("3,5 of 1,250.50", Language.EN)
    ['3.5', '1250.50']
    """
    return [_canonical(re.sub(r"\s", "", match[0]), language) for match in NUMBER.finditer(text)]


def _canonical(number: str, language: Language) -> str:
    pieces = re.split(r"[.,]", number)
    signs = re.findall(r"[.,]", number)
    if not signs:
        return number
    decimal_sign = "." if language is Language.EN else ","
    grouped = all(len(piece) == 3 for piece in pieces[1:])  # noqa: PLR2004 - thousands
    if len(set(signs)) == 1 and grouped and (len(signs) > 1 or signs[0] != decimal_sign):
        return "".join(pieces)
    if len(signs) > 1 and len(set(signs)) == 1:
        return ".".join(pieces)  # a date or a section
    return "".join(pieces[:-1]) + "." + pieces[-1]


def is_loop(tokens: Sequence[str]) -> bool:
    """Tell whether a run of tokens stands three times in a row or more."""
    for size in range(1, LONGEST_LOOP_TOKENS + 1):
        same = 0
        for index in range(size, len(tokens)):
            same = same + 1 if tokens[index] == tokens[index - size] else 0
            if same + size >= max(MIN_LOOP_REPEATS * size, MIN_LOOP_TOKENS):
                return True
    return False


def _list(numbers: Counter[str]) -> str:
    shown = list(numbers.elements())
    return ", ".join(number[:20] for number in shown[:5]) + (" …" if len(shown) > 5 else "")  # noqa: PLR2004
