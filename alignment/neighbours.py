"""How close the nearest paragraphs of the other text are: the yardstick for every cosine.

A cosine of 0.6 is much in one article and little in another where all paragraphs speak of the same
thing. What counts is the lead over the next best (Artetxe & Schwenk, 2019,
https://aclanthology.org/P19-1309).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alignment.chain import Block
from alignment.sections import find_sections

Matrix = NDArray[np.float32]
Indexes = NDArray[np.intp]

RIVALS = 3
"""Nearest others that a pair is held against."""
UNRELATED = 0.1
"""Cosine of unrelated texts. No rival counts as farther, and where a text has too few paragraphs
unrelated ones stand in: so one more that has nothing to do with the article changes nothing."""
_BLOCK = 512
"""Source rows at a time: bounds memory at ``512 * m`` cosines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Highest ``RIVALS + 1`` cosines of each paragraph to the other text, and whose the first is.

    ``highest`` is ``(n, RIVALS + 1)``, falling, at least ``UNRELATED``; ``nearest`` is ``(n,)``, an
    index into the other text.
    """

    highest: Matrix
    nearest: Indexes
    everywhere: bool
    """Whether all of the other text was looked at, and not only the sections around."""

    def take(self, rows: Indexes) -> "Neighbours":
        """Return those of some texts only, by the rows given."""
        return replace(self, highest=self.highest[rows], nearest=self.nearest[rows])

    def others(self, cosines: Matrix, paragraphs: Indexes) -> Matrix:
        """Return, for each cosine, the mean of the paragraph's highest others.

        Args:
            cosines: ``(rows, columns)``; row ``i`` belongs to ``paragraphs[i]``.
            paragraphs: Their indexes, ``(rows,)``.
        """
        highest = self.highest[paragraphs]
        # A cosine among the highest is not its own rival; of the others the lowest drops out.
        total = highest.sum(axis=1, keepdims=True) - np.maximum(cosines, highest[:, -1:])
        mean: Matrix = total / np.float32(highest.shape[1] - 1)
        return mean

    def next_highest(self) -> Matrix:
        """Return the mean of each paragraph's highest cosines after the first: ``(n,)``."""
        mean: Matrix = self.highest[:, 1:].mean(axis=1)
        return mean

    def or_nearer(self, others: "Neighbours") -> "Neighbours":
        """Return these, closer where others of the same paragraphs in the same text are.

        Each rank has the higher cosine, so what is among both counts once.
        """
        return replace(self, highest=np.maximum(self.highest, others.highest))


def find_neighbours(source: Matrix, target: Matrix) -> tuple[Neighbours, Neighbours]:
    """Return the neighbours of each source paragraph in the target, and the other way round.

    Of long texts each sentence is held against its own section and the two beside it, of others
    against all: time is that of ``n * m`` cosines, and linear for long texts. Memory is linear.
    Neither text may be empty.
    """
    sections = find_sections(source, target)
    of_source, of_target = _Found.nothing(len(source)), _Found.nothing(len(target))
    for rows, columns in _windows(sections):
        cosines = source[rows] @ target[columns].T
        of_target.add(columns, rows, cosines.T.copy())
        of_source.add(rows, columns, cosines)
    everywhere = len(sections) == 1
    return of_source.neighbours(everywhere=everywhere), of_target.neighbours(everywhere=everywhere)


def _windows(sections: Sequence[Block]) -> Iterator[tuple[slice, slice]]:
    """Yield some rows of the source at a time and all columns that they are held against."""
    for place, section in enumerate(sections):
        beside = sections[max(place - 1, 0) : place + 2]
        columns = slice(beside[0].target.start, beside[-1].target.end)
        for start in range(section.source.start, section.source.end, _BLOCK):
            yield slice(start, min(start + _BLOCK, section.source.end)), columns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The neighbours in what was looked at so far; minus infinity where that was too little."""

    highest: Matrix
    nearest: Indexes

    @classmethod
    def nothing(cls, count: int) -> "_Found":
        return cls(
            highest=np.full((count, RIVALS + 1), -np.inf, np.float32),
            nearest=np.zeros(count, np.intp),
        )

    def add(self, rows: slice, others: slice, cosines: Matrix) -> None:
        """Take in the cosines of some rows, ``(rows, others)``, and overwrite them.

        Of equals the first is the nearest.
        """
        highest = self.highest[rows]
        every = np.arange(len(cosines))
        seen = [highest]
        for rank in range(highest.shape[1]):
            place = cosines.argmax(axis=1)
            cosine = cosines[every, place]
            if rank == 0:
                nearest = self.nearest[rows]
                nearest[:] = np.where(cosine > highest[:, 0], others.start + place, nearest)
            seen.append(cosine[:, np.newaxis])
            cosines[every, place] = -np.inf
        highest[:] = -np.sort(-np.hstack(seen), axis=1)[:, : highest.shape[1]]

    def neighbours(self, *, everywhere: bool) -> Neighbours:
        """Return them, with unrelated texts in the place of what is farther."""
        return Neighbours(
            highest=np.maximum(self.highest, np.float32(UNRELATED)),
            nearest=self.nearest,
            everywhere=everywhere,
        )
