"""What bears on a bead or a gap, as numbers: vectors, lead over the neighbours, length, numbers.

No feature knows which text is the source, so swapping the texts changes none; and none knows where
in its text a sentence stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.edition import Matrix
from alignment.evidence import Evidence, Side
from alignment.search import LONGEST_RUN, Shape

Features: TypeAlias = dict[str, Matrix]

SMOOTHING_CHARS = 8
"""Added to both lengths before they are compared: one letter more says little of short texts."""
SHORT_CHARS = 25
"""A sentence shorter than this, in characters of English, is a heading, a name or a date."""
OF_LINES = (
    *("bias", "cosine", "length", "lead", "weakest", "gain"),
    *("numbers", "no_number_shared", "short"),
)
"""Features that have weights of their own, on top, in texts without paragraphs."""


def gap_features(side: Side) -> Features:
    """Return what bears on each sentence having no counterpart: ``(n,)`` each."""
    nearest = side.neighbours.highest[:, 0]
    lead = nearest - side.neighbours.next_highest()
    sentences = side.sentences
    found = {
        "bias": np.ones_like(nearest),
        "cosine": nearest,
        "lead": lead,
        "paragraph": (sentences.begins & sentences.finishes).astype(np.float32),
        "short": (sentences.in_english < SHORT_CHARS).astype(np.float32),
        "tied": side.tied,
        "only_in_third": np.maximum(side.known - side.tied, 0),
    }
    return found if sentences.in_paragraphs else _of_lines(found)


def bead_features(
    evidence: Evidence, rows: Span, columns: Span
) -> Iterator[tuple[Shape, Features]]:
    """Yield, for each shape, the features of the beads that end in a block of the grid.

    Each is ``(len(rows), len(columns))``; where no bead of the shape can end it means nothing.
    """
    ends = slice(rows.start, rows.end), slice(columns.start, columns.end)
    pairs = _Pairs.of(evidence, rows, columns)
    source, target = evidence.source.runs, evidence.target.runs
    lengths = range(1, max(max(shape) for shape in evidence.shapes) + 1)
    source_vectors = [source.vectors(length, rows) for length in lengths]
    target_vectors = [target.vectors(length, columns) for length in lengths]
    source_numbers = [_run_numbers(evidence.source.numbers, rows, length) for length in lengths]
    target_numbers = [_run_numbers(evidence.target.numbers, columns, length) for length in lengths]
    kinds = _kind_features(evidence, ends)
    for shape in evidence.shapes:
        cosine = source_vectors[shape[0] - 1] @ target_vectors[shape[1] - 1].T
        features = {
            "bias": np.ones_like(cosine),
            "cosine": cosine,
            "length": length_mismatch(
                source.chars[shape[0] - 1][ends[0], np.newaxis],
                target.chars[shape[1] - 1][ends[1]],
            ),
            **_number_features(source_numbers[shape[0] - 1], target_numbers[shape[1] - 1]),
            **_paragraph_features(evidence, ends, shape),
            **kinds,
            **pairs.features(shape, cosine),
        }
        yield shape, features if evidence.in_paragraphs else _of_lines(features)


def _of_lines(features: Features) -> Features:
    """Return features of texts without paragraphs: those that change their meaning come twice.

    A text of which only sentences are known is mostly a book and its translation, and not an
    article that editors have cut.
    """
    return features | {f"line_{name}": features[name] for name in OF_LINES if name in features}


def length_mismatch(source_chars: Matrix, target_chars: Matrix) -> Matrix:
    """Return the size of the log ratio of lengths, both in characters of English."""
    ratio = (source_chars + SMOOTHING_CHARS) / (target_chars + SMOOTHING_CHARS)
    mismatch: Matrix = np.abs(np.log(ratio))
    return mismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Single sentences against each other, around a block of the grid.

    Both are ``(rows + LONGEST_RUN - 1, columns + LONGEST_RUN - 1)``: the members of the beads that
    end in the block start that much before it. Before the grid starts, rows repeat its row 0.
    """

    cosine: Matrix
    lead: Matrix
    told: bool
    """Whether a third text says anything of these sentences; the next two are 0 if not."""
    tied: Matrix
    """How likely a third text ties each pair."""
    tied_elsewhere: Matrix
    """How much likelier it ties either of the two to another."""

    @classmethod
    def of(cls, evidence: Evidence, rows: Span, columns: Span) -> "_Pairs":
        source_rows, target_rows = _with_members(rows), _with_members(columns)
        source, target = evidence.source.sentences.vectors, evidence.target.sentences.vectors
        cosine = source[_sentences(source_rows)] @ target[_sentences(target_rows)].T
        beside_source = evidence.source.neighbours.others(cosine, _sentences(source_rows))
        beside_target = evidence.target.neighbours.others(cosine.T, _sentences(target_rows)).T
        tied = evidence.ties.block(_sentence_range(rows), _sentence_range(columns))
        strongest = np.maximum(
            evidence.source.tied[_sentences(source_rows), np.newaxis],
            evidence.target.tied[_sentences(target_rows)],
        )
        return cls(
            cosine=cosine,
            lead=cosine - np.float32(0.5) * (beside_source + beside_target),
            told=bool(strongest.any()),
            tied=tied,
            tied_elsewhere=strongest - tied,
        )

    def features(self, shape: Shape, cosine: Matrix) -> Features:
        """Return what the members of beads say; ``cosine`` is that of the whole beads.

        In a true bead every member has a partner on the other side, and the whole is closer than
        any two members are. Where one paragraph was wrongly added, neither holds.
        """
        found = {"lead": _weakest_partner(self.lead, shape), **self._tie_features(shape)}
        if shape == (1, 1):
            return found
        members = list(_members(self.cosine, shape).values())
        return {
            **found,
            "weakest": _weakest_partner(self.cosine, shape),
            "gain": cosine - reduce(np.maximum, members),
        }

    def _tie_features(self, shape: Shape) -> Features:
        if self.told:
            return {
                "tied": _weakest_partner(self.tied, shape),
                "tied_elsewhere": -_weakest_partner(-self.tied_elsewhere, shape),
            }
        nothing = self.tied[LONGEST_RUN - 1 :, LONGEST_RUN - 1 :]
        return {"tied": nothing, "tied_elsewhere": nothing}


