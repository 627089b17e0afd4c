"""The plainest aligner that looks at meaning: paragraph by paragraph, in order, cosine alone.

What the real one is held against, and its twin in tests. Slow and obvious on purpose; Gale and
Church's aligner (length.py) walks the same grid.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Alignment, Bead, Span
from alignment.encoders import SentenceEncoder
from alignment.search import Shape, Step

SHAPES: tuple[Shape, ...] = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2))
"""Beads that are tried. Of equally cheap ones the earliest wins."""
THRESHOLD = 0.25
"""Cosine over which two paragraphs are rather each other's than alone."""
PENALTY = 0.2
"""What a bead of three or four paragraphs costs on top. Both are the best of 25 pairs of constants,
by mean strict F1 over the five development sets, of which every other article was used."""


def align_plainly(
    source: Sequence[str], target: Sequence[str], encoder: SentenceEncoder
) -> list[Step]:
    """Return the cheapest beads for two texts; their steps lie end to end and cover both.

    A bead costs what its cosine lacks of ``THRESHOLD``, for each paragraph of its mean side; one
    paragraph alone costs nothing. Two neighbours have the direction of the sum of their vectors.
    Time and memory are O(n * m); the scores of the steps are costs with the sign turned.
    """
    runs = [_runs(encoder.encode(texts)) for texts in (source, target)]
    cosines: dict[Shape, list[list[float]]] = {
        shape: (runs[0][shape[0]] @ runs[1][shape[1]].T).tolist() for shape in SHAPES if all(shape)
    }

    def cost(shape: Shape, i: int, j: int) -> float:
        if not all(shape):
            return 0.0
        cosine = cosines[shape][i - shape[0]][j - shape[1]]
        penalty = 0.0 if shape == (1, 1) else PENALTY
        return penalty - sum(shape) / 2 * (cosine - THRESHOLD)

    return cheapest_steps(len(source), len(target), SHAPES, cost)


def cheapest_steps(
    n_source: int,
    n_target: int,
    shapes: Iterable[Shape],
    cost: Callable[[Shape, int, int], float],
) -> list[Step]:
    """Return the sequence of beads with the least total cost.

    Dynamic programming over the grid of prefix pairs (Gale & Church, 1993). Time and memory are
    O(n * m).

    Args:
        n_source: Paragraphs of the source.
        n_target: Paragraphs of the target.
        shapes: Those of beads to try, 1-0 and 0-1 among them; of equally cheap ones the earliest
            wins.
        cost: That of the bead of a shape that ends before source paragraph ``i`` and target
            paragraph ``j``, counted from 0.

    Returns:
        Steps that lie end to end and cover both texts; their scores are costs, the sign turned.
    """
    shapes = list(shapes)
    total = [[math.inf] * (n_target + 1) for _ in range(n_source + 1)]
    last = [[(0, 0)] * (n_target + 1) for _ in range(n_source + 1)]
    total[0][0] = 0.0
    for i in range(n_source + 1):
        for j in range(n_target + 1):
            for shape in shapes:
                if shape[0] <= i and shape[1] <= j:
                    found = total[i - shape[0]][j - shape[1]] + cost(shape, i, j)
                    if found < total[i][j]:
                        total[i][j], last[i][j] = found, shape
    steps = []
    i, j = n_source, n_target
    while (i, j) != (0, 0):
        shape = last[i][j]
        start = i - shape[0], j - shape[1]
        steps.append(
            Step(source=Span(start[0], i), target=Span(start[1], j), score=-cost(shape, i, j))
        )
        i, j = start
    return steps[::-1]


def as_alignment(steps: Iterable[Step]) -> Alignment:
    """Return the steps as beads, at confidence 1: nothing was said of how sure they are."""
    beads = [
        Bead(
            source=tuple(range(step.source.start, step.source.end)),
            target=tuple(range(step.target.start, step.target.end)),
            cost=-step.score,
            confidence=1.0,
        )
        for step in steps
    ]
    return Alignment(beads=tuple(beads), signature="plain")


def _runs(vectors: NDArray[np.float32]) -> dict[int, NDArray[np.float32]]:
    """Return the unit vectors of single paragraphs and of two neighbours, by their first."""
    two = vectors[:-1] + vectors[1:]
    return {1: vectors, 2: two / np.maximum(np.linalg.norm(two, axis=1, keepdims=True), 1e-9)}
