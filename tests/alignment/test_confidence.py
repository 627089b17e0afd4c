import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from alignment.confidence import calibrate, confidence_signs, load_calibration
from alignment.search import Step

PAIR = Step(source=Span(0, 1), target=Span(0, 1), score=3.0)
GAP = Step(source=Span(1, 2), target=Span(1, 1), score=-1.0)
GROUP = Step(source=Span(2, 4), target=Span(1, 2), score=2.0)


def test_signs_are_those_of_the_step_and_its_neighbours() -> None:
    signs = confidence_signs([PAIR, GAP, GROUP], [0.8, 0.5, 0.9])

    share = 1 / 3
    assert signs == [
        {
            "pair": 1,
            "pair_logit": math.log(0.8 / (1 - 0.8)),
            "pair_beside_gaps": 0.5,
            "pair_gap_share": share,
            "group": 0,
        },
        {
            "gap": 1,
            "gap_logit": 0.0,
            "gap_beside_gaps": 0.0,
            "gap_gap_share": share,
            "group": 0,
        },
        {
            "pair": 1,
            "pair_logit": math.log(0.9 / (1 - 0.9)),
            "pair_beside_gaps": 0.5,
            "pair_gap_share": share,
            "group": 1,
        },
    ]


def test_every_sign_has_a_weight() -> None:
    names = {name for sign in confidence_signs([PAIR, GAP], [0.5, 0.5]) for name in sign}

    assert set(load_calibration()) == names


@given(st.floats(0, 1), st.floats(0, 1))
def test_likelier_is_surer(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for step in (PAIR, GAP, GROUP):
        assert calibrate([step], [low]) <= calibrate([step], [high])


@pytest.mark.parametrize("posterior", [0.0, 1.0])
def test_nothing_is_quite_certain(posterior: float) -> None:
    (confidence,) = calibrate([PAIR], [posterior])

    assert 0 < confidence < 1
