import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import edition as edition_module
from alignment import features as features_module
from alignment import runs as runs_module
from alignment import scoring, sections
from alignment.beads import Span
from alignment.edition import Edition, Sentences, find_sentences
from alignment.evidence import Evidence, gather_evidence
from alignment.features import OF_LINES, bead_features, gap_features, length_mismatch
from alignment.runs import find_runs
from alignment.scoring import GAP, kind_of, load_weights, score_beads
from alignment.search import SHAPES
from alignment.third import Ties
from tests.alignment.conftest import WordEncoder

TEXTS = st.lists(
    st.lists(st.sampled_from(["sun", "moon", "star", "12", "7"]), min_size=1, max_size=4).map(
        " ".join
    ),
    min_size=1,
    max_size=5,
)
WORDS = WordEncoder()
PARAGRAPHS = ("both_begin", "one_begins", "both_end", "one_ends", "crossings")


def evidence_on(source: list[str], target: list[str]) -> Evidence:
    return gather_evidence(sentences(source), sentences(target))


def sentences(texts: list[str], *, skip: Sequence[int] = ()) -> Sentences:
    return find_sentences(Edition(texts=texts, language="en", skip=skip), WORDS)


def whole(source: list[str], target: list[str]) -> tuple[Span, Span]:
    return Span(0, len(source) + 1), Span(0, len(target) + 1)


def test_constants_are_those_the_weights_were_fitted_with() -> None:
    assert edition_module.CHARS_FOR_THE_SAME == {"en": 1.0, "fr": 1.19, "ru": 1.08}
    assert runs_module.NUMBER_COLUMNS == 512
    assert edition_module.NUMBER_CHARS == 20_000
    assert features_module.SMOOTHING_CHARS == 8
    assert features_module.SHORT_CHARS == 25
    assert scoring.HIGHEST_SCORE == 100
    assert scoring.SCORE_STEP == 2**-16


def test_every_feature_has_a_weight() -> None:
    texts = ["sun", "moon 12", "star", "sun"]
    lines = find_sentences(Edition(texts=texts, language="en", already_split=True), WORDS)
    with_paragraphs, without = evidence_on(texts, texts), gather_evidence(lines, lines)

    found = {
        kind_of(shape): set(features)
        for shape, features in bead_features(without, *whole(texts, texts))
    } | {GAP: set(gap_features(without.source))}

    assert {kind: set(weights) for kind, weights in load_weights().items()} == found
    for shape, features in bead_features(with_paragraphs, *whole(texts, texts)):
        assert {f"line_{name}" for name in OF_LINES} & found[kind_of(shape)] == (
            found[kind_of(shape)] - set(features)
        )


def test_data_files_say_where_they_come_from() -> None:
    for name in ("weights.json", "confidence.json"):
        data = json.loads(files("alignment").joinpath("data", name).read_text(encoding="utf-8"))
        assert "fit_weights.py" in data["origin"]


def test_likeness_speaks_for_a_pair_and_length_against_it() -> None:
    weights = load_weights()

    assert all(weights[kind_of(shape)]["cosine"] > 0 for shape in SHAPES)
    assert weights["1-1"]["lead"] > 0
    assert all(weights[kind_of(shape)]["length"] < 0 for shape in SHAPES if shape != (1, 1))


@given(TEXTS, TEXTS)
def test_no_feature_knows_which_text_is_the_source(source: list[str], target: list[str]) -> None:
    there = dict(bead_features(evidence_on(source, target), *whole(source, target)))
    back = dict(bead_features(evidence_on(target, source), *whole(target, source)))

    for (a, b), features in there.items():
        for name, values in features.items():
            mirrored = back[b, a][name].T
            assert values[a:, b:] == pytest.approx(mirrored[a:, b:], abs=1e-5), (a, b, name)


