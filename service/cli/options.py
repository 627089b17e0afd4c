"""Options and arguments that several commands share, and how files are read for them."""

import os
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from service.domain.errors import InvalidInputError
from service.domain.language import Language, parse_language

HTML_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml"})


class UnreadableFileError(InvalidInputError):
    """The file is not there, or the system does not let us read it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {shown(path)}: {reason}")


def read_bytes(path: Path) -> bytes:
    """Return a file's content; ``-`` is standard input.

    Raises:
        UnreadableFileError: If it cannot be read.
    """
    try:
        if str(path) == "-":
            return typer.get_binary_stream("stdin").read()
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or type(error).__name__) from error


def format_of(path: Path) -> Literal["html"] | None:
    """Return the format that a file's name says it has; else its content tells."""
    return "html" if path.suffix.lower() in HTML_SUFFIXES else None


def shown(path: Path) -> str:
    """Return a path as it can be printed, whatever bytes its name is made of."""
    return os.fsencode(path).decode(errors="replace")


class UnwritableFileError(InvalidInputError):
    """The file cannot be written where it should be."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {shown(path)}: {reason}")


def check_writable(path: Path) -> None:
    """Pass if a file could be written there, so far as that can be told beforehand.

    Raises:
        UnwritableFileError: If not.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise UnwritableFileError(path, "it is a folder" if path.is_dir() else "no such folder")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UnwritableFileError(path, "permission denied")


def write_text(path: Path, text: str) -> None:
    """Write a file whole: until all of it is on the disk, what stood there stays.

    Raises:
        UnwritableFileError: If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not path.is_file():  # a device or a pipe takes the text itself
            path.write_text(text, encoding="utf-8")
            return
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnwritableFileError(path, error.strerror or type(error).__name__) from error


def _language(code: str) -> Language:
    return parse_language(code)


LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", parser=_language, metavar="CODE", help="en, fr or ru; else recognised."),
]
SourceOption = Annotated[
    Language, typer.Option("--from", parser=_language, metavar="CODE", help="en, fr or ru.")
]
TargetOption = Annotated[
    Language, typer.Option("--to", parser=_language, metavar="CODE", help="en, fr or ru.")
]
EncodingOption = Annotated[
    str | None, typer.Option(help="The file's encoding, where it cannot be told.")
]
UndoOption = Annotated[
    list[str] | None,
    typer.Option(metavar="REPAIR", help="A repair not to make, by its id; may be repeated."),
]
AsIsOption = Annotated[bool, typer.Option("--as-is", help="Make no repairs at all.")]
CheckLanguageOption = Annotated[
    bool,
    typer.Option(
        "--check-language/--no-check-language",
        help="Refuse a text that is clearly in another language.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
