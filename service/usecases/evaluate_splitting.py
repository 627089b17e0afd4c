"""Score the sentence splitter on paragraphs whose boundaries are marked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alignment.sentences import split_sentences
from service.domain.errors import InvalidInputError, NotFoundError

MUST_SPLIT: Final = "|"
MAY_SPLIT: Final = "¦"


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
    cases = read_splitting_cases(path)
    failed = tuple(f"{case.language}/{case.name}" for case in cases if not _passes(case))
    total = _count(cases)
    languages = sorted({case.language for case in cases})
    return SplittingScore(
        passed=total.passed,
        cases=total.cases,
        false_splits=total.false_splits,
        by_language={
            language: _count([case for case in cases if case.language == language])
            for language in languages
        },
        failed=failed,
    )


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


def _found(case: SplittingCase) -> set[int]:
    """Return where the splitter ends the sentences of the case, but for the last one."""
    return {span.end for span in split_sentences(case.text, case.language)[:-1]}


def _false_splits(case: SplittingCase) -> set[int]:
    return _found(case) - case.must - case.may


def _passes(case: SplittingCase) -> bool:
    return case.must <= _found(case) and not _false_splits(case)


def _count(cases: list[SplittingCase]) -> SplittingCounts:
    return SplittingCounts(
        passed=sum(map(_passes, cases)),
        cases=len(cases),
        false_splits=sum(len(_false_splits(case)) for case in cases),
    )