@given(TEXTS, TEXTS)
def test_blocks_of_the_grid_have_the_features_of_the_whole(
    source: list[str], target: list[str]
) -> None:
    evidence = evidence_on(source, target)
    rows, columns = whole(source, target)
    full = dict(bead_features(evidence, rows, columns))
    part = Span(len(source) // 2, rows.end), Span(len(target) // 2, columns.end)

    for (a, b), features in bead_features(evidence, *part):
        for name, values in features.items():
            skip = max(a - part[0].start, 0), max(b - part[1].start, 0)
            wanted = full[a, b][name][part[0].start :, part[1].start :]
            assert values[skip[0] :, skip[1] :] == pytest.approx(
                wanted[skip[0] :, skip[1] :], abs=1e-5
            )


def test_features_are_those_of_a_calculation_by_hand() -> None:
    source, target = ["sun 12 7"], ["sun 12", "moon 3"]

    features = dict(bead_features(evidence_on(source, target), *whole(source, target)))

    one, both = features[1, 1], features[1, 2]
    assert one["numbers"][1, 1] == pytest.approx(1 / 2)  # 12 of 12, 7
    assert both["numbers"][1, 2] == pytest.approx(1 / 3)  # 12 of 12, 7, 3
    assert [one["no_number_shared"][1, j] for j in (1, 2)] == [0, 1]
    assert both["length"][1, 2] == pytest.approx(np.log((12 + 8) / (8 + 8)))
    # The added paragraph has no partner, and the whole is no closer than its better part.
    assert both["weakest"][1, 2] == pytest.approx(one["cosine"][1, 2])
    assert both["gain"][1, 2] == pytest.approx(both["cosine"][1, 2] - one["cosine"][1, 1])
    # Leads: the first of the two is held against the other, its source against nothing.
    rivals = max(one["cosine"][1, 2], 0.1) + 0.1 + 0.1
    assert one["lead"][1, 1] == pytest.approx(one["cosine"][1, 1] - (rivals / 3 + 0.1) / 2)


def test_length_mismatch_counts_english_characters() -> None:
    same = np.array([100.0], np.float32)

    assert length_mismatch(same, same) == pytest.approx(0)
    runs = [
        find_runs(find_sentences(Edition(texts=["x" * n], language=c), WORDS))
        for n, c in [(100, "en"), (119, "fr"), (108, "ru"), (100, "xx")]
    ]
    assert [float(run.chars[0][1]) for run in runs] == pytest.approx([100] * 4)


def test_beads_that_do_not_fit_or_reach_over_a_skipped_paragraph_are_barred() -> None:
    texts = ["sun", "moon", "star"]
    evidence = gather_evidence(sentences(texts, skip=[1]), sentences(texts))

    scores = score_beads(evidence, evidence.blocks, load_weights())

    possible = {
        shape: {
            (i, j) for i in range(3) for j in range(4) if np.isfinite(scores.beads[shape][i, 0, j])
        }
        for shape in SHAPES
    }
    assert possible[1, 1] == {(i, j) for i in (1, 2) for j in (1, 2, 3)}
    assert possible[1, 2] == {(i, j) for i in (1, 2) for j in (2, 3)}
    assert possible[2, 1] == possible[3, 1] == possible[2, 2] == set()


def test_paragraphs_are_seen_from_both_sides() -> None:
    source, target = ["Sun one. Moon two.", "Star."], ["Sun one.", "Moon two. Star."]

    features = dict(bead_features(evidence_on(source, target), Span(0, 4), Span(0, 4)))

    first, last = ({name: features[1, 1][name][i, i] for name in PARAGRAPHS} for i in (1, 3))
    assert first == {"both_begin": 1, "one_begins": 0, "both_end": 0, "one_ends": 1, "crossings": 0}
    assert last == {"both_begin": 0, "one_begins": 1, "both_end": 1, "one_ends": 0, "crossings": 0}
    assert features[1, 2]["crossings"][1, 2] == 1
    assert features[2, 2]["crossings"][2, 2] == 1
    assert features[3, 1]["both_begin"][3, 1] == 1


def test_some_sentences_have_the_features_that_they_have_among_all() -> None:
    source, target = ["sun 3", "moon", "star"], ["moon", "moon star", "sun 7"]
    # A third text ties the first of each, of which one is left out below.
    likely = np.array([0.8, 0, 0], np.float32)
    ties = Ties(
        source=np.array([0]),
        target=np.array([0]),
        likely=likely[:1],
        source_known=likely,
        target_known=likely,
    )
    evidence = evidence_on(source, target).told(ties)
    whole_grid = dict(bead_features(evidence, Span(0, 4), Span(0, 4)))

    part = evidence.take(np.array([0, 2]), np.array([1, 2]))

    features = dict(bead_features(part, Span(0, 3), Span(0, 3)))
    for name, values in features[1, 1].items():
        wanted = whole_grid[1, 1][name][np.ix_([1, 3], [2, 3])]
        assert values[1:, 1:] == pytest.approx(wanted, abs=1e-5), name
    assert features[1, 1]["tied_elsewhere"][1, 1] == pytest.approx(0.8)
    assert part.source.runs.possible[1].tolist() == [False, False, False]
    assert part.target.runs.possible[1].tolist() == [False, False, True]


def test_what_is_left_over_of_long_texts_is_held_against_what_is_left_over_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sections, "SECTION", 10)
    story = [f"one{number} two{number} three{number}" for number in range(60)]
    evidence = evidence_on(["the old king", *story], [*story, "the old king"])

    rest = evidence.take(np.array([0, 30]), np.array([3, 60]))

    assert evidence.source.neighbours.highest[0, 0] < 0.9
    assert rest.source.neighbours.highest[0, 0] == pytest.approx(1.0)
    assert rest.target.neighbours.highest[1, 0] == pytest.approx(1.0)
    # What is nearer in the sections around stays a rival.
    assert evidence.source.neighbours.highest[30, 0] == pytest.approx(1.0)
    assert rest.source.neighbours.highest[1, 0] == pytest.approx(1.0)


def test_vectors_of_runs_are_weighted_by_length() -> None:
    texts = ["x" * 9, "y"]
    found = replace(sentences(texts), vectors=np.eye(2, dtype=np.float32))

    runs = find_runs(found)

    assert runs.vectors(2, Span(0, 3))[2] == pytest.approx(np.array([3, 1]) / np.sqrt(10))
    assert not runs.vectors(2, Span(0, 2)).any()
    assert not runs.vectors(3, Span(0, 3)).any()
