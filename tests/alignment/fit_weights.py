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
from alignment.encoders import OfflineEncoder
from alignment.evidence import (
    GAP,
    Evidence,
    Features,
    bead_features,
    gap_features,
    gather_evidence,
    kind_of,
    score_beads,
)
from alignment.runs import find_runs
from alignment.search import (
    Scores,
    Shape,
    Step,
    _forward,
    best_path,
    path_posteriors,
    posteriors,
)

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
    beads: dict[Shape, Features]
    gaps: tuple[Features, Features]


def load_pairs(root: Path) -> Iterator[Pair]:
    """Yield every pair of editions of the development sets."""
    encoder = OfflineEncoder()
    for name in SETS:
        lines = (root / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        gold = (root / f"{name}.gold.jsonl").read_text(encoding="utf-8").splitlines()
        for article, answers in zip(map(json.loads, lines), map(json.loads, gold), strict=True):
            editions = {
                language: [paragraph["text"] for paragraph in paragraphs]
                for language, paragraphs in article["editions"].items()
            }
            if max(map(len, editions.values())) > MOST_PARAGRAPHS:
                continue
            runs = {
                language: find_runs(texts, encoder.encode(texts), language=language)
                for language, texts in editions.items()
            }
            for languages, groups in answers["pairs"].items():
                source, target = languages.split("-")
                evidence = gather_evidence(runs[source], runs[target])
                rows, columns = (
                    Span(0, len(runs[side].paragraphs) + 1) for side in (source, target)
                )
                yield Pair(
                    evidence=evidence,
                    gold=frozenset((tuple(x), tuple(y)) for x, y in groups),
                    beads=dict(bead_features(evidence, rows, columns)),
                    gaps=(gap_features(evidence.source), gap_features(evidence.target)),
                )


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
    """Return the scores with all but the gold beads forbidden.

    A gold group that no bead can express may be built of any beads inside it; one that crosses the
    others counts as unmatched.
    """
    beads = {
        shape: [np.full_like(row, -np.inf) for row in rows] for shape, rows in scores.beads.items()
    }
    gaps = scores.source_gaps.astype(np.float64), scores.target_gaps.astype(np.float64)
    for source, target in monotone([group for group in pair.gold if group[0] and group[1]]):
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
        np.zeros(len(side.runs.paragraphs)) for side in (pair.evidence.source, pair.evidence.target)
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


def whole_grid(pair: Pair) -> list[Span]:
    """Return the corridor that leaves nothing out."""
    n_source, n_target = (
        len(pair.evidence.source.runs.paragraphs),
        len(pair.evidence.target.runs.paragraphs),
    )
    return [Span(0, n_target + 1)] * (n_source + 1)


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
            scores = score_beads(pair.evidence, whole_grid(pair), as_weights(vector))
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
        scores = score_beads(pair.evidence, whole_grid(pair), weights)
        path = best_path(scores)
        rows += confidence_signs(path, path_posteriors(scores, path))
        right += [is_gold(step, pair.gold) for step in path]
    names = list(dict.fromkeys(name for row in rows for name in row))
    signs = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    found = newton_logistic(signs, np.array(right, np.float64))
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


def is_gold(step: Step, gold: frozenset[Group]) -> bool:
    """Return whether gold has exactly this bead."""
    source = tuple(range(step.source.start, step.source.end))
    target = tuple(range(step.target.start, step.target.end))
    return (source, target) in gold


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
