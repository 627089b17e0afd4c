import json
from pathlib import Path

import pytest

from alignment import OfflineEncoder
from service.domain.language import Direction, Language
from service.usecases.bench_speed import NothingToTimeError, bench_speed
from tests.documents import document
from tests.service.cli.conftest import Run

ROOT = Path(__file__).parents[3]


@pytest.fixture
def given_set(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "en.txt").write_text("The ferry is back.\n***\nIt left at dawn.\n", "utf-8")
    (folder / "fr.txt").write_text("Le bac est revenu.\n***\nIl est parti à l’aube.\n", "utf-8")
    return folder


def test_translation_is_scored_with_signatures(run: Run, given_set: Path) -> None:
    result = run("evaluate", "mt", given_set, "--from", "en", "--to", "fr", "--json")
    table = run("evaluate", "mt", given_set, "--from", "en", "--to", "fr")

    figures = json.loads(result.out)["figures"]
    assert 0 < figures["chrf"] <= 100
    assert 0 <= figures["bleu"] <= 100
    assert figures["model"] == "compact"
    assert figures["segments"] == 3
    assert "version:" in figures["signature"]
    assert "chrf" in table.out


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"en.txt": b"One.\n"}, "fr.txt"),
        ({"en.txt": b"One.\n", "fr.txt": b"Un.\nDeux.\n"}, "1 lines in the source and 2"),
        ({"en.txt": b"One.\n", "fr.txt": b"\xff\xfe"}, "not UTF-8"),
    ],
)
def test_set_that_does_not_fit_together_is_refused(
    run: Run, tmp_path: Path, files: dict[str, bytes], words: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    result = run("evaluate", "mt", tmp_path, "--from", "en", "--to", "fr")

    assert result.status == 1
    assert words in result.err


def test_planted_errors_are_counted(run: Run, given_set: Path) -> None:
    lines = [f"The ferry number {n} came back to the old harbour." for n in range(60)]
    (given_set / "en.txt").write_text("\n".join(lines), "utf-8")
    lines = [f"Le bac numéro {n} est revenu dans le vieux port." for n in range(60)]
    (given_set / "fr.txt").write_text("\n".join(lines), "utf-8")

    result = run("evaluate", "checks", given_set, "--sentences", "24", "--json")
    table = run("evaluate", "checks", given_set, "--sentences", "24")

    figures = json.loads(result.out)["figures"]
    assert figures["precision"] > 0.9
    assert figures["recall"] > 0.7
    assert figures["planted"] + figures["clean"] == 48
    assert figures["by_kind"]["loop"]["recall"] == 1
    assert "number changed" in table.out


def test_splitter_is_scored_by_language(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"lang": "en", "case": "right", "spec": "One came.| Two went."}\n'
        '{"lang": "fr", "case": "wrong", "spec": "Un |est venu."}\n',
        "utf-8",
    )

    figures = json.loads(run("evaluate", "split", cases, "--json").out)["figures"]
    table = run("evaluate", "split", cases)

    assert (figures["passed"], figures["cases"], figures["false_splits"]) == (1, 2, 0)
    assert figures["by_language"] == {"en": "1/1", "fr": "0/1"}
    assert "fr/wrong" in table.out


def test_splitters_are_compared_by_language(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"lang": "en", "case": "brand", "spec": "Sales fell.| iPhone demand was weak."}\n'
        '{"lang": "fr", "case": "title", "spec": "M. Roy est venu.| Il reste."}\n',
        "utf-8",
    )

    figures = json.loads(run("evaluate", "split", cases, "--compare", "--json").out)["figures"]
    table = run("evaluate", "split", cases, "--compare")

    assert figures["triptych"] == {
        "en": {"passed": 1, "cases": 1, "false_splits": 0},
        "fr": {"passed": 1, "cases": 1, "false_splits": 0},
    }
    assert figures["blingfire"].keys() == {"en", "fr"}
    assert [line.split()[0] for line in table.out.splitlines()] == ["splitter", *figures]


