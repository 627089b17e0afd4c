"""Test sets of translations: one file a language, the same line in each."""

from pathlib import Path

from service.domain.errors import InvalidInputError, NotFoundError
from service.domain.language import Direction, Language


class TestSetError(InvalidInputError):
    """The files of a test set do not fit each other."""

    __test__ = False  # its name is no test's

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"test set {folder}: {problem}")


class TestSetFileError(NotFoundError):
    """A test set has no file for a language."""

    __test__ = False  # its name is no test's

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no {path}: a test set has one file a language, as en.txt")


def read_test_set(folder: Path, direction: Direction) -> list[tuple[str, str]]:
    """Return source and reference of each line of ``en.txt``, ``fr.txt`` or ``ru.txt``.

    Raises:
        TestSetFileError: If a file is missing.
        TestSetError: If the two files differ in lines, or are empty, or not UTF-8.
    """
    sources = _read_lines(folder, direction.source)
    references = _read_lines(folder, direction.target)
    if len(sources) != len(references):
        problem = f"{len(sources)} lines in the source and {len(references)} in the reference"
        raise TestSetError(folder, problem)
    if not any(map(str.strip, sources)):
        raise TestSetError(folder, "its files are empty")
    return list(zip(sources, references, strict=True))


def languages_of(folder: Path) -> list[Language]:
    """Return the languages that a test set has a file of; at least two.

    Raises:
        TestSetFileError: If it has fewer.
    """
    found = [language for language in Language if (folder / f"{language}.txt").is_file()]
    if len(found) < 2:  # noqa: PLR2004 - a source and a target
        missing = next(language for language in Language if language not in found)
        raise TestSetFileError(folder / f"{missing}.txt")
    return found


def _read_lines(folder: Path, language: Language) -> list[str]:
    path = folder / f"{language}.txt"
    if not path.is_file():
        raise TestSetFileError(path)
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise TestSetError(folder, f"{path.name} is not UTF-8") from error
