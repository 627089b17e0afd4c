from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import Alignment, Bead, Pin, PinError, align
from alignment.pins import SURE, YIELDING, settle
from tests.alignment.conftest import WordEncoder

WORDS = WordEncoder()
STORY = [
    "the old king sleeps in his house",
    "snow falls on the sea for days",
    "nobody comes to the gate",
    "the ship is late again",
    "her letters are full of stars",
    "a storm breaks over the hills",
    "the queen rides out at dawn",
    "all the bells begin to ring",
    "bread is dear this winter",
    "they sell the last of the horses",
]
OTHER = ["xylophones quarrel", "zinc melts slowly"]


def aligned(
    source: Sequence[str],
    target: Sequence[str],
    *,
    pins: Sequence[Pin] = (),
    kept: Sequence[Bead] = (),
) -> Alignment:
    return align(
        source,
        target,
        source_language="en",
        target_language="en",
        encoder=WORDS,
        pins=pins,
        kept=kept,
    )


def pin(source: Sequence[int], target: Sequence[int]) -> Pin:
    return Pin(source=tuple(source), target=tuple(target))


@st.composite
def texts_and_pins(draw: st.DrawFn) -> tuple[list[str], list[str], list[Pin]]:
    """Draw two texts and pins of any kind: n-m, with holes, crossing, without counterpart."""
    texts = st.lists(st.sampled_from([*STORY, *OTHER, ""]), max_size=7)
    source, target = draw(texts), draw(texts)
    free = draw(st.permutations(range(len(source)))), draw(st.permutations(range(len(target))))
    pins = []
    for _ in range(draw(st.integers(0, 3))):
        sides = [tuple(side[: draw(st.integers(0, 2))]) for side in free]
        free = free[0][len(sides[0]) :], free[1][len(sides[1]) :]
        if sides[0] or sides[1]:
            pins.append(pin(*sides))
    return source, target, pins


def test_constants_are_those_of_the_documentation() -> None:
    assert (YIELDING, SURE) == (2, 0.9)


@given(texts_and_pins())
def test_pins_hold_and_all_is_covered_once(drawn: tuple[list[str], list[str], list[Pin]]) -> None:
    source, target, pins = drawn

    beads = aligned(source, target, pins=pins).beads

    found = {(bead.source, bead.target): bead for bead in beads}
    for confirmed in pins:
        bead = found[tuple(sorted(confirmed.source)), tuple(sorted(confirmed.target))]
        assert (bead.pinned, bead.confidence) == (True, 1.0)
    assert sum(bead.pinned for bead in beads) == len(pins)
    assert sorted(i for bead in beads for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in beads for j in bead.target) == list(range(len(target)))


@given(st.permutations(range(8)), st.integers(0, 7), st.integers(0, 7))
def test_nothing_is_aligned_across_a_pin_not_even_what_moved(
    order: list[int], source: int, target: int
) -> None:
    moved = [STORY[place] for place in order]

    beads = aligned(STORY[:8], moved, pins=[pin([source], [target])]).beads

    for bead in beads:
        if bead.source and bead.target and not bead.pinned:
            assert len({index < source for index in bead.source}) == 1
            assert {index < source for index in bead.source} == {
                index < target for index in bead.target
            }


def test_a_moved_block_is_found_without_a_pin_and_barred_by_one() -> None:
    moved = [*STORY[3:], *STORY[:3]]

    free, barred = aligned(STORY, moved), aligned(STORY, moved, pins=[pin([9], [6])])

    assert sum(bead.moved for bead in free.beads) == 3
    assert not any(bead.moved for bead in barred.beads)
    assert [bead.source for bead in barred.beads if not bead.target] == [(0,), (1,), (2,)]


def test_a_pin_that_says_no_counterpart_leaves_the_rest_in_place() -> None:
    beads = aligned(STORY, STORY, pins=[pin([4], [])]).beads

    assert [(bead.source, bead.target) for bead in beads if bead.source] == [
        ((i,), () if i == 4 else (i,)) for i in range(10)
    ]
    assert [bead.target for bead in beads if not bead.source] == [(4,)]


def test_a_confirmed_move_stands_and_bars_nothing_else() -> None:
    moved = [*STORY[1:], STORY[0]]

    beads = aligned(STORY, moved, pins=[pin([0], [9]), pin([4], [3])]).beads

    assert all(len(bead.source) == len(bead.target) == 1 for bead in beads)
    assert [bead.target[0] for bead in beads] == [9, *range(9)]


