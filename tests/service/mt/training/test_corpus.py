import json
import lzma
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.mt.training.corpus import (
    LEAK_WORDS,
    Leaks,
    Row,
    clean_pairs,
    find_pair_files,
    read_rows,
    share_of,
)
from service.mt.training.errors import NoPairFilesError, PairsError

EN, FR, RU = Language.EN, Language.FR, Language.RU
THREE = (EN, FR, RU)
EN_FR = Direction(EN, FR)
WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"]))


def clean(*pairs: tuple[str, str], leaks: Leaks | None = None) -> tuple[list[str], dict[str, int]]:
    left: Counter[str] = Counter()
    rows = [Row(domain="d", texts={EN: source, FR: target}) for source, target in pairs]
    kept = clean_pairs(rows, EN_FR, leaks=leaks or Leaks([]), left_out=left)
    return [source for _, source, _ in kept], dict(left)


def test_reads_three_columns_and_leaves_empty_ones_out(tmp_path: Path) -> None:
    path = tmp_path / "news.tsv"
    path.write_bytes("\ufeffHello.\tSalut.\t\r\n\n\t Oui. \tДа.\n".encode())

    found = list(read_rows(path, THREE))

    assert found == [
        Row(domain="news", texts={EN: "Hello.", FR: "Salut."}),
        Row(domain="news", texts={FR: "Oui.", RU: "Да."}),
    ]


def test_reads_two_columns_in_any_order_from_xz(tmp_path: Path) -> None:
    path = tmp_path / "laws.v2.tsv.xz"
    path.write_bytes(lzma.compress(b"Oui.\tYes.\n"))

    assert list(read_rows(path, (FR, EN))) == [Row(domain="laws", texts={FR: "Oui.", EN: "Yes."})]


def test_reads_json_lines_and_composes_letters(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"en": "cafe\u0301", "ru": None, "note": 3}) + "\n")

    assert list(read_rows(path, THREE)) == [Row(domain="x", texts={EN: "café"})]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", b"one\tun\n", "a.tsv, line 1: 2 fields where 3 were expected"),
        ("a.tsv", b"a\tb\tc\nd\te\tf\tg\n", "line 2: 4 fields"),
        ("a.jsonl", b'["one", "un"]\n', "line 1: expected an object"),
        ("a.jsonl", b'{"en": 3}\n', "line 1: expected an object"),
        ("a.jsonl", b'{"en": "x"\n', "line 1: expected an object"),
        ("a.jsonl", b"[" * 100_000, "line 1: expected an object"),
        ("a.tsv", b"\xff\xfe\t\t\n", "not UTF-8"),
        ("a.tsv", b"a\tb\tc\n" * 9 + b"caf\xe9\tb\tc\n", "line 10: it is not UTF-8"),
        ("a.tsv.xz", b"no xz", "no whole .xz file"),
        ("a.tsv.xz", lzma.compress(b"a\tb\tc\n")[:-9], "no whole .xz file"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(PairsError, match=message.replace(".", r"\.")):
        list(read_rows(tmp_path / name, THREE))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match=r"gone\.tsv: it cannot be read"):
        list(read_rows(tmp_path / "gone.tsv", THREE))


def test_finds_files_of_pairs_in_folders_by_name(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.jsonl.xz", "readme.md", "c.tsv.gz"):
        (tmp_path / name).touch()

    assert [path.name for path in find_pair_files([tmp_path])] == ["a.jsonl.xz", "b.tsv"]
    with pytest.raises(NoPairFilesError, match=r"readme\.md"):
        find_pair_files([tmp_path / "readme.md"])


def test_a_test_set_whose_letters_are_in_parts_is_known_again() -> None:
    text = "L'été arrive."

    assert text in Leaks([unicodedata.normalize("NFD", text)])


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("x" * 1001, "y" * 900, "too long"),
        ("A bell \x07.", "Une cloche.", "no text"),
        ("A private sign \ue000.", "Un signe.", "no text"),
        ("A lone half \ud800.", "Une moitié.", "no text"),
        ("Unreadable \ufffd.", "Illisible.", "no text"),
        (
            "A sentence that says a little.",
            "Une phrase " + "qui dit encore plus " * 6,
            "lengths differ",
        ),
        ("Exactly the same sentence.", "Exactly the same sentence.", "not translated"),
        ("All is well.", "Всё хорошо.", "another script"),
        ("All is well.", "一切都好。", "another script"),
    ],
)
def test_leaves_out_what_teaches_nothing(source: str, target: str, reason: str) -> None:
    kept, left = clean(("Good.", "Bon."), (source, target))

    assert kept == ["Good."]
    assert left == {reason: 1}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Paris", "Paris"),  # a name is short and the same
        ("42", "42"),  # no letters at all
        ("Yes, of course.", "Oui."),  # short sides may differ in length
        ("Vladimir (Владимир) spoke.", "Vladimir (Владимир) a parlé."),  # some of another script
    ],
)
def test_keeps_what_only_looks_odd(source: str, target: str) -> None:
    kept, left = clean((source, target))

    assert kept == [source]
    assert left == {}


def test_takes_each_pair_once_whatever_its_signs_and_case() -> None:
    kept, left = clean(("Hello, you!", "Salut, toi !"), ("hello you", "SALUT TOI"))

    assert kept == ["Hello, you!"]
    assert left == {"seen before": 1}


def test_a_pair_counts_twice_when_one_side_differs() -> None:
    kept, _ = clean(("Hello.", "Salut."), ("Hello.", "Bonjour."))

    assert kept == ["Hello.", "Hello."]


def test_lines_of_a_test_set_are_left_out_on_either_side() -> None:
    leaks = Leaks(["It rained.", "", "***", "Il neige."])

    kept, left = clean(
        ("IT RAINED", "Il a plu."), ("It snows.", "Il neige !"), ("***", "***"), leaks=leaks
    )

    assert kept == ["***"]
    assert left == {"in a test set": 2}


@given(before=WORDS, shared=st.lists(st.integers(0, 99), min_size=LEAK_WORDS), after=WORDS)
def test_ten_words_in_a_row_of_a_test_set_give_a_pair_away(
    before: list[str], shared: list[int], after: list[str]
) -> None:
    leaks = Leaks([" ".join(["Begin", *map(str, shared), "end"])])

    assert " ".join([*before, *map(str, shared), *after]) in leaks


@given(shared=st.lists(st.integers(0, 99), max_size=LEAK_WORDS - 1))
def test_fewer_shared_words_do_not(shared: list[int]) -> None:
    leaks = Leaks([" ".join(["Begin", *map(str, shared), "end"])])

    assert " ".join(["Other", *map(str, shared), "words"]) not in leaks


@given(st.text())
def test_the_share_of_a_text_follows_from_its_words(text: str) -> None:
    assert 0 <= share_of(text) < 1
    assert share_of(text) == share_of(f"  {text.casefold()} !")
