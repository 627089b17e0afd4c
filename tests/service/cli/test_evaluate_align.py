import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.service.cli.conftest import Run

SVG = "{http://www.w3.org/2000/svg}svg"
TEXTS = {
    "id": "lamp",
    "editions": {
        "en": [{"text": "The lamp is lit at dusk."}, {"text": "Nobody remembers the old keeper."}],
        "fr": [{"text": "La lampe est allumée au crépuscule."}, {"text": "Entrée libre."}],
        "ru": [{"text": "Лампу зажигают в сумерках."}, {"text": "Старого смотрителя не помнят."}],
    },
}
GOLD = {
    "id": "lamp",
    "pairs": {
        "en-fr": [[[0], [0]], [[1], []], [[], [1]]],
        "en-ru": [[[0], [0]], [[1], [1]]],
        "fr-ru": [[[0], [0]], [[1], []], [[], [1]]],
    },
    "moved": {},
}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    folder = tmp_path / "sets"
    for name in ("mine", "test"):
        (folder / name).mkdir(parents=True)
        (folder / name / "heavy.jsonl").write_text(json.dumps(TEXTS), "utf-8")
        (folder / name / "heavy.gold.jsonl").write_text(json.dumps(GOLD), "utf-8")
    return folder


def test_figures_are_given_over_all_by_set_and_by_pair(run: Run, sets: Path) -> None:
    answer = json.loads(run("evaluate", "align", sets, "--json").out)

    figures, compared = answer["figures"], answer["compared_to"]
    assert set(figures) >= {
        "strict_f1",
        "lax_f1",
        "link_f1",
        "unmatched_f1",
        "moved",
        "ece",
        "auc",
        "by_pair",
        "by_set",
    }
    assert set(figures["by_pair"]) == {"en-fr", "en-ru", "fr-ru"}
    assert set(figures["by_set"]) == {"mine/heavy", "test/heavy"}
    assert set(figures["by_set"]["mine/heavy"]["by_pair"]) == {"en-fr", "en-ru", "fr-ru"}
    assert figures["articles"] == 2
    assert figures["groups"] == 8
    assert set(compared["gale_church"]) == set(compared["plain"])
    assert "ece" not in compared["plain"]  # it says nothing of how sure it is
    assert set(compared["by_set"]) == {"mine/heavy", "test/heavy"}


def test_published_figures_are_not_shown_for_another_set_of_the_same_name(
    run: Run, sets: Path
) -> None:
    assert (
        json.loads(run("evaluate", "align", sets, "--json").out)["compared_to"]["published"] == {}
    )
    assert "Bertalign" not in run("evaluate", "align", sets / "test").out


@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_terminal(
    run: Run, sets: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    lines = run("evaluate", "align", sets).out.splitlines()

    assert max(map(len, lines)) <= columns
    for name in ("all pairs", "en-fr", "en-ru", "fr-ru", "mine/heavy", "our plain twin"):
        assert any(line.startswith(name) for line in lines), name
    assert not any("…" in line for line in lines)
    # Nothing moved, so there is no share of it.
    (pooled,) = (line.split() for line in lines if line.startswith("all pairs"))
    assert pooled[-3] == "–"


def test_calibration_is_drawn(run: Run, sets: Path, tmp_path: Path) -> None:
    picture = tmp_path / "calibration.svg"

    result = run("evaluate", "align", sets / "mine", "--plot", picture)

    assert result.status == 0, result.err
    root = ET.fromstring(picture.read_text("utf-8"))  # noqa: S314 - our own file
    assert root.tag == SVG
    assert "ECE" in picture.read_text("utf-8")
    assert "AUC" in picture.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [("chart.png", 2, ".svg"), ("absent/chart.svg", 1, "no such folder")],
)
def test_place_for_the_picture_is_checked_first(
    run: Run, tmp_path: Path, name: str, status: int, words: str
) -> None:
    # There is no test set either; the picture is what is complained of.
    result = run("evaluate", "align", tmp_path, "--plot", tmp_path / name)

    assert result.status == status
    assert words in result.err


def test_broken_set_is_told_with_its_line(run: Run, sets: Path) -> None:
    (sets / "mine/heavy.gold.jsonl").write_text(json.dumps(GOLD) + "\n{", "utf-8")

    result = run("evaluate", "align", sets)

    assert result.status == 1
    assert "heavy.gold.jsonl, line 2" in result.err


def test_growth_is_measured_and_drawn(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "growth.svg"
    monkeypatch.setattr("service.usecases.bench_alignment.TWINS_MOST", 20)

    table = run("bench", "align", "--paragraphs", "20,40", "--plot", picture)

    assert "Ours grows with the power" in table.out
    assert "our Gale-Church" in table.out
    assert "slope 1" in picture.read_text("utf-8")


def test_growth_is_told_as_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.usecases.bench_alignment.TWINS_MOST", 0)

    answer = json.loads(run("bench", "align", "--paragraphs", "20", "--json").out)

    (run_of_ours,) = answer["figures"]["runs"]
    assert (run_of_ours["aligner"], run_of_ours["paragraphs"]) == ("ours", 20)
    assert answer["figures"]["seconds_per_1000"] > 0
    assert answer["figures"]["time_exponent"] is None
    assert "Gale-Church" in answer["compared_to"]


@pytest.mark.parametrize(
    ("listed", "status", "words"),
    [("many", 2, "whole numbers"), ("20,,40", 2, "whole numbers"), ("7", 1, "choose 20 to")],
)
def test_lengths_that_make_no_sense_are_refused(
    run: Run, listed: str, status: int, words: str
) -> None:
    result = run("bench", "align", "--paragraphs", listed)

    assert result.status == status
    assert words in result.err
