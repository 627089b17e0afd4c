import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import neighbours, sections
from alignment.neighbours import RIVALS, UNRELATED, Neighbours, find_neighbours
from alignment.sections import find_sections

SIZES = st.integers(1, 9)


def unit_vectors(count: int, seed: int) -> neighbours.Matrix:
    vectors = np.random.default_rng(seed).normal(size=(count, 5))
    unit: neighbours.Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(
        np.float32
    )
    return unit


def highest(cosines: neighbours.Matrix, count: int) -> list[float]:
    """Return the highest cosines, falling; unrelated texts stand in for what is lower."""
    return sorted([*cosines.tolist(), *[UNRELATED] * count], reverse=True)[:count]


def test_constants_are_those_the_weights_were_fitted_with() -> None:
    assert (RIVALS, UNRELATED) == (3, 0.1)


@given(SIZES, SIZES, st.integers(1, 4))
def test_neighbours_are_those_of_the_whole_matrix(n: int, m: int, block: int) -> None:
    source, target = unit_vectors(n, 1), unit_vectors(m, 2)
    cosines = source @ target.T

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_BLOCK", block)
        of_source, of_target = find_neighbours(source, target)

    assert of_source.everywhere
    assert of_target.everywhere
    for found, matrix in ((of_source, cosines), (of_target, cosines.T)):
        falling = np.array([highest(row, RIVALS + 1) for row in matrix])
        assert found.highest == pytest.approx(falling, abs=1e-6)
        assert found.nearest.tolist() == matrix.argmax(axis=1).tolist()


@given(st.integers(9, 40), st.integers(9, 40), st.integers(1, 40))
def test_neighbours_in_long_texts_are_those_of_the_sections_around(
    n: int, m: int, block: int
) -> None:
    source, target = unit_vectors(n, 1), unit_vectors(m, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_BLOCK", block)
        patch.setattr(sections, "SECTION", 3)
        found = find_sections(source, target)
        of_source, of_target = find_neighbours(source, target)
    place = [
        np.repeat(np.arange(len(found)), [len(getattr(one, side)) for one in found])
        for side in ("source", "target")
    ]
    far = np.abs(place[0][:, np.newaxis] - place[1]) > 1
    cosines = np.where(far, -np.inf, source @ target.T)

    assert not of_source.everywhere
    assert not of_target.everywhere
    for seen, matrix in ((of_source, cosines), (of_target, cosines.T)):
        falling = np.array([highest(row, RIVALS + 1) for row in matrix])
        assert seen.highest == pytest.approx(falling, abs=1e-6)
        assert seen.nearest.tolist() == matrix.argmax(axis=1).tolist()


def test_of_neighbours_in_two_places_each_rank_has_the_nearer() -> None:
    far = Neighbours(
        highest=np.array([[0.8, 0.3, 0.2, 0.1]], np.float32),
        nearest=np.array([5]),
        everywhere=False,
    )
    rest = Neighbours(
        highest=np.array([[0.6, 0.5, 0.1, 0.1]], np.float32),
        nearest=np.array([0]),
        everywhere=True,
    )

    both = far.or_nearer(rest)

    assert both.highest == pytest.approx(np.array([[0.8, 0.5, 0.2, 0.1]]))
    assert not both.everywhere


@given(SIZES, SIZES)
def test_others_leave_out_the_pair_itself(n: int, m: int) -> None:
    source, target = unit_vectors(n, 1), unit_vectors(m, 2)
    of_source, _ = find_neighbours(source, target)
    cosines = source @ target.T

    others = of_source.others(cosines, np.arange(n))

    for i in range(n):
        for j in range(m):
            rivals = highest(np.delete(cosines[i], j), RIVALS)
            assert others[i, j] == pytest.approx(np.mean(rivals), abs=1e-5)


@given(SIZES, SIZES)
def test_an_unrelated_paragraph_more_is_no_rival(n: int, m: int) -> None:
    source, target = unit_vectors(n, 1), unit_vectors(m, 2)
    unrelated = np.zeros((1, 5), np.float32)

    before, _ = find_neighbours(source, target)
    after, _ = find_neighbours(source, np.vstack([target, unrelated]))

    assert after.highest == pytest.approx(before.highest, abs=1e-6)


def test_without_a_second_paragraph_the_next_highest_is_an_unrelated_one() -> None:
    of_source, of_target = find_neighbours(unit_vectors(2, 1), unit_vectors(1, 2))

    assert of_source.next_highest() == pytest.approx([UNRELATED] * 2)
    assert of_target.next_highest() == pytest.approx(of_target.highest[:, 1])


def test_the_first_of_equals_is_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_BLOCK", 1)
    same = np.ones((3, 1), np.float32)

    of_source, of_target = find_neighbours(same, same)

    assert of_source.nearest.tolist() == of_target.nearest.tolist() == [0, 0, 0]
