import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Link
from alignment.chances import Chances
from alignment.confidence import Tree, Trees, calibrate, load_calibration
from alignment.edition import Edition, find_sentences
from alignment.graph import Group, find_groups
from alignment.signs import AROUND, OF_PAIRS
from tests.alignment.conftest import WordEncoder, chances

SOURCE = find_sentences(
    Edition(texts=["Sun. Moon.", "Star.", "Sky."], language="en"), WordEncoder()
)
TARGET = find_sentences(Edition(texts=["Sun.", "Moon.", "Sky."], language="en"), WordEncoder())


CHANCES = chances((0, 0, 0.9), (1, 2, 0.1), (0, 2, 0.15))


def link(source: list[int], target: list[int], probability: float, *, moved: bool = False) -> Link:
    gain = 2.0 if target else 0.0
    return Link(
        source=source, target=target, probability=probability, score=1.0, moved=moved, gain=gain
    )


def groups(probability: float = 0.8) -> list[Group]:
    links = [link([0], [0], 0.9), link([1], [1], probability), link([2], [], 0.6)]
    return find_groups([*links, link([3], [2], 0.7, moved=True)], SOURCE, TARGET)


def test_trees_ask_for_signs_that_there_are() -> None:
    trees = load_calibration()

    assert {kind: tuple(kept.signs) for kind, kept in trees.items()} == {
        "pair": OF_PAIRS,
        "alone": AROUND,
    }
    for kept in trees.values():
        for tree in kept.trees:
            inner = tree.sign >= 0
            assert inner[0]
            assert tree.sign.max() < len(kept.signs)
            # Every node but the root hangs on one before it, so each walk ends.
            children = [*tree.left[inner], *tree.right[inner]]
            assert sorted(children) == [*range(1, len(tree.sign))]
            assert all(tree.left[inner] > np.flatnonzero(inner))
            assert all(tree.right[inner] > np.flatnonzero(inner))


def test_a_tree_adds_what_the_leaf_is_worth_that_its_answers_lead_to() -> None:
    tree = Tree(
        sign=np.array([0, -1, 1, -1, -1]),
        most=np.array([0.5, 0, 2, 0, 0]),
        left=np.array([1, 0, 3, 0, 0]),
        right=np.array([2, 0, 4, 0, 0]),
        worth=np.array([0, 1, 0, 2, 4]),
    )
    signs = np.array([[0.5, 9], [0.6, 2], [0.6, 2.1]], np.float32)

    judged = Trees(signs=("one", "other"), start=-1.0, trees=[tree, tree]).judge(signs)

    assert judged == pytest.approx(1 / (1 + np.exp(-np.array([1, 3, 7]))))


@given(st.sampled_from(["other_ties", "left_over", "left_over_doubt"]), st.data())
def test_more_doubt_never_makes_a_group_surer(doubt: str, data: st.DataObject) -> None:
    signs = np.array([data.draw(st.lists(st.floats(-12, 12), min_size=18, max_size=18))] * 40)
    signs[:, OF_PAIRS.index(doubt)] = np.linspace(-8, 8, 40)

    judged = load_calibration()["pair"].judge(signs.astype(np.float32))

    assert (np.diff(judged) <= 1e-9).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_likelier_a_tie_with_another_group_the_less_sure_is_the_group(
    one: float, other: float
) -> None:
    low, high = sorted((one, other))

    less, more = (
        calibrate(groups(), chances((0, 2, chance)), SOURCE, TARGET) for chance in (low, high)
    )

    assert less[0] >= more[0]


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_nothing_is_quite_certain(probability: float) -> None:
    assert all(0 < found < 1 for found in calibrate(groups(probability), CHANCES, SOURCE, TARGET))


def test_a_group_with_thousands_of_sentences_left_over_has_a_confidence() -> None:
    left_over = [link([1], [], 0.5)] * 3000
    group = Group(source=(0,), target=(0,), links=[link([0], [0], 0.9), *left_over])

    assert 0 < calibrate([group], Chances.none(), SOURCE, TARGET)[0] < 0.2
