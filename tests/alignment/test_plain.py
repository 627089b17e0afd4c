import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alignment import OfflineEncoder, plain
from alignment.plain import SHAPES, align_plainly, cheapest_steps
from alignment.search import Shape, Step
from tests.alignment.conftest import WordEncoder

WORDS = WordEncoder()
TEXTS = st.lists(
    st.lists(st.sampled_from(["sea", "king", "snow", "old"]), min_size=1, max_size=3).map(" ".join),
    max_size=5,
)


def groups(steps: list[Step]) -> list[tuple[list[int], list[int]]]:
    return [
        (
            list(range(step.source.start, step.source.end)),
            list(range(step.target.start, step.target.end)),
        )
        for step in steps
    ]


def test_constants_are_those_that_were_tuned() -> None:
    assert (plain.THRESHOLD, plain.PENALTY) == (0.25, 0.2)
    assert SHAPES == ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2))


def cheapest_total(n: int, m: int, costs: dict[tuple[Shape, int, int], float]) -> float:
    """The obvious exponential recursion: slow, and too simple to be wrong."""
    if n == m == 0:
        return 0.0
    return min(
        cheapest_total(n - shape[0], m - shape[1], costs) + costs[shape, n, m]
        for shape in SHAPES
        if shape[0] <= n and shape[1] <= m
    )


@given(st.integers(0, 4), st.integers(0, 4), st.randoms(use_true_random=False))
def test_steps_are_those_of_exhaustive_search(n: int, m: int, random: Random) -> None:
    costs = {
        (shape, i, j): random.random() - 0.3
        for shape in SHAPES
        for i in range(n + 1)
        for j in range(m + 1)
    }

    steps = cheapest_steps(n, m, SHAPES, lambda *bead: costs[bead])

    assert -sum(step.score for step in steps) == pytest.approx(cheapest_total(n, m, costs))
    assert all(
        (one.source.end, one.target.end) == (next_.source.start, next_.target.start)
        for one, next_ in pairwise(steps)
    )


@given(TEXTS, TEXTS)
def test_steps_cover_both_texts_once(source: list[str], target: list[str]) -> None:
    found = groups(align_plainly(source, target, WORDS))

    assert [index for group in found for index in group[0]] == list(range(len(source)))
    assert [index for group in found for index in group[1]] == list(range(len(target)))


@given(TEXTS, TEXTS)
def test_swapping_texts_keeps_the_cost(source: list[str], target: list[str]) -> None:
    there, back = align_plainly(source, target, WORDS), align_plainly(target, source, WORDS)

    assert sum(step.score for step in there) == pytest.approx(
        sum(step.score for step in back), abs=1e-5
    )


@given(TEXTS)
def test_identical_texts_align_one_to_one(texts: list[str]) -> None:
    assert groups(align_plainly(texts, texts, WORDS)) == [([i], [i]) for i in range(len(texts))]


def test_a_bead_costs_what_the_constants_say() -> None:
    class Fixed:
        name = "fixed"

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            known = {"a": [1.0, 0.0], "b": [0.0, 1.0], "ab": [math.sqrt(0.5), math.sqrt(0.5)]}
            return np.array([known[text] for text in texts], np.float32).reshape(-1, 2)

    (merged,) = align_plainly(["a", "b"], ["ab"], Fixed())
    (single,) = align_plainly(["a"], ["ab"], Fixed())

    # Cosine 1, three paragraphs: 1.5 * (1 - 0.25) - 0.2. Cosine 0.7071, two: 0.7071 - 0.25.
    assert merged.score == pytest.approx(0.925)
    assert single.score == pytest.approx(0.45711, abs=1e-4)


def test_finds_translations_and_what_is_between_them(offline_encoder: OfflineEncoder) -> None:
    english = ["The lighthouse keeper retired in March.", "Since then a machine lights the lamp."]
    french = [
        "Le gardien du phare a pris sa retraite en mars.",
        "Abonnez-vous à notre lettre d'information.",
        "Depuis, c'est une machine qui allume la lampe.",
    ]

    steps = align_plainly(english, french, offline_encoder)

    assert groups(steps) == [([0], [0]), ([], [1]), ([1], [2])]
