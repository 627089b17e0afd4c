"""Glossaries as CSV and TSV: from spreadsheets, for DeepL, and with everything we know of a term.

Without a header a file is DeepL's: source and target, or both and their languages. A header names
the columns in any order: ours, or language codes with the terms of one language below each.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar

from service.domain.errors import InvalidInputError
from service.domain.glossary import (
    BETWEEN_FORMS,
    GlossaryError,
    LetterCase,
    PartOfSpeech,
    PlacedTerm,
    Term,
    TermError,
    TermKind,
    TooManyTermsError,
)
from service.domain.glossary import MAX_TERMS as MAX_ROWS
from service.domain.language import Direction, Language, parse_language
from service.untrusted.limits import check_size

COLUMNS: Final = (
    "source_language",
    "target_language",
    "source",
    "target",
    "kind",
    "case",
    "part_of_speech",
    "source_forms",
    "target_forms",
    "note",
)
"""What we write, in this order."""

_OTHER_NAMES: Final = {
    "source_term": "source",
    "target_term": "target",
    "source_text": "source",
    "target_text": "target",
    "translation": "target",
    "source_lang": "source_language",
    "target_lang": "target_language",
    "pos": "part_of_speech",
    "comment": "note",
    "comments": "note",
    "notes": "note",
    "description": "note",
}
_PEEKED_LINES: Final = 20
_PEEKED_CHARS: Final = 2000
_SEPARATORS: Final = "\t;,"
_LANGUAGES: Final = {
    name: language for language in Language for name in (language.value, language.english_name)
}


Choice = TypeVar("Choice", bound=StrEnum)


class DirectionNeededError(InvalidInputError):
    """The file has two columns and does not say in which languages."""

    def __init__(self) -> None:
        super().__init__(
            "the file does not say its languages: give them (--from and --to, source and target), "
            "or add a header such as en,fr"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    line: int
    cells: Sequence[str]

    @property
    def place(self) -> str:
        return f"line {self.line}"


def read_csv(content: bytes, *, directions: Sequence[Direction] = ()) -> list[PlacedTerm]:
    """Return the terms of a CSV or TSV file, each with its line.

    The separator is a tab, a semicolon or a comma, whichever the first lines agree on; the
    encoding UTF-8, or UTF-16 with its mark. Empty lines are passed over.

    Args:
        content: The file.
        directions: Which ones to take; all that the file has if none is given. A file that does
            not say its languages needs one.

    Raises:
        FileTooLargeError: If the file is too long.
        GlossaryError: If a line cannot be used, or two columns mean the same; it names the line.
        DirectionNeededError: If neither file nor caller says the languages.
        TooManyTermsError: If there are more lines than a glossary takes.
    """
    check_size(len(content))
    rows = list(_rows(_decode(content)))
    if not rows:
        return []
    header = _header(rows[0].cells)
    body = rows if header is None else rows[1:]
    if header is None:
        header = _without_header(rows[0])
    else:
        _check_twin_columns(rows[0], header)
    terms = [
        placed
        for row in body
        for placed in _terms(row, header, directions)
        if not directions or placed.term.direction in directions
    ]
    if len(terms) > MAX_ROWS:
        raise TooManyTermsError
    return terms


def write_csv(terms: Iterable[Term], *, separator: str = ",") -> str:
    """Return terms as CSV, or as TSV with a tab for a separator; read back, they are the same."""
    rows = [COLUMNS, *(_cells(term) for term in terms)]
    if separator == "\t":
        return "".join("\t".join(map(_quoted, row)) + "\n" for row in rows)
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _decode(content: bytes) -> str:
    is_utf_16 = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = "this is not UTF-8: save the file as “CSV UTF-8”"
        raise GlossaryError(f"line {line}", reason) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise GlossaryError(f"line {line}", "it holds a NUL, which is no text: remove it")
    return text


def _rows(text: str) -> Iterator[_Row]:
    separator = _separator(text)
    rows = _tab_rows(text) if separator == "\t" else _csv_rows(text, separator)
    for row in rows:
        if any(cell.strip() for cell in row.cells):
            yield row


def _separator(text: str) -> str:
    """Return what the first lines are divided by: each of them has it, as often as the others."""
    lines = [
        line[:_PEEKED_CHARS] for line in islice(io.StringIO(text, newline=None), _PEEKED_LINES)
    ]
    lines = [line for line in lines if line.strip()]
    for separator in _SEPARATORS:
        counts = {len(row) for row in csv.reader(lines, delimiter=separator)}
        if len(counts) == 1 and counts != {1}:
            return separator
    first = lines[0] if lines else ""
    return max(_SEPARATORS[::-1], key=first.count)


def _tab_rows(text: str) -> Iterator[_Row]:
    """Yield rows that end with their line; only a cell that begins and ends with quotes has any."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        yield _Row(line=number, cells=[_unquoted(cell) for cell in line.split("\t")])


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if cell.startswith('"') else cell


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"')
    return cell


