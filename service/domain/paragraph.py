"""A paragraph as the reader of a file made it, and the repairs that made it so."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a paragraph is in its article."""

    TITLE = "title"
    BYLINE = "byline"
    DATE = "date"
    HEADING = "heading"
    PARA = "para"
    QUOTE = "quote"
    CAPTION = "caption"
    LIST_ITEM = "list_item"
    FURNITURE = "furniture"
    """Running headers, page numbers, the publisher's footer: kept and marked, never translated."""


class RepairKind(StrEnum):
    """What the reader did to a text that a PDF or an e-mail had broken."""

    PAGE_BREAK_JOINED = "page_break_joined"
    LINES_JOINED = "lines_joined"
    HYPHEN_JOINED = "hyphen_joined"
    FURNITURE_SET_ASIDE = "furniture_set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing the reader changed, so that a person can see it and undo it.

    ``id`` is stable for the same text (``page_break_joined@21``: kind and line number from 1 in
    the decoded text) and is what ``--undo`` takes; ``paragraph`` is the index, from 0, of the
    paragraph that the repair made or marked; ``note`` says in a few words why.
    """

    id: str
    kind: RepairKind
    paragraph: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of an edition.

    ``text`` is plain text; no character of the source's paragraph is lost but the line breaks a
    repair joined. ``markup`` is the paragraph's inner HTML where the source was HTML with inline
    markup (it parses back to ``text``), else ``None``. ``level`` is 1-6 for headings, 0 otherwise.
    """

    text: str
    kind: Kind = Kind.PARA
    level: int = 0
    markup: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """What a reader made of one file or request body: paragraphs in order, and its repairs.

    ``encoding`` is the codec the bytes were read with (``utf-8``, ``utf-16``, ``cp1251``...).
    """

    paragraphs: tuple[Paragraph, ...]
    repairs: tuple[Repair, ...] = ()
    encoding: str = "utf-8"
    format: str = "text"
