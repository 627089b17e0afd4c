from collections.abc import Mapping, Sequence
from itertools import combinations, permutations
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Alignment, Bead
from alignment.rows import REACH, CoverageError, PairError, Relation, Row, find_rows

Pairs: TypeAlias = Mapping[tuple[int, int], Alignment]
Members: TypeAlias = tuple[tuple[int, ...], ...]


def bead(
    source: Sequence[int], target: Sequence[int], confidence: float = 0.9, *, moved: bool = False
) -> Bead:
    return Bead(
        source=tuple(source), target=tuple(target), cost=0.0, confidence=confidence, moved=moved
    )


def pair(n_source: int, n_target: int, *ties: Bead) -> Alignment:
    """Return an alignment of the ties, and of all other paragraphs without counterpart."""
    tied_source = {index for tie in ties for index in tie.source}
    tied_target = {index for tie in ties for index in tie.target}
    alone = [bead([i], [], 0.95) for i in range(n_source) if i not in tied_source]
    alone += [bead([], [j], 0.95) for j in range(n_target) if j not in tied_target]
    return Alignment(beads=(*ties, *alone), signature="by hand")


def members(rows: Sequence[Row]) -> list[Members]:
    return [row.members for row in rows]


def test_what_says_the_same_stands_side_by_side() -> None:
    rows = find_rows(
        (2, 2, 2),
        {
            (0, 1): pair(2, 2, bead([0], [0]), bead([1], [1])),
            (0, 2): pair(2, 2, bead([0], [0]), bead([1], [1])),
            (1, 2): pair(2, 2, bead([0], [0]), bead([1], [1])),
        },
    )

    assert members(rows) == [((0,), (0,), (0,)), ((1,), (1,), (1,))]
    assert not any(row.also for row in rows)


def test_pairs_keep_their_own_truth_and_meet_through_the_third() -> None:
    (row,) = find_rows(
        (1, 1, 1),
        {
            (0, 1): pair(1, 1, bead([0], [0], 0.8)),
            (0, 2): pair(1, 1),
            (1, 2): pair(1, 1, bead([0], [0], 0.9)),
        },
    )

    assert row.members == ((0,), (0,), (0,))
    assert row.relation(0, 1) is Relation.DIRECT
    assert row.relation(2, 1) is Relation.DIRECT
    assert row.relation(0, 2) is Relation.THROUGH
    assert row.confidence == 0.8
    assert len(row.ties) == 4


def test_a_missing_pair_is_made_up_for_by_the_others() -> None:
    (row,) = find_rows(
        (1, 1, 1), {(0, 1): pair(1, 1, bead([0], [0])), (1, 2): pair(1, 1, bead([0], [0]))}
    )

    assert row.relation(0, 2) is Relation.THROUGH


def test_a_row_without_an_edition_is_not_tied_to_it() -> None:
    rows = find_rows((1, 1), {(0, 1): pair(1, 1)})

    assert members(rows) == [((), (0,)), ((0,), ())]
    assert [row.relation(0, 1) for row in rows] == [Relation.NONE, Relation.NONE]


def test_one_edition_has_a_row_for_each_paragraph() -> None:
    rows = find_rows((2,), {})

    assert members(rows) == [((0,),), ((1,),)]
    assert rows[0].confidence == 1.0


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (0.5, [((0, 1), (0, 1), (0, 1))]),
        (0.49, [((0,), (0,), (0,)), ((1,), (1,), (1,))]),
    ],
)
def test_only_a_sure_tie_joins_rows_of_the_same_edition(
    confidence: float, expected: list[Members]
) -> None:
    # Two clean rows, and a bead that has French 0 say what Russian 1 says.
    doubtful = bead([0], [1], confidence)

    rows = find_rows(
        (2, 2, 2),
        {
            (0, 1): pair(2, 2, bead([0], [0]), bead([1], [1])),
            (0, 2): pair(2, 2, bead([0], [0]), bead([1], [1])),
            (1, 2): pair(2, 2, doubtful),
        },
    )

    assert members(rows) == expected
    for row in rows:
        ties = row.ties if len(rows) == 1 else row.also
        assert doubtful in [tie.bead for tie in ties]


@pytest.mark.parametrize(("apart", "together"), [(REACH, True), (REACH + 1, False)])
def test_a_tie_from_far_away_is_a_cross_reference(*, apart: int, together: bool) -> None:
    # English 0 and the last one both have a counterpart; French 0 is said to be that Russian one.
    last = apart - 1

    rows = find_rows(
        (apart, 1, 1),
        {
            (0, 1): pair(apart, 1, bead([0], [0])),
            (0, 2): pair(apart, 1, bead([last], [0])),
            (1, 2): pair(1, 1, bead([0], [0], moved=True)),
        },
    )

    assert (((0, last), (0,), (0,)) in members(rows)) is together
    assert [bool(row.also) for row in rows if len(row.members[1] + row.members[2])] == (
        [False] if together else [True, True]
    )
    assert any(row.moved for row in rows) is together


