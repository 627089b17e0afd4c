"""A paragraph -> its sentences, as spans of the text itself.

A mark (``. ! ? …``, with the quotes and brackets that close after it) ends a sentence if what
stands before it can end one and what stands after it can begin one. Words are told apart by the
tables in ``data/``; everything else is punctuation.

A false split is worse than a missed one: a model answers a fragment with invented text, while two
sentences in one are only a longer input. Whatever is in doubt is therefore kept together.
"""

import re
from collections.abc import Mapping
from typing import Final

from alignment.beads import Span
from alignment.quotations import BRACKETS, matching_pairs
from alignment.sentence_rules import (
    DASHES,
    MARKS,
    Stop,
    ends_at_a_glance,
    ends_sentence,
    opens_sentence,
)
from alignment.sentence_tables import last_words, tables_for

VERSION: Final = 2
"""Goes up whenever the same text may be split differently, by the rules or by the tables."""

LONGEST_KEPT_QUOTE_CHARS: Final = 80
"""A quotation inside a sentence is kept whole up to here; a longer one is split like other text."""
LONGEST_KEPT_BRACKET_CHARS: Final = 300
"""The same for brackets; beyond it the closing bracket is hardly the right one."""

# Possessive repeats: whatever is scanned is consumed, so that time is linear on any text.
_CANDIDATE: Final = re.compile(
    rf"""
    (?P<marks> [{MARKS}]++ (?: [ \u00a0\u202f] [{MARKS}]++ (?![^\W_]) )*+ )
    (?P<closers>
      (?: [ \u00a0\u202f]?»(?![^\W_]) | ["'”’“›«)\]}}*_] | \[\d{{1,3}}\] | [¹²³⁰⁴-⁹†‡] )*+ )
    (?P<gap> \s*+ )
    | (?P<line> \n\s*+ )
    """,
    re.VERBOSE,
)
_MARK_OR_LINE: Final = re.compile(rf"[{MARKS}\n]")
_BULLET_LINE: Final = re.compile(r"[•‣◦▪*]\s")
_ITEM_LINE: Final = re.compile(r"(?:[—–―-]|\d{1,2}[.)]|[^\W\d_]\))\s")


def split_sentences(text: str, language: str) -> list[Span]:
    """Return the sentences of a paragraph, in order.

    The spans are disjoint and not empty, and only white space lies between and around them, so
    that the slices and what separates them are the text. Time is linear in its length.

    Args:
        text: Any text; an empty line always ends a sentence, a single line break does not.
        language: ``en``, ``fr`` or ``ru``; any other code gets rules that suit many languages.
    """
    # White space around the text moves the spans and nothing else.
    before = len(text) - len(text.lstrip())
    inner = _split(text.strip(), language)
    return [Span(span.start + before, span.end + before) for span in inner]


def _split(text: str, language: str) -> list[Span]:
    """Return the sentences of a text without white space around it."""
    tables, words = tables_for(language), last_words(language)
    pairs = matching_pairs(text)
    opened_at = {closing: opening for opening, closing in pairs.items()}
    kept = _KeptWhole(text, pairs)
    length = len(text)
    start = done = 0
    spans: list[Span] = []
    for mark in _MARK_OR_LINE.finditer(text):
        at = mark.start()
        if at < done:
            continue
        glance = ends_at_a_glance(text, at, words)
        if glance is False:
            done = at + 2
            continue
        kept_until = kept.before(at, sentence=start)
        if glance and at >= kept_until:
            spans.append(Span(start, at + 1))
            start = done = at + 2
            continue
        match = next(_CANDIDATE.finditer(text, at))
        done = match.end()
        end = at if match["line"] else match.end("closers")
        if done in {length, end}:
            continue
        if not _ends_line(text, end, done):
            if match["line"] or end <= kept_until or done in opened_at:
                continue
            if not ends_sentence(text, _read_stop(text, match, opened_at, start), tables):
                continue
        spans.append(Span(start, _without_space(text, end)))
        start = done
    return [*spans, Span(start, length)] if start < length else spans


def _read_stop(
    text: str, match: re.Match[str], opened_at: Mapping[int, int], sentence: int
) -> Stop:
    """Return the stop that a match of the pattern is, in the sentence that starts at an offset."""
    closers = range(match.end("closers") - 1, match.start("closers") - 1, -1)
    return Stop(
        sentence=sentence,
        at=match.start(),
        marks=match["marks"],
        closers=match["closers"],
        gap=match["gap"],
        following=match.end(),
        opening=next((opened_at[at] for at in closers if at in opened_at), None),
        spoken=text[0] in DASHES or text[sentence] in DASHES,
    )


class _KeptWhole:
    """How far the quotations and brackets reach in which no sentence ends, from left to right."""

    def __init__(self, text: str, pairs: Mapping[int, int]) -> None:
        self._text = text
        self._pairs = pairs
        self._pending = sorted(pairs, reverse=True)
        self._until = -1

    def before(self, at: int, *, sentence: int) -> int:
        """Return where the farthest ends of those that open before a place, or -1."""
        while self._pending and self._pending[-1] < at:
            opening = self._pending.pop()
            closing = self._pairs[opening]
            if _is_kept_whole(self._text, opening, closing, sentence=sentence):
                self._until = max(self._until, closing)
        return self._until


def _is_kept_whole(text: str, opening: int, closing: int, *, sentence: int) -> bool:
    """Whether no sentence ends between the marks of this quotation or bracket.

    One that opens the sentence and ends with a mark of its own holds whole sentences, unless the
    sentence goes on behind it. Any other is a part of the sentence around it.
    """
    longest = LONGEST_KEPT_BRACKET_CHARS if text[opening] in BRACKETS else LONGEST_KEPT_QUOTE_CHARS
    if closing - opening > longest:
        return False
    if not opens_sentence(text, opening, sentence):
        return True
    last = text[opening + 1 : closing].rstrip()[-1:]
    after = text[closing + 1 : closing + 3].lstrip()[:1]
    return last not in MARKS or after.islower() or after in tuple(f"{DASHES},;:")


def _ends_line(text: str, end: int, following: int) -> bool:
    """Whether the gap ends a paragraph, or a line before the item of a list."""
    breaks = text.count("\n", end, following)
    if breaks != 1:
        return breaks > 1
    if _BULLET_LINE.match(text, following):
        return True
    before = text[_without_space(text, end) - 1]
    return before in f"{MARKS};:," and _ITEM_LINE.match(text, following) is not None


def _without_space(text: str, end: int) -> int:
    """Return where the text before ``end`` ends when its trailing white space is left out."""
    while text[end - 1].isspace():
        end -= 1
    return end
