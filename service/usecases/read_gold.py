"""Reads test sets of the aligner: articles, and which of their paragraphs belong together.

Two forms, which may lie in one folder or many:

- ``NAME.jsonl`` and ``NAME.gold.jsonl``: an article a line, in two editions or more;
- ``NAME.de.txt``, ``NAME.fr.txt`` and ``NAME.gold.txt``: one sentence a line, in any two languages.
  The gold has groups of line numbers from 0, ``[3, 4]:[3]``; their left side is the language that
  comes first in the alphabet.

What gold of the first form says has to be whole: every paragraph is in exactly one group of each
pair. That of the second is taken as it is, because the set that all papers report (Text+Berg)
leaves some sentences out and has one twice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.domain.errors import InvalidInputError, NotFoundError

TEXTS: Final = ".jsonl"
GOLD: Final = ".gold.jsonl"
SENTENCES_GOLD: Final = ".gold.txt"
_INDEXES: Final = r"\[((?:[0-9]{1,9}(?:, ?[0-9]{1,9})*)?)\]"
GROUP: Final = re.compile(f"{_INDEXES}:{_INDEXES}")

Level: TypeAlias = Literal["paragraph", "sentence"]
Pair: TypeAlias = tuple[str, str]
Index: TypeAlias = Annotated[int, Field(ge=0)]
Groups: TypeAlias = Sequence[tuple[Sequence[int], Sequence[int]]]


class NoGoldError(NotFoundError):
    """The folder holds no test set."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"no test set at {place}: name a folder that holds, at any depth, NAME{TEXTS} and "
            f"NAME{GOLD}, or NAME.de.txt, NAME.fr.txt and NAME{SENTENCES_GOLD}; or NAME{TEXTS}"
        )


class MissingTextsError(NotFoundError):
    """The gold is there, and what it is about is not."""

    def __init__(self, gold: Path, needed: str) -> None:
        super().__init__(f"{gold}: its texts are missing, it needs {needed} beside it")


class BrokenGoldError(InvalidInputError):
    """A file of the test set is not as it should be."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldArticle:
    """An article with gold; all is by language or by pair of languages."""

    editions: Mapping[str, Sequence[str]]
    """Paragraphs or, at the level of sentences, sentences."""
    kinds: Mapping[str, Sequence[str]]
    """What each paragraph is; of editions whose every paragraph says it."""
    pairs: Mapping[Pair, Groups]
    """Groups of indexes from 0; a side without counterpart is empty."""
    moved: Mapping[str, Sequence[int]]
    """Paragraphs that stand elsewhere in the other editions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """Articles that are scored together."""

    name: str
    """Its path under the place that was named, without suffix."""
    path: Path
    """The same from the root."""
    level: Level
    articles: Sequence[GoldArticle]


class _Line(BaseModel):
    """A line of JSON; what else it holds is left alone."""

    model_config = ConfigDict(strict=True, frozen=True)
    id: str


class _Paragraph(BaseModel):
    text: str
    kind: str | None = None


class _Texts(_Line):
    editions: Annotated[dict[str, list[_Paragraph]], Field(min_length=2, max_length=3)]


class _Gold(_Line):
    pairs: dict[str, list[tuple[list[Index], list[Index]]]]
    moved: dict[str, list[Index]] = {}


_WANTED: Final[Mapping[type[_Line], str]] = {
    _Texts: '{"id": "…", "editions": {"en": [{"text": "…"}, …], "fr": […]}}',
    _Gold: '{"id": "…", "pairs": {"en-fr": [[[0], [0, 1]], [[1], []], …]}}',
}
_LineT = TypeVar("_LineT", bound=_Line)


def read_gold(place: Path) -> list[GoldSet]:
    """Return all test sets at a place, ordered by name.

    Args:
        place: A folder, searched at any depth, or one ``NAME.jsonl``, with or without its suffix.

    Raises:
        NoGoldError: If there is no test set.
        MissingTextsError: If there is gold without texts.
        BrokenGoldError: If a file is not as it should be.
    """
    place = place.resolve()
    if place.is_dir():
        sets = [_paragraph_set(file, place) for file in place.rglob(f"*{GOLD}")]
        folders = {file.parent for file in place.rglob(f"*{SENTENCES_GOLD}")}
        sets += [_sentence_set(folder, place) for folder in folders]
    else:
        gold = place.with_name(place.name.removesuffix(TEXTS) + GOLD)
        sets = [_paragraph_set(gold, place.parent)] if gold.is_file() else []
    if not sets:
        raise NoGoldError(place)
    return sorted(sets, key=lambda gold_set: gold_set.name)


def _paragraph_set(gold: Path, place: Path) -> GoldSet:
    path = gold.with_name(gold.name.removesuffix(GOLD))
    return GoldSet(
        name=path.relative_to(place).as_posix(),
        path=path,
        level="paragraph",
        articles=list(_read_articles(gold)),
    )


def _sentence_set(folder: Path, place: Path) -> GoldSet:
    return GoldSet(
        name=folder.name if folder == place else folder.relative_to(place).as_posix(),
        path=folder,
        level="sentence",
        articles=[_read_sentences(gold) for gold in sorted(folder.glob(f"*{SENTENCES_GOLD}"))],
    )


