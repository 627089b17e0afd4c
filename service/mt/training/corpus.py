"""Sentence pairs for training: read, cleaned, told apart from test sets, counted."""

import json
import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

from service.domain.language import Direction, Language
from service.mt.training.errors import NoPairFilesError, PairsError

SUFFIXES: Final = (".tsv", ".jsonl", ".tsv.xz", ".jsonl.xz")
MAX_CHARS: Final = 1000
"""Longer rows are no sentences."""
MAX_LENGTH_RATIO: Final = 3.0
"""Of the two sides in characters, where both have more than ``SHORT_CHARS``; looser than what a
draft is flagged for, as a pair for training only has to teach something."""
SHORT_CHARS: Final = 20
MIN_SCRIPT_SHARE: Final = 0.5
"""Of a side's letters, in the script of its language."""
LEAK_WORDS: Final = 10
"""A pair that shares so many words in a row with a test set is left out."""

_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(r"\w+")
_NO_TEXT: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffd-\uffff\U000f0000-\U0010ffff]"
)
"""Controls, lone surrogates, private use, no characters, and the sign for what was unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence in two or three languages, from a domain: its file's name."""

    domain: str
    texts: dict[Language, str]


def find_pair_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of sentence pairs among these files and in these folders, sorted by name.

    Raises:
        NoPairFilesError: If a path has none.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files = [file for file in inside if file.is_file() and file.name.endswith(SUFFIXES)]
        if not files:
            raise NoPairFilesError(path)
        found += files
    return found


def read_rows(path: Path, columns: Sequence[Language]) -> Iterator[Row]:
    """Yield the rows of a TSV (columns in the order given) or JSONL (keys are language codes).

    ``.xz`` is unpacked. Text is brought to NFC; an empty field is a language that the row lacks.

    Raises:
        PairsError: If a line is not of this form, with its number; if the file cannot be read.
    """
    domain = path.name.split(".")[0]
    number = 0
    try:
        with _open(path) as lines:
            for line in lines:
                number += 1
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if text.strip():
                    yield Row(domain=domain, texts=_fields(path, text, columns))
    except UnicodeDecodeError as error:
        raise PairsError(path, "it is not UTF-8: convert it first", line=number) from error
    except (lzma.LZMAError, EOFError) as error:
        raise PairsError(path, "it is no whole .xz file: copy it again") from error
    except OSError as error:
        raise PairsError(path, f"it cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise PairsError(path, str(error), line=number) from error


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".xz":
        with lzma.open(path) as lines:
            yield lines
    else:
        with path.open("rb") as lines:
            yield lines


def _fields(path: Path, line: str, columns: Sequence[Language]) -> dict[Language, str]:
    texts = _json_fields(line) if ".jsonl" in path.suffixes else _tab_fields(line, columns)
    stripped = ((language, text.strip()) for language, text in texts)
    return {language: unicodedata.normalize("NFC", text) for language, text in stripped if text}


def _json_fields(line: str) -> list[tuple[Language, str]]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    texts = (
        [(language, found.get(language.value) or "") for language in Language]
        if isinstance(found, dict)
        else []
    )
    if not texts or not all(isinstance(text, str) for _, text in texts):
        message = 'expected an object such as {"en": "…", "fr": "…"}'
        raise ValueError(message)
    return texts


def _tab_fields(line: str, columns: Sequence[Language]) -> list[tuple[Language, str]]:
    fields = line.split("\t")
    if len(fields) != len(columns):
        names = ", ".join(columns)
        message = (
            f"{len(fields)} fields where {len(columns)} were expected ({names}); "
            "name the columns with --columns"
        )
        raise ValueError(message)
    return list(zip(columns, fields, strict=True))


class Leaks:
    """The lines of test sets, and every run of ``LEAK_WORDS`` words in them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines: set[bytes] = set()
        self._runs: set[bytes] = set()
        for line in lines:
            words = _words(unicodedata.normalize("NFC", line))  # as rows are
            if words:
                self._lines.add(_digest(words))
                self._runs.update(map(_digest, _runs(words)))

    def __contains__(self, text: str) -> bool:
        """Tell whether a text is a line of a test set, or shares a run of words with one."""
        if not self._lines:
            return False
        words = _words(text)
        return _digest(words) in self._lines or any(
            _digest(run) in self._runs for run in _runs(words)
        )


def clean_pairs(
    rows: Iterable[Row], pair: Direction, *, leaks: Leaks, left_out: Counter[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield (domain, source, target) of what can teach the pair of languages, each pair once.

    Args:
        rows: In any order; those that lack one of the languages are passed over.
        pair: The two languages.
        leaks: Test sets that must not be trained on; both sides are looked at.
        left_out: How many were left out, by reason; grows.
    """
    seen: set[bytes] = set()
    for row in rows:
        source, target = row.texts.get(pair.source), row.texts.get(pair.target)
        if source is None or target is None:
            continue
        digest = _digest([*_words(source), "\t", *_words(target)])
        reason = _fault(source, target, pair)
        if reason is None and digest in seen:
            reason = "seen before"
        if reason is None and (source in leaks or target in leaks):
            reason = "in a test set"
        if reason is not None:
            left_out[reason] += 1
            continue
        seen.add(digest)
        yield row.domain, source, target


def _fault(source: str, target: str, pair: Direction) -> str | None:
    shorter, longer = sorted((len(source), len(target)))
    if longer > MAX_CHARS:
        return "too long"
    if _NO_TEXT.search(source) or _NO_TEXT.search(target):
        return "no text"
    if shorter > SHORT_CHARS and longer > MAX_LENGTH_RATIO * shorter:
        return "lengths differ"
    if source == target and longer > SHORT_CHARS:
        return "not translated"
    if not (_in_script(source, pair.source) and _in_script(target, pair.target)):
        return "another script"
    return None


def _in_script(text: str, language: Language) -> bool:
    own = _CYRILLIC if language is Language.RU else _LATIN
    return len(own.findall(text)) >= MIN_SCRIPT_SHARE * len(_LETTER.findall(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(len(words) - LEAK_WORDS + 1):
        yield words[start : start + LEAK_WORDS]


def _digest(words: Sequence[str]) -> bytes:
    return blake2b(" ".join(words).encode(errors="replace"), digest_size=8).digest()


def share_of(text: str) -> float:
    """Return a place from 0 to 1 that follows from the words of a text alone."""
    return int.from_bytes(_digest(_words(text))) / 2**64
