import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from service.mt.training.plan import SIZES
from tests.service.cli.conftest import Run
from tests.service.mt.training.toy import TINY, rows, write_rows


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(SIZES, "small", TINY)
    monkeypatch.setenv("TRIPTYCH_THREADS", "1")
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    return write_rows(tmp_path / "numbers.tsv", rows(600))


PREPARED = ("--direction", "en-fr", "--pieces", 300, "--batch", 512)


def test_trains_a_model_that_can_be_installed_and_goes_on(
    run: Run, pairs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"

    first = run("train", folder, pairs, *PREPARED, "--tokens", "4k", "--licence", "CC0-1.0")
    spent = run("train", folder)
    again = run("train", folder, "--tokens", "0.5k", "--cool", "--json")
    added = run("models", "add", folder / "model")

    assert first.status == 0
    assert f"triptych models add {folder}" in first.out
    assert "numbers" in first.err  # the table of domains
    assert "tokens/s" in first.err
    assert spent.status == 1
    assert "--time" in spent.err
    figures = json.loads(again.out)["figures"]
    assert figures["finished"]
    assert figures["tokens"] >= 4_500
    assert set(figures["dev_chrf"]) == {"en-fr"}
    assert figures["tokens_per_second"] > 0
    assert added.status == 0
    assert "CC0-1.0" in (folder / "model" / "README.md").read_text()


def test_prepares_and_trains_later(run: Run, pairs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    weights = tmp_path / "weights.json"
    weights.write_text('{"numbers": 1.5}')

    prepared = run("train", folder, pairs, *PREPARED, "--prepare", "--weights", weights)
    twice = run("train", folder, pairs, *PREPARED)
    nothing = run("train", folder)

    assert prepared.status == 0
    assert "1.5" in prepared.err
    assert not (folder / "state.pt").exists()
    assert twice.status == 1
    assert "already has a run" in twice.err
    assert nothing.status == 1
    assert "--time" in nothing.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "medium", "--time", "1h"], "--size is for a new run"),
        (["--from", "x", "--dev", "y", "--time", "1h"], "--dev, --from is for a new run"),
        (["--prepare"], "--prepare is for a new run"),
        (["--cool"], "--cool needs"),
        (["--time", "soon"], "90s, 30m, 2h"),
        (["--time", "0h"], "90s, 30m, 2h"),
        (["--tokens", "60m"], "800k, 60M"),
        (["--tokens", "0.5"], "800k, 60M"),
        (["--tokens", "9" * 400], "800k, 60M"),
    ],
)
def test_wrong_usage_says_what_is_meant(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    result = run("train", tmp_path / "mine", *arguments)

    assert result.status == 2
    assert words in " ".join(result.err.split())


@pytest.mark.parametrize("columns", ["en", "en,en", "en,xx"])
def test_columns_are_two_or_three_languages(
    run: Run, pairs: Path, tmp_path: Path, columns: str
) -> None:
    assert run("train", tmp_path / "mine", pairs, "--columns", columns).status in {1, 2}
    assert not (tmp_path / "mine" / "plan.json").exists()


@pytest.mark.parametrize(
    "content", ["[1]", '{"numbers": "often"}', '{"numbers": -1}', "{", '{"numbers": 1e9}']
)
def test_weights_that_are_none_are_refused(
    run: Run, pairs: Path, tmp_path: Path, content: str
) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(content)

    result = run("train", tmp_path / "mine", pairs, "--weights", weights)

    assert result.status == 1
    assert "expected one JSON object" in result.err


def test_a_folder_whose_name_is_none_for_a_model_is_refused(
    run: Run, pairs: Path, tmp_path: Path
) -> None:
    result = run("train", tmp_path / "my model", pairs, *PREPARED)

    assert result.status == 1
    assert "letters, digits" in result.err
    assert not (tmp_path / "my model").exists()


def test_a_run_that_is_not_there_is_said(run: Run, tmp_path: Path) -> None:
    result = run("train", tmp_path / "mine", "--time", "1h")

    assert result.status == 1
    assert "has no run yet" in result.err


def test_a_state_without_its_plan_is_not_written_over(
    run: Run, pairs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "state.pt").write_bytes(b"hours of training")

    result = run("train", folder, pairs, *PREPARED, "--tokens", "1k")

    assert result.status == 1
    assert "already has a run" in result.err
    assert (folder / "state.pt").read_bytes() == b"hours of training"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_when_told_saves_and_lets_nobody_else_in(
    run: Run, pairs: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "mine"
    assert run("train", folder, pairs, *PREPARED, "--prepare").status == 0
    command = [sys.executable, "-m", "service", "train", str(folder), "--time", "1h"]

    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stderr is not None
        line = other.stderr.readline()
        busy = run("train", folder, "--time", "1h")
        os.kill(other.pid, number)
        out, err = other.communicate()

    assert "M tokens" in line
    assert busy.status == 1
    assert "another process" in busy.err
    assert other.returncode == 0, err
    assert "stopped and saved" in out
    assert (folder / "model" / "model.safetensors").is_file()
    assert run("train", folder, "--tokens", "1k").status == 0
