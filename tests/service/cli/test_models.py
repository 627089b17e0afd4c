import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from safetensors.numpy import load_file, save_file

from service.domain.language import Direction, Language
from service.mt.golden import GOLDEN, write_golden
from service.mt.model_folder import write_sums
from tests.service.cli.conftest import Run
from tests.service.mt.fake_hub import COMMIT, FakeHub, serve
from tests.service.mt.opus import PAIRS, build_opus_folder, pickle_weights

NAME = "opus-mt-en-fr"
PARTS = ["files", "checksums", "tags", "end", "padding row", "golden"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_opus_folder(tmp_path_factory.mktemp("opus") / NAME)


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "mine" / NAME)


@pytest.fixture
def hub(folder: Path) -> Iterator[FakeHub]:
    with serve(folder) as hub:
        yield hub


def outcomes(result: str) -> dict[str, list[str]]:
    rows = json.loads(result)["models"]
    return {row["name"]: [row["parts"][part]["outcome"] for part in PARTS] for row in rows}


def test_every_part_of_every_model_is_shown(run: Run, folder: Path) -> None:
    run("models", "add", folder)

    result = run("models", "check")

    header, *rows = result.out.splitlines()
    assert result.status == 0
    assert header.split() == [
        "model",
        "files",
        "checksums",
        "tags",
        "end",
        "padding",
        "row",
        "golden",
    ]
    assert [row.split() for row in rows] == [
        [NAME, "ok", "ok", "ok", "ok", "-", "ok"],
        ["compact", "ok", "ok", "ok", "ok", "ok", "ok"],
        ["compact-into-english", "ok", "ok", "ok", "ok", "ok", "ok"],
    ]


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_golden_sentences_are_checked_with_the_engine_asked_for(
    run: Run, folder: Path, engine: str
) -> None:
    write_golden(folder, {Direction(Language.EN, Language.FR): list(PAIRS)})

    result = run("models", "check", folder, "--engine", engine, "--json")

    (row,) = json.loads(result.out)["models"]
    assert row["ok"]
    assert row["folder"] == str(folder)
    assert row["parts"]["golden"]["note"].startswith(f"golden sentences, {engine}-")


def test_sentence_that_is_translated_otherwise_fails_the_check(run: Run, folder: Path) -> None:
    write_golden(folder, {Direction(Language.EN, Language.FR): list(PAIRS)})
    golden = (folder / GOLDEN).read_text("utf-8")
    (folder / GOLDEN).write_text(golden.replace("bateau", "navire"), "utf-8")

    result = run("models", "check", folder)

    assert result.status == 1
    assert "FAILED" in result.out
    assert result.err.startswith(f"triptych: model folder {folder}: it answers wrongly")
    assert result.err.endswith("golden sentence 2 of en-fr is translated otherwise\n")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("source.spm", ["failed", *["not checked"] * 5]),
        ("README.md", ["ok", "failed", "ok", "ok", "not checked", "not checked"]),
        ("vocab.json", ["ok", "failed", "ok", "failed", "not checked", "not checked"]),
    ],
)
def test_damaged_file_fails_the_check(
    run: Run, folder: Path, file: str, expected: list[str]
) -> None:
    write_sums(folder)
    (folder / file).write_bytes(b"{}")

    result = run("models", "check", folder, "--json")

    assert result.status == 1
    assert outcomes(result.out) == {NAME: expected}
    assert file in result.err


def test_weights_that_no_engine_can_load_fail_the_check(run: Run, folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["model.shared.weight"] = weights["model.shared.weight"][:, 1:]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    result = run("models", "check", folder, "--json")

    assert result.status == 1
    assert outcomes(result.out)[NAME] == ["ok", "not checked", "ok", "ok", "not checked", "failed"]


def test_model_that_says_nothing_sensible_fails_the_check(run: Run, folder: Path) -> None:
    as_russian = folder.rename(folder.with_name("opus-mt-en-ru"))  # it answers in French

    result = run("models", "check", as_russian)

    assert result.status == 1
    assert "test sentence 1 of en-ru: the answer is not in the letters of Russian" in result.err


def test_folder_is_found_by_where_one_stands(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)

    assert run("models", "check", ".").status == 0


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever looks an address up, or connects to one."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        message = "something wants a connection"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_added_model_is_listed_checked_and_used_without_any_connection(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("TRIPTYCH_ENGINE", engine)
    pickle_weights(folder)
    (tmp_path / "story.txt").write_text("\n\n".join(PAIRS), encoding="utf-8")

    added = run("models", "add", folder)
    routes = json.loads(run("models", "list", "--json").out)["routes"]
    checked = run("models", "check", tmp_path / "data" / "models" / NAME)
    draft = run("translate", tmp_path / "story.txt", "--from", "en", "--to", "fr")

    assert added.out.startswith(f"{NAME} is installed in ")
    assert next(r["models"] for r in routes if r["target"] == "fr") == [NAME]
    assert checked.status == 0
    assert draft.out.rstrip("\n").split("\n\n") == list(PAIRS.values())


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("opus-mt-en-de", "choose one of opus-mt-en-fr"),
        (f"Helsinki-NLP/{NAME}", "already installed"),
    ],
)
def test_what_cannot_be_pulled_is_said_before_anything_is_connected_to(
    run: Run, folder: Path, name: str, words: str
) -> None:
    run("models", "add", folder)

    result = run("models", "pull", name)

    assert result.status == 1
    assert words in result.err


@pytest.mark.usefixtures("no_connections")
def test_only_pull_connects_to_the_hub(run: Run) -> None:
    with pytest.raises(AssertionError, match="something wants a connection"):
        run("models", "pull", NAME)


def pull(hub: FakeHub, tmp_path: Path) -> "subprocess.Popen[str]":
    """Start the command in a process of its own, as the library reads its settings once."""
    settings = {"HF_ENDPOINT": hub.endpoint, "TRIPTYCH_DATA_DIR": str(tmp_path / "data")}
    return subprocess.Popen(
        [sys.executable, "-m", "service", "models", "pull", NAME],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | settings,
    )


def test_model_is_pulled_by_its_name(hub: FakeHub, tmp_path: Path, run: Run) -> None:
    out, err = pull(hub, tmp_path).communicate(timeout=60)

    assert out.startswith(f"{NAME} is installed in ")
    assert COMMIT in out
    assert err.splitlines()[-1].startswith(f"fetching {NAME}: ")
    assert run("models", "check", tmp_path / "data" / "models" / NAME).status == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_pull_leaves_nothing(
    hub: FakeHub, tmp_path: Path, number: signal.Signals
) -> None:
    hub.stalled.add("model.safetensors")
    process = pull(hub, tmp_path)
    assert hub.slow.wait(60)

    process.send_signal(number)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 128 + number
    assert out == ""
    assert "Traceback" not in err
    if number == signal.SIGINT:
        assert err.splitlines()[-1].startswith("interrupted: nothing was installed")
    assert list((tmp_path / "data" / "models").iterdir()) == []
