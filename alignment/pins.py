"""What is settled, by a person or by an alignment before, and the gaps in between to be searched.

Pins that do not cross divide both texts: nothing is aligned across them. What is kept of an
alignment before stays as it is, too, but gives way around a change: a gap that holds a new text or
touches a new pin reaches as far as the next pins or, before that, past ``YIELDING`` sure beads.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from alignment.beads import Bead
from alignment.chain import longest_chain

YIELDING = 2
"""Sure beads on either side of a change that are aligned anew with it."""
SURE = 0.9
"""Confidence of a sure bead."""
SIDES = (0, 1)
"""Source and target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a person has confirmed: these paragraphs and no others say the same.

    Indexes from 0. With an empty side: each of the other has no counterpart.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]


class PinError(ValueError):
    """Pins, or beads to keep, that cannot all hold."""


class EmptyPinError(PinError):
    """A pin without a paragraph."""

    def __init__(self) -> None:
        super().__init__("a pin needs a paragraph: name at least one on either side")


class PinnedIndexError(PinError):
    """A pin on a paragraph that is not there."""

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"cannot pin paragraph {index}: there are {count}, counted from 0")


class PinnedTwiceError(PinError):
    """Two pins on one paragraph."""

    def __init__(self, index: int) -> None:
        super().__init__(f"paragraph {index} is pinned twice on one side: take a pin away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Paragraphs of both texts that are aligned with each other and with nothing else; rising."""

    source: Sequence[int]
    target: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Beads that stay, and the gaps that hold all other paragraphs."""

    beads: Sequence[Bead]
    gaps: Sequence[Gap]


def settle(
    pins: Sequence[Pin],
    kept: Sequence[Bead],
    *,
    n_source: int,
    n_target: int,
    skip_source: Collection[int] = (),
    skip_target: Collection[int] = (),
) -> Settled:
    """Return what stays and what is to be searched; together they hold every paragraph once.

    Args:
        pins: All hold.
        kept: Beads of an alignment before, between texts that have not changed since; those that a
            pin speaks against are dropped, and what was pinned then is so only if it is now.
        n_source: Paragraphs of the source.
        n_target: Paragraphs of the target.
        skip_source: Those that take no part, unless a pin says so.
        skip_target: The same for the target.

    Raises:
        PinError: If a pin has no paragraph, one that is not there, or one that another has; or a
            bead to keep does.
    """
    confirmed = [_confirmed(pin) for pin in pins]
    _check(confirmed, n_source, n_target)
    _check(kept, n_source, n_target)
    pinned = [_held(confirmed, side) for side in SIDES]
    skipped = [
        {*skip} - pinned[side] for side, skip in zip(SIDES, (skip_source, skip_target), strict=True)
    ]
    before = [
        replace(bead, pinned=False)
        for bead in kept
        if all((pinned[side] | skipped[side]).isdisjoint(members(bead, side)) for side in SIDES)
    ]
    agreed = {(bead.source, bead.target) for bead in kept}
    division = Division.by(confirmed, before)
    beads = [*confirmed, *before]
    counts = n_source, n_target
    held = [_held(beads, side) | skipped[side] for side in SIDES]
    open_gaps = {
        division.gap_of(side, i)
        for side in SIDES
        for i in range(counts[side])
        if i not in held[side]
    }
    for bead in confirmed:
        if (bead.source, bead.target) not in agreed:
            open_gaps |= division.around(bead)
    regions = division.regions(open_gaps)
    settled = [bead for bead in beads if bead.pinned or not division.inside(bead, regions)]
    held = [_held(settled, side) | skipped[side] for side in SIDES]
    free: list[tuple[list[int], list[int]]] = [([], []) for _ in {*regions.values()}]
    for side in SIDES:
        for i in range(counts[side]):
            if i not in held[side]:
                free[regions[division.gap_of(side, i)]][side].append(i)
    aside = [_aside(source=(i,)) for i in sorted(skipped[0])]
    aside += [_aside(target=(j,)) for j in sorted(skipped[1])]
    return Settled(
        beads=[*settled, *aside],
        gaps=[Gap(source=source, target=target) for source, target in free],
    )


def _held(beads: Sequence[Bead], side: int) -> set[int]:
    return {i for bead in beads for i in members(bead, side)}


def _aside(*, source: tuple[int, ...] = (), target: tuple[int, ...] = ()) -> Bead:
    return Bead(source=source, target=target, cost=0.0, confidence=1.0)


def _confirmed(pin: Pin) -> Bead:
    if not pin.source and not pin.target:
        raise EmptyPinError
    return Bead(
        source=tuple(sorted(pin.source)),
        target=tuple(sorted(pin.target)),
        cost=0.0,
        confidence=1.0,
        pinned=True,
    )


def _check(beads: Sequence[Bead], n_source: int, n_target: int) -> None:
    for side, count in zip(SIDES, (n_source, n_target), strict=True):
        seen: set[int] = set()
        for index in chain.from_iterable(members(bead, side) for bead in beads):
            if not 0 <= index < count:
                raise PinnedIndexError(index, count)
            if index in seen:
                raise PinnedTwiceError(index)
            seen.add(index)


def members(bead: Bead, side: int) -> tuple[int, ...]:
    """Return a bead's paragraphs of one text: 0 is the source, 1 the target."""
    return bead.target if side else bead.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Beads that do not cross cut both texts into gaps, numbered from 0.

    A bead stands at the beginning of the gap after it.
    """

    dividing: Sequence[Bead]
    starts: tuple[Sequence[int], Sequence[int]]

    @classmethod
    def by(cls, confirmed: Sequence[Bead], before: Sequence[Bead]) -> "Division":
        """Cut at what is confirmed, then, in between, at the beads of before."""
        firm = cls._at(_without_crossing(confirmed))
        placed: dict[int, list[Bead]] = {}
        for bead in before:
            gaps = firm.gaps_of(bead)
            if bead.source and bead.target and len(gaps) == 1:
                placed.setdefault(gaps.pop(), []).append(bead)
        between = [bead for beads in placed.values() for bead in _without_crossing(beads)]
        return cls._at(sorted([*firm.dividing, *between], key=lambda bead: bead.source))

    @classmethod
    def _at(cls, beads: Sequence[Bead]) -> "Division":
        starts = [bead.source[0] for bead in beads], [bead.target[0] for bead in beads]
        return cls(dividing=beads, starts=starts)

    def gap_of(self, side: int, index: int) -> int:
        """Return the gap in which a paragraph stands."""
        return bisect_right(self.starts[side], index)

    def around(self, bead: Bead) -> set[int]:
        """Return the gaps of a bead's paragraphs and, if it divides, the one before it."""
        gaps = self.gaps_of(bead)
        return gaps | {gap - 1 for gap in gaps if gap and self.dividing[gap - 1] == bead}

    def regions(self, open_gaps: Iterable[int]) -> dict[int, int]:
        """Return which gaps are searched, and the number of the region that each belongs to."""
        found: dict[int, int] = {}
        count = 0
        for gap in sorted(open_gaps):
            first, last = self._reach(gap, -1), self._reach(gap, 1)
            if first not in found:
                count += 1
            found |= dict.fromkeys(range(first, last + 1), count - 1)
        return found

    def inside(self, bead: Bead, regions: Mapping[int, int]) -> bool:
        """Tell whether a bead, and no part of its surroundings, lies in one region."""
        places = {regions.get(gap) for gap in self.around(bead)}
        return len(places) == 1 and None not in places

    def gaps_of(self, bead: Bead) -> set[int]:
        """Return the gaps in which a bead's paragraphs stand."""
        return {self.gap_of(side, i) for side in SIDES for i in members(bead, side)}

    def _reach(self, gap: int, step: int) -> int:
        """Return the last gap in one direction that a change in this one reaches."""
        sure = 0
        while True:
            between = gap - 1 if step < 0 else gap
            if not 0 <= between < len(self.dividing):
                return gap
            bead = self.dividing[between]
            if bead.pinned or (sure == YIELDING and bead.confidence >= SURE):
                return gap
            sure += bead.confidence >= SURE
            gap += step


def _without_crossing(beads: Sequence[Bead]) -> list[Bead]:
    """Return beads with two sides, as many as may be, of which each ends before the next begins."""
    ordered = sorted((bead for bead in beads if bead.source and bead.target), key=_by_source)
    places = {bead.target[0]: bead for bead in ordered}
    kept: list[Bead] = []
    for _, place in longest_chain([(bead.source[0], bead.target[0]) for bead in ordered]):
        bead = places[place]
        if not kept or all(members(kept[-1], side)[-1] < members(bead, side)[0] for side in SIDES):
            kept.append(bead)
    return kept


def _by_source(bead: Bead) -> tuple[int, ...]:
    return bead.source
