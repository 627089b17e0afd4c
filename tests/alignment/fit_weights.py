"""Refits the aligner's weights on the development sets; no test, run by hand.

    python tests/alignment/fit_weights.py ../shared/data/align [--first | --confidence]

Writes ``alignment/data/weights.json`` (likelihood of the gold paths, by L-BFGS) and
``alignment/data/confidence.json`` (boosted trees for strict hits). Takes some minutes; raise
``alignment.aligner.VERSION`` afterwards. Without ``--first`` the weights of the first stage stay as
they are in the file; with ``--confidence`` all weights do.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier

import alignment
from alignment.beads import Span
from alignment.edition import Edition, Matrix, Sentences, find_sentences
from alignment.encoders import OfflineEncoder, SentenceEncoder
from alignment.evidence import Evidence, gather_evidence
from alignment.features import OF_LINES, Features, bead_features, gap_features
from alignment.graph import find_groups
from alignment.links import BATCH_POINTS, find_links
from alignment.scoring import GAP, Weights, kind_of, load_weights
from alignment.search import Scores, Shape, posteriors
from alignment.signs import AROUND, OF_PAIRS, find_signs
from alignment.third import find_ties, turned

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
"""Weights are fitted on every fourth pair of editions, then on every fourth document with what the
third edition says; confidence on all."""
LINES_WEIGHT = 3.0
"""How much Text+Berg's one text counts."""
NATURAL = 36
"""Documents of the last set; every other one counts for the second stage."""
LATE = ("kind_shared", "kind_differs", "tied", "tied_elsewhere", "only_in_third")
"""Features of the second stage. The third fits all editions and Text+Berg together: how those
weights differ from the first stage's are the weights of lines."""
RIDGE = 0.02
LATE_RIDGE = 1.0
"""Of the second stage, whose features are rare for some kinds of beads."""
BOOSTING = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 60,
    "early_stopping": False,
    "random_state": 1,
}
"""Of confidence; chosen by cross-validation over documents."""
DOUBTS = ("other_ties", "left_over", "left_over_doubt")
"""Signs of which more never makes a group surer."""
FORBIDDEN = -1e4
"""Nats: low enough for never, and finite, because gaps are summed."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two editions with gold."""

    evidence: Evidence
    gold: frozenset[Group]
    """Of paragraphs."""
    sentences: Sequence[Group]
    """Of sentences: those that share a segment or, where gold has none, whole paragraphs."""
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Featured:
    """A pair whose features, and what gold allows, are computed once."""

    pair: Pair
    beads: dict[Shape, NDArray[np.float32]]
    """(features, n + 1, m + 1)."""
    gaps: tuple[Matrix, Matrix]
    """(features, n) and (features, m)."""
    allowed: dict[Shape, NDArray[np.bool_]]
    held: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Sentences that gold does not leave alone."""

    @classmethod
    def of(cls, pair: Pair) -> "Featured":
        """Compute them."""
        sides = pair.evidence.source, pair.evidence.target
        rows, columns = (Span(0, len(side.sentences) + 1) for side in sides)
        names = feature_names(pair)
        gaps = [_stacked(gap_features(side), names[GAP]) for side in sides]
        allowed = {
            shape: np.zeros((len(rows), len(columns)), np.bool_) for shape in pair.evidence.shapes
        }
        held = np.zeros(len(rows) - 1, np.bool_), np.zeros(len(columns) - 1, np.bool_)
        allow_gold(pair, allowed, held)
        return cls(
            pair=pair,
            beads={
                shape: _stacked(features, names[kind_of(shape)])
                for shape, features in bead_features(pair.evidence, rows, columns)
            },
            gaps=(gaps[0], gaps[1]),
            allowed=allowed,
            held=held,
        )


def _stacked(features: Features, names: Sequence[str]) -> Matrix:
    """Return features in order; those that a pair lacks are 0."""
    nothing = np.zeros_like(features["bias"])
    return np.stack([features.get(name, nothing) for name in names])


def load_documents(root: Path, encoder: SentenceEncoder) -> Iterator[list[Pair]]:
    """Yield the pairs of each document of the development sets."""
    for name in SETS:
        lines = (root / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        gold = (root / f"{name}.gold.jsonl").read_text(encoding="utf-8").splitlines()
        for article, answers in zip(map(json.loads, lines), map(json.loads, gold), strict=True):
            if max(map(len, article["editions"].values())) > MOST_PARAGRAPHS:
                continue
            editions = {
                language: find_sentences(
                    Edition(
                        texts=[paragraph["text"] for paragraph in paragraphs],
                        kinds=[paragraph["kind"] for paragraph in paragraphs],
                        language=language,
                    ),
                    encoder,
                )
                for language, paragraphs in article["editions"].items()
            }
            segments = {
                language: segments_of(sentences, answers["segments"][language])
                for language, sentences in editions.items()
                if "segments" in answers
            }
            pairs = []
            for languages, groups in answers["pairs"].items():
                source, target = languages.split("-")
                paragraphs = frozenset((tuple(x), tuple(y)) for x, y in groups)
                pairs.append(
                    Pair(
                        evidence=gather_evidence(editions[source], editions[target]),
                        gold=paragraphs,
                        sentences=joined(
                            segments.get(source) or editions[source].paragraphs.tolist(),
                            segments.get(target) or editions[target].paragraphs.tolist(),
                            None if segments else paragraphs,
                        ),
                    )
                )
            yield pairs


def load_lines(root: Path, encoder: SentenceEncoder) -> Pair:
    """Return Text+Berg's development text, of which only sentences are known."""
    folder = root / "textberg" / "dev"
    texts = {
        language: (folder / f"dev.{language}.txt").read_text(encoding="utf-8").splitlines()
        for language in ("de", "fr")
    }
    groups = [
        tuple(tuple(json.loads(side)) for side in line.split(":"))
        for line in (folder / "dev.gold.txt").read_text(encoding="utf-8").splitlines()
    ]
    source, target = (
        find_sentences(Edition(texts=lines, language=language, already_split=True), encoder)
        for language, lines in texts.items()
    )
    gold = frozenset((one, other) for one, other in groups)
    return Pair(
        evidence=gather_evidence(source, target),
        gold=gold,
        sentences=[(one, other) for one, other in gold if one and other],
        weight=LINES_WEIGHT,
    )


