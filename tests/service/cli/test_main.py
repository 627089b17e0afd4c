from pathlib import Path

import pytest

from tests.service.cli.conftest import Run


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")

    assert result.status == 0
    for command in ("align", "demo", "doctor", "import", "models", "translate", "up", "worker"):
        assert command in result.out


def test_version_is_said(run: Run) -> None:
    assert run("--version").out.startswith("triptych ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["translate"],
        ["translate", "x.txt", "--from", "en"],
        ["align", "only-one.txt"],
        ["web", "--port", "99999"],
    ],
)
def test_wrong_usage_is_status_2_and_says_what(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert result.status == 2
    assert result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["translate", "MISSING", "--from", "en", "--to", "fr"], "No such file"),
        (["translate", "STORY", "--from", "en", "--to", "en"], "two different languages"),
        (["translate", "STORY", "--from", "en", "--to", "de"], "choose one of en, fr, ru"),
        (["translate", "STORY", "--from", "fr", "--to", "ru"], "English"),
        (["paragraphs", "EMPTY"], "nothing to read"),
        (["paragraphs", "BINARY"], "binary"),
        (["paragraphs", "STORY", "--undo", "nothing@1"], "nothing@1"),
        (["align", "STORY", "STORY"], "two different languages"),
        (["align", "STORY", "STORY", "--langs", "en"], "--langs"),
        (["models", "check", "EMPTY"], "model"),
        (["models", "add", "MISSING"], "model"),
    ],
)
def test_failed_task_is_status_1_in_words(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    files = {
        "STORY": b"The ferry is back.\n\nThe first boat left at dawn with bread and a piano.",
        "EMPTY": b"",
        "BINARY": bytes(range(256)),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    named = [str(tmp_path / a) if a.isupper() else a for a in arguments]

    result = run(*named)

    assert result.status == 1
    assert result.err.startswith("triptych: ")
    assert words in result.err
    assert "Traceback" not in result.err


def test_setting_that_makes_no_sense_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_PORT", "ferry")

    result = run("models", "list")

    assert result.status == 2
    assert "port" in result.err
