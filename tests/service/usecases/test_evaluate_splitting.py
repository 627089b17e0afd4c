from pathlib import Path

import pytest

from service.usecases.evaluate_splitting import (
    InvalidSplittingCaseError,
    SplittingCasesNotFoundError,
    SplittingCounts,
    evaluate_splitting,
    read_splitting_cases,
)

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