@pytest.mark.parametrize(
    ("pins", "message"),
    [
        ([pin([], [])], "at least one on either side"),
        ([pin([10], [0])], "paragraph 10: there are 10"),
        ([pin([0], [-1])], "paragraph -1: there are 10"),
        ([pin([0], [0]), pin([1], [0])], "paragraph 0 is pinned twice"),
        ([pin([2, 2], [0])], "paragraph 2 is pinned twice"),
    ],
)
def test_pins_that_cannot_hold_are_refused(pins: list[Pin], message: str) -> None:
    with pytest.raises(PinError, match=message):
        aligned(STORY, STORY, pins=pins)


def test_a_pin_brings_a_skipped_paragraph_back() -> None:
    made = align(
        STORY,
        STORY,
        source_language="en",
        target_language="en",
        encoder=WORDS,
        skip_source=[2, 3],
        pins=[pin([2], [2])],
    )

    found = [(bead.source, bead.target) for bead in made.beads]
    assert ((2,), (2,)) in found
    assert {((3,), ()), ((), (3,))} <= set(found)


def test_what_is_kept_stays_bit_for_bit_away_from_a_change() -> None:
    source = [*STORY, *(f"{text} twice" for text in STORY)]
    target = source[:5] + source[6:]
    before = aligned(source, target).beads
    changed = [*source[:15], "xylophones quarrel under zinc", *source[16:]]
    kept = [bead for bead in before if 15 not in bead.source]

    after = aligned(changed, target, kept=kept).beads

    found = set(after)
    near = [bead for bead in kept if bead not in found]
    assert all(12 <= index <= 18 for bead in near for index in bead.source)
    assert ((15,), ()) in [(bead.source, bead.target) for bead in after]


def test_a_new_pin_moves_only_what_stands_around_it() -> None:
    source = [*STORY, *(f"{text} twice" for text in STORY)]
    before = aligned(source, source).beads

    after = aligned(source, source, pins=[pin([10], [])], kept=before).beads

    assert [bead for bead in after if bead.source and not 7 <= bead.source[0] <= 13] == [
        bead for bead in before if bead.source and not 7 <= bead.source[0] <= 13
    ]
    assert ((10,), ()) in [(bead.source, bead.target) for bead in after]
    assert sorted(j for bead in after for j in bead.target) == list(range(20))


@given(texts_and_pins())
def test_what_nobody_touched_is_not_aligned_again(
    drawn: tuple[list[str], list[str], list[Pin]],
) -> None:
    source, target, pins = drawn
    made = aligned(source, target, pins=pins)

    again = aligned(source, target, pins=pins, kept=made.beads)

    assert again == made


def test_a_pin_that_was_taken_back_holds_no_longer() -> None:
    pinned = aligned(STORY, STORY, pins=[pin([4], [])])

    beads = aligned(STORY, STORY, pins=[pin([5], [5])], kept=pinned.beads).beads

    assert [bead.source for bead in beads if bead.pinned] == [(5,)]


@given(texts_and_pins(), st.data())
def test_whatever_is_kept_all_is_covered_once(
    drawn: tuple[list[str], list[str], list[Pin]], data: st.DataObject
) -> None:
    source, target, pins = drawn
    made = aligned(source, target, pins=pins).beads
    kept = data.draw(st.lists(st.sampled_from(made), unique=True)) if made else []

    beads = aligned(source, target, pins=pins, kept=kept).beads

    assert sorted(i for bead in beads for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in beads for j in bead.target) == list(range(len(target)))
    assert {(bead.source, bead.target) for bead in beads if bead.pinned} == {
        (tuple(sorted(confirmed.source)), tuple(sorted(confirmed.target))) for confirmed in pins
    }


def test_a_gap_yields_to_the_next_pins_or_past_two_sure_beads() -> None:
    sure = [Bead(source=(i,), target=(i,), cost=0.0, confidence=0.95) for i in range(20) if i != 10]

    settled = settle([pin([13], [13])], sure, n_source=20, n_target=20)

    assert [(gap.source, gap.target) for gap in settled.gaps] == [
        ([8, 9, 10, 11, 12], [8, 9, 10, 11, 12])
    ]


def test_doubtful_beads_yield_without_end() -> None:
    doubtful = [
        Bead(source=(i,), target=(i,), cost=0.0, confidence=0.5) for i in range(20) if i != 10
    ]

    settled = settle([], doubtful, n_source=20, n_target=20)

    assert [len(gap.source) for gap in settled.gaps] == [20]
