"""Best path and posteriors over the grid of prefix pairs of two texts, for any additive score.

Grid point ``(i, j)`` says that ``i`` source and ``j`` target paragraphs are done; a bead is an edge
between two points. Scores are in nats, high is good, and add up along a path (Gale & Church, 1993,
https://aclanthology.org/J93-1004, whose costs are scores with the sign turned).

Where source and target gaps touch, the source gaps come first. Without that rule one alignment
would be many paths, ``p`` source and ``q`` target gaps in ``(p + q)! / (p! q!)`` orders, and sums
over paths would favour gaps.
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
"""How many source and target paragraphs a bead holds."""

SHAPES: tuple[Shape, ...] = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
"""Beads with two sides; 1-0 and 0-1 come on top. Of equally good ones the earliest wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What every bead that a path may use is worth, in nats.

    ``columns`` has a span of grid columns for each of the ``n + 1`` grid rows: the points that a
    path may pass. ``beads[shape][i]`` scores the beads that end in row ``i``, one a column of that
    row, minus infinity where there is none. Gaps are scored by paragraph: ``(n,)`` and ``(m,)``.
    """

    columns: Sequence[Span]
    beads: Mapping[Shape, Sequence[Reals]]
    source_gaps: Reals
    target_gaps: Reals


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bead of a path and its score in nats."""

    source: Span
    target: Span
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPosteriors:
    """Probabilities of the edges that end in one grid row.

    ``beads[shape]`` has one for each column of the row. ``source_gap`` is that of the row's
    paragraph, wherever it stands. ``target_gaps[k]`` is that of the gap along the row into its
    column ``k + 1``; a target paragraph's own is the sum over all rows.
    """

    row: int
    beads: Mapping[Shape, Floats]
    source_gap: float
    target_gaps: Reals


class NoPathError(ValueError):
    """The corridor is broken: no path leads from its first point to its last."""

    def __init__(self, n_source: int, n_target: int) -> None:
        super().__init__(
            f"no path through {n_source} source and {n_target} target paragraphs: "
            "widen the corridor until each of its rows meets the next"
        )


def best_path(scores: Scores) -> list[Step]:
    """Return the beads of the path with the highest score, in reading order.

    Time and memory are linear in the number of grid points that ``columns`` leaves.

    Raises:
        NoPathError: If no path leads through.
    """
    sums = _forward(scores, np.maximum)
    i, j = len(scores.source_gaps), len(scores.target_gaps)
    if np.isneginf(sums.any[i][-1]):
        raise NoPathError(i, j)
    steps: list[Step] = []
    while i or j:
        _, step = max(_last_steps(scores, sums, i, j), key=lambda candidate: candidate[0])
        steps.append(step)
        i, j = step.source.start, step.target.start
    return steps[::-1]


def path_posteriors(scores: Scores, path: Sequence[Step]) -> list[float]:
    """Return the probability of each step of a path, over all paths weighted by exp(score).

    That of a gap is that its paragraph has no counterpart, whatever stands opposite.
    """
    found = np.zeros(len(path))
    target_gaps = np.zeros(len(scores.target_gaps) + 1)
    at_row: dict[int, list[int]] = {}
    for place, step in enumerate(path):
        at_row.setdefault(step.source.end, []).append(place)
    for row in posteriors(scores):
        columns = scores.columns[row.row]
        target_gaps[columns.start + 1 : columns.end] += row.target_gaps
        for place in at_row.get(row.row, ()):
            step = path[place]
            if step.source and step.target:
                shape = len(step.source), len(step.target)
                found[place] = row.beads[shape][step.target.end - columns.start]
            elif step.source:
                found[place] = row.source_gap
    for place, step in enumerate(path):
        if not step.source:
            found[place] = target_gaps[step.target.end]
    return [float(probability) for probability in np.clip(found, 0.0, 1.0)]


