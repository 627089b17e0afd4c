import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Chance, Link
from alignment.confidence import FEW_OTHERS, calibrate, confidence_signs, load_calibration
from alignment.edition import Edition, find_sentences
from alignment.graph import Group, find_groups
from tests.alignment.conftest import WordEncoder

SOURCE = find_sentences(
    Edition(texts=["Sun. Moon.", "Star.", "Sky."], language="en"), WordEncoder()
)
TARGET = find_sentences(Edition(texts=["Sun.", "Moon.", "Sky."], language="en"), WordEncoder())


CHANCES = [
    Chance(source=0, target=0, probability=0.9),
    Chance(source=1, target=2, probability=0.1),
    Chance(source=0, target=2, probability=0.15),
]


def link(source: list[int], target: list[int], probability: float, *, moved: bool = False) -> Link:
    gain = 2.0 if target else 0.0
    return Link(
        source=source, target=target, probability=probability, score=1.0, moved=moved, gain=gain
    )


def groups(probability: float = 0.8) -> list[Group]:
    links = [link([0], [0], 0.9), link([1], [1], probability), link([2], [], 0.6)]
    return find_groups([*links, link([3], [2], 0.7, moved=True)], SOURCE, TARGET)


def test_signs_are_those_of_the_group_and_its_neighbours() -> None:
    merged, alone, moved = confidence_signs(groups(), CHANCES, SOURCE, TARGET)

    assert merged == pytest.approx(
        {
            "pair": 1,
            "pair_logit": math.log(0.8 / 0.2),  # target 1 hangs on it
            "pair_beside_alone": 0.25,
            "pair_alone_share": 1 / 6,
            "pair_sentences": math.log(2),
            "pair_others": math.log(0.25 + FEW_OTHERS),  # source 0 with target 2
            "left_over": 0,
            "left_over_doubt": 0,
            "group": 1,
            "moved": 0,
            "gain": math.log1p(4),
            "weakest_gain": 0.2,
            "tied": 0,
        }
    )
    assert alone["alone_logit"] == pytest.approx(math.log(0.6 / 0.4))
    assert alone["alone_beside_alone"] == 0
    assert alone["alone_others"] == pytest.approx(math.log(FEW_OTHERS))
    assert moved["moved"] == 1
    assert moved["pair_others"] == pytest.approx(math.log(0.25 + FEW_OTHERS))


def test_a_sentence_that_is_left_over_in_a_pair_is_seen() -> None:
    links = [link([0], [0], 0.9), link([1], [], 0.7), link([2], [1], 0.9), link([3], [2], 0.9)]

    signs = confidence_signs(find_groups(links, SOURCE, TARGET), [], SOURCE, TARGET)

    assert signs[0]["left_over"] == 0.5
    assert signs[0]["left_over_doubt"] == pytest.approx(0.3)


def test_every_sign_has_a_weight() -> None:
    signs = confidence_signs(groups(), CHANCES, SOURCE, TARGET)

    assert set(load_calibration()) == {name for sign in signs for name in sign}


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_likelier_a_tie_with_another_group_the_less_sure_is_the_group(
    one: float, other: float
) -> None:
    low, high = sorted((one, other))

    less, more = (
        calibrate(groups(), [Chance(source=0, target=2, probability=chance)], SOURCE, TARGET)
        for chance in (low, high)
    )

    assert less[0] >= more[0]


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_nothing_is_quite_certain(probability: float) -> None:
    assert all(0 < found < 1 for found in calibrate(groups(probability), CHANCES, SOURCE, TARGET))


def test_a_group_with_thousands_of_sentences_left_over_has_a_confidence() -> None:
    left_over = [link([1], [], 0.5)] * 3000
    group = Group(source=(0,), target=(0,), links=[link([0], [0], 0.9), *left_over])

    assert 0 < calibrate([group], [], SOURCE, TARGET)[0] < 0.01
