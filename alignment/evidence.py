"""How much speaks for a bead: vectors, lead over the neighbours, length, shared numbers.

A bead's score is a weighted sum of features. The weights, for each kind of bead and for gaps, are
in ``data/weights.json``. They were fitted together, as a semi-Markov conditional random field, so
that the gold paths of the development sets are likely; ``tests/alignment/fit_weights.py`` refits
them. No feature knows which text is the source, so swapping the texts changes no score.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.edition import Indexes, Matrix, Sentences
from alignment.neighbours import Neighbours, find_neighbours
from alignment.runs import LONGEST_RUN, NUMBER_COLUMNS, Runs, find_runs
from alignment.search import SHAPES, Scores, Shape

Features: TypeAlias = dict[str, Matrix]
Weights: TypeAlias = Mapping[str, Mapping[str, float]]

GAP = "gap"
"""Name of the gaps' weights; those of beads are named ``1-1``, ``1-2``, ``2-2`` and ``1-3``."""
SMOOTHING_CHARS = 8
"""Added to both lengths before they are compared: one letter more says little of short texts."""
SCORE_STEP = 2.0**-16
"""Scores are rounded to this: sums are then exact, and equally good paths really tie."""
HIGHEST_SCORE = 100.0
"""Nats either way, so that a rounded score is exact in four bytes."""
SHORT_CHARS = 25
"""A sentence shorter than this, in characters of English, is a heading, a name or a date."""
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two texts, and what it has to do with the other."""

    sentences: Sentences
    runs: Runs
    neighbours: Neighbours
    numbers: NDArray[np.bool_]

    def take(self, rows: Indexes) -> "Side":
        """Return some of its sentences, each still held against all of the other text."""
        sentences = self.sentences.take(rows)
        return Side(
            sentences=sentences,
            runs=find_runs(sentences),
            neighbours=self.neighbours.take(rows),
            numbers=self.numbers[np.concatenate([[0], rows + 1])],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Two texts that are to be aligned, neither of them empty."""

    source: Side
    target: Side

    def take(self, source: Indexes, target: Indexes) -> "Evidence":
        """Return the evidence on some sentences of both, as if they were all there are."""
        return Evidence(source=self.source.take(source), target=self.target.take(target))


def gather_evidence(source: Sentences, target: Sentences) -> Evidence:
    """Return the evidence on two texts, neither of them empty."""
    runs = find_runs(source), find_runs(target)
    of_source, of_target = find_neighbours(source.vectors, target.vectors)
    different = sorted(set().union(*source.numbers, *target.numbers))
    columns = {number: place % NUMBER_COLUMNS for place, number in enumerate(different)}
    return Evidence(
        source=Side(
            sentences=source,
            runs=runs[0],
            neighbours=of_source,
            numbers=runs[0].number_table(columns),
        ),
        target=Side(
            sentences=target,
            runs=runs[1],
            neighbours=of_target,
            numbers=runs[1].number_table(columns),
        ),
    )


