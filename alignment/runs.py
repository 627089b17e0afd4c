"""Runs of neighbouring sentences of one text: their vectors, lengths, numbers and paragraphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.edition import PLAIN, Flags, Indexes, Matrix, Sentences
from alignment.search import LONGEST_RUN

Value = TypeVar("Value", bound=np.generic)

NUMBER_COLUMNS = 512
"""Different numbers that a pair of texts can have before some are taken for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs of 1 to ``LONGEST_RUN`` sentences, by the grid row in which they end.

    For runs of ``k``, place ``k - 1`` of each sequence has ``n + 1`` rows; row 0, where none can
    end, and rows before ``k`` are empty.
    """

    weighted: Matrix
    """``(n, d)``: vectors of the sentences, each by how much it counts in its runs."""
    encoded: Sequence[Matrix] | None
    """What the encoder says of runs, by length and ``firsts``; see `Sentences.runs`."""
    firsts: Sequence[Indexes]
    """Place in the edition of the first sentence of each run; 0 where none can end."""
    chars: Sequence[Matrix]
    """In characters of English."""
    possible: Sequence[Flags]
    """Where one can end: not before row ``k``, and not around a sentence that is left out."""
    begin: Sequence[Flags]
    """Whether a run begins where a paragraph does."""
    crossings: Sequence[Matrix]
    """How many paragraphs begin inside a run."""
    finish: Flags
    """Whether a run ends where a paragraph does."""
    numbers: Sequence[frozenset[str]]
    """Of the sentence that ends in each row."""
    kinds: Indexes
    """Number of the kind of the sentence that ends in each row; 0 is a plain one's, -1 unknown."""

    def vectors(self, length: int, rows: Span) -> Matrix:
        """Return the unit vectors of the runs that end in some grid rows: ``(len(rows), d)``.

        Where the encoder has not said what it is, that of a run is the mean of its sentences',
        weighted by the square root of their length. In articles, most of whose sentences are
        translated one by one, nothing else gained anything on the development sets.
        """
        if self.encoded is not None:
            of_runs = self.encoded[length - 1]
            firsts = self.firsts[length - 1][rows.start : rows.end]
            if len(of_runs):
                return of_runs[firsts]
        sums = np.zeros((len(rows), self.weighted.shape[1]), np.float32)
        first = max(rows.start, length)
        for back in range(length if first < rows.end else 0):
            sums[first - rows.start :] += self.weighted[first - 1 - back : rows.end - 1 - back]
        return _unit(sums)

    def number_table(self, columns: Mapping[str, int]) -> NDArray[np.bool_]:
        """Return which columns the numbers of each sentence fall into, by grid row."""
        width = min(len(columns), NUMBER_COLUMNS)
        table = np.zeros((len(self.numbers), width), np.bool_)
        for row, numbers in enumerate(self.numbers):
            if numbers:
                table[row, [columns[number] for number in numbers]] = True
        return table


def find_runs(sentences: Sentences) -> Runs:
    """Return the runs of sentences."""
    lengths = range(1, LONGEST_RUN + 1)
    inside = sentences.follows.astype(np.float32)
    opened = (sentences.follows & sentences.begins).astype(np.float32)
    return Runs(
        weighted=np.sqrt(sentences.chars)[:, np.newaxis] * sentences.vectors,
        encoded=sentences.runs,
        firsts=[_first(sentences.places, length) for length in lengths],
        chars=[_run_sums(sentences.in_english, length) for length in lengths],
        possible=[_joints(inside, length) == length - 1 for length in lengths],
        begin=[_first(sentences.begins, length) for length in lengths],
        crossings=[_joints(opened, length) for length in lengths],
        finish=np.concatenate([[False], sentences.finishes]),
        numbers=[frozenset(), *sentences.numbers],
        kinds=np.array([0, *(_kind_number(kind) for kind in sentences.kinds)], np.intp),
    )


def _kind_number(kind: str | None) -> int:
    """Return a number that only this kind has, within what a checksum can tell apart."""
    if kind is None:
        return -1
    return 0 if kind == PLAIN else 1 + crc32(kind.encode("utf-8", "surrogatepass"))


def _run_sums(values: Matrix, length: int) -> Matrix:
    """Return the sum over each run of a length, in the row where it ends: ``(n + 1, ...)``."""
    sums = np.zeros((len(values) + 1, *values.shape[1:]), np.float32)
    for offset in range(length):
        sums[length:] += values[offset : max(len(values) - length + 1 + offset, 0)]
    return sums


def _joints(values: Matrix, length: int) -> Matrix:
    """Return the sum over all members of each run but its first; -1 where no run can end."""
    sums = np.full(len(values) + 1, -1, np.float32)
    sums[length:] = 0
    for offset in range(1, length):
        sums[length:] += values[offset : max(len(values) - length + 1 + offset, 0)]
    return sums


def _first(values: NDArray[Value], length: int) -> NDArray[Value]:
    """Return what each run's first member has, in the row where the run ends; else 0."""
    found = np.zeros_like(values, shape=len(values) + 1)
    found[length:] = values[: max(len(values) - length + 1, 0)]
    return found


def _unit(vectors: Matrix) -> Matrix:
    """Return vectors of length 1; those of length 0 stay."""
    lengths: Matrix = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: Matrix = vectors / lengths
    return unit
