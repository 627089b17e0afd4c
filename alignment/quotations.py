"""Which closing quotation mark or bracket belongs to which opening one."""

import re
from typing import Final

BRACKETS: Final = frozenset("()[]{}")

_OPENERS_OF: Final = {
    ")": "(",
    "]": "[",
    "}": "{",
    "»": "«",
    "›": "‹",
    "”": "“„",
    "“": "„",
    "’": "‘",
    '"': '"',
}
_OPENERS: Final = frozenset("".join(_OPENERS_OF.values()))
_BEFORE_OPENING: Final = frozenset(" \t\n\u00a0\u202f([{«“‘„—–")


def matching_pairs(text: str) -> dict[int, int]:
    """Return the offset of each opening mark that has a closing one, and the offset of that.

    Pairs nest: no two of them cross. An apostrophe is in no pair, nor is a mark without its other
    half. A straight quote opens after white space or an opening mark and closes elsewhere; one
    with space on both sides does what is due. Linear time.
    """
    pairs: dict[int, int] = {}
    stack: list[int] = []
    waiting = dict.fromkeys(_OPENERS, 0)
    for match in _delimiters_in(text).finditer(text):
        at, mark = match.start(), match[0][0]
        if _closes(text, at) and any(waiting[opener] for opener in _OPENERS_OF[mark]):
            # What opened inside and never closed is dropped, so that each is popped once.
            while text[stack[-1]] not in _OPENERS_OF[mark]:
                waiting[text[stack.pop()]] -= 1
            waiting[text[stack[-1]]] -= 1
            pairs[stack.pop()] = at
        elif mark in _OPENERS and (mark != '"' or _stands_free(text, at) or not _closes(text, at)):
            stack.append(at)
            waiting[mark] += 1
    return pairs


def _delimiters_in(text: str) -> re.Pattern[str]:
    """Return a pattern of the marks that can be in a pair: both halves are in the text."""
    marks = {
        mark
        for closer, openers in _OPENERS_OF.items()
        for opener in openers
        if closer in text and opener in text
        for mark in (closer, opener)
    }
    # A run of straight quotes is one mark.
    patterns = ('"++' if mark == '"' else re.escape(mark) for mark in sorted(marks))
    return re.compile("|".join(patterns) or "(?!)")


def _closes(text: str, at: int) -> bool:
    """Whether the mark can close a pair: no opener, apostrophe, or straight quote before a word."""
    mark = text[at]
    if mark == "’":
        return not text[at + 1 : at + 2].isalnum()
    if mark == '"':
        return at > 0 and (text[at - 1] not in _BEFORE_OPENING or _stands_free(text, at))
    return mark in _OPENERS_OF


def _stands_free(text: str, at: int) -> bool:
    """Whether white space is on both sides, so that a straight quote may open or close."""
    return at > 0 and text[at - 1].isspace() and not text[at + 1 : at + 2].strip()
