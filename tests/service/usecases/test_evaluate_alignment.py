import json
from pathlib import Path

import pytest

from alignment import OfflineEncoder
from service.domain.errors import InvalidInputError, NotFoundError
from service.usecases.evaluate_alignment import (
    BrokenGoldError,
    NoGoldError,
    evaluate_alignment,
)

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

    assert evaluation.articles == 1
    assert evaluation.figures.strict_f1 == 1.0
    assert evaluation.by_pair == {"en-fr": evaluation.figures}
    assert evaluation.by_length.strict_f1 < 1.0
    assert evaluation.signature.startswith("sentences-crf|usem3")
    assert told == [(1, 1)]


def test_folder_without_gold_is_refused(tmp_path: Path, encoder: OfflineEncoder) -> None:
    (tmp_path / "news.gold.jsonl").touch()  # gold without its texts

    with pytest.raises(NoGoldError, match=r"NAME\.jsonl") as refusal:
        evaluate_alignment(tmp_path, encoder, progress=lambda *_: None)

    assert isinstance(refusal.value, NotFoundError)


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "bridge"}', '{"id": "other", "editions": {}}'])
def test_broken_line_is_named(test_set: Path, line: str, encoder: OfflineEncoder) -> None:
    (test_set / "news.jsonl").write_text(line + "\n", encoding="utf-8")

    with pytest.raises(BrokenGoldError, match=r"news\.jsonl, line 1") as refusal:
        evaluate_alignment(test_set, encoder, progress=lambda *_: None)

    assert isinstance(refusal.value, InvalidInputError)
