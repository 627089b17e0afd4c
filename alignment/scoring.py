"""How much speaks for a bead: its features, weighed.

The weights, for each kind of bead and for gaps, are in ``data/weights.json``. They were fitted as a
semi-Markov conditional random field, so that the gold paths of the development sets are likely;
``tests/alignment/fit_weights.py`` refits them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np

from alignment.beads import Span
from alignment.chain import Block
from alignment.edition import Matrix
from alignment.evidence import Evidence
from alignment.features import Features, bead_features, gap_features
from alignment.search import Scores, Shape

Weights: TypeAlias = Mapping[str, Mapping[str, float]]

GAP = "gap"
"""Name of the gaps' weights; those of beads are named ``1-1``, ``1-2``, ``2-2`` and ``1-3``."""
SCORE_STEP = 2.0**-16
"""Scores are rounded to this: sums are then exact, and equally good paths really tie."""
HIGHEST_SCORE = 100.0
"""Nats either way, so that a rounded score is exact in four bytes."""
_ROWS_AT_ONCE = 64


@cache
def load_weights() -> Weights:
    """Return the fitted weight of each feature in nats, by kind of bead."""
    text = files("alignment").joinpath("data", "weights.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)["weights"]
    return weights


def kind_of(shape: Shape) -> str:
    """Return the name of a shape's weights: a shape and its mirror image share them.

    Beads of five sentences are too rare for weights of their own and take those of four.
    """
    fewer, more = sorted(shape)
    return f"{fewer}-{min(more, 3)}" if fewer == 1 else "2-2"


def score_beads(
    evidence: Evidence, blocks: Sequence[Block], weights: Weights, *, handicap: float = 0.0
) -> Scores:
    """Return the score of every bead inside each of some blocks.

    A ``handicap``, in nats, is taken off every bead with two sides. Works on some rows of a block
    at a time; keeps four bytes for each shape and grid point.
    """
    height = max(len(block.source) for block in blocks)
    width = max(len(block.target) for block in blocks)
    beads: dict[Shape, Matrix] = {
        shape: np.full((height + 1, len(blocks), width + 1), -np.inf, np.float32)
        for shape in evidence.shapes
    }
    gaps = (
        _weigh(gap_features(evidence.source), weights[GAP]),
        _weigh(gap_features(evidence.target), weights[GAP]),
    )
    source_gaps = np.zeros((height, len(blocks)), np.float32)
    target_gaps = np.zeros((len(blocks), width), np.float32)
    for grid, block in enumerate(blocks):
        source_gaps[: len(block.source), grid] = gaps[0][block.source.start : block.source.end]
        target_gaps[grid, : len(block.target)] = gaps[1][block.target.start : block.target.end]
        columns = Span(block.target.start, block.target.end + 1)
        for start in range(block.source.start, block.source.end + 1, _ROWS_AT_ONCE):
            rows = Span(start, min(start + _ROWS_AT_ONCE, block.source.end + 1))
            inside = slice(rows.start - block.source.start, rows.end - block.source.start)
            for shape, scores in _score_rows(evidence, rows, columns, weights):
                beads[shape][inside, grid, : len(columns)] = scores - np.float32(handicap)
    return Scores(
        sizes=[(len(block.source), len(block.target)) for block in blocks],
        beads=beads,
        source_gaps=source_gaps,
        target_gaps=target_gaps,
    )


def _score_rows(
    evidence: Evidence, rows: Span, columns: Span, weights: Weights
) -> Iterator[tuple[Shape, Matrix]]:
    source, target = evidence.source.runs, evidence.target.runs
    for shape, features in bead_features(evidence, rows, columns):
        scores = _weigh(features, weights[kind_of(shape)])
        scores[~source.possible[shape[0] - 1][rows.start : rows.end]] = -np.inf
        scores[:, ~target.possible[shape[1] - 1][columns.start : columns.end]] = -np.inf
        yield shape, scores


def _weigh(features: Features, weights: Mapping[str, float]) -> Matrix:
    """Return the weighted sum of features in nats, rounded."""
    total: Matrix = sum(
        (np.float32(weights[name]) * values for name, values in features.items()),
        start=np.zeros(1, np.float32),
    )
    bounded = np.clip(total, -HIGHEST_SCORE, HIGHEST_SCORE)
    rounded: Matrix = (np.round(bounded / SCORE_STEP) * SCORE_STEP).astype(np.float32)
    return rounded
