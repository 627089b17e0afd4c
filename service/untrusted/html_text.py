"""The text that HTML's character references stand for, and text written as HTML."""

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

REFERENCE: Final = re.compile(
    r"&(?:#(?P<decimal>[0-9]++);?|#[xX](?P<hex>[0-9a-fA-F]++);?|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});?)"
)
_LAST_CODE: Final = 0x10FFFF
_MOST_DIGITS: Final = 7
_UNREADABLE: Final = "\ufffd"


def read_text(source: str, *, is_value: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the text of a run of HTML in pieces: what is meant, and how it was written.

    Args:
        source: Between two tags, or the value of an attribute.
        is_value: In a value, names without a semicolon before a letter, digit or ``=`` mean
            nothing: those of addresses (``?a=1&copy=2``).
    """
    place = 0
    for match in REFERENCE.finditer(source):
        meant = _meaning(match, source, is_value=is_value)
        if meant is None:
            continue
        if place < match.start():
            yield source[place : match.start()], source[place : match.start()]
        text, length = meant
        place = match.start() + length
        yield text, source[match.start() : place]
    if place < len(source):
        yield source[place:], source[place:]


def unescape(source: str, *, is_value: bool = False) -> str:
    """Return the text of a run of HTML without tags."""
    return "".join(text for text, _ in read_text(source, is_value=is_value))


def escape_text(text: str) -> str:
    """Return text as HTML between tags, in which it is nothing but text."""
    return html.escape(text, quote=False)


def _meaning(match: re.Match[str], source: str, *, is_value: bool) -> tuple[str, int] | None:
    """Return what a reference stands for and its length, or nothing if it is none."""
    if digits := match["decimal"] or match["hex"]:
        base = 10 if match["decimal"] else 16
        return _character(digits.lstrip("0"), base), len(match[0])
    written = match[0][1:]
    if written in html5:
        longest = written
    else:
        lengths = range(len(match["name"]), 1, -1)
        longest = next((written[:size] for size in lengths if written[:size] in html5), "")
    if not longest:
        return None
    length = 1 + len(longest)
    following = source[match.start() + length : match.start() + length + 1]
    if is_value and longest[-1] != ";" and (following == "=" or following.isalnum()):
        return None
    return html5[longest], length


def _character(digits: str, base: int) -> str:
    """Return the character of a number, as browsers do: 128 to 159 are Windows' own."""
    code = int(digits or "0", base) if len(digits) <= _MOST_DIGITS else _LAST_CODE + 1
    if code == 0 or code > _LAST_CODE or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
        return _UNREADABLE
    if 0x80 <= code <= 0x9F:  # noqa: PLR2004 - see above
        return bytes([code]).decode("cp1252", errors="ignore") or chr(code)
    return chr(code)