def _read_articles(gold: Path) -> Iterator[GoldArticle]:
    """Yield the articles of ``NAME.jsonl`` with their answers, each checked."""
    texts = gold.with_name(gold.name.removesuffix(GOLD) + TEXTS)
    if not texts.is_file():
        raise MissingTextsError(gold, texts.name)
    answers: dict[str, tuple[int, _Gold]] = {}
    for number, answer in _read_objects(gold, _Gold):
        if answer.id in answers:
            raise BrokenGoldError(gold, number, "its id is that of an earlier line")
        answers[answer.id] = number, answer
    for number, line in _read_objects(texts, _Texts):
        if line.id not in answers:
            raise BrokenGoldError(texts, number, f"{gold.name} has no line of this id left")
        number_of_answer, answer = answers.pop(line.id)
        try:
            yield _article(line, answer)
        except _UnfitError as error:
            raise BrokenGoldError(gold, number_of_answer, str(error)) from error
    for number, _ in answers.values():
        raise BrokenGoldError(gold, number, f"{texts.name} has no line of this id")


class _UnfitError(ValueError):
    """Gold and texts do not fit together."""


def _article(line: _Texts, answer: _Gold) -> GoldArticle:
    sizes = {language: len(paragraphs) for language, paragraphs in line.editions.items()}
    known = {f"{source}-{target}": (source, target) for source, target in permutations(sizes, 2)}
    for name, groups in answer.pairs.items():
        if name not in known:
            message = f"{name!r} is no pair of its editions, {', '.join(sizes)}"
            raise _UnfitError(message)
        for side, language in enumerate(known[name]):
            members = [index for group in groups for index in group[side]]
            _check_each_once(members, sizes[language], f"{name}, {language}")
    for language, indexes in answer.moved.items():
        if language not in sizes or max(indexes, default=-1) >= sizes[language]:
            message = f"moved, {language}: there is no such edition, or no such paragraph in it"
            raise _UnfitError(message)
    kinds = {
        language: [paragraph.kind for paragraph in paragraphs if paragraph.kind is not None]
        for language, paragraphs in line.editions.items()
    }
    return GoldArticle(
        editions={
            language: [paragraph.text for paragraph in paragraphs]
            for language, paragraphs in line.editions.items()
        },
        kinds={language: told for language, told in kinds.items() if len(told) == sizes[language]},
        pairs={known[name]: groups for name, groups in answer.pairs.items()},
        moved=answer.moved,
    )


def _check_each_once(members: Sequence[int], size: int, where: str) -> None:
    """Refuse gold in which not every paragraph is in exactly one group."""
    counts = Counter(members)
    for index in sorted({*range(size), *counts}):
        if index >= size:
            message = f"{where}: there is no paragraph {index}, there are {size}, counted from 0"
            raise _UnfitError(message)
        if counts[index] != 1:
            message = (
                f"{where}: paragraph {index} is in {counts[index]} groups and must be in one; "
                "where it has no counterpart, the other side is []"
            )
            raise _UnfitError(message)


def _read_objects(file: Path, kind: type[_LineT]) -> Iterator[tuple[int, _LineT]]:
    """Yield number and content of the lines of a JSONL file; empty ones are passed over."""
    for number, line in enumerate(_read_lines(file), start=1):
        if line.strip():
            try:
                yield number, kind.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                place = "".join(f"{part}: " for part in first["loc"])
                problem = f"not as {_WANTED[kind]} ({place}{first['msg']})"
                raise BrokenGoldError(file, number, problem) from error


def _read_sentences(gold: Path) -> GoldArticle:
    """Return the sentences and groups of ``NAME.gold.txt`` and the two texts beside it."""
    name = gold.name.removesuffix(SENTENCES_GOLD)
    beside = {
        file.name.removeprefix(f"{name}.").removesuffix(".txt"): file
        for file in gold.parent.glob("*.txt")
        if file != gold and file.name.startswith(f"{name}.")
    }
    files = {language: file for language, file in sorted(beside.items()) if "." not in language}
    if len(files) != 2:  # noqa: PLR2004 - a pair
        raise MissingTextsError(gold, f"{name}.de.txt and {name}.fr.txt, or any two languages,")
    editions = {language: _read_lines(file) for language, file in files.items()}
    source, target = editions
    groups = []
    for number, line in enumerate(_read_lines(gold), start=1):
        if not line.strip():
            continue
        group = _parse_group(gold, number, line)
        for members, language in zip(group, editions, strict=True):
            if max(members, default=-1) >= len(editions[language]):
                size = len(editions[language])
                problem = f"{files[language].name} has no line {max(members)}, from 0 to {size - 1}"
                raise BrokenGoldError(gold, number, problem)
        groups.append(group)
    return GoldArticle(editions=editions, kinds={}, pairs={(source, target): groups}, moved={})


def _parse_group(gold: Path, number: int, line: str) -> tuple[list[int], list[int]]:
    found = GROUP.fullmatch(line.strip())
    if found is None:
        raise BrokenGoldError(gold, number, "no group as [3, 4]:[3], of line numbers from 0")
    source, target = (
        [int(index) for index in listed.split(",") if listed] for listed in found.groups()
    )
    return source, target


def _read_lines(file: Path) -> list[str]:
    """Return the lines of a UTF-8 file, without their ends."""
    content = file.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenGoldError(file, line, "not UTF-8") from error
    lines = text.split("\n")
    return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]
