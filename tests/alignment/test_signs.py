import math

import numpy as np
import pytest

from alignment.beads import Bead, Link
from alignment.chances import Chances
from alignment.edition import Edition, Sentences, find_sentences
from alignment.graph import Group, find_groups
from alignment.signs import AROUND, FEW_OTHERS, OF_PAIRS, find_signs
from tests.alignment.conftest import WordEncoder, chances

CHANCES = chances((0, 0, 0.9), (1, 2, 0.1), (0, 2, 0.15))


def sentences(*texts: str) -> Sentences:
    return find_sentences(Edition(texts=texts, language="en"), WordEncoder())


SOURCE, TARGET = sentences("Sun. Moon.", "Star.", "Sky."), sentences("Sun.", "Moon.", "Sky.")


def link(source: list[int], target: list[int], probability: float, *, moved: bool = False) -> Link:
    gain = 2.0 if target else 0.0
    return Link(
        source=source, target=target, probability=probability, score=1.0, moved=moved, gain=gain
    )


def groups() -> list[Group]:
    links = [link([0], [0], 0.9), link([1], [1], 0.8), link([2], [], 0.6)]
    return find_groups([*links, link([3], [2], 0.7, moved=True)], SOURCE, TARGET)


def named(
    groups: list[Group], chances: Chances, source: Sentences, target: Sentences
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    of_pairs, of_alone = find_signs(groups, chances, source, target)
    return (
        [dict(zip(OF_PAIRS, row, strict=True)) for row in of_pairs.tolist()],
        [dict(zip(AROUND, row, strict=True)) for row in of_alone.tolist()],
    )


def test_signs_are_those_of_the_group_its_texts_and_its_neighbours() -> None:
    (merged, moved), (alone,) = named(groups(), CHANCES, SOURCE, TARGET)

    star_sky = float(SOURCE.vectors[2] @ (SOURCE.vectors[3]))
    assert merged == pytest.approx(
        {
            "log_odds": math.log(0.8 / 0.2),  # target 1 hangs on it
            "beside_alone": 0.25,
            "alone_share": 1 / 6,
            "sentences": math.log(2),
            "other_ties": math.log(0.25 + FEW_OTHERS),  # source 0 with target 2
            "left_over": 0,
            "left_over_doubt": 0,
            "several": 1,
            "moved": 0,
            "gain": math.log1p(4),
            "least_gain": 2,
            "tied": 0,
            "least_log_odds": math.log(0.8 / 0.2),
            "mismatch": 0,
            "cosine": 1,
            "least_cosine": 1,
            "outside": max(0, cosine_to_both("Star."), cosine_to_both("Sky.")),
            "chars": math.log(18),
        },
        abs=1e-5,
    )
    assert alone["log_odds"] == pytest.approx(math.log(0.6 / 0.4))
    assert alone["beside_alone"] == 0
    assert alone["other_ties"] == pytest.approx(math.log(FEW_OTHERS))
    assert moved["moved"] == 1
    assert moved["other_ties"] == pytest.approx(math.log(0.25 + FEW_OTHERS))
    assert moved["outside"] == pytest.approx(max(0, star_sky, moon_sky()), abs=1e-5)


def cosine_to_both(word: str) -> float:
    vectors = WordEncoder().encode(["Sun.", "Moon.", word])
    both = np.sqrt(4) * vectors[0] + np.sqrt(5) * vectors[1]
    return float(both @ vectors[2] / np.linalg.norm(both))


def moon_sky() -> float:
    moon, sky = WordEncoder().encode(["Moon.", "Sky."])
    return float(moon @ sky)


def test_a_sentence_that_is_left_over_in_a_pair_is_seen() -> None:
    links = [link([0], [0], 0.9), link([1], [], 0.7), link([2], [1], 0.9), link([3], [2], 0.9)]

    of_pairs, _ = named(find_groups(links, SOURCE, TARGET), Chances.none(), SOURCE, TARGET)

    assert of_pairs[0]["left_over"] == 0.5
    assert of_pairs[0]["left_over_doubt"] == pytest.approx(0.3)
    assert of_pairs[0]["least_log_odds"] == pytest.approx(math.log(0.7 / 0.3))


def test_a_member_without_a_partner_and_lengths_that_differ_are_seen() -> None:
    source, target = sentences("Sun. Moon."), sentences("Sun and a long tail of words.")
    whole = Link(source=[0, 1], target=[0], probability=0.9, score=1.0, moved=False, gain=12.0)

    (found,), _ = named(find_groups([whole], source, target), Chances.none(), source, target)

    assert found["least_gain"] == 10  # beyond doubt
    assert found["mismatch"] == pytest.approx(math.log((29 + 8) / (9 + 8)))
    assert found["least_cosine"] == pytest.approx(source.vectors[1] @ target.vectors[0], abs=1e-6)
    assert found["outside"] == 0


def test_source_and_target_have_the_same_signs_the_other_way_round() -> None:
    links = [link([0], [0], 0.9), link([1], [1], 0.8), link([2], [], 0.6), link([3], [2], 0.7)]
    turned = [link([*x.target], [*x.source], x.probability) for x in links]
    turned[2] = Link(source=[], target=[2], probability=0.6, score=1.0, moved=False)
    back = Chances(source=CHANCES.target, target=CHANCES.source, probability=CHANCES.probability)

    here = find_signs(find_groups(links, SOURCE, TARGET), CHANCES, SOURCE, TARGET)
    there = find_signs(find_groups(turned, TARGET, SOURCE), back, TARGET, SOURCE)

    for one, other in zip(here, there, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_what_is_settled_beside_a_group_counts() -> None:
    settled = [Bead(source=(1,), target=(), cost=0.0, confidence=1.0)]
    some = [group for group in groups() if group.source != (1,)]

    of_pairs, _ = find_signs(some, Chances.none(), SOURCE, TARGET, settled)

    assert of_pairs[:, OF_PAIRS.index("beside_alone")].tolist() == [0.25, 0.25]


def test_where_there_is_no_group_there_are_no_signs() -> None:
    of_pairs, of_alone = find_signs([], Chances.none(), SOURCE, TARGET)

    assert of_pairs.shape == (0, len(OF_PAIRS))
    assert of_alone.shape == (0, len(AROUND))
