"""How a stretch of prose begins and ends: the questions that every repair asks of it."""

import re

from service.ingest.words import CONTINUES, DATE, LIST_MARKER

TITLE_CHARS = 200
"""Longest title or heading."""
RUNNING_PROSE_CHARS = 25
"""Shortest paragraph without a full stop that may be half of a sentence, not a heading or item."""
CLEARLY_PROSE_CHARS = 60
"""Shortest one that may be so although what follows begins with a capital."""

_DATE_CHARS = 80
_EDGE_CHARS = 200
_OPENING = "\"'«“„‘([{*_¿¡"
CLOSING = "\"'»”“’)]}*_ \t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""What may stand between a full stop and the end of a paragraph."""
_STOPS = frozenset(".!?…:;。")
_LAST_WORD = re.compile(r"(\w+)['’]?$")
_FIRST_WORD = re.compile(r"\w+")
_BRACKETS = {"(": ")", "[": "]", "«": "»", "“": "”"}


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a full stop or its like, behind closing quotes and brackets.

    A colon and a semicolon count: what follows them is a new paragraph by intention.
    """
    end = text[-_EDGE_CHARS:].rstrip(CLOSING)
    return not end or end[-1] in _STOPS


def begins_small(text: str) -> bool:
    """Whether the text begins, behind opening quotes and brackets, with a lower-case word.

    Words such as ``iPhone`` and ``eBay`` do not count.
    """
    start = text[:_EDGE_CHARS].lstrip(_OPENING + " \t")
    return start[:1].islower() and not start[1:2].isupper()


def wants_more(text: str) -> bool:
    """Whether the text ends with a word that no sentence ends with, such as an article."""
    last = _LAST_WORD.search(text[-_EDGE_CHARS:].rstrip(" \t"))
    return last is not None and last[1].lower() in CONTINUES


def ends_with_comma(text: str) -> bool:
    """Whether the text ends with a comma, or with a dash."""
    return text.rstrip(CLOSING).endswith((",", "—", "–"))


def has_open_bracket(text: str) -> bool:
    """Whether a bracket or a quotation that opened in the text has not closed at its end."""
    if any(text.count(opened) > text.count(closed) for opened, closed in _BRACKETS.items()):
        return True
    return text.count('"') % 2 == 1


def closes_bracket(text: str) -> bool:
    """Whether more brackets or quotations close in the text than open."""
    if any(text.count(opened) < text.count(closed) for opened, closed in _BRACKETS.items()):
        return True
    return text.count('"') % 2 == 1


def first_word(text: str) -> str:
    """Return the first word, in lower case, or nothing."""
    found = _FIRST_WORD.search(text[:_EDGE_CHARS])
    return found[0].lower() if found else ""


def is_list_item(text: str) -> bool:
    """Whether the text begins with a bullet, a number or a letter of a list."""
    return LIST_MARKER.match(text[:_EDGE_CHARS]) is not None


def is_date(text: str) -> bool:
    """Whether the text is a date line and nothing else."""
    return len(text) <= _DATE_CHARS and DATE.fullmatch(text) is not None


def is_heading_like(text: str) -> bool:
    """Whether the text is short, one line, and has neither a full stop nor an open end."""
    return (
        len(text) <= TITLE_CHARS
        and "\n" not in text
        and any(character.isalnum() for character in text)
        and not ends_sentence(text)
        and not ends_with_comma(text)
        and not begins_small(text)
        and not text.lstrip().startswith(("—", "–", ">"))
    )
