from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import corridor
from alignment.beads import Span
from alignment.corridor import _longest_chain, find_corridor
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
    assert corridor.FULL_POINTS == 1_000_000
    assert corridor.HALF_WIDTH == 200
    assert corridor.ANCHOR_LEAD == 0.1


def test_articles_are_searched_whole() -> None:
    assert find_corridor(*chained(3, 4, {0: 0})) == [Span(0, 5)] * 4


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.dictionaries(st.integers(0, 39), st.integers(0, 39), max_size=12),
)
def test_books_have_a_corridor_that_leads_through(n: int, m: int, pairs: dict[int, int]) -> None:
    inside = {i: j for i, j in pairs.items() if i < n and j < m}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corridor, "FULL_POINTS", 0)
        patch.setattr(corridor, "HALF_WIDTH", 2)
        spans = find_corridor(*chained(n, m, inside))

    assert len(spans) == n + 1
    assert spans[0].start == 0
    assert spans[-1].end == m + 1
    assert all(0 <= span.start < span.end <= m + 1 for span in spans)
    assert all(this.start <= later.start < this.end for this, later in pairwise(spans))


def test_corridor_follows_sure_pairs_off_the_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corridor, "FULL_POINTS", 0)
    monkeypatch.setattr(corridor, "HALF_WIDTH", 2)
    # 30 paragraphs were added at the start of the target.
    spans = find_corridor(*chained(40, 70, {i: i + 30 for i in range(40)}))

    for i in range(40):
        assert spans[i].start <= i + 30 < spans[i].end
        assert len(spans[i]) <= 7 if i > 1 else len(spans[i]) > 30


@given(st.lists(st.integers(0, 8), max_size=8))
def test_longest_chain_is_that_of_exhaustive_search(columns: list[int]) -> None:
    pairs = list(enumerate(columns))

    chain = _longest_chain(pairs)

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
