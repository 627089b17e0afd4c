"""Length: a draft much shorter or longer than translations of such a sentence are."""

import math
import re
from typing import Final

from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode
from service.mt.checks.copies import BETWEEN_FIGURES

EXPANSION: Final = {Language.EN: 1.0, Language.FR: 1.11, Language.RU: 0.97}
"""Characters for one of English: medians over 32,000 human translations of news sentences
(WMT news 2008-2019)."""

LIMITS: Final = (
    (20, 0.40, 2.4),
    (60, 0.48, 2.1),
    (120, 0.52, 1.8),
    (240, 0.57, 1.6),
    (400, 0.60, 1.5),
)
"""Characters of the source, and the least and most that a draft has, as a share of what the
languages expand to: longer sentences vary less. Outside are about two human translations in a
thousand on either side (the same 32,000, English with French and Russian, both ways); between the
lengths named the limits are interpolated over the logarithm of the length."""

LONG_CODE: Final = re.compile(BETWEEN_FIGURES + "{30,}")
"""Shorter pieces, such as names, are words among others."""


def check_length(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag if the draft is empty, or outside of the limits.

    Of a source of fewer characters than the first limit has only the upper one holds. Long code
    that is blanked is not counted: it would hide that the words around it are lost.
    """
    if source.strip() and not target.replace(BETWEEN_FIGURES, "-").strip():
        return [Flag(code=FlagCode.LENGTH, note="nothing stands in the draft")]
    source_chars, target_chars = (len(LONG_CODE.sub("", text)) for text in (source, target))
    lowest, highest = limits(source_chars)
    shortest = LIMITS[0][0]
    expansion = EXPANSION[direction.target] / EXPANSION[direction.source]
    too_short = source_chars >= shortest and target_chars < lowest * expansion * source_chars
    too_long = target_chars > highest * expansion * max(shortest, source_chars)
    if not too_short and not too_long:
        return []
    how = "shorter" if too_short else "longer"
    note = f"{how} than usual: {target_chars} characters for {source_chars}"
    return [Flag(code=FlagCode.LENGTH, note=note)]


def limits(source_chars: int) -> tuple[float, float]:
    """Return the least and most share for a source of so many characters.

    >>> limits(60), limits(5000)
    ((0.48, 2.1), (0.6, 1.5))
    """
    before = LIMITS[0]
    for limit in LIMITS:
        if source_chars <= limit[0]:
            if limit is before or source_chars == limit[0]:
                return limit[1:]
            share = math.log(source_chars / before[0]) / math.log(limit[0] / before[0])
            lowest = before[1] + share * (limit[1] - before[1])
            return lowest, before[2] + share * (limit[2] - before[2])
        before = limit
    return before[1:]
