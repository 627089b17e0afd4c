from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TypeAlias
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from alignment import Bead
from service.domain.article import StoredParagraph
from service.domain.paragraph import Kind
from service.domain.review_page import ReviewRow
from service.usecases.review_rows import LinkedColumn, review_rows
from tests.service.web.pages.values import CELL

Spans: TypeAlias = Sequence[tuple[str, str, float]]


def source(count: int) -> list[StoredParagraph]:
    return [
        StoredParagraph(
            id=uuid4(), position=i, text=f"{i}.", kind=Kind.PARA, exact_hash=f"{i}", level=0
        )
        for i in range(count)
    ]


def beads(spans: Spans) -> list[Bead]:
    """Return beads of indexes such as ("12", "0", confidence)."""
    return [
        Bead(
            source=tuple(map(int, left)),
            target=tuple(map(int, right)),
            cost=0.0,
            confidence=confidence,
        )
        for left, right, confidence in spans
    ]


def column(count: int, found: Sequence[Bead]) -> LinkedColumn:
    """Return a column whose cells are called by the places of their target."""
    cells = [
        replace(
            CELL,
            link_id=uuid4(),
            source_indexes=bead.source,
            text="".join(map(str, bead.target)) or "none",
        )
        for bead in found
    ]
    return LinkedColumn(cells=cells, beads=found, count=count)


def shape(rows: Sequence[ReviewRow]) -> list[tuple[str, list[str], list[tuple[int, ...]]]]:
    return [
        (
            "".join(str(part.index) for part in row.source),
            ["+".join(cell.text for cell in cells) for cells in row.cells],
            list(row.elsewhere),
        )
        for row in rows
    ]


def test_a_link_that_moved_joins_nothing_that_stands_between() -> None:
    moved = replace(beads([("3", "0", 0.9)])[0], moved=True)
    found = [*beads([("0", "1", 0.9), ("1", "2", 0.9), ("2", "3", 0.9)]), moved]
    found += beads([("4", "4", 0.9)])

    rows = review_rows(source(5), [column(5, found)], {})

    assert shape(rows) == [
        ("0", ["1"], [()]),
        ("1", ["2"], [()]),
        ("2", ["3"], [()]),
        ("3", ["0"], [()]),
        ("4", ["4"], [()]),
    ]


def test_a_link_over_distant_paragraphs_brings_them_together_and_nothing_else() -> None:
    found = beads([("03", "0", 0.9), ("1", "1", 0.9), ("2", "2", 0.9)])

    rows = review_rows(source(4), [column(3, found)], {})

    assert shape(rows) == [("03", ["0"], [()]), ("1", ["1"], [()]), ("2", ["2"], [()])]


def test_a_doubtful_link_over_two_rows_stands_in_the_first_and_the_other_says_so() -> None:
    french = column(1, beads([("01", "0", 0.3)]))
    russian = column(2, beads([("0", "0", 0.9), ("1", "1", 0.9)]))

    rows = review_rows(source(2), [french, russian], {})

    assert shape(rows) == [("0", ["0", "0"], [(), ()]), ("1", ["", "1"], [(1,), ()])]


def test_a_doubtful_link_stands_where_its_source_is_and_not_where_its_text_would_be() -> None:
    # Surely, French 0 says what Russian 1 says, which the English lacks.
    french = column(1, beads([("0", "0", 0.3)]))
    russian = column(2, beads([("0", "0", 0.9), ("", "1", 0.9)]))

    rows = review_rows(
        source(1), [french, russian], {(0, 1): beads([("0", "1", 0.9), ("", "0", 0.9)])}
    )

    assert shape(rows) == [("0", ["0", "0"], [(), ()]), ("", ["", "1"], [(1,), ()])]


def test_a_machines_draft_stands_beside_its_source_whatever_that_is_joined_with() -> None:
    drafted = column(0, beads([("0", "", 1.0), ("1", "", 1.0)]))
    human = column(1, beads([("01", "0", 0.3)]))

    rows = review_rows(source(2), [drafted, human], {})

    assert shape(rows) == [("01", ["none+none", "0"], [(), ()])]


def test_a_column_whose_links_are_not_made_yet_shows_nothing() -> None:
    rows = review_rows(source(1), [column(3, [])], {})

    assert shape(rows) == [("0", [""], [()])]


@st.composite
def articles(
    draw: st.DrawFn,
) -> tuple[int, list[LinkedColumn], Mapping[tuple[int, int], list[Bead]]]:
    """Draw a source, up to four columns, and any beads between them; some hold not everything."""
    counts = draw(st.lists(st.integers(0, 8), min_size=1, max_size=5))

    def any_beads(n_source: int, n_target: int) -> list[Bead]:
        names = [
            draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)) for n in (n_source, n_target)
        ]
        sides = [
            [tuple(i for i, n in enumerate(side) if n == name) for side in names]
            for name in range(draw(st.integers(4, 7)))
        ]
        return [
            Bead(
                source=left,
                target=right,
                cost=0.0,
                confidence=draw(st.floats(0, 1)),
                moved=draw(st.booleans()),
            )
            for left, right in sides
            if left or right
        ]

    columns = [column(count, any_beads(counts[0], count)) for count in counts[1:]]
    between = {
        (first, second): any_beads(counts[first + 1], counts[second + 1])
        for first, second in combinations(range(len(columns)), 2)
        if draw(st.booleans())
    }
    return counts[0], columns, between


@given(articles())
def test_every_cell_and_source_paragraph_stands_once_and_is_found_from_elsewhere(
    case: tuple[int, list[LinkedColumn], Mapping[tuple[int, int], list[Bead]]],
) -> None:
    count, columns, between = case

    rows = review_rows(source(count), columns, between)

    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(part.index for row in rows for part in row.source) == list(range(count))
    firsts = [row.source[0].index for row in rows if row.source]
    assert firsts == sorted(firsts)
    row_of = {part.index: row for row in rows for part in row.source}
    for place, linked in enumerate(columns):
        shown = {cell.link_id: row for row in rows for cell in row.cells[place]}
        assert sum(len(row.cells[place]) for row in rows) == len(linked.cells)
        for cell in linked.cells:
            home = shown[cell.link_id]
            for index in cell.source_indexes:
                row = row_of[index]
                assert row is home or home.number in row.elsewhere[place]
            if cell.source_indexes:
                assert {part.index for part in home.source} & set(cell.source_indexes)
    assert all(row.source or any(row.cells) for row in rows)
