import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from alignment.search import SHAPES, NoPathError, Scores, Step, best_path, path_posteriors

SIZES = st.tuples(st.integers(0, 3), st.integers(0, 3))


@st.composite
def scored_grids(draw: st.DrawFn) -> Scores:
    n_source, n_target = draw(SIZES)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (n_source + 1, n_target + 1)
    beads = {}
    for taken in SHAPES:
        scores = random.normal(0, 2, shape)
        scores[: taken[0]] = -np.inf
        scores[:, : taken[1]] = -np.inf
        beads[taken] = list(scores)
    return Scores(
        columns=[Span(0, n_target + 1)] * (n_source + 1),
        beads=beads,
        source_gaps=random.normal(-1, 1, n_source),
        target_gaps=random.normal(-1, 1, n_target),
    )


def every_path(scores: Scores, i: int, j: int) -> Iterator[list[Step]]:
    """The obvious recursion from the end: slow, and too simple to be wrong."""
    if i == j == 0:
        yield []
    for a, b in (*SHAPES, (1, 0), (0, 1)):
        if a > i or b > j:
            continue
        if (a, b) == (1, 0):
            score = scores.source_gaps[i - 1]
        elif (a, b) == (0, 1):
            score = scores.target_gaps[j - 1]
        else:
            score = scores.beads[a, b][i][j]
        step = Step(source=Span(i - a, i), target=Span(j - b, j), score=float(score))
        for path in every_path(scores, i - a, j - b):
            # Source gaps come before the target gaps that they touch.
            if path and not path[-1].source and not step.target:
                continue
            yield [*path, step]


def total(path: list[Step]) -> float:
    return sum(step.score for step in path)


def all_paths(scores: Scores) -> list[list[Step]]:
    return list(every_path(scores, len(scores.source_gaps), len(scores.target_gaps)))


@given(scored_grids())
def test_best_path_is_that_of_exhaustive_search(scores: Scores) -> None:
    best = max(all_paths(scores), key=total)

    assert best_path(scores) == best


@given(scored_grids())
def test_posteriors_are_those_of_exhaustive_search(scores: Scores) -> None:
    paths = all_paths(scores)
    path = best_path(scores)

    found = path_posteriors(scores, path)

    everything = math.fsum(math.exp(total(each)) for each in paths)
    for step, posterior in zip(path, found, strict=True):
        holds = partial(_holds, step)
        wanted = math.fsum(math.exp(total(each)) for each in paths if any(map(holds, each)))
        assert posterior == pytest.approx(wanted / everything)


def _holds(step: Step, other: Step) -> bool:
    """A gap is the same wherever it stands; a bead is itself."""
    if step.source and step.target:
        return step == other
    return (
        (other.source, len(other.target)) == (step.source, 0)
        if step.source
        else (
            other.target,
            len(other.source),
        )
        == (step.target, 0)
    )


def test_source_gaps_come_before_the_target_gaps_they_touch() -> None:
    scores = gaps_only(2, 1)

    steps = [(len(step.source), len(step.target)) for step in best_path(scores)]

    assert steps == [(1, 0), (1, 0), (0, 1)]


def test_each_alignment_is_one_path() -> None:
    # All gaps, in whatever order: one alignment, so it is certain.
    scores = gaps_only(3, 3)

    assert path_posteriors(scores, best_path(scores)) == pytest.approx([1.0] * 6)


def test_equally_good_beads_beat_gaps() -> None:
    scores = gaps_only(1, 1)
    scores.beads[1, 1][1][1] = 0.0

    assert len(best_path(scores)) == 1


def test_path_keeps_to_the_corridor() -> None:
    scores = gaps_only(2, 2)
    for i in (1, 2):
        scores.beads[1, 1][i][i] = 5.0
    # Without the point (1, 1) the two good beads on the diagonal are out of reach.
    narrow = replace(
        scores,
        columns=[Span(0, 3), Span(0, 1), Span(0, 3)],
        beads={shape: [rows[0], rows[1][:1], rows[2]] for shape, rows in scores.beads.items()},
    )

    assert total(best_path(scores)) == 10.0
    assert total(best_path(narrow)) == 0.0


def test_broken_corridor_is_refused() -> None:
    scores = Scores(
        columns=[Span(0, 1), Span(2, 3)], beads={}, source_gaps=np.zeros(1), target_gaps=np.zeros(2)
    )

    with pytest.raises(NoPathError, match="1 source and 2 target"):
        best_path(scores)
    with pytest.raises(NoPathError):
        path_posteriors(scores, [])


def gaps_only(n_source: int, n_target: int) -> Scores:
    row = np.full(n_target + 1, -np.inf)
    return Scores(
        columns=[Span(0, n_target + 1)] * (n_source + 1),
        beads={shape: [row.copy() for _ in range(n_source + 1)] for shape in SHAPES},
        source_gaps=np.zeros(n_source),
        target_gaps=np.zeros(n_target),
    )