def test_a_paragraph_that_many_others_make_up_keeps_them_together() -> None:
    many = range(REACH + 3)
    each = [bead([i], [i], 0.8) for i in many]

    rows = find_rows(
        (len(many), len(many), 1),
        {
            (0, 1): pair(len(many), len(many), *each),
            (0, 2): pair(len(many), 1, bead(many, [0])),
            (1, 2): pair(len(many), 1, bead(many, [0])),
        },
    )

    assert members(rows) == [(tuple(many), tuple(many), (0,))]


def test_the_most_confident_ties_come_first() -> None:
    # Russian 0 cannot stand beside both: English 0 and French 1 are in different rows.
    rows = find_rows(
        (2, 2, 1),
        {
            (0, 1): pair(2, 2, bead([0], [0]), bead([1], [1])),
            (0, 2): pair(2, 1, bead([0], [0], 0.3)),
            (1, 2): pair(2, 1, bead([1], [0], 0.4)),
        },
    )

    assert members(rows) == [((0,), (0,), ()), ((1,), (1,), (0,))]


def test_what_only_another_edition_has_follows_the_paragraph_before_it() -> None:
    rows = find_rows(
        (2, 4, 3),
        {
            (0, 1): pair(2, 4, bead([0], [1]), bead([1], [3])),
            (0, 2): pair(2, 3, bead([0], [0]), bead([1], [2])),
            (1, 2): pair(4, 3, bead([1], [0]), bead([3], [2])),
        },
    )

    assert members(rows) == [
        ((), (0,), ()),
        ((0,), (1,), (0,)),
        ((), (2,), ()),
        ((), (), (1,)),
        ((1,), (3,), (2,)),
    ]


def test_a_row_of_two_other_editions_follows_both_their_paragraphs() -> None:
    # French 1 = Russian 1. French has English 0 before it, Russian English 1.
    rows = find_rows(
        (3, 3, 3),
        {
            (0, 1): pair(3, 3, bead([0], [0]), bead([2], [2])),
            (0, 2): pair(3, 3, bead([1], [0]), bead([2], [2])),
            (1, 2): pair(3, 3, bead([1], [1]), bead([2], [2])),
        },
    )

    assert members(rows) == [
        ((0,), (0,), ()),
        ((1,), (), (0,)),
        ((), (1,), (1,)),
        ((2,), (2,), (2,)),
    ]


def test_what_moved_keeps_its_place_in_the_first_edition_and_takes_nobody_along() -> None:
    # French tells English 0 after English 2, and then something of its own.
    rows = find_rows(
        (4, 5),
        {
            (0, 1): pair(
                4,
                5,
                bead([0], [2], moved=True),
                bead([1], [0]),
                bead([2], [1]),
                bead([3], [4]),
            )
        },
    )

    assert members(rows) == [
        ((0,), (2,)),
        ((1,), (0,)),
        ((2,), (1,)),
        ((), (3,)),
        ((3,), (4,)),
    ]
    assert [row.moved for row in rows] == [True, False, False, False, False]


def test_editions_that_contradict_each_other_follow_the_first() -> None:
    # French tells English 1 first, then something of its own, then English 0; none is said to move.
    rows = find_rows((2, 3), {(0, 1): pair(2, 3, bead([0], [2]), bead([1], [0]))})

    assert members(rows) == [((0,), (2,)), ((1,), (0,)), ((), (1,))]


def test_editions_without_the_first_that_contradict_each_other_are_all_shown() -> None:
    rows = find_rows(
        (1, 3, 3),
        {
            (0, 1): pair(1, 3, bead([0], [2])),
            (0, 2): pair(1, 3, bead([0], [2])),
            (1, 2): pair(3, 3, bead([0], [1]), bead([1], [0]), bead([2], [2])),
        },
    )

    assert members(rows) == [((), (0,), (1,)), ((), (1,), (0,)), ((0,), (2,), (2,))]


@pytest.mark.parametrize("wrong", [(1, 0), (0, 0), (0, 2), (-1, 1)])
def test_a_pair_is_of_two_editions_in_order(wrong: tuple[int, int]) -> None:
    with pytest.raises(PairError, match="among 2 editions"):
        find_rows((1, 1), {wrong: pair(1, 1)})


@pytest.mark.parametrize(
    ("beads", "edition"),
    [
        ([bead([0], [0])], 0),
        ([bead([0, 1], [0]), bead([1], [])], 0),
        ([bead([0, 1], [0, 1])], 1),
        ([bead([0, 1], [])], 1),
    ],
)
def test_beads_hold_every_paragraph_once(beads: Sequence[Bead], edition: int) -> None:
    broken = Alignment(beads=tuple(beads), signature="by hand")

    with pytest.raises(CoverageError, match=f"of edition {edition} exactly once"):
        find_rows((2, 1), {(0, 1): broken})


