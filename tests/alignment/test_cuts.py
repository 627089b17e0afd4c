from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import cuts
from alignment.chain import blocks_between, longest_chain
from alignment.cuts import find_cuts
from alignment.neighbours import Neighbours, find_neighbours


def chained(n_source: int, n_target: int, pairs: dict[int, int]) -> tuple[Neighbours, Neighbours]:
    """Two texts in which only some pairs are alike, and those exactly."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(n_source + n_target, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    source, target = vectors[:n_source], vectors[n_source:]
    for i, j in pairs.items():
        target[j] = source[i]
    return find_neighbours(source, target)


def test_constants_are_as_documented() -> None:
    assert cuts.FULL_POINTS == 250_000
    assert cuts.SHORTEST == 40
    assert cuts.ANCHOR_LEAD == 0.1


def test_articles_are_searched_whole() -> None:
    assert find_cuts(*chained(3, 4, {0: 0})) == [(0, 0), (3, 4)]


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.dictionaries(st.integers(0, 39), st.integers(0, 39), max_size=12),
    st.integers(4, 100),
)
def test_stretches_of_books_hold_all_of_both_texts_and_none_is_large(
    n: int, m: int, pairs: dict[int, int], points: int
) -> None:
    inside = {i: j for i, j in pairs.items() if i < n and j < m}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "FULL_POINTS", points)
        patch.setattr(cuts, "SHORTEST", 2)
        blocks = blocks_between(find_cuts(*chained(n, m, inside)))

    for side, count in (("source", n), ("target", m)):
        spans = [getattr(block, side) for block in blocks]
        assert spans[0].start == 0
        assert spans[-1].end == count
        assert all(this.end == later.start for this, later in pairwise(spans))
    for block in blocks:
        large = (len(block.source) + 1) * (len(block.target) + 1) > points
        assert not large or min(len(block.source), len(block.target)) <= 1


def test_books_are_cut_where_sure_pairs_follow_each_other_off_the_diagonal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cuts, "FULL_POINTS", 1_000)
    monkeypatch.setattr(cuts, "SHORTEST", 5)
    # 10 sentences were added at the start of the target; of those in the middle none is sure.
    sure = {i: i + 10 for i in range(40) if not 12 <= i < 28}

    found = find_cuts(*chained(40, 50, sure))

    assert (found[0], found[-1]) == ((0, 0), (40, 50))
    assert all(j == i + 10 for i, j in found[1:-1])
    assert not any(12 <= i < 29 for i, _ in found[1:-1])
    assert len(found) >= 4


@given(st.lists(st.integers(0, 8), max_size=8))
def test_longest_chain_is_that_of_exhaustive_search(columns: list[int]) -> None:
    pairs = list(enumerate(columns))

    chain = longest_chain(pairs)

    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(chain))
    assert set(chain) <= set(pairs)
    longest = max(
        length
        for length in range(len(pairs) + 1)
        if any(
            all(one[1] < other[1] for one, other in pairwise(some))
            for some in combinations(pairs, length)
        )
    )
    assert len(chain) == longest
