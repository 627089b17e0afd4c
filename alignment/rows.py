"""Pairwise alignments -> the rows of a screen: en | fr | ru, or more editions, side by side.

The pairs keep their own truth, which need not agree: where French merges two English paragraphs,
the Russian of the one stands beside the French, and yet beside nothing of the other. A row holds
what ties bring together, and can say of each pair how. What would make a row too long to take in
at a glance is no part of it; the rows that it touches refer to it instead.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final, TypeAlias

from alignment.beads import Alignment, Bead, Span

SURE: Final = 0.5
"""A tie that is likelier wrong than right joins no two rows that stand on their own."""
REACH: Final = 6
"""Places from the first to the last paragraph of an edition that a joined row may reach over. The
gold of our test sets has at most four in a group of two editions."""

Paragraph: TypeAlias = tuple[int, int]
"""An edition, and the index of a paragraph in it; both from 0."""


class Relation(Enum):
    """How the paragraphs of two editions in a row are tied."""

    DIRECT = "direct"
    """By a bead of their own pair."""
    THROUGH = "through"
    """By other editions alone."""
    NONE = "none"
    """Not at all: one of the two has nothing in the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A bead, and the editions that it was found between."""

    editions: tuple[int, int]
    """That of the bead's source and that of its target."""
    bead: Bead

    @property
    def paragraphs(self) -> list[Paragraph]:
        """Both sides."""
        first, second = self.editions
        return [(first, index) for index in self.bead.source] + [
            (second, index) for index in self.bead.target
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Paragraphs that belong side by side."""

    members: tuple[tuple[int, ...], ...]
    """For each edition its indexes, rising, with holes or none at all."""
    ties: tuple[Tie, ...]
    """All that lie inside the row: those that made it, and those of a paragraph without
    counterpart in one edition."""
    also: tuple[Tie, ...]
    """Those that reach into other rows: too weak, or from too far away, to join them."""

    @property
    def confidence(self) -> float:
        """That of the weakest tie inside: the row is right only if all of them are."""
        return min((tie.bead.confidence for tie in self.ties), default=1.0)

    @property
    def moved(self) -> bool:
        """Whether something in it stands in another place of its edition."""
        return any(tie.bead.moved for tie in self.ties)

    def relation(self, first: int, second: int) -> Relation:
        """Return how the paragraphs of two editions are tied."""
        if not self.members[first] or not self.members[second]:
            return Relation.NONE
        pair = {first, second}
        direct = any(
            set(tie.editions) == pair and tie.bead.source and tie.bead.target for tie in self.ties
        )
        return Relation.DIRECT if direct else Relation.THROUGH


class PairError(ValueError):
    """A pair is not of two editions, the earlier one first."""

    def __init__(self, pair: tuple[int, int], count: int) -> None:
        super().__init__(f"no pair {pair} among {count} editions: it needs two, the earlier first")


class CoverageError(ValueError):
    """The beads of a pair do not hold each paragraph of an edition exactly once."""

    def __init__(self, pair: tuple[int, int], edition: int, count: int) -> None:
        super().__init__(
            f"the beads of pair {pair} must hold each of the {count} paragraphs of edition "
            f"{edition} exactly once"
        )


def find_rows(counts: Sequence[int], pairs: Mapping[tuple[int, int], Alignment]) -> tuple[Row, ...]:
    """Return the rows in which the paragraphs of several editions stand side by side.

    Ties join rows, the most confident first. One that would bring together two rows with
    paragraphs of the same edition, beyond those that it holds itself, does so only if it is
    `SURE` and if the row then reaches over no more than `REACH` places of that edition. Each bead
    is either inside one row or referred to by every row that it touches. Two editions' rows are
    their beads.

    Rows stand in the order of the first edition. One without it follows the row of the paragraph
    before it in each other edition that it is in. Where nothing crosses, no edition is out of
    order down the rows. Time is O(n log n).

    Args:
        counts: Paragraphs of each edition.
        pairs: Alignments by the numbers of their editions, from 0, the source's first. Not all
            pairs are needed: it is enough that each edition is in one.

    Returns:
        Rows that hold each paragraph of each edition once.

    Raises:
        PairError: If a pair is not of two editions, the earlier one first.
        CoverageError: If a pair's beads do not hold each paragraph of both editions once.
    """
    _refuse_incomplete(counts, pairs)
    ties = sorted(
        (Tie(editions=pair, bead=bead) for pair in pairs for bead in pairs[pair].beads),
        key=lambda tie: (tie.editions, tie.bead.source, tie.bead.target),
    )
    group_of = _join(counts, ties)
    groups = list({id(group): group for group in group_of.values()}.values())
    for tie in ties:
        touched = {id(group_of[paragraph]): group_of[paragraph] for paragraph in tie.paragraphs}
        for group in touched.values():
            (group.ties if len(touched) == 1 else group.also).append(tie)
    return tuple(_in_order([_row(group, len(counts)) for group in groups], len(counts)))


def _refuse_incomplete(counts: Sequence[int], pairs: Mapping[tuple[int, int], Alignment]) -> None:
    for pair, alignment in pairs.items():
        if not 0 <= pair[0] < pair[1] < len(counts):
            raise PairError(pair, len(counts))
        sides = (
            sorted(index for bead in alignment.beads for index in bead.source),
            sorted(index for bead in alignment.beads for index in bead.target),
        )
        for edition, held in zip(pair, sides, strict=True):
            if held != list(range(counts[edition])):
                raise CoverageError(pair, edition, counts[edition])


@dataclass(slots=True)
class _Group:
    """A row while it is made."""

    paragraphs: list[Paragraph]
    spans: dict[int, Span]
    """From the first to the last paragraph of each edition in it."""
    ties: list[Tie] = field(default_factory=list)
    also: list[Tie] = field(default_factory=list)


def _join(counts: Sequence[int], ties: Sequence[Tie]) -> dict[Paragraph, _Group]:
    """Return the group that each paragraph is in once all ties have been looked at."""
    group_of = {
        (edition, index): _Group([(edition, index)], {edition: Span(index, index + 1)})
        for edition, count in enumerate(counts)
        for index in range(count)
    }
    for tie in sorted(ties, key=lambda tie: (-tie.bead.confidence, tie.bead.moved)):
        touched = {id(group_of[paragraph]): group_of[paragraph] for paragraph in tie.paragraphs}
        groups = sorted(touched.values(), key=lambda group: -len(group.paragraphs))
        if len(groups) > 1 and _may_join(tie, groups):
            # Into the longest, so that a paragraph changes its group O(log n) times.
            for group in groups[1:]:
                groups[0].paragraphs += group.paragraphs
                for edition, span in group.spans.items():
                    groups[0].spans[edition] = _cover(groups[0].spans.get(edition, span), span)
                group_of.update(dict.fromkeys(group.paragraphs, groups[0]))
    return group_of


def _cover(first: Span, second: Span) -> Span:
    return Span(min(first.start, second.start), max(first.end, second.end))


def _may_join(tie: Tie, groups: Sequence[_Group]) -> bool:
    """Whether a tie is enough to make one row of several."""
    own = [edition for edition, _ in tie.paragraphs]
    reaches: defaultdict[int, list[Span]] = defaultdict(list)
    for group in groups:
        for edition, span in group.spans.items():
            reaches[edition].append(span)
    for edition, spans in reaches.items():
        # Of its own editions a tie may bring together what it holds itself.
        foreign = sum(len(span) for span in spans) > own.count(edition)
        if len(spans) == 1 or not foreign:
            continue
        whole = max(span.end for span in spans) - min(span.start for span in spans)
        if tie.bead.confidence < SURE or whole > REACH:
            return False
    return True


def _row(group: _Group, editions: int) -> Row:
    members: list[list[int]] = [[] for _ in range(editions)]
    for edition, index in sorted(group.paragraphs):
        members[edition].append(index)
    return Row(members=tuple(map(tuple, members)), ties=tuple(group.ties), also=tuple(group.also))


def _in_order(rows: Sequence[Row], editions: int) -> Iterator[Row]:
    """Yield the rows, each after those that stand before it in all its editions.

    A row without the first edition comes as soon as it can. A row that moved keeps its place in
    its first edition only. Where editions still contradict each other, that one decides, too.
    """
    home = [next(k for k in range(editions) if row.members[k]) for row in rows]
    # Heaps pop the smallest: of those that may come, one without the first edition.
    keys = [(home[n] == 0, home[n], rows[n].members[home[n]], n) for n in range(len(rows))]
    waiting = [0] * len(rows)
    followers: list[list[int]] = [[] for _ in rows]
    at_home: list[int | None] = [None] * len(rows)
    for edition in range(editions):
        held = [n for n in range(len(rows)) if rows[n].members[edition]]
        held = [n for n in held if not _moved_to(rows[n], home[n], edition)]
        held.sort(key=lambda n: rows[n].members[edition])
        for before, after in pairwise(held):
            followers[before].append(after)
            waiting[after] += 1
            if home[after] == edition:
                at_home[after] = before
    ready = [keys[n] for n in range(len(rows)) if waiting[n] == 0]
    due = [keys[n] for n in range(len(rows)) if at_home[n] is None]
    heapq.heapify(ready)
    heapq.heapify(due)
    placed = [False] * len(rows)
    while ready or due:
        n = heapq.heappop(ready or due)[-1]
        if placed[n]:
            continue
        placed[n] = True
        yield rows[n]
        for after in followers[n]:
            waiting[after] -= 1
            if waiting[after] == 0:
                heapq.heappush(ready, keys[after])
            elif at_home[after] == n:
                heapq.heappush(due, keys[after])


def _moved_to(row: Row, home: int, edition: int) -> bool:
    """Whether a row's paragraphs of an edition stand elsewhere than those of its first edition."""
    return any(tie.bead.moved and tie.editions == (home, edition) for tie in row.ties)
