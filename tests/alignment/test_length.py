import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import length
from alignment.length import PENALTY_NATS, align_by_length, length_cost_nats

LENGTHS = st.lists(st.integers(0, 300), max_size=5)


def test_constants_are_those_of_the_paper() -> None:
    assert length.CHARS_PER_CHAR == 1.0
    assert length.VARIANCE_PER_CHAR == 6.8
    assert length.FARTHEST_NATS == 25.0
    assert list(PENALTY_NATS.items()) == [
        ((1, 1), 0.0),
        ((1, 0), 4.5),
        ((0, 1), 4.5),
        ((2, 1), 2.3),
        ((1, 2), 2.3),
        ((2, 2), 4.4),
    ]


@pytest.mark.parametrize(
    ("shape", "probability"),
    [((1, 0), 0.0099), ((0, 1), 0.0099), ((2, 1), 0.089), ((1, 2), 0.089), ((2, 2), 0.011)],
)
def test_penalties_are_the_log_odds_of_the_papers_table(
    shape: tuple[int, int], probability: float
) -> None:
    # Table 5: probability of each category; that of 1-1 is 0.89.
    assert PENALTY_NATS[shape] == pytest.approx(-math.log(probability / 0.89), abs=0.02)


@pytest.mark.parametrize(
    ("source", "target", "cost"),
    [
        (0, 0, 0.0),
        (100, 100, 0.0),
        # 20 / sqrt(6.8 * 110) = 0.7313; P(|Z| > 0.7313) = 0.46459
        (100, 120, -math.log(0.46459)),
        # 100 / sqrt(6.8 * 50) = 5.4233; P = 5.851e-8
        (100, 0, -math.log(5.851e-8)),
        (100_000, 0, 25.0),
    ],
)
def test_cost_is_that_of_the_normal_distribution(source: int, target: int, cost: float) -> None:
    assert length_cost_nats(source, target) == pytest.approx(cost, rel=1e-3)


def cheapest_total(source: list[int], target: list[int]) -> float:
    """The obvious exponential recursion: slow, and too simple to be wrong."""
    if not source and not target:
        return 0.0
    return min(
        cheapest_total(source[: len(source) - a], target[: len(target) - b])
        + penalty
        + length_cost_nats(sum(source[len(source) - a :]), sum(target[len(target) - b :]))
        for (a, b), penalty in PENALTY_NATS.items()
        if a <= len(source) and b <= len(target)
    )


@given(LENGTHS, LENGTHS)
def test_total_equals_that_of_exhaustive_search(source: list[int], target: list[int]) -> None:
    steps = align_by_length(source, target)

    assert -sum(step.score for step in steps) == pytest.approx(cheapest_total(source, target))


@given(LENGTHS, LENGTHS)
def test_steps_cover_both_texts_once(source: list[int], target: list[int]) -> None:
    steps = align_by_length(source, target)

    assert [i for s in steps for i in range(s.source.start, s.source.end)] == [*range(len(source))]
    assert [j for s in steps for j in range(s.target.start, s.target.end)] == [*range(len(target))]


@given(LENGTHS, LENGTHS)
def test_swapping_texts_keeps_the_cost(source: list[int], target: list[int]) -> None:
    there, back = align_by_length(source, target), align_by_length(target, source)

    assert sum(s.score for s in there) == pytest.approx(sum(s.score for s in back))


def test_of_equally_cheap_shapes_the_earliest_wins() -> None:
    assert [(len(s.source), len(s.target)) for s in align_by_length([9], [9])] == [(1, 1)]
