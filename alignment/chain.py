"""The path through two texts as grid points: pairs that do not cross, and the stretches between."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from alignment.beads import Span

Point: TypeAlias = tuple[int, int]
"""How many sentences of the source and of the target are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of both texts, as spans of their sentences."""

    source: Span
    target: Span


def blocks_between(cuts: Sequence[Point]) -> list[Block]:
    """Return the stretches between points that the path is to pass."""
    return [
        Block(source=Span(start[0], end[0]), target=Span(start[1], end[1]))
        for start, end in pairwise(cuts)
    ]


def along_diagonal(start: Point, end: Point, *, parts: int) -> Iterator[Point]:
    """Yield the points that cut the way from one point to another into equal parts."""
    height, width = end[0] - start[0], end[1] - start[1]
    for part in range(1, parts):
        yield start[0] + height * part // parts, start[1] + width * part // parts


def longest_chain(pairs: Sequence[Point]) -> list[Point]:
    """Return the longest run of pairs that rise on both sides (patience sorting, O(n log n))."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for place, (_, column) in enumerate(pairs):
        length = bisect_left(tails, column)
        before.append(last[length - 1] if length else None)
        tails[length : length + 1] = [column]
        last[length : length + 1] = [place]
    chain = []
    place_in_chain = last[-1] if last else None
    while place_in_chain is not None:
        chain.append(pairs[place_in_chain])
        place_in_chain = before[place_in_chain]
    return chain[::-1]
