"""Runs of neighbouring paragraphs of one text: their vectors, lengths and numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.numbers import find_numbers
from alignment.search import SHAPES

Matrix: TypeAlias = NDArray[np.float32]

LONGEST_RUN = max(max(shape) for shape in SHAPES)
CHARS_FOR_THE_SAME = {"en": 1.0, "fr": 1.19, "ru": 1.08}
"""Characters that say what one English character says, measured on the news of the development
sets; 1 for any other language."""
NUMBER_CHARS = 20_000
"""Characters of a paragraph that are searched for numbers."""
NUMBER_COLUMNS = 512
"""Different numbers that a pair of texts can have before some are taken for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs of 1 to ``LONGEST_RUN`` paragraphs, by the grid row in which they end.

    For runs of ``k``, ``vectors[k - 1]`` is ``(n + 1, d)`` and ``chars[k - 1]`` is ``(n + 1,)``, in
    characters of English; both are zero in rows where none can end. ``possible[k - 1]``,
    ``(n + 1,)``, says where one can: not before row ``k``, and not around a paragraph that is to be
    skipped. ``numbers[i]`` are those of the paragraph that ends in row ``i``; row 0 has none.
    """

    vectors: Sequence[Matrix]
    chars: Sequence[Matrix]
    numbers: Sequence[frozenset[str]]
    possible: Sequence[NDArray[np.bool_]]

    @property
    def paragraphs(self) -> Matrix:
        """Vectors of the single paragraphs, ``(n, d)``."""
        return self.vectors[0][1:]

    def number_table(self, columns: Mapping[str, int]) -> NDArray[np.bool_]:
        """Return which columns the numbers of each paragraph fall into, by grid row."""
        table = np.zeros((len(self.numbers), NUMBER_COLUMNS), np.bool_)
        for row, numbers in enumerate(self.numbers):
            table[row, [columns[number] for number in numbers]] = True
        return table


def find_runs(
    texts: Sequence[str], vectors: Matrix, *, language: str, skip: Collection[int] = ()
) -> Runs:
    """Return the runs of a text's paragraphs and their unit vectors ``(n, d)``.

    The vector of a run is the mean of its paragraphs', weighted by the square root of their length:
    to encode every run anew takes several times as long and gains little.
    """
    chars = np.array([max(len(text), 1) for text in texts], np.float32)
    weighted = np.sqrt(chars)[:, np.newaxis] * vectors
    in_english = chars / np.float32(CHARS_FOR_THE_SAME.get(language, 1.0))
    kept = np.array([index not in skip for index in range(len(texts))], np.float32)
    lengths = range(1, LONGEST_RUN + 1)
    return Runs(
        vectors=[_unit(_run_sums(weighted, length)) for length in lengths],
        chars=[_run_sums(in_english, length) for length in lengths],
        numbers=[frozenset(), *(find_numbers(text[:NUMBER_CHARS]) for text in texts)],
        possible=[_run_sums(kept, length) == length for length in lengths],
    )


def _run_sums(values: Matrix, length: int) -> Matrix:
    """Return the sum over each run of a length, in the row where it ends: ``(n + 1, ...)``."""
    sums = np.zeros((len(values) + 1, *values.shape[1:]), np.float32)
    for offset in range(length):
        sums[length:] += values[offset : max(len(values) - length + 1 + offset, 0)]
    return sums


def _unit(vectors: Matrix) -> Matrix:
    """Return vectors of length 1; those of length 0 stay."""
    lengths: Matrix = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: Matrix = vectors / lengths
    return unit
