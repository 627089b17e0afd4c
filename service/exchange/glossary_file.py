"""Files of glossaries, by their format."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from service.domain.errors import InvalidInputError
from service.domain.glossary import Glossary, PlacedTerm
from service.domain.language import Direction
from service.exchange.glossary_csv import read_csv, write_csv
from service.exchange.glossary_tbx import read_tbx, write_tbx


class GlossaryFormat(StrEnum):
    """The formats that glossaries are read and written in."""

    CSV = "csv"
    TSV = "tsv"
    TBX = "tbx"


MEDIA_TYPES: Final = {
    GlossaryFormat.CSV: "text/csv",
    GlossaryFormat.TSV: "text/tab-separated-values",
    GlossaryFormat.TBX: "application/x-tbx+xml",
}


class UnknownGlossaryFormatError(InvalidInputError):
    """The file's name does not say its format."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name[-80:]!r} does not say its format: end it in .csv, .tsv or .tbx, or say which "
            "it is"
        )


def format_of_file(name: str) -> GlossaryFormat:
    """Return the format that a file's name says.

    Raises:
        UnknownGlossaryFormatError: If it says none.
    """
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    others = {"xml": GlossaryFormat.TBX, "txt": GlossaryFormat.TSV, "tab": GlossaryFormat.TSV}
    known = {one.value: one for one in GlossaryFormat} | others
    if suffix not in known:
        raise UnknownGlossaryFormatError(name)
    return known[suffix]


def read_glossary_file(
    content: bytes, file_format: GlossaryFormat, *, directions: Sequence[Direction] = ()
) -> list[PlacedTerm]:
    """Return the terms of a file, each with its place; see the readers for what may be wrong."""
    read = read_tbx if file_format is GlossaryFormat.TBX else read_csv
    return read(content, directions=directions)


def write_glossary_file(glossary: Glossary, file_format: GlossaryFormat) -> bytes:
    """Return a glossary as a file, in UTF-8."""
    if file_format is GlossaryFormat.TBX:
        return write_tbx(glossary.terms, name=glossary.name)
    separator = "\t" if file_format is GlossaryFormat.TSV else ","
    return write_csv(glossary.terms, separator=separator).encode()
