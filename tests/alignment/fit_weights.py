"""Refits the aligner's weights on the development sets; no test, run by hand.

    python tests/alignment/fit_weights.py ../shared/data/align

Writes ``alignment/data/weights.json`` (likelihood of the gold paths, by L-BFGS) and
``alignment/data/confidence.json`` (logistic regression of strict hits, by Newton's method). Takes
some minutes; raise ``alignment.aligner.VERSION`` afterwards.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import alignment
from alignment.beads import Span
from alignment.confidence import confidence_signs
from alignment.edition import find_sentences
from alignment.encoders import OfflineEncoder
from alignment.evidence import (
    GAP,
    Evidence,
    Features,
    _weigh,
    bead_features,
    gap_features,
    gather_evidence,
    kind_of,
)
from alignment.graph import find_groups
from alignment.links import find_links
from alignment.search import Scores, Shape, _forward, posteriors
from alignment.sentences import split_sentences

Vector = NDArray[np.float64]
Group = tuple[tuple[int, ...], tuple[int, ...]]
SETS = (
    "editions/dev/light",
    "editions/dev/medium",
    "editions/dev/heavy",
    "editions/dev/abridged",
    "natural/dev",
)
MOST_PARAGRAPHS = 200
"""Longer documents are left out of the fit: one of them would outweigh fifty."""
EVERY = 4
"""Weights are fitted on every fourth pair of editions; confidence on all."""
RIDGE = 0.02
FORBIDDEN = -1e4
"""Nats: low enough for never, and finite, because gaps are summed."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two editions with gold; features are computed once."""

    evidence: Evidence
    gold: frozenset[Group]
    """Of paragraphs."""
    sentences: Sequence[Group]
    """Of sentences: those that share a segment or, where gold has none, whole paragraphs."""
    beads: dict[Shape, Features]
    gaps: tuple[Features, Features]


