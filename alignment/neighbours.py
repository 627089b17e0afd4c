"""How close the nearest paragraphs of the other text are: the yardstick for every cosine.

A cosine of 0.6 is much in one article and little in another where all paragraphs speak of the same
thing. What counts is the lead over the next best (Artetxe & Schwenk, 2019,
https://aclanthology.org/P19-1309).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

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
    nearest: NDArray[np.intp]

    def take(self, rows: NDArray[np.intp]) -> "Neighbours":
        """Return those of some texts only, by the rows given."""
        return Neighbours(highest=self.highest[rows], nearest=self.nearest[rows])

    def others(self, cosines: Matrix, paragraphs: NDArray[np.intp]) -> Matrix:
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


def find_neighbours(source: Matrix, target: Matrix) -> tuple[Neighbours, Neighbours]:
    """Return the neighbours of each source paragraph in the target, and the other way round.

    Time is that of ``n * m`` cosines; memory is linear. Neither text may be empty.
    """
    count = RIVALS + 1
    rows_highest, rows_nearest = [], []
    columns_highest = np.empty((0, len(target)), np.float32)
    columns_nearest = np.zeros(len(target), np.intp)
    columns_best = np.full(len(target), -np.inf, np.float32)
    for start in range(0, len(source), _BLOCK):
        cosines = source[start : start + _BLOCK] @ target.T
        rows_highest.append(_highest(cosines, count))
        rows_nearest.append(cosines.argmax(axis=1))
        best = cosines.max(axis=0)
        better = best > columns_best
        columns_nearest[better] = start + cosines.argmax(axis=0)[better]
        columns_best = np.maximum(best, columns_best)
        columns_highest = _highest(np.vstack([columns_highest, cosines]).T, count).T
    return (
        Neighbours(highest=np.vstack(rows_highest), nearest=np.concatenate(rows_nearest)),
        Neighbours(highest=columns_highest.T, nearest=columns_nearest),
    )


def _highest(cosines: Matrix, count: int) -> Matrix:
    """Return the ``count`` highest of each row, falling, or what is unrelated if that is more."""
    unrelated = np.full((len(cosines), count), UNRELATED, np.float32)
    cosines = np.hstack([cosines, unrelated])
    return -np.sort(np.partition(-cosines, count - 1, axis=1)[:, :count], axis=1)
