from pathlib import Path

import pytest

from alignment.beads import Span
from service.usecases.evaluate_splitting import (
    InvalidSplittingCaseError,
    SplittingCasesNotFoundError,
    SplittingCounts,
    compare_splitting,
    evaluate_splitting,
    read_splitting_cases,
)
from service.usecases.other_splitters import installed_splitters, locate_sentences

ROOT = Path(__file__).parents[3]
HARD_CASES = ROOT / "tests" / "alignment" / "data" / "hard_sentences.jsonl"
SHARED_CASES = ROOT.parent / "shared" / "data" / "split" / "cases.jsonl"

GOOD = '{"lang": "en", "case": "two", "spec": "One fell.| Two rose.¦ Three stayed."}\n'
FALSE_SPLIT = '{"lang": "fr", "case": "uncut", "spec": "Un tombe. Deux montent."}\n'
MISSED = '{"lang": "fr", "case": "cut", "spec": "Un| deux"}\n'


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "cases.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_case_is_its_text_and_the_offsets_of_its_marks(tmp_path: Path) -> None:
    (case,) = read_splitting_cases(write(tmp_path, GOOD))

    assert case.text == "One fell. Two rose. Three stayed."
    assert (case.must, case.may) == (frozenset({9}), frozenset({19}))


def test_counts_passed_cases_and_false_splits_by_language(tmp_path: Path) -> None:
    score = evaluate_splitting(write(tmp_path, GOOD + "\n" + FALSE_SPLIT + MISSED))

    assert (score.passed, score.cases, score.false_splits) == (1, 3, 1)
    assert score.by_language == {
        "en": SplittingCounts(passed=1, cases=1, false_splits=0),
        "fr": SplittingCounts(passed=0, cases=2, false_splits=1),
    }
    assert score.failed == ("fr/uncut", "fr/cut")


def test_refuses_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(SplittingCasesNotFoundError, match=r"give a \.jsonl file"):
        evaluate_splitting(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        b"One fell.| Two rose.",
        b"[]",
        b'{"lang": "en", "case": "no spec"}',
        b'{"lang": "en", "case": 7, "spec": "One."}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_refuses_a_line_that_is_no_case_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = write(tmp_path, GOOD.encode() + line)

    with pytest.raises(InvalidSplittingCaseError, match=r"cases\.jsonl, line 2"):
        evaluate_splitting(path)


def test_every_splitter_is_scored_on_the_same_cases(tmp_path: Path) -> None:
    scores = compare_splitting(write(tmp_path, GOOD + FALSE_SPLIT + MISSED))

    assert list(scores) == ["triptych", *installed_splitters()]
    assert {score.cases for score in scores.values()} == {3}
    assert scores["triptych"] == evaluate_splitting(tmp_path / "cases.jsonl")
    assert scores["blingfire"].by_language["en"].passed == 1


@pytest.mark.parametrize("name", installed_splitters())
@pytest.mark.parametrize("language", ["en", "fr", "ru", "pt"])
def test_a_library_says_where_its_sentences_are(name: str, language: str) -> None:
    text = "  One fell.  Two   rose.\n\nThree stayed. "

    spans = installed_splitters()[name](text, language)

    assert [text[span.start : span.end].strip() for span in spans] == [
        "One fell.",
        "Two   rose.",
        "Three stayed.",
    ]


def test_sentences_are_found_though_their_spaces_changed() -> None:
    text = "Is it? ..  No  way."

    assert locate_sentences(text, ["Is it?..", " ", "No way."]) == [Span(0, 9), Span(11, 19)]


@pytest.mark.parametrize(
    "path",
    [HARD_CASES, pytest.param(SHARED_CASES, marks=pytest.mark.shared)],
    ids=["ours", "shared"],
)
def test_ours_is_better_than_the_best_library_in_each_language(path: Path) -> None:
    if not path.is_file():
        pytest.skip("../shared/data/split is absent")
    scores = compare_splitting(path)

    ours = scores.pop("triptych")

    for language, counts in ours.by_language.items():
        others = [score.by_language[language] for score in scores.values()]
        assert counts.passed > max(other.passed for other in others)
        assert counts.false_splits < min(other.false_splits for other in others)