def load_pairs(root: Path) -> Iterator[Pair]:
    """Yield every pair of editions of the development sets."""
    encoder = OfflineEncoder(threads=2)
    for name in SETS:
        lines = (root / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        gold = (root / f"{name}.gold.jsonl").read_text(encoding="utf-8").splitlines()
        for article, answers in zip(map(json.loads, lines), map(json.loads, gold), strict=True):
            texts = {
                language: [paragraph["text"] for paragraph in paragraphs]
                for language, paragraphs in article["editions"].items()
            }
            if max(map(len, texts.values())) > MOST_PARAGRAPHS:
                continue
            editions = {
                language: find_sentences(paragraphs, language=language, encoder=encoder)
                for language, paragraphs in texts.items()
            }
            segments = {
                language: segments_of(paragraphs, language, answers["segments"][language])
                for language, paragraphs in texts.items()
                if "segments" in answers
            }
            for languages, groups in answers["pairs"].items():
                source, target = languages.split("-")
                evidence = gather_evidence(editions[source], editions[target])
                rows, columns = (Span(0, len(editions[side]) + 1) for side in (source, target))
                paragraphs = frozenset((tuple(x), tuple(y)) for x, y in groups)
                yield Pair(
                    evidence=evidence,
                    gold=paragraphs,
                    sentences=joined(
                        segments.get(source) or editions[source].paragraphs.tolist(),
                        segments.get(target) or editions[target].paragraphs.tolist(),
                        None if segments else paragraphs,
                    ),
                    beads=dict(bead_features(evidence, rows, columns)),
                    gaps=(gap_features(evidence.source), gap_features(evidence.target)),
                )


def segments_of(
    paragraphs: Sequence[str], language: str, segments: Sequence[Sequence[Sequence[int]]]
) -> list[int]:
    """Return the number of the segment in which each sentence has its middle, or -1."""
    found = []
    for text, inside in zip(paragraphs, segments, strict=True):
        for span in split_sentences(text, language) or [Span(0, 0)]:
            middle = (span.start + span.end) / 2
            numbers = [number for number, start, end in inside if start <= middle <= end]
            found.append(numbers[0] if numbers else -1)
    return found


def joined(
    source: Sequence[int], target: Sequence[int], groups: frozenset[Group] | None
) -> list[Group]:
    """Return the sentences of each side that belong together.

    Args:
        source: The segment of each sentence or, with ``groups``, its paragraph.
        target: The same.
        groups: Paragraphs that belong together.
    """
    if groups is None:
        groups = frozenset(((number,), (number,)) for number in {*source} & {*target} - {-1})
    rows = [
        (
            tuple(row for row, member in enumerate(source) if member in one),
            tuple(row for row, member in enumerate(target) if member in other),
        )
        for one, other in groups
    ]
    return [(one, other) for one, other in rows if one and other]


def monotone(groups: Sequence[Group]) -> list[Group]:
    """Return the groups with two sides that do not cross and hold most paragraphs."""
    ordered = sorted(groups)
    best: list[tuple[int, list[Group]]] = []
    for source, target in ordered:
        before = [
            chain
            for chain in best
            if max(chain[1][-1][0]) < min(source) and max(chain[1][-1][1]) < min(target)
        ]
        paragraphs, chain = max(before, key=lambda chain: chain[0], default=(0, []))
        best.append((paragraphs + len(source) + len(target), [*chain, (source, target)]))
    return max(best, key=lambda chain: chain[0], default=(0, []))[1]


def only_gold(pair: Pair, scores: Scores) -> Scores:
    """Return the scores with all but the gold beads of sentences forbidden.

    A gold group that no bead can express may be built of any beads inside it; one that crosses the
    others counts as unmatched.
    """
    beads = {
        shape: [np.full_like(row, -np.inf) for row in rows] for shape, rows in scores.beads.items()
    }
    gaps = scores.source_gaps.astype(np.float64), scores.target_gaps.astype(np.float64)
    for source, target in monotone(pair.sentences):
        exact = (len(source), len(target))
        solid = all(side[-1] - side[0] + 1 == len(side) for side in (source, target))
        if solid and exact in beads:
            gaps[0][list(source)] = FORBIDDEN
            gaps[1][list(target)] = FORBIDDEN
        for shape, rows in beads.items():
            for i in range(source[0] + shape[0], source[-1] + 2):
                for j in range(target[0] + shape[1], target[-1] + 2):
                    inside = set(range(i - shape[0], i)) <= set(source) and set(
                        range(j - shape[1], j)
                    ) <= set(target)
                    if inside and (shape == exact or not (solid and exact in beads)):
                        rows[i][j] = scores.beads[shape][i][j]
    return replace(scores, beads=beads, source_gaps=gaps[0], target_gaps=gaps[1])


def expectations(
    pair: Pair, scores: Scores, names: Sequence[tuple[str, str]]
) -> tuple[float, Vector]:
    """Return the log sum over all paths, and the expected sum of each feature."""
    place = {name: index for index, name in enumerate(names)}
    expected = np.zeros(len(names))
    source_gaps, target_gaps = (
        np.zeros(len(side.sentences)) for side in (pair.evidence.source, pair.evidence.target)
    )
    mass = {shape: np.zeros_like(features["bias"]) for shape, features in pair.beads.items()}
    for row in posteriors(scores):
        for shape, probabilities in row.beads.items():
            mass[shape][row.row] = probabilities
        if row.row:
            source_gaps[row.row - 1] = row.source_gap
        target_gaps += row.target_gaps
    for shape, features in pair.beads.items():
        for feature, values in features.items():
            expected[place[kind_of(shape), feature]] += np.vdot(mass[shape], values)
    for gaps, features in zip((source_gaps, target_gaps), pair.gaps, strict=True):
        for feature, values in features.items():
            expected[place[GAP, feature]] += gaps @ values
    return float(_forward(scores, np.logaddexp).any[-1][-1]), expected


def scored(pair: Pair, weights: dict[str, dict[str, float]]) -> Scores:
    """Return the scores of all beads, of features that are there already."""
    source, target = pair.evidence.source.runs, pair.evidence.target.runs
    beads = {}
    for shape, features in pair.beads.items():
        scores = _weigh(features, weights[kind_of(shape)])
        scores[~source.possible[shape[0] - 1]] = -np.inf
        scores[:, ~target.possible[shape[1] - 1]] = -np.inf
        beads[shape] = list(scores)
    source_gaps, target_gaps = (_weigh(features, weights[GAP]) for features in pair.gaps)
    columns = [Span(0, len(target.sentences) + 1)] * (len(source.sentences) + 1)
    return Scores(columns=columns, beads=beads, source_gaps=source_gaps, target_gaps=target_gaps)


def fit_weights(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Return the weights that make the gold paths likeliest."""
    names = list(
        dict.fromkeys(
            (kind, feature)
            for pair in pairs
            for kind, features in [
                *((kind_of(shape), features) for shape, features in pair.beads.items()),
                (GAP, pair.gaps[0]),
            ]
            for feature in features
        )
    )

    def as_weights(vector: Vector) -> dict[str, dict[str, float]]:
        weights: dict[str, dict[str, float]] = {kind: {} for kind, _ in names}
        for (kind, feature), value in zip(names, vector, strict=True):
            weights[kind][feature] = round(float(value), 4)
        return weights

    def loss(vector: Vector) -> tuple[float, Vector]:
        total, gradient = RIDGE * float(vector @ vector), 2 * RIDGE * vector
        for pair in pairs:
            scores = scored(pair, as_weights(vector))
            all_sum, all_expected = expectations(pair, scores, names)
            gold_sum, gold_expected = expectations(pair, only_gold(pair, scores), names)
            total += all_sum - gold_sum
            gradient = gradient + all_expected - gold_expected
        return total, gradient

    start = np.array([{"cosine": 10.0, "bias": -4.0}.get(feature, 0.0) for _, feature in names])
    start[[kind == GAP for kind, _ in names]] = 0.0
    return as_weights(minimise(loss, start))


def minimise(
    loss: Callable[[Vector], tuple[float, Vector]],
    point: Vector,
    *,
    rounds: int = 40,
    memory: int = 10,
) -> Vector:
    """Return the point of least loss by L-BFGS (Nocedal, 1980) with a halving line search."""
    value, gradient = loss(point)
    moves: list[tuple[Vector, Vector]] = []
    for _ in range(rounds):
        direction = _newton_like(gradient, moves)
        step = 1.0
        while True:
            next_value, next_gradient = loss(point - step * direction)
            if next_value <= value - 1e-4 * step * float(gradient @ direction) or step < 1e-3:
                break
            step /= 2
        moves = [*moves, (-step * direction, next_gradient - gradient)][-memory:]
        sys.stdout.write(f"loss {next_value:.1f}\n")
        sys.stdout.flush()
        done = value - next_value < 1e-4 * value
        point, value, gradient = point - step * direction, next_value, next_gradient
        if done:
            break
    return point


def _newton_like(gradient: Vector, moves: Sequence[tuple[Vector, Vector]]) -> Vector:
    """Return the gradient times the inverse Hessian as the last moves show it."""
    if not moves:
        return gradient / float(np.linalg.norm(gradient))
    direction = gradient.copy()
    shares = []
    for move, change in reversed(moves):
        share = float(move @ direction) / float(move @ change)
        shares.append(share)
        direction -= share * change
    move, change = moves[-1]
    direction *= float(move @ change) / float(change @ change)
    for (move, change), share in zip(moves, reversed(shares), strict=True):
        direction += (share - float(change @ direction) / float(move @ change)) * move
    return direction


def fit_confidence(pairs: Sequence[Pair], weights: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the logistic weights that make the confidence of strict hits right."""
    rows: list[dict[str, float]] = []
    right: list[bool] = []
    for pair in pairs:
        source, target = pair.evidence.source.sentences, pair.evidence.target.sentences
        groups = find_groups(find_links(pair.evidence, weights), source, target)
        rows += confidence_signs(groups, source, target)
        right += [(group.source, group.target) in pair.gold for group in groups]
    names = list(dict.fromkeys(name for row in rows for name in row))
    signs = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    found = newton_logistic(signs, np.array(right, np.float64))
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


def newton_logistic(signs: Vector, right: Vector) -> Vector:
    """Return the weights of a logistic regression."""
    weights = np.zeros(signs.shape[1])
    for _ in range(30):
        likely = 1 / (1 + np.exp(-signs @ weights))
        gradient = signs.T @ (likely - right) + weights * 1e-3
        curvature = (signs * (likely * (1 - likely))[:, np.newaxis]).T @ signs
        weights = weights - np.linalg.solve(curvature + np.eye(len(weights)) * 1e-3, gradient)
    return weights


def main() -> None:
    """Fit, and write the two data files."""
    pairs = list(load_pairs(Path(sys.argv[1])))
    data = Path(alignment.__file__).parent / "data"
    about = f"fitted by tests/alignment/fit_weights.py on {', '.join(SETS)}"
    weights = fit_weights(pairs[::EVERY])
    (data / "weights.json").write_text(
        json.dumps({"origin": about, "unit": "nats", "weights": weights}, indent=2) + "\n"
    )
    confidence = fit_confidence(pairs, weights)
    (data / "confidence.json").write_text(
        json.dumps({"origin": about, "weights": confidence}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
