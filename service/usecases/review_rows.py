"""Links of an article's columns -> the rows in which they stand beside their source."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alignment import Alignment, Bead, find_rows
from service.domain.article import StoredParagraph
from service.domain.review_page import ReviewCell, ReviewRow, SourceParagraph

_SOURCE: Final = 0
"""The source among the editions of a row; the columns follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedColumn:
    """A column's links, as cells and as beads between the source and the column's edition."""

    cells: Sequence[ReviewCell]
    beads: Sequence[Bead]
    """One a cell; in a machine's draft they have no target, so that it shapes no row."""
    count: int
    """Of the edition's paragraphs that beads may hold."""


def review_rows(
    source: Sequence[StoredParagraph],
    columns: Sequence[LinkedColumn],
    between: Mapping[tuple[int, int], Sequence[Bead]],
) -> list[ReviewRow]:
    """Return rows of what belongs together, in the order of the source.

    Each source paragraph and each cell stands in one row. A cell that reaches into several stands
    where most of its source is; the others say so.

    Args:
        source: The source's paragraphs.
        columns: Its columns.
        between: Beads between two columns, by their numbers from 0, the earlier one first.
    """
    counts = [len(source), *(column.count for column in columns)]
    beads = {(_SOURCE, place): column.beads for place, column in enumerate(columns, 1)}
    beads |= {(first + 1, second + 1): found for (first, second), found in between.items()}
    found = find_rows(
        counts,
        {
            (first, second): _whole(some, counts[first], counts[second])
            for (first, second), some in beads.items()
        },
    )
    row_of = {
        (edition, index): number
        for number, row in enumerate(found)
        for edition, members in enumerate(row.members)
        for index in members
    }
    cells: defaultdict[tuple[int, int], list[ReviewCell]] = defaultdict(list)
    elsewhere: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for place, column in enumerate(columns, 1):
        for cell, bead in zip(column.cells, column.beads, strict=True):
            source_rows = [row_of[_SOURCE, index] for index in bead.source]
            target_rows = [row_of[place, index] for index in bead.target]
            home, *others = sorted(
                {*source_rows, *target_rows},
                key=lambda row: (-source_rows.count(row), -target_rows.count(row), row),
            )
            cells[home, place].append(cell)
            for row in others:
                elsewhere[row, place].add(home)
    places = range(1, len(columns) + 1)
    shown = [
        row
        for row in range(len(found))
        if found[row].members[_SOURCE] or any(cells[row, place] for place in places)
    ]
    numbers = {row: number for number, row in enumerate(shown, 1)}
    return [
        ReviewRow(
            number=numbers[row],
            source=tuple(_paragraph(source[index]) for index in found[row].members[_SOURCE]),
            cells=tuple(tuple(cells[row, place]) for place in places),
            elsewhere=tuple(
                tuple(sorted(numbers[other] for other in elsewhere[row, place])) for place in places
            ),
        )
        for row in shown
    ]


def _whole(beads: Sequence[Bead], n_source: int, n_target: int) -> Alignment:
    """Return beads with all that none of them holds, as paragraphs without counterpart."""
    source = set(range(n_source)).difference(*(bead.source for bead in beads))
    target = set(range(n_target)).difference(*(bead.target for bead in beads))
    left_over = [Bead(source=(i,), target=(), cost=0.0, confidence=0.0) for i in sorted(source)]
    left_over += [Bead(source=(), target=(j,), cost=0.0, confidence=0.0) for j in sorted(target)]
    return Alignment(beads=(*beads, *left_over), signature="")


def _paragraph(paragraph: StoredParagraph) -> SourceParagraph:
    return SourceParagraph(
        index=paragraph.position, kind=paragraph.kind, level=paragraph.level, text=paragraph.text
    )
