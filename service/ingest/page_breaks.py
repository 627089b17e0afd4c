"""Joins what a page break tore apart in mid-sentence."""

from collections.abc import Sequence

from service.domain.paragraph import Kind, RepairKind
from service.ingest.lines import Gap
from service.ingest.passages import Made, Offers, Passage
from service.ingest.prose import (
    CLEARLY_PROSE_CHARS,
    CLOSING,
    RUNNING_PROSE_CHARS,
    begins_small,
    closes_bracket,
    ends_sentence,
    ends_with_comma,
    has_open_bracket,
    is_heading_like,
    is_list_item,
    wants_more,
)
from service.ingest.words import ADDRESS, DIALOGUE
from service.ingest.wrapping import Layout, append_joined

_ADDRESS_CHARS = 200
_FULL_STOPS = (".", "!", "?", "…")


def join_page_breaks(passages: Sequence[Passage], layout: Layout, offers: Offers) -> list[Passage]:
    """Return the passages with those joined that are halves of one sentence.

    Furniture between two halves comes after the joined passage.
    """
    joined: list[Passage] = []
    between: list[Passage] = []
    for index, passage in enumerate(passages):
        if passage.kind is Kind.FURNITURE:
            between.append(passage)
            continue
        after = passages[index + 1] if index + 1 < len(passages) else None
        why = _why_join(joined[-1], passage, after, between) if joined else None
        if why is not None and offers.accepts(RepairKind.PAGE_BREAK_JOINED, passage.line):
            _absorb(joined[-1], passage, why, layout, offers)
            continue
        _flush(joined, between)
        joined.append(passage)
    _flush(joined, between)
    return joined


def _flush(joined: list[Passage], between: list[Passage]) -> None:
    joined.extend(between)
    between.clear()


def _absorb(passage: Passage, following: Passage, why: str, layout: Layout, offers: Offers) -> None:
    """Append a passage to the one before."""
    hyphen = append_joined(passage.parts, following.text, passage.end_line, layout, offers)
    passage.made.append(Made(RepairKind.PAGE_BREAK_JOINED, following.line, why))
    passage.made.extend([*hyphen, *following.made])
    passage.chars += following.chars
    passage.last = following.last
    passage.end_line = following.end_line
    passage.wrapped = following.wrapped


def _why_join(
    passage: Passage, following: Passage, after: Passage | None, between: Sequence[Passage]
) -> str | None:
    """Return why the two are halves of one sentence, or ``None`` if that is not sure enough."""
    at_page_break = bool(between) or following.gap is Gap.PAGE
    if not _may_join(passage, following, at_page_break=at_page_break):
        return None
    if not at_page_break and _are_items(passage, following, after):
        return None
    reads_as_prose = passage.chars >= RUNNING_PROSE_CHARS or passage.wrapped or at_page_break
    if begins_small(following.text):
        return "goes on in lower case" if reads_as_prose else None
    if passage.chars < CLEARLY_PROSE_CHARS and not passage.wrapped:
        return None
    full = at_page_break and passage.wrapped and not is_heading_like(following.text)
    reasons = (
        (wants_more(passage.last), "the first half ends with a word that wants another"),
        (
            ends_with_comma(passage.last) and not ends_with_comma(following.last),
            "the first half ends with a comma",
        ),
        (
            has_open_bracket(passage.last) and closes_bracket(following.last),
            "a quotation or bracket opens before and closes after",
        ),
        (full, "the last line before the page break is full"),
    )
    return next((why for applies, why in reasons if applies), None)


def _are_items(passage: Passage, following: Passage, after: Passage | None) -> bool:
    """Whether the passages are items of a list without bullets: one after another begins small.

    No page is so short that one paragraph is torn twice.
    """
    if begins_small(passage.first):
        return True
    unfinished = not following.last.rstrip(CLOSING).endswith(_FULL_STOPS)
    return (
        unfinished
        and begins_small(following.first)
        and after is not None
        and begins_small(after.first)
    )


def _may_join(passage: Passage, following: Passage, *, at_page_break: bool) -> bool:
    """Rule out what is complete: heads, list items, dialogue, verse, a finished sentence."""
    if passage.kind is not None or following.kind is not None:
        return False
    if is_list_item(passage.first) or is_list_item(following.first):
        return False
    if DIALOGUE.match(following.first) or following.first.startswith(">"):
        return False
    if _is_address(passage.last) or _is_address(following.last):
        return False
    if (passage.is_verse or following.is_verse) and not at_page_break:
        return False
    return not ends_sentence(passage.last)


def _is_address(text: str) -> bool:
    return len(text) <= _ADDRESS_CHARS and ADDRESS.fullmatch(text) is not None
