import json
from pathlib import Path

import pytest

from alignment import OfflineEncoder
from service.usecases.evaluate_alignment import evaluate_alignment
from service.usecases.read_gold import BrokenGoldError

ENGLISH = ["The bridge is closed.", "Buses replace the trams until spring.", "Nobody was hurt."]
FRENCH = ["Le pont est fermé.", "Personne n'a été blessé."]


@pytest.fixture(scope="module")
def encoder() -> OfflineEncoder:
    return OfflineEncoder()


@pytest.fixture
def test_set(tmp_path: Path) -> Path:
    article = {
        "id": "bridge",
        "editions": {"en": [{"text": t} for t in ENGLISH], "fr": [{"text": t} for t in FRENCH]},
    }
    gold = {"id": "bridge", "pairs": {"en-fr": [[[0], [0]], [[1], []], [[2], [1]]]}}
    (tmp_path / "news.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    (tmp_path / "news.gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["", "news", "news.jsonl"])
def test_scores_a_folder_and_a_file(test_set: Path, name: str, encoder: OfflineEncoder) -> None:
    told: list[tuple[int, int]] = []

    evaluation = evaluate_alignment(
        test_set / name, encoder, progress=lambda done, total: told.append((done, total))
    )

    pooled = evaluation.pooled
    assert pooled.articles == 1
    assert pooled.figures.strict_f1 == 1.0
    assert pooled.figures.groups == 2
    assert pooled.by_pair == {"en-fr": pooled.figures}
    assert evaluation.by_set == {"news": pooled}
    assert pooled.plain.strict_f1 == 1.0
    assert pooled.by_length.strict_f1 < 1.0
    assert evaluation.published == {}
    assert sum(one.size for one in evaluation.bins) == 2
    assert evaluation.signature.startswith("sentences-crf|usem3")
    assert told == [(1, 1)]


def test_sets_are_scored_each_and_pooled(test_set: Path, encoder: OfflineEncoder) -> None:
    deeper = test_set / "alps"
    deeper.mkdir()
    (deeper / "peak.de.txt").write_text("Es schneit.\nDie Hütte ist zu.\n", encoding="utf-8")
    (deeper / "peak.fr.txt").write_text("Il neige.\nLe refuge est fermé.\n", encoding="utf-8")
    # The gold is wrong about the second sentences, so that one set scores less than the other.
    (deeper / "peak.gold.txt").write_text("[0]:[0]\n[1]:[]\n[]:[1]\n", encoding="utf-8")

    evaluation = evaluate_alignment(test_set, encoder, progress=lambda *_: None)

    assert list(evaluation.by_set) == ["alps", "news"]
    alps, news = evaluation.by_set.values()
    assert list(alps.by_pair) == ["de-fr"]
    assert alps.figures.strict_f1 < news.figures.strict_f1 == 1.0
    pooled = evaluation.pooled
    assert alps.figures.strict_f1 < pooled.figures.strict_f1 < 1.0
    assert pooled.articles == 2
    assert pooled.by_pair == {**alps.by_pair, **news.by_pair}
    assert pooled.figures.groups == 3


def test_pairs_may_be_named_in_either_order(test_set: Path, encoder: OfflineEncoder) -> None:
    gold = {"id": "bridge", "pairs": {"fr-en": [[[0], [0]], [[], [1]], [[1], [2]]]}}
    (test_set / "news.gold.jsonl").write_text(json.dumps(gold), encoding="utf-8")

    pooled = evaluate_alignment(test_set, encoder, progress=lambda *_: None).pooled

    assert list(pooled.by_pair) == ["fr-en"]
    assert pooled.figures.strict_f1 == 1.0


def test_broken_set_is_refused_before_anything_is_aligned(
    test_set: Path, encoder: OfflineEncoder
) -> None:
    told: list[int] = []
    (test_set / "zoo.gold.jsonl").write_text("{", encoding="utf-8")
    (test_set / "zoo.jsonl").touch()

    with pytest.raises(BrokenGoldError, match=r"zoo\.gold\.jsonl, line 1"):
        evaluate_alignment(test_set, encoder, progress=lambda done, _: told.append(done))

    assert told == []


@pytest.mark.shared
def test_published_figures_stand_beside_ours_where_they_were_measured(
    encoder: OfflineEncoder,
) -> None:
    place = Path(__file__).parents[4] / "shared" / "data" / "align" / "textberg"
    if not place.is_dir():
        pytest.skip(f"no test sets: expected them at {place}")

    evaluation = evaluate_alignment(place, encoder, progress=lambda *_: None)

    assert list(evaluation.published) == ["test"]
    measured = evaluation.published["test"]["Gale-Church"].strict_f1
    assert evaluation.by_set["test"].by_length.strict_f1 == pytest.approx(measured, abs=0.015)
    assert evaluation.by_set["test"].plain.strict_f1 > measured
