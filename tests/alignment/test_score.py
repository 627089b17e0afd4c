import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Alignment, Bead
from alignment.score import (
    BINS,
    Counts,
    Ratio,
    area_under_roc,
    calibration_bins,
    calibration_error,
    count_hits,
    figures_of,
)


def alignment(*beads: tuple[tuple[int, int], tuple[int, int], float]) -> Alignment:
    return Alignment(
        beads=tuple(
            Bead(
                source=tuple(range(*source)),
                target=tuple(range(*target)),
                cost=0.0,
                confidence=confidence,
            )
            for source, target, confidence in beads
        ),
        signature="by hand",
    )


# Source 0 1 2 3 4, target 0 1 2 3; 4 and 2 are each other's, but 2 stands elsewhere.
GOLD = [([0], [0]), ([1, 2], [1]), ([3], []), ([4], [3]), ([], [2])]
PREDICTED = alignment(
    ((0, 1), (0, 1), 0.9),  # exactly gold
    ((1, 2), (1, 2), 0.7),  # half of a gold group: lax
    ((2, 3), (2, 2), 0.6),  # wrongly alone
    ((3, 4), (2, 2), 0.5),  # rightly alone
    ((4, 5), (2, 4), 0.8),  # one target too many: lax
)


def test_counts_are_those_of_a_calculation_by_hand() -> None:
    counts = count_hits(GOLD, PREDICTED, moved_source=[4])

    # Predicted: three pairs and two alone. Gold: three pairs and two alone.
    assert counts.strict_precision == Ratio(hits=2, of=5)
    assert counts.strict_recall == Ratio(hits=1, of=3)
    assert counts.lax_precision == Ratio(hits=4, of=5)
    assert counts.lax_recall == Ratio(hits=3, of=3)
    # Gold links 0-0 1-1 2-1 4-3; predicted 0-0 1-1 4-2 4-3.
    assert counts.link_precision == Ratio(hits=3, of=4)
    assert counts.link_recall == Ratio(hits=3, of=4)
    assert counts.unmatched_precision == Ratio(hits=1, of=2)
    assert counts.unmatched_recall == Ratio(hits=1, of=2)
    assert counts.moved == Ratio(hits=1, of=1)
    assert counts.judged == ((0.9, True), (0.7, False), (0.8, False))
    assert counts.judged_unmatched == ((0.6, False), (0.5, True))


def test_moved_paragraphs_count_from_either_side() -> None:
    assert count_hits(GOLD, PREDICTED, moved_target=[0, 1]).moved == Ratio(hits=2, of=2)


def test_gaps_are_taken_paragraph_by_paragraph() -> None:
    counts = count_hits([([0], []), ([1], [])], alignment(((0, 2), (0, 0), 1.0)))

    assert counts.strict_precision == Ratio(hits=2, of=2)
    assert counts.unmatched_recall == Ratio(hits=2, of=2)


def test_figures_are_those_of_a_calculation_by_hand() -> None:
    figures = figures_of(count_hits(GOLD, PREDICTED))

    assert figures.strict_f1 == pytest.approx(2 * 0.4 * (1 / 3) / (0.4 + 1 / 3))
    assert figures.lax_f1 == pytest.approx(2 * 0.8 / 1.8)
    assert figures.link_f1 == pytest.approx(0.75)
    assert figures.unmatched_f1 == pytest.approx(0.5)
    assert figures.moved == 0.0
    # Three bins of one: |0.7 - 0|, |0.8 - 0|, |0.9 - 1|.
    assert figures.ece == pytest.approx((0.7 + 0.8 + 0.1) / 3)
    # 0.9 is right, and above both that are wrong; of those alone the right one is below.
    assert (figures.auc, figures.unmatched_auc) == (1.0, 0.0)
    # |0.6 - 0| and |0.5 - 1|.
    assert figures.unmatched_ece == pytest.approx(0.55)
    assert (figures.groups, figures.moved_groups) == (3, 0)


def test_counts_of_documents_are_pooled() -> None:
    one = count_hits(GOLD, PREDICTED)

    both = one + one

    assert both.strict_precision == Ratio(hits=4, of=10)
    assert len(both.judged) == 6
    assert figures_of(both).strict_f1 == pytest.approx(figures_of(one).strict_f1)


def test_nothing_scores_nothing() -> None:
    figures = figures_of(Counts())

    assert (figures.strict_f1, figures.ece, figures.auc) == (0.0, 0.0, None)
    assert calibration_bins([]) == []


def test_calibration_error_bins_by_equal_numbers() -> None:
    assert BINS == 10
    # 20 confidences of 0.75 in bins of two: in the first two none is right, in the others all.
    judged = [(0.75, False)] * 4 + [(0.75, True)] * 16

    assert calibration_error(judged) == pytest.approx((4 * 0.75 + 16 * 0.25) / 20)


def test_bins_hold_equal_numbers_by_rising_confidence() -> None:
    judged = [(number / 20, number >= 10) for number in range(20)]

    bins = calibration_bins(judged)

    assert len(bins) == BINS
    # Confidences 0 and 0.05 are wrong, 0.9 and 0.95 right.
    assert (bins[0].right, bins[0].size, bins[-1].right, bins[-1].size) == (0.0, 2, 1.0, 2)
    assert [bins[0].confidence, bins[-1].confidence] == pytest.approx([0.025, 0.925])


@pytest.mark.parametrize(
    ("judged", "area"),
    [
        ([(0.9, True), (0.2, False)], 1.0),
        ([(0.2, True), (0.9, False)], 0.0),
        # A tie counts half: one of two pairs is right, the other a tie.
        ([(0.9, True), (0.9, False), (0.2, False)], 0.75),
        ([(0.5, True), (0.5, False), (0.5, True)], 0.5),
        ([(0.5, True)], None),
        ([(0.5, False), (0.6, False)], None),
    ],
)
def test_area_under_the_curve_is_that_of_a_calculation_by_hand(
    judged: list[tuple[float, bool]], area: float | None
) -> None:
    assert area_under_roc(judged) == area


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.5, 0.9]), st.booleans())))
def test_area_under_the_curve_is_the_share_of_pairs_in_order(
    judged: list[tuple[float, bool]],
) -> None:
    pairs = [
        (right > wrong) + (right == wrong) / 2
        for right, is_right in judged
        for wrong, is_wrong in judged
        if is_right and not is_wrong
    ]

    assert area_under_roc(judged) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)