@pytest.mark.shared
def test_aligner_is_scored_on_a_test_set(run: Run, tmp_path: Path) -> None:
    source = ROOT.parent / "shared/data/align/editions/dev"
    if not source.is_dir():
        pytest.skip("../shared/data/align is not beside this checkout")
    for name in ("light.jsonl", "light.gold.jsonl"):
        lines = (source / name).read_bytes().splitlines(keepends=True)[:3]
        (tmp_path / name).write_bytes(b"".join(lines))

    figures = json.loads(run("evaluate", "align", tmp_path, "--json").out)["figures"]
    table = run("evaluate", "align", tmp_path)

    assert figures["articles"] == 3
    assert figures["strict_f1"] > 0.8
    assert set(figures["by_pair"]) == {"en-fr", "en-ru", "fr-ru"}
    assert "Gale-Church" in table.out


def test_speed_is_compared_with_other_ways_to_use_the_weights_in_one_run(
    run: Run, tmp_path: Path
) -> None:
    stories = [tmp_path / "story.txt", tmp_path / "another.txt"]
    stories[0].write_text("The ferry is back. It left at dawn.\n\nNobody was late.", "utf-8")
    stories[1].write_text("The bridge is closed.", "utf-8")

    result = run("bench", "speed", *stories, "--from", "en", "--to", "fr", "--to", "ru", "--json")
    table = run("bench", "speed", stories[0], "--from", "en", "--to", "fr")

    timed = json.loads(result.out)["figures"]
    assert list(timed["by_direction"]) == ["en-fr", "en-ru"]
    assert {one["sentences"] for one in timed["by_direction"].values()} == {4}
    for name, way in (
        ("ratio_to_pipeline", "pipeline"),
        ("ratio_to_ctranslate2", "ctranslate2"),
        ("ratio_to_paragraph_calls", "paragraph_calls"),
    ):
        ratios = [one[way] / one["ours"] for one in timed["by_direction"].values()]
        assert timed[name] == pytest.approx(min(ratios))
    assert "times as long as ours" in table.out
    assert "3 sentences" in table.out
    assert "the check of meaning takes" in table.out


def test_speed_of_a_direction_without_a_model_of_its_own_is_not_measured(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "story.txt").write_text("Le bac est revenu.", "utf-8")

    refused = run("bench", "speed", tmp_path / "story.txt", "--from", "fr", "--to", "ru")

    assert refused.status == 1
    assert "goes through English" in refused.err


def test_encoder_is_timed_beside_the_package(run: Run, tmp_path: Path) -> None:
    texts = {"en": ["The ferry is back. It left at dawn."], "fr": ["Le bac est revenu."]}
    editions = {language: [{"text": text} for text in of] for language, of in texts.items()}
    gold = {"id": "ferry", "pairs": {"en-fr": [[[0], [0]]]}}
    (tmp_path / "news.jsonl").write_text(json.dumps({"id": "ferry", "editions": editions}), "utf-8")
    (tmp_path / "news.gold.jsonl").write_text(json.dumps(gold), "utf-8")

    result = run("bench", "encode", tmp_path, "--threads", "1", "--json")
    table = run("bench", "encode", tmp_path)

    timed = json.loads(result.out)["figures"]
    assert (timed["sentences"], timed["editions"], timed["threads"]) == (3, 2, 1)
    assert list(timed["runs"]) == ["together", "by_edition"]
    assert all(run["ratio"] > 0 and run["cpu_ratio"] > 0 for run in timed["runs"].values())
    assert timed["least_cosine"] == pytest.approx(1, abs=1e-5)
    assert "times as fast" in table.out


def test_text_of_nothing_but_furniture_leaves_nothing_to_time(tmp_path: Path) -> None:
    with pytest.raises(NothingToTimeError):
        bench_speed(
            [document("= The Daily, page 1")],
            [Direction(Language.EN, Language.FR)],
            encoder=OfflineEncoder(),
            models_dir=tmp_path,
            cache_dir=tmp_path,
            threads=1,
            progress=lambda _done, _total: None,
        )
