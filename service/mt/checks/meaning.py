"""Meaning: source and draft, as a sentence encoder sees them, are far from each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alignment.encoders import SentenceEncoder
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode

LEAST_COSINE: Final = {
    frozenset({Language.EN, Language.FR}): ((40, 0.30), (80, 0.35), (150, 0.45), (250, 0.52)),
    frozenset({Language.EN, Language.RU}): ((40, 0.28), (80, 0.40), (150, 0.48), (250, 0.57)),
    frozenset({Language.FR, Language.RU}): ((40, 0.18), (80, 0.26), (150, 0.36), (250, 0.46)),
}
"""Characters of the source, and the cosine of the offline encoder (multilingual USE v3) below which
one human translation in 200 is: of 6,000 pairs of WMT news a pair of languages, and of ntrex128.
Half of all pairs that are no translations are below 0.03, one in a thousand is above 0.45. Between
the lengths named the cosine is interpolated."""
SHORTEST: Final = 12
"""Characters below which a vector says little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPair:
    """A sentence and its draft, to be compared."""

    source: str
    target: str
    direction: Direction


def check_meaning(encoder: SentenceEncoder, pairs: Sequence[CheckedPair]) -> list[list[Flag]]:
    """Return the findings of each pair: one flag if the two mean different things, or none.

    All texts are encoded in one call, which costs far more than all other checks together: about
    a millisecond a text on one core.
    """
    asked = [
        index
        for index, pair in enumerate(pairs)
        if min(len(pair.source), len(pair.target)) >= SHORTEST
    ]
    found: list[list[Flag]] = [[] for _ in pairs]
    if not asked:
        return found
    vectors = encoder.encode(
        [pairs[index].source for index in asked] + [pairs[index].target for index in asked]
    )
    cosines = (vectors[: len(asked)] * vectors[len(asked) :]).sum(axis=1)
    for index, cosine in zip(asked, cosines, strict=True):
        pair = pairs[index]
        if cosine < least_cosine(len(pair.source), pair.direction):
            note = f"the meaning may differ: alike to {max(0, round(100 * float(cosine)))} %"
            found[index].append(Flag(code=FlagCode.MEANING, note=note))
    return found


def least_cosine(source_chars: int, direction: Direction) -> float:
    """Return the cosine below which a draft is flagged."""
    limits = LEAST_COSINE[frozenset({direction.source, direction.target})]
    before = limits[0]
    for limit in limits:
        if source_chars <= limit[0]:
            if limit is before:
                return limit[1]
            share = (source_chars - before[0]) / (limit[0] - before[0])
            return before[1] + share * (limit[1] - before[1])
        before = limit
    return before[1]
