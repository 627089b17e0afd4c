import json
from pathlib import Path
from typing import Any

import pytest

from service.domain.errors import InvalidInputError, NotFoundError
from service.usecases.read_gold import (
    BrokenGoldError,
    MissingTextsError,
    NoGoldError,
    read_gold,
)

TEXTS: dict[str, Any] = {
    "id": "mill",
    "editions": {
        "en": [{"text": "The mill is old.", "kind": "heading"}, {"text": "It still turns."}],
        "fr": [{"text": "Le moulin est vieux."}, {"text": "Entrée libre."}],
    },
}
GOLD = {"id": "mill", "pairs": {"en-fr": [[[0], [0]], [[1], []], [[], [1]]]}, "moved": {"en": [0]}}


def write(file: Path, *lines: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with sets of both forms at several depths."""
    write(tmp_path / "editions/dev/light.jsonl", TEXTS)
    write(tmp_path / "editions/dev/light.gold.jsonl", GOLD)
    write(tmp_path / "natural.jsonl", TEXTS)
    write(tmp_path / "natural.gold.jsonl", GOLD)
    write(tmp_path / "alps/peak.it.txt", "Nevica.", "Il rifugio è chiuso.")
    write(tmp_path / "alps/peak.es.txt", "Nieva y el refugio está cerrado.")
    write(tmp_path / "alps/peak.gold.txt", "[0]:[0, 1]")
    write(tmp_path / "alps/valley.it.txt", "Piove.", "Basta.")
    write(tmp_path / "alps/valley.es.txt", "Llueve.", "Hola.")
    write(tmp_path / "alps/valley.gold.txt", "[0]:[0]", "[]:[1]", "", "[1]:[]")
    write(tmp_path / "README.md", "Not a set.")
    return tmp_path


def test_folder_is_searched_for_both_forms_at_any_depth(folder: Path) -> None:
    sets = read_gold(folder)

    assert [(found.name, found.level, len(found.articles)) for found in sets] == [
        ("alps", "sentence", 2),
        ("editions/dev/light", "paragraph", 1),
        ("natural", "paragraph", 1),
    ]
    assert sets[1].path == folder.resolve() / "editions/dev/light"


def test_article_has_texts_kinds_groups_and_moves(folder: Path) -> None:
    (article,) = read_gold(folder / "editions")[0].articles

    assert article.editions["en"] == ["The mill is old.", "It still turns."]
    assert article.kinds == {}
    assert article.pairs == {("en", "fr"): [([0], [0]), ([1], []), ([], [1])]}
    assert article.moved == {"en": [0]}


def test_kinds_are_told_where_every_paragraph_has_one(tmp_path: Path) -> None:
    paragraph = {"text": "Il tourne.", "kind": "paragraph"}
    write(tmp_path / "a.jsonl", {**TEXTS, "editions": {**TEXTS["editions"], "fr": [paragraph] * 2}})
    write(tmp_path / "a.gold.jsonl", GOLD)

    (article,) = read_gold(tmp_path)[0].articles

    assert article.kinds == {"fr": ["paragraph", "paragraph"]}


@pytest.mark.parametrize("name", ["natural", "natural.jsonl"])
def test_one_set_may_be_named(folder: Path, name: str) -> None:
    assert [found.name for found in read_gold(folder / name)] == ["natural"]


def test_left_side_of_sentences_is_the_first_language_of_the_alphabet(folder: Path) -> None:
    (found,) = read_gold(folder / "alps")

    assert found.name == "alps"
    assert [article.pairs for article in found.articles] == [
        {("es", "it"): [([0], [0, 1])]},
        {("es", "it"): [([0], [0]), ([], [1]), ([1], [])]},
    ]
    assert found.articles[0].editions["it"] == ["Nevica.", "Il rifugio è chiuso."]


def test_lines_end_where_the_file_says_and_nowhere_else(folder: Path) -> None:
    (folder / "alps/peak.es.txt").write_bytes("Uno\u2028dos.\r\n\r\nTres.".encode())
    write(folder / "alps/peak.gold.txt", "[0, 1, 2]:[0,1]")

    article = read_gold(folder / "alps")[0].articles[0]

    assert article.editions["es"] == ["Uno\u2028dos.", "", "Tres."]


def test_sentences_may_be_in_no_group_or_two(folder: Path) -> None:
    write(folder / "alps/valley.gold.txt", "[0]:[0]", "[0]:[1]")

    assert len(read_gold(folder / "alps")[0].articles) == 2


def test_place_without_gold_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "natural.jsonl", TEXTS)

    for place in (tmp_path, tmp_path / "natural.jsonl", tmp_path / "absent"):
        with pytest.raises(NoGoldError, match=r"NAME\.jsonl") as refusal:
            read_gold(place)
        assert isinstance(refusal.value, NotFoundError)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("natural.jsonl", r"natural\.gold\.jsonl: its texts are missing, it needs natural\.jsonl"),
        ("alps/peak.it.txt", r"peak\.gold\.txt: its texts are missing, it needs peak\.de\.txt"),
    ],
)
def test_gold_without_its_texts_is_named(folder: Path, gone: str, words: str) -> None:
    (folder / gone).unlink()

    with pytest.raises(MissingTextsError, match=words):
        read_gold(folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "EOF"),
        ("[]", "object"),
        ('{"id": "mill"}', "editions: Field required"),
        ('{"id": 3, "editions": {}}', "id: Input should be a valid string"),
        ('{"id": "mill", "editions": {"en": []}}', "at least 2 items"),
        ('{"id": "mill", "editions": {"en": ["The mill."]}}', "editions: en: 0: "),
        ({**TEXTS, "id": "other"}, "no line of this id left"),
        ("[" * 9999, "not as"),
    ],
)
def test_broken_texts_are_named_by_line(folder: Path, line: object, words: str) -> None:
    write(folder / "natural.jsonl", "", line)

    with pytest.raises(BrokenGoldError, match=r"natural\.jsonl, line 2: ") as refusal:
        read_gold(folder)

    assert words in str(refusal.value)
    assert isinstance(refusal.value, InvalidInputError)


def pairs(*groups: list[list[int]], name: str = "en-fr", **more: Any) -> dict[str, Any]:
    return {"id": "mill", "pairs": {name: list(groups)}, **more}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "mill", "pairs": []}', "pairs: Input should be"),
        ('{"id": "mill", "pairs": {"en-fr": [[[0], ["0"]]]}}', "valid integer"),
        ('{"id": "mill", "pairs": {"en-fr": [[[true], [0]]]}}', "valid integer"),
        ('{"id": "mill", "pairs": {"en-fr": [[[-1], [0]]]}}', "greater than or equal to 0"),
        ('{"id": "mill", "pairs": {"en-fr": [[[0]]]}}', "pairs: en-fr: 0: 1"),
        (pairs([[0], [0]], [[1], [1]], name="en-ru"), "'en-ru' is no pair of its editions, en, fr"),
        (pairs([[0], [0]], [[1, 2], [1]]), "en-fr, en: there is no paragraph 2, there are 2"),
        (pairs([[0], [0]], [[1], []]), "en-fr, fr: paragraph 1 is in 0 groups and must be in one"),
        (pairs([[0], [0]], [[1], [0, 1]]), "en-fr, fr: paragraph 0 is in 2 groups"),
        (pairs([[0, 0], [0]], [[1], [1]]), "en-fr, en: paragraph 0 is in 2 groups"),
        (pairs([[0], [0]], [[1], [1]], moved={"fr": [2]}), "moved, fr"),
        (pairs([[0], [0]], [[1], [1]], moved={"ru": [0]}), "moved, ru"),
    ],
)
def test_gold_that_does_not_fit_is_named_by_line(folder: Path, line: object, words: str) -> None:
    write(folder / "natural.gold.jsonl", line)

    with pytest.raises(BrokenGoldError, match=r"natural\.gold\.jsonl, line 1: ") as refusal:
        read_gold(folder)

    assert words in str(refusal.value)


def test_gold_of_no_article_and_gold_twice_are_named_by_line(folder: Path) -> None:
    write(folder / "natural.gold.jsonl", GOLD, {**GOLD, "id": "other"})
    with pytest.raises(BrokenGoldError, match=r"gold\.jsonl, line 2: natural\.jsonl has no line"):
        read_gold(folder)

    write(folder / "natural.gold.jsonl", GOLD, GOLD)
    with pytest.raises(BrokenGoldError, match="line 2: its id is that of an earlier line"):
        read_gold(folder)


def test_articles_text_is_not_told_in_errors(folder: Path) -> None:
    write(folder / "natural.jsonl", '{"id": "mill", "editions": {"en": "a secret"}}')

    with pytest.raises(BrokenGoldError) as refusal:
        read_gold(folder)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[0]-[0]", "no group as"),
        ("[0,,1]:[0]", "no group as"),
        ("[٣]:[0]", "no group as"),
        ("[1]:[0]", r"peak\.es\.txt has no line 1, from 0 to 0"),
        ("[0]:[0, 2]", r"peak\.it\.txt has no line 2, from 0 to 1"),
        (f"[{'9' * 5000}]:[0]", "no group as"),
    ],
)
def test_broken_groups_of_sentences_are_named_by_line(folder: Path, line: str, words: str) -> None:
    write(folder / "alps/peak.gold.txt", "[0]:[0, 1]", line)

    with pytest.raises(BrokenGoldError, match=rf"peak\.gold\.txt, line 2: {words}"):
        read_gold(folder)


def test_file_that_is_not_utf8_is_named_by_line(folder: Path) -> None:
    (folder / "alps/peak.it.txt").write_bytes(b"Nevica.\nPerch\xe9?\n")

    with pytest.raises(BrokenGoldError, match=r"peak\.it\.txt, line 2: not UTF-8"):
        read_gold(folder)


@pytest.mark.shared
def test_all_sets_of_the_benchmark_are_read() -> None:
    place = Path(__file__).parents[4] / "shared" / "data" / "align"
    if not place.is_dir():
        pytest.skip(f"no test sets: expected them at {place}")

    sets = {found.name: len(found.articles) for found in read_gold(place)}

    assert sets == {
        "editions/dev/abridged": 76,
        "editions/dev/heavy": 76,
        "editions/dev/light": 76,
        "editions/dev/medium": 77,
        "editions/test/abridged": 79,
        "editions/test/heavy": 79,
        "editions/test/light": 79,
        "editions/test/medium": 80,
        "natural/dev": 36,
        "natural/test": 36,
        "textberg/dev": 1,
        "textberg/test": 7,
    }
