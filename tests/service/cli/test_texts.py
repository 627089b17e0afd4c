import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from service.domain.language import Language
from service.examples.article import example_text
from tests.service.cli.conftest import Run

STORY = "The Ferry Returns\n\nThe first boat left at dawn.\n\n***\n\nIt carried 1,250 letters."


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_paragraphs_of_a_file_are_shown_with_their_kinds(run: Run, story: Path) -> None:
    lines = run("paragraphs", story).out.splitlines()
    rows = json.loads(run("paragraphs", story, "--json").out)["paragraphs"]

    assert lines[1] == "1\tpara\tThe first boat left at dawn.\t"
    assert len(lines) == 4
    assert [(row["index"], row["kind"]) for row in rows[:2]] == [(0, "title"), (1, "para")]
    assert "\n\n".join(row["text"] for row in rows) == STORY


def test_file_is_translated_paragraph_by_paragraph(run: Run, story: Path) -> None:
    result = run("translate", story, "--from", "en", "--to", "fr")

    drafts = result.out.rstrip("\n").split("\n\n")
    assert result.status == 0
    assert len(drafts) == 4
    assert drafts[2] == "***"
    assert drafts[1] != "The first boat left at dawn."
    assert "stopgap" in result.err


def test_terms_and_line_breaks_are_options(run: Run, tmp_path: Path) -> None:
    story = tmp_path / "wrapped.txt"
    text = (
        "The council met on Tuesday evening in the Old House of the\n"
        "village and decided that the ferry would return to the old\n"
        "harbour before the end of the year."
    )
    story.write_text(text, encoding="utf-8")
    options = ("--newlines", "soft", "--keep", "Old House", "--keep", "ferry")

    draft = run("translate", story, "--from", "en", "--to", "fr", *options).out.rstrip("\n")
    refused = run("translate", story, "--from", "en", "--to", "fr", "--keep", " ")

    assert "Old House" in draft
    assert "ferry" in draft
    assert "\n" not in draft
    assert refused.status == 1
    assert "one is blank" in refused.err


def test_translation_says_what_made_it(run: Run, story: Path) -> None:
    result = run("translate", story, "--from", "en", "--to", "ru", "--json")

    rows = json.loads(result.out)["paragraphs"]
    assert [row["model"] for row in rows] == ["compact", "compact", "none", "compact"]
    assert rows[1]["source"] == "The first boat left at dawn."