def _csv_rows(text: str, separator: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield _Row(line=line, cells=cells)
            line = reader.line_num + 1
    except csv.Error as error:
        reason = f"a quotation mark is not closed, or something follows it ({error})"
        raise GlossaryError(f"line {line}", reason) from error


def _header(cells: Sequence[str]) -> list[str] | None:
    """Return what the columns are called, if the first row says so."""
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    names = [_OTHER_NAMES.get(name, name) for name in names]
    if {"source", "target"} <= set(names) or {"source", "kind"} <= set(names):
        return names
    languages = [_language_column(cell) for cell in cells]
    if sum(map(bool, languages)) > 1 and any(languages[:2]):  # DeepL has them in columns 3 and 4
        return [known or name for known, name in zip(languages, names, strict=True)]
    return None


def _check_twin_columns(row: _Row, header: Sequence[str]) -> None:
    """Refuse two columns that mean the same: which of them has the terms is not ours to guess."""
    first: dict[str, int] = {}
    for index, name in enumerate(header):
        if name not in first:
            first[name] = index
        elif name in COLUMNS or name in list(Language):
            one, other = (
                f"{at + 1} (“{row.cells[at].strip()[:40]}”)" for at in (first[name], index)
            )
            reason = f"columns {one} and {other} are both {name}: remove or rename one of them"
            raise GlossaryError(row.place, reason)


def _language_column(cell: str) -> str | None:
    """Return the code of a language that a column is called after: ``fr``, ``fr-FR``, French."""
    name = cell.strip()
    if found := re.fullmatch(r"([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?", name):
        name = found[1].lower()
    language = _LANGUAGES.get(name) or _LANGUAGES.get(name.capitalize())
    return language.value if language else None


def _without_header(row: _Row) -> list[str]:
    columns = len(row.cells)
    if columns == 2:  # noqa: PLR2004 - DeepL's
        return ["source", "target"]
    if columns == 4 and all(map(_language_column, row.cells[2:])):  # noqa: PLR2004 - DeepL's
        return ["source", "target", "source_language", "target_language"]
    reason = (
        f"it has {columns} {'column' if columns == 1 else 'columns'} and no header: give source "
        f"and target alone, or name the columns in the first line ({', '.join(COLUMNS)})"
    )
    raise GlossaryError(row.place, reason)


def _terms(
    row: _Row, header: Sequence[str], directions: Sequence[Direction]
) -> Iterator[PlacedTerm]:
    if len(row.cells) > len(header) and any(map(str.strip, row.cells[len(header) :])):
        reason = f"it has {len(row.cells)} cells for {len(header)} columns: put quotes around one"
        raise GlossaryError(row.place, reason)
    cells = {name: cell.strip() for name, cell in zip(header, row.cells, strict=False)}
    try:
        if "source" in header:
            yield PlacedTerm(place=row.place, term=_term(cells, _direction(cells, directions)))
            return
        for direction in directions or _directions(header):
            source, target = cells.get(direction.source, ""), cells.get(direction.target, "")
            if source and target:
                pair = cells | {"source": source, "target": target}
                yield PlacedTerm(place=row.place, term=_term(pair, direction))
    except DirectionNeededError:
        raise
    except InvalidInputError as error:
        raise GlossaryError(row.place, str(error)) from error


def _directions(header: Sequence[str]) -> list[Direction]:
    """Return from the first language of a header to each of the others."""
    first, *others = dict.fromkeys(Language(name) for name in header if name in list(Language))
    return [Direction(first, other) for other in others]


def _direction(cells: Mapping[str, str], directions: Sequence[Direction]) -> Direction:
    source, target = cells.get("source_language"), cells.get("target_language")
    if source and target:
        return Direction(parse_language(source), parse_language(target))
    if len(directions) != 1:
        raise DirectionNeededError
    return directions[0]


def _term(cells: Mapping[str, str], direction: Direction) -> Term:
    return Term(
        source_language=direction.source,
        target_language=direction.target,
        source=cells.get("source", ""),
        target=cells.get("target", ""),
        kind=_one_of(TermKind, cells.get("kind")) or TermKind.REQUIRED,
        case=_one_of(LetterCase, cells.get("case")) or LetterCase.AUTO,
        part_of_speech=_one_of(PartOfSpeech, cells.get("part_of_speech")),
        source_forms=_forms(cells.get("source_forms", "")),
        target_forms=_forms(cells.get("target_forms", "")),
        note=cells.get("note", ""),
    )


def _forms(cell: str) -> tuple[str, ...]:
    return tuple(form for form in cell.split(BETWEEN_FORMS) if form.strip())


def _one_of(words: type[Choice], cell: str | None) -> Choice | None:
    """Return the member of an enumeration that a cell has; an empty cell has none."""
    if not cell:
        return None
    known = {word.value.lower(): word for word in words}
    found = known.get(cell.lower())
    if found is None:
        raise TermError(f"{cell[:40]!r} is none of {', '.join(word.value for word in words)}")
    return found


def _cells(term: Term) -> list[str]:
    return [
        term.source_language,
        term.target_language,
        term.source,
        term.target,
        term.kind,
        term.case,
        term.part_of_speech or "",
        BETWEEN_FORMS.join(term.source_forms),
        BETWEEN_FORMS.join(term.target_forms),
        term.note,
    ]
