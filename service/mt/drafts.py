"""A target text that knows where each of its characters came from."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from alignment.beads import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of the source and the run of the target that was made of it."""

    source: Span
    target: Span
    copied: bool
    """Whether both are the same characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A target text, with the source character that each of its characters came from.

    ``pieces`` cover source and target in order: copied runs, and sentences.
    """

    text: str
    origins: Sequence[int]
    pieces: Sequence[Piece]
    loops: int = 0
    """Sentences that repeat themselves in spite of a second try."""
    empty: int = 0
    """Sentences for which the model gave nothing, so that their source stands here."""

    def locate(self, place: int) -> Span:
        """Return where a place between two source characters is in the target.

        An empty span is exact; another one says within which sentence it is. At the edge of a
        sentence the place is beside it, not inside.
        """
        index = bisect.bisect_right(self.pieces, place, key=_source_start) - 1
        if index < 0:
            return Span(0, 0)
        piece = self.pieces[index]
        if piece.copied or place == piece.source.start:
            exact = piece.target.start + place - piece.source.start
            return Span(exact, exact)
        if place >= piece.source.end:
            return Span(piece.target.end, piece.target.end)
        return piece.target

    def find_copy(self, source: Span, text: str) -> Span | None:
        """Return where the target has these source characters one by one, if it has.

        Args:
            source: Where they are in the source.
            text: The same characters.
        """
        within = Span(self.locate(source.start).start, self.locate(source.end).end)
        wanted = list(range(source.start, source.end))
        for start in range(within.start, within.end - len(source) + 1):
            if self.origins[start] == source.start:
                run = Span(start, start + len(source))
                copied = self.text.startswith(text, start)
                if copied and list(self.origins[run.start : run.end]) == wanted:
                    return run
        return None


def _source_start(piece: Piece) -> int:
    return piece.source.start


@dataclass(slots=True, kw_only=True)
class DraftBuilder:
    """Puts a draft together from left to right."""

    source: str
    _pieces: list[Piece] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _origins: list[int] = field(default_factory=list)
    _done: int = 0

    def copy_until(self, place: int) -> None:
        """Copy the source up to a place."""
        if place > self._done:
            span = Span(self._done, place)
            self._add(span, self.source[self._done : place], range(self._done, place), copied=True)

    def add(self, source: Span, text: str, origins: Sequence[int]) -> None:
        """Copy what stands before a run of the source, then add its translation."""
        self.copy_until(source.start)
        self._add(source, text, origins, copied=False)

    def finish(self, *, loops: int, empty: int) -> Draft:
        """Copy the rest and return the draft."""
        self.copy_until(len(self.source))
        return Draft(
            text="".join(self._texts),
            origins=self._origins,
            pieces=self._pieces,
            loops=loops,
            empty=empty,
        )

    def _add(self, source: Span, text: str, origins: Sequence[int], *, copied: bool) -> None:
        start = len(self._origins)
        target = Span(start, start + len(text))
        self._pieces.append(Piece(source=source, target=target, copied=copied))
        self._texts.append(text)
        self._origins.extend(origins)
        self._done = source.end


def compose(first: Draft, second: Draft) -> Draft:
    """Return the draft of two steps as one, from the first's source to the second's target.

    Where either step has a sentence the pieces become one that covers all it touches.
    """
    pieces: list[Piece] = []
    for piece in _cut(first.pieces, [piece.source.start for piece in second.pieces]):
        start, end = second.locate(piece.target.start), second.locate(piece.target.end)
        source, target = piece.source, Span(start.start, end.end)
        copied = piece.copied and len(start) == len(end) == 0 and len(target) == len(source)
        if pieces and target.start < pieces[-1].target.end:
            last = pieces.pop()
            source = Span(last.source.start, source.end)
            target = Span(last.target.start, max(last.target.end, target.end))
            copied = False
        pieces.append(Piece(source=source, target=target, copied=copied))
    return Draft(
        text=second.text,
        origins=[first.origins[place] for place in second.origins],
        pieces=pieces,
        loops=first.loops + second.loops,
        empty=first.empty + second.empty,
    )


def _cut(pieces: Sequence[Piece], places: Sequence[int]) -> Iterator[Piece]:
    """Yield the pieces, the copied ones cut at places in the target, which are in order."""
    for piece in pieces:
        if not piece.copied:
            yield piece
            continue
        first = bisect.bisect_right(places, piece.target.start)
        last = bisect.bisect_left(places, piece.target.end)
        offset = piece.source.start - piece.target.start
        edges = [piece.target.start, *places[first:last], piece.target.end]
        for start, end in pairwise(edges):
            target = Span(start, end)
            source = Span(start + offset, end + offset)
            yield Piece(source=source, target=target, copied=True)