def _members(pairs: Matrix, shape: Shape) -> dict[tuple[int, int], Matrix]:
    """Return the block of each pair of members, by how far before the bead's end they stand."""
    before = LONGEST_RUN - 1
    height, width = pairs.shape[0] - before, pairs.shape[1] - before
    return {
        (i, j): pairs[before - i : before - i + height, before - j : before - j + width]
        for i in range(shape[0])
        for j in range(shape[1])
    }


def _weakest_partner(pairs: Matrix, shape: Shape) -> Matrix:
    """Return, of the best partners that the members of a bead have in it, the worst."""
    members = _members(pairs, shape)
    of_source = [
        reduce(np.maximum, [members[i, j] for j in range(shape[1])]) for i in range(shape[0])
    ]
    of_target = [
        reduce(np.maximum, [members[i, j] for i in range(shape[0])]) for j in range(shape[1])
    ]
    return reduce(np.minimum, of_source + of_target)


def _number_features(source: Matrix, target: Matrix) -> Features:
    """Return the share of the bead's numbers that both sides have, and whether none is shared."""
    shared = source @ target.T
    either = source.sum(axis=1)[:, np.newaxis] + target.sum(axis=1) - shared
    return {
        "numbers": shared / np.maximum(either, 1),
        "no_number_shared": ((either > 0) & (shared == 0)).astype(np.float32),
    }


def _paragraph_features(evidence: Evidence, ends: tuple[slice, slice], shape: Shape) -> Features:
    """Return whether paragraphs begin and end on both sides or on one, and how many in between."""
    source, target = evidence.source.runs, evidence.target.runs
    found: Features = {}
    for name, one, other in (
        ("begin", source.begin[shape[0] - 1], target.begin[shape[1] - 1]),
        ("end", source.finish, target.finish),
    ):
        here, there = one[ends[0], np.newaxis], other[ends[1]]
        found[f"both_{name}"] = (here & there).astype(np.float32)
        found[f"one_{name}s"] = (here ^ there).astype(np.float32)
    found["crossings"] = (
        source.crossings[shape[0] - 1][ends[0], np.newaxis]
        + target.crossings[shape[1] - 1][ends[1]]
    )
    return found


def _kind_features(evidence: Evidence, ends: tuple[slice, slice]) -> Features:
    """Return whether both sides end in the same kind of block, not a plain one, or in different."""
    source = evidence.source.runs.kinds[ends[0], np.newaxis]
    target = evidence.target.runs.kinds[ends[1]]
    return {
        "kind_shared": ((source == target) & (source > 0)).astype(np.float32),
        "kind_differs": ((source != target) & (source >= 0) & (target >= 0)).astype(np.float32),
    }


def _run_numbers(table: NDArray[np.bool_], rows: Span, length: int) -> Matrix:
    """Return the numbers of the runs that end in some grid rows: ``(len(rows), columns)``."""
    ends = np.arange(rows.start, rows.end)
    rows_of_members = [table[np.maximum(ends - back, 0)] for back in range(length)]
    numbers: Matrix = reduce(np.logical_or, rows_of_members).astype(np.float32)
    return numbers


def _sentence_range(rows: Span) -> range:
    """Return the sentences that end in those rows; some may be under 0."""
    return range(rows.start - LONGEST_RUN, rows.end - 1)


def _with_members(rows: Span) -> NDArray[np.intp]:
    """Return the grid rows of a block and of the ``LONGEST_RUN - 1`` before it, none under 0."""
    return np.maximum(np.arange(rows.start - LONGEST_RUN + 1, rows.end), 0)


def _sentences(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the sentence that ends in each grid row; for row 0, in which none does, the first."""
    return np.maximum(rows - 1, 0)
