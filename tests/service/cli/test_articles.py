import os
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from service.db.tables import ArticleRow, JobRow
from tests.service.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("with_database")


def count(sessions: sessionmaker[Session], table: type[ArticleRow | JobRow]) -> int:
    with sessions.begin() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_file_becomes_an_article_with_its_translations_queued(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    story = tmp_path / "story.txt"
    story.write_text("The Ferry\n\nThe first boat left at dawn.", encoding="utf-8")

    first = run("import", story, "--lang", "en", "--translate", "fr", "--translate", "ru")
    again = run("import", story, "--lang", "en")

    assert first.status == again.status == 0
    assert first.out.startswith("stored  the-ferry  en revision 1, 2 paragraphs, 0 repairs")
    assert "queued: translation to French, translation to Russian" in first.out
    assert again.out.startswith("unchanged  the-ferry  en revision 1")
    assert (count(sessions, ArticleRow), count(sessions, JobRow)) == (1, 2)


def test_glossary_of_the_drafts_is_one_that_there_is(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    story, terms = tmp_path / "story.txt", tmp_path / "boats.csv"
    story.write_text("The first boat left at dawn.", encoding="utf-8")
    terms.write_text("boat,bateau\n", encoding="utf-8")
    run("glossary", "import", terms, "--from", "en", "--to", "fr")
    drafts = ("--lang", "en", "--translate", "fr", "--glossary")

    missing = run("import", story, *drafts, "trains")
    found = run("import", story, *drafts, "boats")
    alone = run("import", story, "--lang", "en", "--glossary", "boats")

    assert missing.status == 1
    assert "no glossary 'trains'" in missing.err
    assert "queued: translation to French" in found.out
    assert alone.status == 2
    with sessions.begin() as session:
        assert session.scalars(select(JobRow.glossary)).all() == ["boats"]


def test_older_content_again_is_reported_as_restored(run: Run, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("The Ferry\n\nThe first boat left at dawn.", encoding="utf-8")
    run("import", story, "--lang", "en", "--key", "ferry")
    changed = tmp_path / "changed.txt"
    changed.write_text("The Ferry\n\nThe first boat left at noon.", encoding="utf-8")
    assert run("import", changed, "--lang", "en", "--article", "ferry").out.startswith("stored")

    back = run("import", story, "--lang", "en", "--article", "ferry")

    assert back.out.startswith("restored  ferry  en revision 1")


def test_edition_joins_its_article_and_its_alignment_is_queued(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    (tmp_path / "en.txt").write_text("The Ferry\n\nThe first boat left at dawn.", "utf-8")
    (tmp_path / "fr.txt").write_text("Le bac\n\nLe premier bateau est parti à l’aube.", "utf-8")
    run("import", tmp_path / "en.txt", "--lang", "en", "--key", "ferry")

    result = run("import", tmp_path / "fr.txt", "--lang", "fr", "--article", "ferry")

    assert "queued: alignment" in result.out
    assert (count(sessions, ArticleRow), count(sessions, JobRow)) == (1, 1)


def test_folder_is_imported_and_what_was_refused_is_reported_with_its_reason(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text("The first story is about a ferry and its crew.", "utf-8")
    (folder / "deep" / "two.html").write_text(
        "<h1>Two</h1><p>The second story is about a bridge and its builders.", "utf-8"
    )
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.png").write_bytes(bytes(range(256)))
    (folder / "torn.txt").write_bytes(b"\x00\x01\x02 binary")

    result = run("import", folder)

    assert result.status == 1
    assert "2 of 4 files were refused" in result.err
    assert re.search(r"refused\s+\S*empty.txt: \S", result.err)
    assert re.search(r"refused\s+\S*torn.txt: \S", result.err)
    assert count(sessions, ArticleRow) == 2


def test_hidden_folders_are_not_searched_and_odd_names_are_shown(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    folder = tmp_path / "in"
    (folder / ".git" / "logs").mkdir(parents=True)
    (folder / ".git" / "logs" / "a.txt").write_text("The log of a folder of its own.", "utf-8")
    (folder / "Makefile").write_text("all: build", "utf-8")
    legacy = os.fsencode(folder) + "/статья.txt".encode("cp1251")
    Path(os.fsdecode(legacy)).write_text("The first story is about a ferry and its crew.", "utf-8")
    (folder / "torn.txt").write_bytes(b"\x00\x01\x02 binary")

    result = run("import", folder)

    assert result.status == 1
    assert "1 of 2 files were refused" in result.err
    assert "\ufffd.txt" in result.out
    assert count(sessions, ArticleRow) == 1


@pytest.mark.usefixtures("only_from_english")
def test_refused_import_leaves_nothing_behind(
    run: Run, tmp_path: Path, sessions: sessionmaker[Session]
) -> None:
    story = tmp_path / "story.txt"
    story.write_text("Le bac\n\nLe premier bateau est parti à l’aube avec le courrier.", "utf-8")

    unserved = run("import", story, "--lang", "fr", "--translate", "ru")
    wrong = run("import", story, "--lang", "ru")

    assert unserved.status == wrong.status == 1
    assert "fr-ru" in unserved.err
    assert "French" in wrong.err
    assert count(sessions, ArticleRow) == 0


@pytest.mark.parametrize(
    "arguments", [["a.txt", "b.txt", "--key", "x"], ["a.txt", "b.txt", "--article", "x"]]
)
def test_one_key_is_for_one_file(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    named = [tmp_path / a if a.endswith(".txt") else a for a in arguments]

    assert run("import", *named).status == 2


def test_empty_folder_says_what_is_looked_for(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path)

    assert result.status == 1
    assert ".html" in result.err


def test_demo_shows_drafts_and_beads_in_the_terminal(run: Run) -> None:
    result = run("demo", "--no-serve")

    assert result.status == 0, result.err
    for words in ("1/5", "5/5", "French draft", "Russian draft", "compact"):
        assert words in result.out
    assert "English beside the French edition that people wrote" in result.out
    assert run("demo", "--no-serve").status == 0


def test_doctor_finds_all_well(run: Run) -> None:
    result = run("doctor")

    assert result.status == 0, result.out
    assert [line.split()[:2] for line in result.out.splitlines()] == [
        ["ok", "python:"],
        ["ok", "disk:"],
        ["ok", "database:"],
        ["ok", "models:"],
        ["ok", "encoder:"],
    ]


def test_doctor_and_align_say_which_encoder_cannot_be_used(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIPTYCH_ENCODER", "someone/no-such-model")
    (tmp_path / "story.txt").write_text("One paragraph.")
    story = str(tmp_path / "story.txt")

    for command in (["doctor"], ["align", story, story, "--langs", "en,en"]):
        result = run(*command)
        assert result.status == 1
        assert "someone/no-such-model: there is no such folder" in result.out + result.err
        assert "TRIPTYCH_ENCODER" in result.out + result.err


def test_database_that_is_gone_is_said_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:canary@127.0.0.1:1/none")

    for command in (["doctor"], ["demo", "--no-serve"], ["worker"]):
        result = run(*command)
        assert result.status == 1
        assert "cannot be reached" in result.err + result.out
        assert "canary" not in result.err + result.out
        assert "Traceback" not in result.err
