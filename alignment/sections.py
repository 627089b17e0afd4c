"""Sections of two long texts that say about the same: where to look for a sentence's neighbours.

All pairs of two texts of 10,000 paragraphs are 800 million. Where a text is that long, some
sentences of both, evenly spread, are held against all of the other text. Those that are their
nearest's nearest, thinned to the longest chain that does not cross, show where the path runs.
"""

from collections.abc import Sequence

import numpy as np

from alignment.chain import Block, Point, along_diagonal, blocks_between, longest_chain
from alignment.edition import Indexes, Matrix

SECTION = 1_000
"""Sentences of either text at least in a section. Texts of fewer than three are one section."""
SAMPLED = 512
"""Sentences of either text that are held against all of the other."""
_BLOCK = 128
"""Sentences at a time: bounds memory at ``128 * m`` cosines."""


def find_sections(source: Matrix, target: Matrix) -> list[Block]:
    """Return the sections of two texts, in order, by their sentences' vectors.

    A counterpart in order stands in the same section or, at its edges, in the next. Where nothing
    shows the way, sections run along the diagonal. Time is linear in ``n + m``.
    """
    end = len(source), len(target)
    cuts = [(0, 0)]
    if min(end) >= 3 * SECTION:
        for point in longest_chain(_sampled_pairs(source, target)):
            if _reach(cuts[-1], point) >= SECTION <= _reach(point, end):
                cuts += [*_between(cuts[-1], point), point]
        cuts += _between(cuts[-1], end)
    return blocks_between([*cuts, end])


def _reach(start: Point, end: Point) -> int:
    """Return how many sentences there are in between of the text that has fewer."""
    return min(end[0] - start[0], end[1] - start[1])


def _between(start: Point, end: Point) -> Sequence[Point]:
    return list(along_diagonal(start, end, parts=_reach(start, end) // SECTION))


def _sampled_pairs(source: Matrix, target: Matrix) -> list[Point]:
    """Return pairs that are each other's nearest, by source; samples of both texts are asked."""
    of_source, of_target = _mutual(source, target), _mutual(target, source)
    pairs = {*of_source, *((row, column) for column, row in of_target)}
    # Of equal sentences one may have two partners: turned round, no chain can hold both.
    return sorted(pairs, key=lambda pair: (pair[0], -pair[1]))


def _mutual(text: Matrix, other: Matrix) -> list[Point]:
    """Return the pairs of a sample of a text with those that they are the nearest of."""
    sample = np.arange(SAMPLED) * len(text) // SAMPLED
    nearest = _nearest(text[sample], other)
    back = _nearest(other[nearest], text)
    return [
        (int(row), int(column))
        for row, column, there in zip(sample, nearest, back, strict=True)
        if row == there
    ]


def _nearest(vectors: Matrix, text: Matrix) -> Indexes:
    parts = [
        (vectors[start : start + _BLOCK] @ text.T).argmax(axis=1)
        for start in range(0, len(vectors), _BLOCK)
    ]
    return np.concatenate(parts)
