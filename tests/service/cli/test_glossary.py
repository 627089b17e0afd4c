import json
from pathlib import Path

import pytest

from tests.service.cli.conftest import Run


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    path = tmp_path / "House_style.csv"
    path.write_text("bank,banque\nferry,zzyzx\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("with_database")
def test_glossary_goes_in_and_comes_out_in_another_format(
    run: Run, terms: Path, tmp_path: Path
) -> None:
    tbx = tmp_path / "out.tbx"

    stored = run("glossary", "import", terms, "--from", "en", "--to", "fr")
    exported = run("glossary", "export", "house-style", "-o", tbx)
    again = run("glossary", "import", tbx, "--name", "house-style")
    printed = run("glossary", "export", "house-style", "--format", "tsv")

    assert (stored.status, exported.status, again.status) == (0, 0, 0)
    assert stored.out.startswith("stored  house-style  2 terms  en-fr  ")
    assert again.out.startswith("unchanged  house-style")
    assert tbx.read_text("utf-8").startswith("<?xml")
    assert "en\tfr\tbank\tbanque\trequired\t" in printed.out


@pytest.mark.usefixtures("with_database")
def test_glossaries_are_listed_replaced_and_deleted(run: Run, terms: Path) -> None:
    run("glossary", "import", terms, "--from", "en", "--to", "fr", "--name", "house")
    terms.write_text("law,loi\n", encoding="utf-8")

    refused = run("glossary", "import", terms, "--from", "en", "--to", "fr", "--name", "house")
    replaced = run(
        "glossary", "import", terms, "--from", "en", "--to", "fr", "--name", "house", "--replace"
    )
    (listed,) = json.loads(run("glossary", "list", "--json").out)["glossaries"]
    deleted = run("glossary", "delete", "house")

    assert (refused.status, replaced.status, deleted.status) == (1, 0, 0)
    assert "'house'" in refused.err
    assert (listed["name"], listed["terms"], listed["directions"]) == ("house", 1, ["en-fr"])
    assert run("glossary", "list").out == ""
    assert run("glossary", "delete", "house").status == 1


@pytest.mark.parametrize(
    ("name", "content", "options", "words"),
    [
        ("a.csv", "bank,banque\nlaw,\n", ["--from", "en", "--to", "fr"], "line 2: the target"),
        ("a.csv", "bank,banque\n", [], "--from and --to"),
        ("a.xls", "bank,banque\n", ["--from", "en", "--to", "fr"], ".csv, .tsv or .tbx"),
        ("a.tbx", "bank,banque\n", [], "no XML"),
    ],
)
def test_file_that_cannot_be_used_is_refused_in_words(
    run: Run, tmp_path: Path, name: str, content: str, options: list[str], words: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    result = run("glossary", "import", path, *options)

    assert result.status == 1
    assert words in result.err


def test_one_language_without_the_other_is_wrong_usage(run: Run, terms: Path) -> None:
    assert run("glossary", "import", terms, "--from", "en").status == 2


def test_draft_is_held_to_a_glossary_in_a_file(run: Run, terms: Path, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("The ferry left at dawn.", encoding="utf-8")

    result = run("translate", story, "--from", "en", "--to", "fr", "--glossary", terms, "--json")

    (row,) = json.loads(result.out)["paragraphs"]
    assert row["flags"][-1] == {
        "code": "term",
        "note": "expected “zzyzx” for “ferry”",
        "source": [{"start": 4, "end": 9}],
        "target": [],
    }
    assert "|glossary:house-style@" in row["signature"]