def with_third(pairs: Sequence[Pair], weights: Weights) -> list[Pair]:
    """Return the three pairs of a document, each with what the third edition says, too."""
    ab, ac, bc = (find_links(pair.evidence, weights).links for pair in pairs)
    chains = (ac, turned(bc)), (ab, bc), (turned(ab), ac)
    return [
        replace(
            pair,
            evidence=pair.evidence.told(
                find_ties(
                    *chain,
                    n_source=len(pair.evidence.source.sentences),
                    n_target=len(pair.evidence.target.sentences),
                ),
            ),
        )
        for pair, chain in zip(pairs, chains, strict=True)
    ]


def segments_of(sentences: Sentences, segments: Sequence[Sequence[Sequence[int]]]) -> list[int]:
    """Return the number of the segment in which each sentence has its middle, or -1."""
    found = []
    for paragraph, span in zip(sentences.paragraphs, sentences.spans, strict=True):
        middle = (span.start + span.end) / 2
        numbers = [number for number, start, end in segments[paragraph] if start <= middle <= end]
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


def allow_gold(
    pair: Pair,
    allowed: dict[Shape, NDArray[np.bool_]],
    held: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> None:
    """Mark the gold beads of sentences, and the sentences that gold leaves no choice.

    A gold group that no bead can express may be built of any beads inside it; one that crosses the
    others counts as unmatched.
    """
    for source, target in monotone(pair.sentences):
        exact = (len(source), len(target))
        solid = all(side[-1] - side[0] + 1 == len(side) for side in (source, target))
        if solid and exact in allowed:
            held[0][list(source)] = True
            held[1][list(target)] = True
        for shape, rows in allowed.items():
            for i in range(source[0] + shape[0], source[-1] + 2):
                for j in range(target[0] + shape[1], target[-1] + 2):
                    inside = set(range(i - shape[0], i)) <= set(source) and set(
                        range(j - shape[1], j)
                    ) <= set(target)
                    if inside and (shape == exact or not (solid and exact in allowed)):
                        rows[i, j] = True


def scored(batch: Sequence[Featured], weights: dict[str, Vector]) -> Scores:
    """Return the scores of all beads of some pairs."""
    height = max(pair.gaps[0].shape[1] for pair in batch)
    width = max(pair.gaps[1].shape[1] for pair in batch)
    shape_of_all = (height + 1, len(batch), width + 1)
    shapes = {shape for featured in batch for shape in featured.beads}
    beads = {shape: np.full(shape_of_all, -np.inf, np.float32) for shape in shapes}
    source_gaps, target_gaps = np.zeros((height, len(batch))), np.zeros((len(batch), width))
    for grid, featured in enumerate(batch):
        runs = featured.pair.evidence.source.runs, featured.pair.evidence.target.runs
        n, m = (gaps.shape[1] for gaps in featured.gaps)
        for shape, features in featured.beads.items():
            scores = np.tensordot(weights[kind_of(shape)].astype(np.float32), features, axes=1)
            scores[~runs[0].possible[shape[0] - 1]] = -np.inf
            scores[:, ~runs[1].possible[shape[1] - 1]] = -np.inf
            beads[shape][: n + 1, grid, : m + 1] = scores
        source_gaps[:n, grid] = weights[GAP] @ featured.gaps[0]
        target_gaps[grid, :m] = weights[GAP] @ featured.gaps[1]
    return Scores(
        sizes=[(pair.gaps[0].shape[1], pair.gaps[1].shape[1]) for pair in batch],
        beads=beads,
        source_gaps=source_gaps,
        target_gaps=target_gaps,
    )


def only_gold(batch: Sequence[Featured], scores: Scores) -> Scores:
    """Return the scores with all but gold forbidden."""
    beads = {shape: np.full_like(rows, -np.inf) for shape, rows in scores.beads.items()}
    source_gaps, target_gaps = scores.source_gaps.copy(), scores.target_gaps.copy()
    for grid, featured in enumerate(batch):
        n, m = scores.sizes[grid]
        for shape, allowed in featured.allowed.items():
            inside = np.s_[: n + 1, grid, : m + 1]
            beads[shape][inside] = np.where(allowed, scores.beads[shape][inside], -np.inf)
        source_gaps[:n, grid][featured.held[0]] = FORBIDDEN
        target_gaps[grid, :m][featured.held[1]] = FORBIDDEN
    return replace(scores, beads=beads, source_gaps=source_gaps, target_gaps=target_gaps)


def expectations(batch: Sequence[Featured], scores: Scores) -> tuple[float, dict[str, Vector]]:
    """Return the log sums over all paths, and the expected sums of each feature by kind of bead.

    Both are summed over the pairs by their weights.
    """
    found = posteriors(scores)
    expected: dict[str, Vector] = {}
    for grid, featured in enumerate(batch):
        n, m = scores.sizes[grid]
        weight = featured.pair.weight
        gaps = featured.gaps[0] @ found.source_gaps[:n, grid]
        gaps = gaps + featured.gaps[1] @ found.target_gaps[grid, :m]
        expected[GAP] = expected.get(GAP, np.zeros_like(gaps)) + weight * gaps
        for shape, features in featured.beads.items():
            mass = found.beads[shape][: n + 1, grid, : m + 1].astype(np.float32)
            more = np.tensordot(features, mass, axes=2).astype(np.float64)
            kind = kind_of(shape)
            expected[kind] = expected.get(kind, np.zeros_like(more)) + weight * more
    weights = np.array([featured.pair.weight for featured in batch])
    return float(found.log_sums @ weights), expected


def in_batches(pairs: Sequence[Featured]) -> list[list[Featured]]:
    """Return pairs of about the same size together."""
    batches: list[list[Featured]] = [[]]
    ordered = sorted(pairs, key=lambda pair: (pair.gaps[0].shape[1], pair.gaps[1].shape[1]))
    for pair in ordered:
        together = [*batches[-1], pair]
        height = max(member.gaps[0].shape[1] for member in together)
        width = max(member.gaps[1].shape[1] for member in together)
        if batches[-1] and len(together) * height * width > BATCH_POINTS:
            batches.append([])
        batches[-1].append(pair)
    return batches


def feature_names(pair: Pair) -> dict[str, list[str]]:
    """Return the features of each kind of bead."""
    one = Span(0, 1)
    found = {
        kind_of(shape): list(features) for shape, features in bead_features(pair.evidence, one, one)
    } | {GAP: list(gap_features(pair.evidence.source))}
    return {
        kind: list(dict.fromkeys([*names, *(f"line_{name}" for name in OF_LINES if name in names)]))
        for kind, names in found.items()
    }


def fit_weights(
    pairs: Sequence[Featured],
    names: dict[str, list[str]],
    first: Weights,
    *,
    rounds: int = 40,
    ridge: float = RIDGE,
) -> dict[str, dict[str, float]]:
    """Return weights for the features named that make the gold paths likeliest.

    Weights of ``first`` come on top and stay as they are. Starts from what anybody would guess and
    goes 40 rounds of L-BFGS: to the end, strict F1 on the development sets is .004 (light)
    to .008 (natural) lower.
    """
    flat = [(kind, feature) for kind, features in names.items() for feature in features]
    everything = feature_names(pairs[0].pair)
    free = np.array([feature in names[kind] for kind in everything for feature in everything[kind]])
    fixed = np.array(
        [first[kind].get(feature, 0.0) for kind in everything for feature in everything[kind]]
    )
    cuts = np.cumsum([len(features) for features in everything.values()])[:-1]
    batches = in_batches(pairs)

    def loss(vector: Vector) -> tuple[float, Vector]:
        whole = fixed.copy()
        whole[free] = vector
        weights = dict(zip(everything, np.split(whole, cuts), strict=True))
        total, gradient = ridge * float(vector @ vector), np.zeros(len(whole))
        for batch in batches:
            scores = scored(batch, weights)
            all_sum, all_expected = expectations(batch, scores)
            gold_sum, gold_expected = expectations(batch, only_gold(batch, scores))
            total += all_sum - gold_sum
            gradient = gradient + np.concatenate(
                [all_expected[kind] - gold_expected[kind] for kind in everything]
            )
        sys.stdout.write(f"loss {total:.1f}\n")
        sys.stdout.flush()
        return total, gradient[free] + 2 * ridge * vector

    guess = {"cosine": 10.0, "bias": -4.0}
    start = np.array([0.0 if kind == GAP else guess.get(feature, 0.0) for kind, feature in flat])
    options = {"maxiter": rounds, "ftol": 2e-5}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    weights: dict[str, dict[str, float]] = {kind: {} for kind in names}
    for (kind, feature), value in zip(flat, found.x, strict=True):
        weights[kind][feature] = round(float(value), 4)
    return weights


def fit_confidence(pairs: Sequence[Pair], weights: Weights) -> dict[str, object]:
    """Return trees that make the confidence of strict hits right, by kind of group."""
    signs: dict[str, list[Matrix]] = {"pair": [], "alone": []}
    right: dict[str, list[bool]] = {"pair": [], "alone": []}
    for pair in pairs:
        source, target = pair.evidence.source.sentences, pair.evidence.target.sentences
        found = find_links(pair.evidence, weights)
        groups = find_groups(found.links, source, target)
        for kind, rows in zip(
            signs, find_signs(groups, found.chances, source, target), strict=True
        ):
            signs[kind].append(rows)
        for group in groups:
            hit = (group.source, group.target) in pair.gold
            right["pair" if group.pairs else "alone"].append(hit)
    return {
        kind: boosted(names, np.concatenate(signs[kind]), np.array(right[kind]))
        for kind, names in (("pair", OF_PAIRS), ("alone", AROUND))
    }


def boosted(names: Sequence[str], signs: Matrix, right: NDArray[np.bool_]) -> dict[str, object]:
    """Return boosted trees for the log odds of being right; no `DOUBTS` ever raise them."""
    model = HistGradientBoostingClassifier(
        **BOOSTING, monotonic_cst=[-(name in DOUBTS) for name in names]
    ).fit(signs, right)
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "sign": np.where(leaf, -1, nodes["feature_idx"]).tolist(),
                "most": [
                    float(f"{most:.6g}") for most in np.where(leaf, 0, nodes["num_threshold"])
                ],
                "left": nodes["left"].tolist(),
                "right": nodes["right"].tolist(),
                "worth": [round(float(worth), 5) for worth in np.where(leaf, nodes["value"], 0)],
            }
        )
    start = round(float(model._baseline_prediction[0, 0]), 5)
    return {"signs": list(names), "start": start, "trees": trees}


