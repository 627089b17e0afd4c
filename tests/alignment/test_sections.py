from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import sections
from alignment.chain import Block
from alignment.edition import Matrix
from alignment.neighbours import find_neighbours
from alignment.sections import find_sections
from tests.growth import check_linear_growth


def unit_vectors(count: int, seed: int) -> Matrix:
    vectors = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def short_sections(patch: pytest.MonkeyPatch, *, section: int = 10, sampled: int = 30) -> None:
    patch.setattr(sections, "SECTION", section)
    patch.setattr(sections, "SAMPLED", sampled)


def spans(blocks: list[Block]) -> list[tuple[int, int, int, int]]:
    return [
        (block.source.start, block.source.end, block.target.start, block.target.end)
        for block in blocks
    ]


def test_constants_are_as_documented() -> None:
    assert (sections.SECTION, sections.SAMPLED) == (1_000, 512)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2_999, 3_500), (9_000, 3)])
def test_a_text_of_fewer_than_three_sections_is_one(n: int, m: int) -> None:
    assert spans(find_sections(unit_vectors(n, 1), unit_vectors(m, 2))) == [(0, n, 0, m)]


@given(
    st.integers(1, 120),
    st.integers(1, 120),
    st.dictionaries(st.integers(0, 119), st.integers(0, 119), max_size=120),
)
def test_sections_hold_all_of_both_texts_and_none_is_short(
    n: int, m: int, pairs: dict[int, int]
) -> None:
    source, target = unit_vectors(n, 1), unit_vectors(m, 2)
    for i, j in pairs.items():
        if i < n and j < m:
            target[j] = source[i]
    with pytest.MonkeyPatch.context() as patch:
        short_sections(patch)
        found = find_sections(source, target)

    for side, count in (("source", n), ("target", m)):
        parts = [getattr(section, side) for section in found]
        assert (parts[0].start, parts[-1].end) == (0, count)
        assert all(this.end == later.start for this, later in pairwise(parts))
        assert len(found) == 1 or min(map(len, parts)) >= 10
    assert (len(found) > 1) == (min(n, m) >= 30)


def test_sections_follow_the_path_off_the_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    short_sections(monkeypatch)
    # 40 sentences were added at the start of the target, and 25 are missing in its middle.
    source = unit_vectors(100, 1)
    target = np.vstack([unit_vectors(40, 2), source[:50], source[75:]])

    found = spans(find_sections(source, target))

    inside = [(row, column) for row, _, column, _ in found[1:]]
    assert len(inside) >= 4
    assert all(column == row + (40 if row <= 50 else 15) for row, column in inside)


def test_swapped_texts_have_the_same_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    short_sections(monkeypatch, sampled=10)
    source = unit_vectors(90, 1)
    target = np.vstack([source[:20], source[50:], source[20:50]])

    there, back = find_sections(source, target), find_sections(target, source)

    assert spans(there) == [(a, b, c, d) for c, d, a, b in spans(back)]
    assert len(there) > 1


def test_equal_sentences_have_sections_along_the_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    short_sections(monkeypatch)
    same = np.ones((40, 1), np.float32)

    assert spans(find_sections(same, same)) == [(i, i + 10, i, i + 10) for i in range(0, 40, 10)]


def test_the_work_for_neighbours_of_long_texts_grows_with_their_length() -> None:
    def task(count: int) -> Callable[[], object]:
        return partial(find_neighbours, unit_vectors(count, 1), unit_vectors(count, 2))

    check_linear_growth(task, size=3_000)
