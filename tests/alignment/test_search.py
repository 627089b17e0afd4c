import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from alignment.search import SHAPES, Scores, Step, best_paths, posteriors

SIZES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3)


@st.composite
def scored_grids(draw: st.DrawFn) -> Scores:
    """Draw one to three grids of any size, searched together."""
    sizes = draw(SIZES)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = (max(size[side] for size in sizes) for side in (0, 1))
    beads = {}
    for taken in SHAPES:
        scores = np.full((n + 1, len(sizes), m + 1), -np.inf)
        for grid, (height, width) in enumerate(sizes):
            inside = np.s_[taken[0] : height + 1, grid, taken[1] : width + 1]
            scores[inside] = random.normal(0, 2, scores[inside].shape)
        beads[taken] = scores
    return Scores(
        sizes=sizes,
        beads=beads,
        source_gaps=random.normal(-1, 1, (n, len(sizes))),
        target_gaps=random.normal(-1, 1, (len(sizes), m)),
    )


def every_path(scores: Scores, grid: int, i: int, j: int) -> Iterator[list[Step]]:
    """The obvious recursion from the end: slow, and too simple to be wrong."""
    if i == j == 0:
        yield []
    for a, b in (*SHAPES, (1, 0), (0, 1)):
        if a > i or b > j:
            continue
        if (a, b) == (1, 0):
            score = scores.source_gaps[i - 1, grid]
        elif (a, b) == (0, 1):
            score = scores.target_gaps[grid, j - 1]
        else:
            score = scores.beads[a, b][i, grid, j]
        step = Step(source=Span(i - a, i), target=Span(j - b, j), score=float(score))
        for path in every_path(scores, grid, i - a, j - b):
            # Source gaps come before the target gaps that they touch.
            if path and not path[-1].source and not step.target:
                continue
            yield [*path, step]


def total(path: list[Step]) -> float:
    return sum(step.score for step in path)


def all_paths(scores: Scores, grid: int = 0) -> list[list[Step]]:
    return list(every_path(scores, grid, *scores.sizes[grid]))


@given(scored_grids())
def test_best_paths_are_those_of_exhaustive_search(scores: Scores) -> None:
    found = best_paths(scores)

    for grid in range(len(scores.sizes)):
        assert found[grid] == max(all_paths(scores, grid), key=total)


@given(scored_grids())
def test_posteriors_are_those_of_exhaustive_search(scores: Scores) -> None:
    found = best_paths(scores)

    likely = posteriors(scores)

    for grid, path in enumerate(found):
        paths = all_paths(scores, grid)
        everything = math.fsum(math.exp(total(each)) for each in paths)
        assert likely.log_sums[grid] == pytest.approx(math.log(everything))
        for step in path:
            holds = partial(_holds, step)
            wanted = math.fsum(math.exp(total(each)) for each in paths if any(map(holds, each)))
            assert likely.of(step, grid) == pytest.approx(wanted / everything)


@given(scored_grids())
def test_every_sentence_is_in_one_bead_or_gap(scores: Scores) -> None:
    found = posteriors(scores)

    for grid, (n, m) in enumerate(scores.sizes):
        source, target = found.source_gaps[:n, grid].copy(), found.target_gaps[grid, :m].copy()
        for (a, b), mass in found.beads.items():
            for i in range(n):
                source[i] += mass[i + 1 : i + 1 + a, grid].sum()
            for j in range(m):
                target[j] += mass[:, grid, j + 1 : j + 1 + b].sum()
        assert source == pytest.approx(np.ones(n))
        assert target == pytest.approx(np.ones(m))


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
    (path,) = best_paths(gaps_only(2, 1))

    assert [(len(step.source), len(step.target)) for step in path] == [(1, 0), (1, 0), (0, 1)]


def test_each_alignment_is_one_path() -> None:
    # All gaps, in whatever order: one alignment, so it is certain.
    scores = gaps_only(3, 3)

    (path,) = best_paths(scores)
    assert [posteriors(scores).of(step, 0) for step in path] == pytest.approx([1.0] * 6)


def test_equally_good_beads_beat_gaps() -> None:
    scores = gaps_only(1, 1)
    scores.beads[1, 1][1, 0, 1] = 0.0

    assert len(best_paths(scores)[0]) == 1


def gaps_only(n: int, m: int) -> Scores:
    return Scores(
        sizes=[(n, m)],
        beads={shape: np.full((n + 1, 1, m + 1), -np.inf) for shape in SHAPES},
        source_gaps=np.zeros((n, 1)),
        target_gaps=np.zeros((1, m)),
    )