def fit_all(
    documents: Sequence[Sequence[Pair]], lines: Pair, *, from_nothing: bool
) -> dict[str, dict[str, float]]:
    """Return the weights of all three stages."""
    pairs = [pair for document in documents for pair in document]
    everything = feature_names(lines)
    early = {
        kind: [n for n in names if n not in LATE and not n.startswith("line_")]
        for kind, names in everything.items()
    }
    late = {kind: [n for n in names if n in LATE] for kind, names in everything.items()}
    nothing: Weights = {kind: dict.fromkeys(names, 0.0) for kind, names in everything.items()}
    if from_nothing:
        first = fit_weights([Featured.of(pair) for pair in pairs[::EVERY]], early, nothing)
    else:
        before = load_weights()
        first = {kind: {name: before[kind][name] for name in early[kind]} for kind in early}
    first = {kind: {**nothing[kind], **found} for kind, found in first.items()}
    chosen = [*documents[::EVERY], *documents[-NATURAL::2]]
    in_threes = [pair for document in chosen for pair in with_third(document, first)]
    second = fit_weights([*map(Featured.of, in_threes)], late, first, ridge=LATE_RIDGE)
    together = [*map(Featured.of, pairs[:: 2 * EVERY]), Featured.of(lines)]
    with_lines = fit_weights(together, early, nothing, rounds=60)
    return {
        kind: first[kind]
        | second[kind]
        | {
            f"line_{name}": round(value - first[kind][name], 4)
            for name, value in with_lines[kind].items()
            if name in OF_LINES
        }
        for kind in everything
    }


def main() -> None:
    """Fit, and write the two data files, or the second alone."""
    root = Path(sys.argv[1])
    encoder = OfflineEncoder(threads=2)
    documents = list(load_documents(root, encoder))
    data = Path(alignment.__file__).parent / "data"
    about = f"fitted by tests/alignment/fit_weights.py on {', '.join(SETS)}"
    if "--confidence" in sys.argv:
        weights = load_weights()
    else:
        lines = load_lines(root, encoder)
        weights = fit_all(documents, lines, from_nothing="--first" in sys.argv)
        origin = {"origin": f"{about}, textberg/dev", "unit": "nats"}
        (data / "weights.json").write_text(
            json.dumps({**origin, "weights": weights}, indent=2) + "\n"
        )
    in_twos = [pair for document in documents for pair in document]
    in_threes = [pair for document in documents for pair in with_third(document, weights)]
    confidence = fit_confidence([*in_twos, *in_threes], weights)
    (data / "confidence.json").write_text(json.dumps({"origin": about, "kinds": confidence}) + "\n")


if __name__ == "__main__":
    main()