@st.composite
def any_pairs(draw: st.DrawFn, editions: int = 3) -> tuple[list[int], Pairs]:
    """Draw editions and any beads between them, crossing or not, no two equally confident."""
    counts = draw(st.lists(st.integers(0, 9), min_size=editions, max_size=editions))
    confidences = iter(draw(st.permutations([n / 100 for n in range(100)])))
    pairs = {}
    for first, second in combinations(range(editions), 2):
        names = [
            draw(st.lists(st.integers(0, 7), min_size=counts[k], max_size=counts[k]))
            for k in (first, second)
        ]
        beads = [
            bead(source, target, next(confidences), moved=draw(st.booleans()))
            for name in range(8)
            for source, target in [[[i for i, n in enumerate(s) if n == name] for s in names]]
            if source or target
        ]
        pairs[first, second] = Alignment(beads=tuple(beads), signature="drawn")
    return counts, pairs


def sets(rows: Sequence[Row], names: Sequence[int]) -> set[frozenset[tuple[int, int]]]:
    """Return the rows as sets of paragraphs, the editions called by names."""
    return {
        frozenset((names[k], index) for k in range(len(names)) for index in row.members[k])
        for row in rows
    }


any_number_of_editions = st.integers(2, 4).flatmap(any_pairs)


@given(any_number_of_editions)
def test_each_paragraph_stands_in_one_row(case: tuple[list[int], Pairs]) -> None:
    counts, pairs = case

    rows = find_rows(counts, pairs)

    for edition, count in enumerate(counts):
        held = [index for row in rows for index in row.members[edition]]
        assert sorted(held) == list(range(count))
    assert all(list(side) == sorted(side) for row in rows for side in row.members)
    firsts = [row.members[0][0] for row in rows if row.members[0]]
    assert firsts == sorted(firsts)


@given(any_number_of_editions)
def test_each_bead_is_inside_one_row_or_referred_to_by_all_it_touches(
    case: tuple[list[int], Pairs],
) -> None:
    counts, pairs = case

    rows = find_rows(counts, pairs)

    for (first, second), alignment in pairs.items():
        for each in alignment.beads:
            touched = [
                row
                for row in rows
                if set(each.source) & set(row.members[first])
                or set(each.target) & set(row.members[second])
            ]
            found = [
                ([tie.bead for tie in row.ties].count(each), [t.bead for t in row.also].count(each))
                for row in touched
            ]
            assert found == ([(1, 0)] if len(touched) == 1 else [(0, 1)] * len(touched))


@given(any_pairs())
def test_the_order_of_the_editions_changes_no_row(case: tuple[list[int], Pairs]) -> None:
    counts, pairs = case
    expected = sets(find_rows(counts, pairs), range(3))

    for order in permutations(range(3)):
        shuffled = {}
        for first, second in combinations(range(3), 2):
            named = order[first], order[second]
            beads = pairs[min(named), max(named)].beads
            if named[0] > named[1]:
                beads = tuple(bead(b.target, b.source, b.confidence, moved=b.moved) for b in beads)
            shuffled[first, second] = Alignment(beads=beads, signature="drawn")
        rows = find_rows([counts[k] for k in order], shuffled)

        assert sets(rows, order) == expected


@given(any_pairs(editions=2))
def test_rows_of_two_editions_are_the_beads(case: tuple[list[int], Pairs]) -> None:
    counts, pairs = case

    rows = find_rows(counts, pairs)

    assert sorted(members(rows)) == sorted((b.source, b.target) for b in pairs[0, 1].beads)


@st.composite
def pairs_in_order(draw: st.DrawFn) -> tuple[list[int], Pairs]:
    """Draw a story: blocks that each edition tells in up to two paragraphs, in the same order."""
    blocks = draw(st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=8))
    starts = [[0, 0, 0]]
    for block in blocks:
        starts.append([start + count for start, count in zip(starts[-1], block, strict=True)])
    counts = starts[-1]
    pairs = {}
    for first, second in combinations(range(3), 2):
        ties = [
            bead(
                range(starts[n][first], starts[n + 1][first]),
                range(starts[n][second], starts[n + 1][second]),
                draw(st.floats(0, 1)),
            )
            for n, block in enumerate(blocks)
            if block[first] and block[second] and draw(st.booleans())
        ]
        pairs[first, second] = pair(counts[first], counts[second], *ties)
    return counts, pairs


@given(pairs_in_order())
def test_where_nothing_crosses_every_edition_is_in_order(case: tuple[list[int], Pairs]) -> None:
    counts, pairs = case

    rows = find_rows(counts, pairs)

    for edition, count in enumerate(counts):
        assert [index for row in rows for index in row.members[edition]] == list(range(count))


def test_the_order_of_the_pairs_is_nothing_to_the_rows() -> None:
    # All ties are equally strong, and not all of them can be kept.
    pairs = {
        (0, 1): pair(3, 3, *(bead([i], [2 - i], 0.4) for i in range(3))),
        (0, 2): pair(3, 3, *(bead([i], [i], 0.4) for i in range(3))),
        (1, 2): pair(3, 3, *(bead([i], [i], 0.4) for i in range(3))),
    }

    assert find_rows((3, 3, 3), pairs) == find_rows((3, 3, 3), dict(reversed(pairs.items())))