def test_translation_is_written_to_a_file(run: Run, story: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"

    result = run("translate", story, "--from", "en", "--to", "fr", "-o", target)

    assert result.out == ""
    assert len(target.read_text(encoding="utf-8").rstrip("\n").split("\n\n")) == 4


def test_three_editions_are_aligned_pair_by_pair_and_cover_each_text_once(
    run: Run, tmp_path: Path
) -> None:
    files = []
    for language in Language:
        path = tmp_path / f"{language}.txt"
        path.write_bytes(example_text(language))
        files.append(path)

    result = run("align", *files, "--format", "jsonl")

    links = [json.loads(line) for line in result.out.splitlines()]
    pairs = {tuple(link["languages"]) for link in links}
    assert pairs == {("en", "fr"), ("en", "ru"), ("fr", "ru")}
    for pair in pairs:
        own = [link for link in links if tuple(link["languages"]) == pair]
        for side in ("source", "target"):
            covered = [index for link in own for index in link[side]]
            texts = [text for link in own for text in link[f"{side}_text"]]
            assert sorted(covered) == list(range(len(covered)))
            assert len(texts) == len(covered)
        assert all(0 <= link["confidence"] <= 1 for link in own)


@pytest.fixture
def editions(tmp_path: Path) -> list[Path]:
    """Return the three editions of the example, in files."""
    files = [tmp_path / f"{language}.txt" for language in Language]
    for language, path in zip(Language, files, strict=True):
        path.write_bytes(example_text(language))
    return files


def test_alignment_is_drawn_with_a_ribbon_for_each_bead_and_the_beads_are_printed_as_before(
    run: Run, tmp_path: Path, editions: list[Path]
) -> None:
    picture = tmp_path / "picture.svg"
    picture.write_text("what stood there before", encoding="utf-8")

    result = run("align", *editions, "--plot", picture)

    assert result.status == 0
    assert result.out == run("align", *editions).out
    root = etree.fromstring(picture.read_bytes())
    names = [
        (it.get("class") or "").split() for it in root.iter() if it.find("{*}title") is not None
    ]
    assert sum("ribbon" in name for name in names) == len(result.out.splitlines())
    heads = [it.text for it in root.iter("{*}text") if it.get("class") == "head"]
    assert heads == ["English", "French", "Russian", "English"]
    assert list(tmp_path.glob(".*")) == []


def test_two_editions_are_drawn_beside_each_other(
    run: Run, tmp_path: Path, editions: list[Path]
) -> None:
    picture = tmp_path / "picture.svg"

    run("align", editions[2], editions[0], "--plot", picture)

    root = etree.fromstring(picture.read_bytes())
    heads = [it.text for it in root.iter("{*}text") if it.get("class") == "head"]
    assert heads == ["Russian", "English"]


@pytest.mark.parametrize("target", ["nowhere/out.svg", ".", "/dev/full"])
def test_picture_that_cannot_be_written_is_said_in_words(
    run: Run, tmp_path: Path, editions: list[Path], target: str
) -> None:
    result = run("align", *editions[:2], "--plot", tmp_path / target)

    assert result.status == 1
    assert result.err.splitlines()[-1].startswith("triptych: cannot write ")
    # Beads that were asked for are not lost with the picture; none is made for a wrong address.
    assert bool(result.out) is (target == "/dev/full")


def test_beads_are_one_line_each_as_tsv(run: Run, story: Path, tmp_path: Path) -> None:
    french = tmp_path / "fr.txt"
    french.write_text("Le bac revient\n\nLe premier bateau est parti à l’aube.", encoding="utf-8")

    result = run("align", story, french, "--langs", "en,fr")

    rows = [line.split("\t") for line in result.out.splitlines()]
    assert all(len(row) == 6 and row[0] == "en-fr" for row in rows)
    assert ["0", "0"] in [row[1:3] for row in rows]


def test_two_editions_in_one_language_are_refused_before_anything_is_printed(
    run: Run, story: Path, tmp_path: Path
) -> None:
    french = tmp_path / "fr.txt"
    french.write_text("Le bac revient\n\nLe premier bateau est parti à l’aube.", encoding="utf-8")

    result = run("align", story, french, story, "--langs", "en,fr,en")

    assert (result.status, result.out) == (1, "")
    assert "'en'" in result.err


def test_brackets_and_backslashes_are_shown_on_a_terminal_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("A title\n\nSome \\[/b] text in C:\\[bold]x and [b] end.", encoding="utf-8")
    script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
    command = [sys.executable, "-c", script, sys.executable, "-m", "service", "paragraphs"]

    done = subprocess.run(
        [*command, str(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "120"},
    )

    assert done.returncode == 0
    assert "Some \\[/b] text in C:\\[bold]x and [b] end." in done.stdout


@pytest.mark.parametrize("suffix", [".html", ".HTM"])
def test_name_of_a_file_says_that_it_is_html(run: Run, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"fragment{suffix}"
    path.write_text("Hello <b>world</b>, this is <i>a fragment</i>.", encoding="utf-8")

    (row,) = json.loads(run("paragraphs", path, "--json").out)["paragraphs"]

    assert row["text"] == "Hello world, this is a fragment."
    assert row["html"] == "Hello <b>world</b>, this is <i>a fragment</i>."


def test_text_from_standard_input_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, story: Path
) -> None:
    with story.open("rb") as stream:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
        result = run("paragraphs", "-")

    assert len(result.out.splitlines()) == 4


def test_models_are_listed_and_checked(run: Run) -> None:
    listed = run("models", "list")
    routes = json.loads(run("models", "list", "--json").out)["routes"]
    checked = run("models", "check")

    assert "en-fr" in listed.out
    assert ("en", "ru", ["compact"]) in [(r["source"], r["target"], r["models"]) for r in routes]
    assert checked.status == 0
    assert "compact" in checked.out


@pytest.mark.parametrize("target", ["nowhere/out.txt", ".", "/dev/full"])
def test_output_that_cannot_be_written_is_said_in_words(
    run: Run, story: Path, tmp_path: Path, target: str
) -> None:
    result = run("translate", story, "--from", "en", "--to", "fr", "-o", tmp_path / target)

    assert result.status == 1
    assert result.err.splitlines()[-1].startswith("triptych: cannot write ")
    assert list(tmp_path.glob(".*")) == []


def test_full_disk_under_the_output_is_said_in_words(story: Path) -> None:
    command = [sys.executable, "-m", "service", "paragraphs", str(story)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "triptych: cannot write: No space left on device\n"
