"""Score the sentence splitter on paragraphs whose boundaries are marked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alignment.sentences import split_sentences
from service.domain.errors import InvalidInputError, NotFoundError
from service.usecases.other_splitters import Split, installed_splitters

MUST_SPLIT: Final = "|"
MAY_SPLIT: Final = "¦"

OURS: Final = "triptych"
"""What our splitter is called in a comparison."""


class SplittingCasesNotFoundError(NotFoundError):
    """There is no file of cases at the path."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no file of splitting cases at {path}: give a .jsonl file")


class InvalidSplittingCaseError(InvalidInputError):
    """The file is not text, or a line of it is no case."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(
            f"{path.name}, line {line} is no splitting case: write one as "
            '{"lang": "en", "case": "name", "spec": "One.| Two."}'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SplittingCase:
    """A paragraph, and where its sentences end as offsets in the text."""

    language: str
    name: str
    text: str
    must: frozenset[int]
    """Boundaries that have to be found."""
    may: frozenset[int]
    """Boundaries that may be found; every other one is a false split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplittingCounts:
    """How many cases there are, how many passed, and how many boundaries were found in vain.

    A case passes when it misses no boundary and has no false split. A false split is the harmful
    mistake: it makes a fragment, which a model answers with invented text.
    """

    passed: int
    cases: int
    false_splits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplittingScore:
    """Counts over all cases and by language, and the names of the cases that did not pass."""

    passed: int
    cases: int
    false_splits: int
    by_language: Mapping[str, SplittingCounts]
    failed: tuple[str, ...]
    """As ``en/initials``, in the order of the file."""


def evaluate_splitting(path: Path) -> SplittingScore:
    """Split every case of a JSONL file into sentences and count those that are exactly right.

    Raises:
        SplittingCasesNotFoundError: If there is no such file.
        InvalidSplittingCaseError: If the file holds anything but cases.
    """
    return _score(read_splitting_cases(path), split_sentences)


def compare_splitting(path: Path) -> dict[str, SplittingScore]:
    """Score our splitter, and each of the libraries that are installed, on the same cases.

    Raises:
        SplittingCasesNotFoundError: If there is no such file.
        InvalidSplittingCaseError: If the file holds anything but cases.
    """
    cases = read_splitting_cases(path)
    splitters = {OURS: split_sentences, **installed_splitters()}
    return {name: _score(cases, split) for name, split in splitters.items()}


def read_splitting_cases(path: Path) -> list[SplittingCase]:
    """Return the cases of a JSONL file: ``lang``, ``case`` (a name) and ``spec`` on each line.

    In ``spec`` a ``|`` marks a boundary that must be found and ``¦`` one that may be; the text is
    ``spec`` without them.

    Raises:
        SplittingCasesNotFoundError: If there is no such file.
        InvalidSplittingCaseError: If the file holds anything but cases.
    """
    if not path.is_file():
        raise SplittingCasesNotFoundError(path)
    lines = path.read_bytes().split(b"\n")
    return [_parse(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _parse(path: Path, number: int, line: bytes) -> SplittingCase:
    try:
        match json.loads(line):
            case {"lang": str(language), "case": str(name), "spec": str(spec)}:
                return _marked(language, name, spec)
            case _:
                raise InvalidSplittingCaseError(path, number)
    except (ValueError, RecursionError) as error:
        raise InvalidSplittingCaseError(path, number) from error


def _marked(language: str, name: str, spec: str) -> SplittingCase:
    boundaries: dict[str, set[int]] = {MUST_SPLIT: set(), MAY_SPLIT: set()}
    text = ""
    for character in spec:
        if character in boundaries:
            boundaries[character].add(len(text))
        else:
            text += character
    return SplittingCase(
        language=language,
        name=name,
        text=text,
        must=frozenset(boundaries[MUST_SPLIT]),
        may=frozenset(boundaries[MAY_SPLIT]),
    )


def _score(cases: Sequence[SplittingCase], split: Split) -> SplittingScore:
    results = [_judge(case, split) for case in cases]
    total = _count(results)
    languages = sorted({case.language for case in cases})
    return SplittingScore(
        passed=total.passed,
        cases=total.cases,
        false_splits=total.false_splits,
        by_language={
            language: _count([result for result in results if result.case.language == language])
            for language in languages
        },
        failed=tuple(
            f"{result.case.language}/{result.case.name}" for result in results if not result.passed
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """How a splitter did on one case."""

    case: SplittingCase
    passed: bool
    false_splits: int


def _judge(case: SplittingCase, split: Split) -> _Result:
    found = {span.end for span in split(case.text, case.language)[:-1]}
    false_splits = len(found - case.must - case.may)
    passed = case.must <= found and not false_splits
    return _Result(case=case, passed=passed, false_splits=false_splits)


def _count(results: Sequence[_Result]) -> SplittingCounts:
    return SplittingCounts(
        passed=sum(result.passed for result in results),
        cases=len(results),
        false_splits=sum(result.false_splits for result in results),
    )
