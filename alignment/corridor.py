"""Where a path may run: everywhere in articles, near sure pairs in books.

The full grid of two texts of 10,000 paragraphs has 100 million points. Pairs that are each other's
nearest by a clear lead, thinned to the longest chain that does not cross, show where the path runs;
the corridor is what lies within ``HALF_WIDTH`` columns of it.
"""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.neighbours import Neighbours

FULL_POINTS = 1_000_000
"""Grids up to this many points are searched whole: about 100 MB and a second or two."""
HALF_WIDTH = 200
"""Columns to either side of the chain."""
ANCHOR_LEAD = 0.1
"""Lead in cosine over the second nearest, on both sides, that makes a pair an anchor."""


def find_corridor(source: Neighbours, target: Neighbours) -> list[Span]:
    """Return a span of grid columns for each of the ``n + 1`` grid rows.

    The first holds 0, the last ``m``; each starts neither before its predecessor starts nor after
    it ends, so that a path leads through.
    """
    n_source, n_target = len(source.nearest), len(target.nearest)
    if (n_source + 1) * (n_target + 1) <= FULL_POINTS:
        return [Span(0, n_target + 1)] * (n_source + 1)
    middle = _middle(_longest_chain(_anchors(source, target)), n_source, n_target)
    around = np.concatenate([middle[:1], middle, middle[-1:]])
    starts = np.maximum(np.floor(around[:-2]).astype(int) - HALF_WIDTH, 0)
    ends = np.minimum(np.ceil(around[2:]).astype(int) + HALF_WIDTH, n_target) + 1
    return [Span(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _anchors(source: Neighbours, target: Neighbours) -> list[tuple[int, int]]:
    """Return pairs that are each other's nearest by a clear lead, by source."""
    clear_source, clear_target = _lead(source), _lead(target)
    return [
        (row, int(column))
        for row, column in enumerate(source.nearest)
        if target.nearest[column] == row
        and min(clear_source[row], clear_target[column]) >= ANCHOR_LEAD
    ]


def _lead(neighbours: Neighbours) -> NDArray[np.float32]:
    """Return the lead of each paragraph's nearest over the second nearest, if it has one."""
    highest = neighbours.highest
    return highest[:, 0] - highest[:, 1] if highest.shape[1] > 1 else highest[:, 0]


def _longest_chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
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


def _middle(chain: Sequence[tuple[int, int]], n_source: int, n_target: int) -> NDArray[np.float64]:
    """Return the grid column in which the path is expected at each grid row: ``(n + 1,)``."""
    inner = [(row, column) for row, column in chain if 0 < row < n_source]
    rows = [0, *(row for row, _ in inner), n_source]
    columns = [0, *(column for _, column in inner), n_target]
    return np.interp(np.arange(n_source + 1), rows, columns)
