"""Best path and posteriors over grids of prefix pairs of two texts, for any additive score.

Grid point ``(i, j)`` says that ``i`` source and ``j`` target sentences are done; a bead is an edge
between two points. Scores are in nats, high is good, and add up along a path (Gale & Church, 1993,
https://aclanthology.org/J93-1004, whose costs are scores with the sign turned).

Where source and target gaps touch, the source gaps come first. Without that rule one alignment
would be many paths, ``p`` source and ``q`` target gaps in ``(p + q)! / (p! q!)`` orders, and sums
over paths would favour gaps.

Several grids are searched at once, row by row: of small grids a row takes no longer alone than
with a hundred others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span

Floats: TypeAlias = NDArray[np.float64]
Reals: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
Shape: TypeAlias = tuple[int, int]
"""How many source and target sentences a bead holds."""

SHAPES: tuple[Shape, ...] = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
"""Beads with two sides; 1-0 and 0-1 come on top. Of equally good ones the earliest wins."""
SHAPES_OF_LINES: tuple[Shape, ...] = (*SHAPES, (2, 3), (3, 2), (1, 4), (4, 1))
"""Those of texts of which only sentences are known: books are translated more freely."""
LONGEST_RUN = max(max(shape) for shape in SHAPES_OF_LINES)
"""Sentences that one side of a bead can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What every bead that a path may use is worth, in nats, for ``g`` grids.

    Grids smaller than the largest, of ``n`` by ``m`` sentences, are filled up to its size with
    what no path of theirs can use.
    """

    sizes: Sequence[tuple[int, int]]
    """Sentences of both texts of each grid."""
    beads: Mapping[Shape, Reals]
    """``(n + 1, g, m + 1)``: beads that end at each point, minus infinity where there is none."""
    source_gaps: Reals
    """``(n, g)``."""
    target_gaps: Reals
    """``(g, m)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bead of a path and its score in nats."""

    source: Span
    target: Span
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Posteriors:
    """Probabilities of all beads and gaps, over all paths weighted by exp(score).

    Shapes are those of `Scores`. A gap's is that its sentence has no counterpart, wherever the gap
    stands.
    """

    beads: Mapping[Shape, Floats]
    source_gaps: Floats
    target_gaps: Floats
    log_sums: Floats
    """``(g,)``: log of the sum over all paths, in nats."""

    def of(self, step: Step, grid: int) -> float:
        """Return that of a step of a path through a grid."""
        i, j = step.source.end, step.target.end
        if not step.target:
            probability = self.source_gaps[i - 1, grid]
        elif not step.source:
            probability = self.target_gaps[grid, j - 1]
        else:
            probability = self.beads[len(step.source), len(step.target)][i, grid, j]
        return min(float(probability), 1.0)


def best_paths(scores: Scores) -> list[list[Step]]:
    """Return, for each grid, the beads of the path with the highest score, in reading order.

    Time and memory are linear in the number of grid points.
    """
    sums = _forward(scores, np.maximum)
    return [_trace(scores, sums, grid) for grid in range(len(scores.sizes))]


def posteriors(scores: Scores) -> Posteriors:
    """Return the probabilities of all beads and gaps.

    Sums over all paths by the forward-backward algorithm, as in a semi-Markov conditional random
    field (Sarawagi & Cohen, 2004, https://papers.nips.cc/paper/2648).
    """
    flow = _Flow.of(scores)
    beads = {}
    for shape, values in scores.beads.items():
        beads[shape] = np.zeros(values.shape)
        before, ends = _edges(shape)
        logs = flow.sums.any[before] + values[ends] + flow.rest[ends]
        beads[shape][ends] = np.exp(logs - flow.log_sums[:, np.newaxis])
    return Posteriors(
        beads=beads,
        source_gaps=flow.source_gaps(),
        target_gaps=flow.target_gaps(),
        log_sums=flow.log_sums,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Best score or log sum of the paths to each grid point: ``(n + 1, g, m + 1)``.

    ``any`` over all of them, ``open`` over those that do not end in a target gap: only these may
    go on with a source gap.
    """

    any: Floats
    open: Floats


def _edges(shape: Shape) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return the points from which beads of a shape start, and in the same order their ends."""
    a, b = shape
    every = slice(None)
    return (slice(None, -a), every, slice(None, -b)), (slice(a, None), every, slice(b, None))


def _forward(scores: Scores, plus: np.ufunc) -> _Sums:
    """Fill the grids forwards; ``plus`` is ``maximum`` for the best path, else ``logaddexp``."""
    before = _gaps_before(scores)
    n, width = len(scores.source_gaps), before.shape[-1]
    sums = _Sums(any=np.empty((n + 1, *before.shape)), open=np.empty((n + 1, *before.shape)))
    for i in range(n + 1):
        row = sums.open[i]
        row[:] = -np.inf
        if i == 0:
            row[:, 0] = 0.0
        for (a, b), beads in scores.beads.items():
            if a <= i and b < width:
                plus(row[:, b:], sums.any[i - a][:, :-b] + beads[i][:, b:], out=row[:, b:])
        if i > 0:
            gap = scores.source_gaps[i - 1][:, np.newaxis]
            plus(row, sums.open[i - 1] + gap, out=row)
        # any[j] = plus(open[j], any[j - 1] + gap[j]), solved for the whole row at once.
        sums.any[i] = plus.accumulate(row - before, axis=1) + before
    return sums


def _gaps_before(scores: Scores) -> Floats:
    """Return the summed scores of the gaps of the first ``j`` target sentences: ``(g, m + 1)``."""
    grids = len(scores.sizes)
    gaps = np.hstack([np.zeros((grids, 1)), scores.target_gaps])
    before: Floats = np.cumsum(gaps, axis=1)
    return before


def _trace(scores: Scores, sums: _Sums, grid: int) -> list[Step]:
    """Return the steps of the best path, from its end back to its start, in reading order."""
    i, j = scores.sizes[grid]
    steps: list[Step] = []
    while i or j:
        _, score, (a, b) = max(_last_steps(scores, sums, grid, i, j), key=_total)
        steps.append(Step(source=Span(i - a, i), target=Span(j - b, j), score=score))
        i, j = i - a, j - b
    return steps[::-1]


def _total(candidate: tuple[float, float, Shape]) -> float:
    return candidate[0]


def _last_steps(
    scores: Scores, sums: _Sums, grid: int, i: int, j: int
) -> Iterator[tuple[float, float, Shape]]:
    """Yield the score of the best path to a point by each last step, and that step's and its shape.

    The target gap comes last, so that it never wins a tie and comes before no source gap.
    """
    for (a, b), beads in scores.beads.items():
        if a <= i and b <= j:
            score = float(beads[i, grid, j])
            yield float(sums.any[i - a, grid, j - b]) + score, score, (a, b)
    if i > 0:
        score = float(scores.source_gaps[i - 1, grid])
        yield float(sums.open[i - 1, grid, j]) + score, score, (1, 0)
    if j > 0:
        score = float(scores.target_gaps[grid, j - 1])
        yield float(sums.any[i, grid, j - 1]) + score, score, (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    """Log sums of the paths to each grid point and from it: ``(n + 1, g, m + 1)``."""

    scores: Scores
    sums: _Sums
    rest: Floats
    rest_in_gap: Floats
    """From each point for paths that came by a target gap: they may not go on with a source gap."""
    log_sums: Floats
    """Over all paths of each grid: ``(g,)``."""

    @classmethod
    def of(cls, scores: Scores) -> "_Flow":
        """Sum up forwards and backwards."""
        sums = _forward(scores, np.logaddexp)
        before = _gaps_before(scores)
        n, width = len(scores.source_gaps), before.shape[-1]
        rest, rest_in_gap = np.empty_like(sums.any), np.empty_like(sums.any)
        for i in range(n, -1, -1):
            row = np.full(before.shape, -np.inf)
            for grid, (last, end) in enumerate(scores.sizes):
                if last == i:
                    row[grid, end] = 0.0
            for (a, b), beads in scores.beads.items():
                if i + a <= n and b < width:
                    onwards = beads[i + a][:, b:] + rest[i + a][:, b:]
                    np.logaddexp(row[:, :-b], onwards, out=row[:, :-b])
            backwards: Floats = (row + before)[:, ::-1]
            summed: Floats = np.logaddexp.accumulate(backwards, axis=1)
            rest_in_gap[i] = summed[:, ::-1] - before
            rest[i] = rest_in_gap[i]
            if i < n:
                gap = scores.source_gaps[i][:, np.newaxis]
                np.logaddexp(rest[i], gap + rest[i + 1], out=rest[i])
        return cls(
            scores=scores, sums=sums, rest=rest, rest_in_gap=rest_in_gap, log_sums=rest[0, :, 0]
        )

    def source_gaps(self) -> Floats:
        """Return the probability that each source sentence has no counterpart: ``(n, g)``."""
        logs = self.sums.open[:-1] + self.scores.source_gaps[:, :, np.newaxis] + self.rest[1:]
        found: Floats = np.exp(logs - self.log_sums[:, np.newaxis]).sum(axis=2)
        return found

    def target_gaps(self) -> Floats:
        """Return the same of the target: ``(g, m)``."""
        logs = self.sums.any[:, :, :-1] + self.scores.target_gaps + self.rest_in_gap[:, :, 1:]
        found: Floats = np.exp(logs - self.log_sums[:, np.newaxis]).sum(axis=0)
        return found
