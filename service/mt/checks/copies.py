"""What must come back as it was: links, placeholders and tags."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from alignment.beads import Span
from service.domain.translation import Flag, FlagCode
from service.mt.kept import PATH, find_code

ADDRESS: Final = re.compile(
    rf"(?:https?://|ftp://|www\.){PATH}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
"""Web and mail addresses. What stands in brackets belongs to one with both of them, as in
``wiki/Python_(genre)``; an odd bracket ends it."""

PLACEHOLDER: Final = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|[$#]?\{[\w.:,!-]{0,80}\}"
    r"|<%[^<>\n]{0,200}%>|<\?[^<>\n]{0,200}\?>|(?<!%)%[sdi](?![\w'’-])"
    r"|(?<!\d)(?<!\d[ \u00a0\u202f])%(?:\d{1,3}\$)?[-+#0]{0,3}\d{0,4}(?:\.\d{1,4})?"
    r"[bcdieoxXsfgGu@](?![\w'’-])"
    r"|%\(\w{1,60}\)[-+#0]{0,3}\d{0,4}(?:\.\d{1,4})?[a-zA-Z]"
    r"|(?<![\w%])%[A-Za-z_]{2,40}%"
    r"|(?<!\w)\$(?:[A-Z][a-z][A-Za-z_]{0,40}|[a-z_]{2,40})(?!\w)(?<!illion)(?<!illions)"
    r"|&(?:[A-Za-z]{2,20}|\#\d{1,7}|\#x[0-9A-Fa-f]{1,6});"
)
"""Of Python, C, shells and templates; entities. Narrower than the table of `service.mt.kept`: what
only one side has is flagged, and prose there ("100 % de", "$5 billion") is no loss."""

TAG: Final = re.compile(
    r"<(?!(?:unk|pad|mask)>)/?[A-Za-z][\w:.-]{0,40}(?:\s[^<>\n]{0,300})?/?>|<!--[^<>\n]{0,300}-->"
)
CODE: Final = re.compile(r"``[^`\n]{1,500}``|`[^`\n]{1,500}`")
"""Between backticks."""
DECIMALS: Final = re.compile("[.,][0-9]")
"""After code that is the beginning of a number: J2000.0."""
BETWEEN_FIGURES: Final = "\x1f"
"""Stands for what is blanked: no sign of a number, nor a letter, nor a space between words."""
MOST_NAMED: Final = 3
LONGEST_NAMED: Final = 40


def check_links(source: str, target: str) -> list[Flag]:
    """Return a flag with the addresses that only one side has."""
    return _compare(ADDRESS, source, target, FlagCode.LINKS)


def check_placeholders(source: str, target: str) -> list[Flag]:
    """Return a flag with the placeholders and tags that one side has more often."""
    ours, theirs = blank(source, ADDRESS), blank(target, ADDRESS)
    return [
        *_compare(PLACEHOLDER, ours, theirs, FlagCode.PLACEHOLDERS),
        *_compare(TAG, ours, theirs, FlagCode.PLACEHOLDERS),
    ]


def blank(text: str, *patterns: re.Pattern[str]) -> str:
    """Return a text of equal length without what the patterns find.

    >>> len(blank("See https://a.b/1.", ADDRESS))
    18
    """
    for pattern in patterns:
        text = pattern.sub(lambda match: BETWEEN_FIGURES * len(match[0]), text)
    return text


def without_copies(text: str) -> str:
    """Return a text of equal length without addresses, placeholders, tags and code."""
    if not any(sign in text for sign in "@/{%$<&.#`"):
        return text
    return blank(text, ADDRESS, PLACEHOLDER, TAG, CODE)


def without_kept(source: str, target: str) -> tuple[str, str]:
    """Return both texts, each of equal length, without what `service.mt.kept` kept.

    That is what it finds in both, the very same and as often; what only one has is left.
    """
    ours = _find_code(source)
    theirs = _find_code(target) if ours else []
    kept = Counter(source[span.start : span.end] for span in ours)
    kept &= Counter(target[span.start : span.end] for span in theirs)
    if not kept:
        return source, target
    return _without(source, ours, kept), _without(target, theirs, kept)


def _find_code(text: str) -> list[Span]:
    return [span for span in find_code(text) if not DECIMALS.match(text, span.end)]


def _without(text: str, code: Iterable[Span], kept: Counter[str]) -> str:
    left = kept.copy()
    pieces, end = [], 0
    for span in code:
        found = text[span.start : span.end]
        if left[found]:
            left[found] -= 1
            pieces += [text[end : span.start], BETWEEN_FIGURES * len(span)]
            end = span.end
    return "".join(pieces) + text[end:]


def _compare(pattern: re.Pattern[str], source: str, target: str, code: FlagCode) -> list[Flag]:
    """Return a flag where both texts have not the same, each as often."""
    ours, theirs = _places(pattern, source), _places(pattern, target)
    missing = {what: spans[len(theirs.get(what, ())) :] for what, spans in ours.items()}
    added = {what: spans[len(ours.get(what, ())) :] for what, spans in theirs.items()}
    notes = [
        f"{code.value} {words}: {_list([what for what, spans in found.items() if spans])}"
        for words, found in (("missing", missing), ("only in the draft", added))
        if any(found.values())
    ]
    if not notes:
        return []
    return [
        Flag(
            code=code,
            note="; ".join(notes),
            source=tuple(span for spans in missing.values() for span in spans),
            target=tuple(span for spans in added.values() for span in spans),
        )
    ]


def _places(pattern: re.Pattern[str], text: str) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for match in pattern.finditer(text):
        found[match[0]].append(Span(*match.span()))
    return found


def _list(found: list[str]) -> str:
    named = ", ".join(
        what if len(what) <= LONGEST_NAMED else f"{what[:LONGEST_NAMED]}…"
        for what in found[:MOST_NAMED]
    )
    return named + (" …" if len(found) > MOST_NAMED else "")