@cache
def load_weights() -> Weights:
    """Return the fitted weight of each feature in nats, by kind of bead."""
    text = files("alignment").joinpath("data", "weights.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)["weights"]
    return weights


def kind_of(shape: Shape) -> str:
    """Return the name of a shape's weights: a shape and its mirror image share them."""
    return f"{min(shape)}-{max(shape)}"


def score_beads(
    evidence: Evidence, columns: Sequence[Span], weights: Weights, *, handicap: float = 0.0
) -> Scores:
    """Return the score of every bead that ends at a grid point of the corridor.

    A ``handicap``, in nats, is taken off every bead with two sides.

    Works on blocks of rows; keeps four bytes for each shape and grid point.
    """
    source, target = evidence.source.runs, evidence.target.runs
    beads: dict[Shape, list[Matrix]] = {shape: [] for shape in SHAPES}
    for start in range(0, len(columns), _ROWS_AT_ONCE):
        spans = columns[start : start + _ROWS_AT_ONCE]
        rows = Span(start, start + len(spans))
        block = Span(spans[0].start, max(span.end for span in spans))
        for shape, features in bead_features(evidence, rows, block):
            scores = _weigh(features, weights[kind_of(shape)]) - np.float32(handicap)
            scores[~source.possible[shape[0] - 1][rows.start : rows.end]] = -np.inf
            scores[:, ~target.possible[shape[1] - 1][block.start : block.end]] = -np.inf
            beads[shape] += [
                row[span.start - block.start : span.end - block.start].copy()
                for row, span in zip(scores, spans, strict=True)
            ]
    return Scores(
        columns=columns,
        beads=beads,
        source_gaps=_weigh(gap_features(evidence.source), weights[GAP]),
        target_gaps=_weigh(gap_features(evidence.target), weights[GAP]),
    )


def gap_features(side: Side) -> Features:
    """Return what bears on each sentence having no counterpart: ``(n,)`` each."""
    nearest = side.neighbours.highest[:, 0]
    sentences = side.sentences
    return {
        "bias": np.ones_like(nearest),
        "cosine": nearest,
        "lead": nearest - side.neighbours.next_highest(),
        "paragraph": (sentences.begins & sentences.finishes).astype(np.float32),
        "short": (sentences.in_english < SHORT_CHARS).astype(np.float32),
    }


def bead_features(
    evidence: Evidence, rows: Span, columns: Span
) -> Iterator[tuple[Shape, Features]]:
    """Yield, for each shape, the features of the beads that end in a block of the grid.

    Each is ``(len(rows), len(columns))``; where no bead of the shape can end it means nothing.
    """
    ends = slice(rows.start, rows.end), slice(columns.start, columns.end)
    pairs = _Pairs.of(evidence, rows, columns)
    for shape in SHAPES:
        source, target = evidence.source.runs, evidence.target.runs
        cosine = source.vectors[shape[0] - 1][ends[0]] @ target.vectors[shape[1] - 1][ends[1]].T
        yield (
            shape,
            {
                "bias": np.ones_like(cosine),
                "cosine": cosine,
                "length": length_mismatch(
                    source.chars[shape[0] - 1][ends[0], np.newaxis],
                    target.chars[shape[1] - 1][ends[1]],
                ),
                **_number_features(evidence, rows, columns, shape),
                **_paragraph_features(evidence, ends, shape),
                **pairs.features(shape, cosine),
            },
        )


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

    @classmethod
    def of(cls, evidence: Evidence, rows: Span, columns: Span) -> "_Pairs":
        source_rows, target_rows = _with_members(rows), _with_members(columns)
        source = evidence.source.runs.vectors[0][source_rows]
        target = evidence.target.runs.vectors[0][target_rows]
        cosine = source @ target.T
        beside_source = evidence.source.neighbours.others(cosine, _paragraphs(source_rows))
        beside_target = evidence.target.neighbours.others(cosine.T, _paragraphs(target_rows)).T
        return cls(cosine=cosine, lead=cosine - np.float32(0.5) * (beside_source + beside_target))

    def features(self, shape: Shape, cosine: Matrix) -> Features:
        """Return what the members of beads say; ``cosine`` is that of the whole beads.

        In a true bead every member has a partner on the other side, and the whole is closer than
        any two members are. Where one paragraph was wrongly added, neither holds.
        """
        lead = _weakest_partner(self.lead, shape)
        if shape == (1, 1):
            return {"lead": lead}
        members = list(_members(self.cosine, shape).values())
        return {
            "lead": lead,
            "weakest": _weakest_partner(self.cosine, shape),
            "gain": cosine - np.maximum.reduce(members),
        }


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
        np.maximum.reduce([members[i, j] for j in range(shape[1])]) for i in range(shape[0])
    ]
    of_target = [
        np.maximum.reduce([members[i, j] for i in range(shape[0])]) for j in range(shape[1])
    ]
    weakest: Matrix = np.minimum.reduce(of_source + of_target)
    return weakest


def _number_features(evidence: Evidence, rows: Span, columns: Span, shape: Shape) -> Features:
    """Return the share of the bead's numbers that both sides have, and whether none is shared."""
    source = _run_numbers(evidence.source.numbers, rows, shape[0])
    target = _run_numbers(evidence.target.numbers, columns, shape[1])
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


def _run_numbers(table: NDArray[np.bool_], rows: Span, length: int) -> Matrix:
    """Return the numbers of the runs that end in some grid rows: ``(len(rows), columns)``."""
    ends = np.arange(rows.start, rows.end)
    rows_of_members = [table[np.maximum(ends - back, 0)] for back in range(length)]
    numbers: Matrix = np.logical_or.reduce(rows_of_members).astype(np.float32)
    return numbers


def _with_members(rows: Span) -> NDArray[np.intp]:
    """Return the grid rows of a block and of the ``LONGEST_RUN - 1`` before it, none under 0."""
    return np.maximum(np.arange(rows.start - LONGEST_RUN + 1, rows.end), 0)


def _paragraphs(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the paragraph that ends in each grid row; for row 0, in which none does, the first."""
    return np.maximum(rows - 1, 0)


def _weigh(features: Features, weights: Mapping[str, float]) -> Matrix:
    """Return the weighted sum of features in nats, rounded."""
    total: Matrix = sum(
        (np.float32(weights[name]) * values for name, values in features.items()),
        start=np.zeros(1, np.float32),
    )
    bounded = np.clip(total, -HIGHEST_SCORE, HIGHEST_SCORE)
    rounded: Matrix = (np.round(bounded / SCORE_STEP) * SCORE_STEP).astype(np.float32)
    return rounded
