import numpy as np

from alignment.chances import Chances
from tests.alignment.conftest import chances


def test_nothing_together_is_nothing() -> None:
    assert len(Chances.together([Chances.none(), Chances.together([])]).probability) == 0


def test_parts_follow_each_other() -> None:
    whole = Chances.together([chances((0, 1, 0.5)), chances((2, 3, 0.25), (0, 1, 0.125))])

    assert whole.source.tolist() == [0, 2, 0]
    assert whole.target.tolist() == [1, 3, 1]
    assert whole.probability.tolist() == [0.5, 0.25, 0.125]


def test_chances_of_some_sentences_are_those_of_their_rows() -> None:
    some = chances((0, 1, 0.5), (1, 0, 0.25)).in_rows(np.array([4, 7]), np.array([3, 9]))

    assert some.source.tolist() == [4, 7]
    assert some.target.tolist() == [9, 3]