def posteriors(scores: Scores) -> Iterator[RowPosteriors]:
    """Yield the probabilities of all edges, row by row from the last to the first.

    Sums over all paths by the forward-backward algorithm, as in a semi-Markov conditional random
    field (Sarawagi & Cohen, 2004, https://papers.nips.cc/paper/2648). Keeps the forward sums of all
    rows and the backward sums of as many as the longest bead needs.
    """
    sums = _forward(scores, np.logaddexp)
    everything = sums.any[-1][-1]
    if np.isneginf(everything):
        raise NoPathError(len(scores.source_gaps), len(scores.target_gaps))
    gaps_before = _gaps_before(scores)
    rest: dict[int, Floats] = {}
    for i in range(len(scores.columns) - 1, -1, -1):
        rest[i], rest_in_gap = _backward_row(scores, rest, i, gaps_before)
        yield _row_posteriors(scores, sums, i, rest[i] - everything, rest_in_gap - everything)
        rest.pop(i + max(a for a, _ in scores.beads), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Best score or log sum of the paths to each grid point.

    ``any`` over all of them, ``open`` over those that do not end in a target gap: only these may
    go on with a source gap.
    """

    any: list[Floats]
    open: list[Floats]


def _forward(scores: Scores, plus: np.ufunc) -> _Sums:
    """Fill the grid forwards; ``plus`` is ``maximum`` for the best path, ``logaddexp`` for sums."""
    gaps_before = _gaps_before(scores)
    sums = _Sums(any=[], open=[])
    for i, columns in enumerate(scores.columns):
        row = np.full(len(columns), -np.inf)
        if i == 0:
            row[0] = 0.0
        for shape, rows in scores.beads.items():
            if shape[0] <= i:
                here, there = _meeting(scores, i, shape)
                row[here] = plus(row[here], sums.any[i - shape[0]][there] + rows[i][here])
        if i > 0:
            here, there = _meeting(scores, i, (1, 0))
            row[here] = plus(row[here], sums.open[i - 1][there] + scores.source_gaps[i - 1])
        # any[j] = plus(open[j], any[j - 1] + gap[j]), solved for the whole row at once.
        before = gaps_before[columns.start : columns.end]
        sums.open.append(row)
        sums.any.append(plus.accumulate(row - before) + before)
    return sums


def _gaps_before(scores: Scores) -> Floats:
    """Return the summed scores of the gaps of the first ``j`` target paragraphs: ``(m + 1,)``."""
    return np.concatenate([[0.0], np.cumsum(scores.target_gaps)])


def _meeting(scores: Scores, i: int, shape: Shape) -> tuple[slice, slice]:
    """Return where beads of a shape end in row ``i``, and where they start in their first row."""
    columns, earlier = scores.columns[i], scores.columns[i - shape[0]]
    start = max(columns.start, earlier.start + shape[1])
    end = max(start, min(columns.end, earlier.end + shape[1]))
    return (
        slice(start - columns.start, end - columns.start),
        slice(start - shape[1] - earlier.start, end - shape[1] - earlier.start),
    )


def _last_steps(scores: Scores, sums: _Sums, i: int, j: int) -> Iterator[tuple[float, Step]]:
    """Yield the steps that may lead to a point, each with the score of the best path it ends.

    The target gap comes last, so that it never wins a tie and comes before no source gap.
    """
    column = j - scores.columns[i].start

    def edge(shape: Shape, sums_there: list[Floats], score: float) -> tuple[float, Step]:
        row, there = i - shape[0], j - shape[1]
        columns = scores.columns[row]
        before = -np.inf
        if columns.start <= there < columns.end:
            before = sums_there[row][there - columns.start]
        return before + score, Step(source=Span(row, i), target=Span(there, j), score=score)

    for shape, rows in scores.beads.items():
        if shape[0] <= i and shape[1] <= j:
            yield edge(shape, sums.any, float(rows[i][column]))
    if i > 0:
        yield edge((1, 0), sums.open, float(scores.source_gaps[i - 1]))
    if j > 0:
        yield edge((0, 1), sums.any, float(scores.target_gaps[j - 1]))


def _backward_row(
    scores: Scores, rest: Mapping[int, Floats], i: int, gaps_before: Floats
) -> tuple[Floats, Floats]:
    """Return the log sums from the points of row ``i`` to the end, given those of later rows.

    The second is for paths that came by a target gap, and so may not go on with a source gap.
    """
    columns, last = scores.columns[i], len(scores.columns) - 1
    row = np.full(len(columns), -np.inf)
    if i == last:
        row[-1] = 0.0
    for shape, rows in scores.beads.items():
        if (end := i + shape[0]) <= last:
            here, there = _meeting(scores, end, shape)
            row[there] = np.logaddexp(row[there], rows[end][here] + rest[end][here])
    before = gaps_before[columns.start : columns.end]
    in_gap = np.logaddexp.accumulate((row + before)[::-1])[::-1] - before
    free = in_gap.copy()
    if i < last:
        here, there = _meeting(scores, i + 1, (1, 0))
        free[there] = np.logaddexp(free[there], scores.source_gaps[i] + rest[i + 1][here])
    return free, in_gap


def _row_posteriors(
    scores: Scores, sums: _Sums, i: int, rest: Floats, rest_in_gap: Floats
) -> RowPosteriors:
    """Return what ends in row ``i``; ``rest`` are log sums to the end over that of all paths."""
    beads = {}
    for shape, rows in scores.beads.items():
        beads[shape] = np.zeros(len(rest))
        if shape[0] <= i:
            here, there = _meeting(scores, i, shape)
            beads[shape][here] = np.exp(sums.any[i - shape[0]][there] + rows[i][here] + rest[here])
    source_gap = 0.0
    if i > 0:
        here, there = _meeting(scores, i, (1, 0))
        before = sums.open[i - 1][there] + scores.source_gaps[i - 1]
        source_gap = float(np.exp(before + rest[here]).sum())
    columns = scores.columns[i]
    gaps = scores.target_gaps[columns.start : columns.end - 1]
    return RowPosteriors(
        row=i,
        beads=beads,
        source_gap=source_gap,
        target_gaps=np.exp(sums.any[i][:-1] + gaps + rest_in_gap[1:]),
    )
