"""Where a long text may be cut, so that each stretch is searched whole and none is large.

The full grid of two texts of 10,000 paragraphs has hundreds of millions of points. Pairs that are
each other's nearest by a clear lead, thinned to the longest chain that does not cross, show where
the path runs; where three of them follow each other on both sides, it surely passes between the
first and the second.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from alignment.chain import Block, Point, along_diagonal, blocks_between, longest_chain
from alignment.neighbours import Matrix, Neighbours, find_neighbours

FULL_POINTS = 250_000
"""Grids up to this many points are searched whole."""
SHORTEST = 40
"""Sentences of either text at least between two cuts."""
ANCHOR_LEAD = 0.1
"""Lead in cosine over the second nearest, on both sides, that makes a pair an anchor."""


def find_blocks(source: Matrix, target: Matrix) -> list[Block]:
    """Return the stretches of two texts, neither empty, by their sentences' vectors."""
    end = len(source), len(target)
    if (end[0] + 1) * (end[1] + 1) <= FULL_POINTS:
        return blocks_between([(0, 0), end])
    return blocks_between(find_cuts(*find_neighbours(source, target)))


def find_cuts(source: Neighbours, target: Neighbours) -> list[Point]:
    """Return grid points that the path is to pass, both ends of the grid among them.

    Where nothing shows the way for so long that a stretch would have more than ``FULL_POINTS``
    points, it is cut along its diagonal.
    """
    end = len(source.nearest), len(target.nearest)
    if (end[0] + 1) * (end[1] + 1) <= FULL_POINTS:
        return [(0, 0), end]
    cuts = [(0, 0)]
    for place in _sure(longest_chain(_anchors(source, target))):
        far = max(place[0] - cuts[-1][0], place[1] - cuts[-1][1]) >= SHORTEST
        if far and max(end[0] - place[0], end[1] - place[1]) >= SHORTEST:
            cuts += [*_small_enough(cuts[-1], place), place]
    return [*cuts, *_small_enough(cuts[-1], end), end]


def _anchors(source: Neighbours, target: Neighbours) -> list[Point]:
    """Return pairs that are each other's nearest by a clear lead, by source."""
    clear_source, clear_target = _lead(source), _lead(target)
    return [
        (row, int(column))
        for row, column in enumerate(source.nearest)
        if target.nearest[column] == row
        and min(clear_source[row], clear_target[column]) >= ANCHOR_LEAD
    ]


def _lead(neighbours: Neighbours) -> NDArray[np.float32]:
    """Return the lead of each sentence's nearest over the second nearest."""
    lead: NDArray[np.float32] = neighbours.highest[:, 0] - neighbours.highest[:, 1]
    return lead


def _sure(chain: Sequence[Point]) -> Iterator[Point]:
    """Yield the points between the first and the second of three pairs in a row."""
    for before, pair, after in zip(chain, chain[1:], chain[2:], strict=False):
        if (
            (pair[0] - before[0], pair[1] - before[1])
            == (1, 1)
            == (
                after[0] - pair[0],
                after[1] - pair[1],
            )
        ):
            yield pair


def _small_enough(start: Point, end: Point) -> Iterator[Point]:
    """Return points in between, so many that no stretch has more than ``FULL_POINTS`` points."""
    height, width = end[0] - start[0], end[1] - start[1]
    parts = 1
    while (height / parts + 2) * (width / parts + 2) > FULL_POINTS and parts < max(height, width):
        parts += 1
    return along_diagonal(start, end, parts=parts)
