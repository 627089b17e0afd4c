"""Tells what each passage of a text is: title, byline, date, heading, quotation, list item."""

import re
from collections.abc import Sequence

from service.domain.paragraph import Kind
from service.ingest.passages import Offers, Passage
from service.ingest.prose import (
    CLEARLY_PROSE_CHARS,
    TITLE_CHARS,
    begins_small,
    ends_sentence,
    is_date,
    is_heading_like,
    is_list_item,
    wants_more,
)
from service.ingest.words import ADDRESS, BYLINE, CONTACT, HAS_ADDRESS, NAME, RIGHTS, SAID

_HEAD_PASSAGES = 6
"""Passages at the start among which a title, byline and date are looked for."""
_FOOTER_PASSAGES = 10
_FOOTER_CHARS = 300
_BYLINE_CHARS = 120
_HEADING_CHARS = 100
_WRAPPED_TITLE_CHARS = 120
"""Two lines: what is wrapped and longer is rather half of a paragraph."""
_HEADING_LEVEL = 2
_SAID_CHARS = 200
_NUMBERED = re.compile(r"\s*\(?[\divx]{1,5}[.)]", re.IGNORECASE)
_EM_DASH_ITEM = re.compile(r"\s*[—―]\s*[^\W\dA-ZÀ-ÝА-ЯЁ_]")
_SPEECH = re.compile(r"\s*[-–]\s+[\"«“(]?[A-ZÀ-ÝŒА-ЯЁ]")
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ('"', '"'))
_OPENING_QUOTES = tuple(opening for opening, _ in _QUOTES)


def mark_footer(passages: Sequence[Passage], offers: Offers) -> None:
    """Set aside the trailing contact block: addresses, rights, and what introduces them."""
    followed = False
    for passage in passages[:0:-1][:_FOOTER_PASSAGES]:
        if passage.kind is Kind.FURNITURE:
            continue
        if passage.chars > _FOOTER_CHARS or not _is_footer(passage.text, followed=followed):
            return
        passage.set_aside(offers, "publisher's footer")
        followed = True


def _is_footer(text: str, *, followed: bool) -> bool:
    """Whether a short text is part of a footer; ``followed`` by another part of it."""
    if RIGHTS.search(text):
        return True
    lines = text.split("\n")
    addresses = [line for line in lines if ADDRESS.fullmatch(line) and not is_date(line)]
    if len(addresses) == len(lines):
        return True
    has_address = followed or bool(addresses) or HAS_ADDRESS.search(text) is not None
    introduces = followed and text.rstrip().endswith(":") and len(text) <= _HEADING_CHARS
    return introduces or (has_address and CONTACT.match(text) is not None)


def mark_head(passages: Sequence[Passage]) -> None:
    """Mark the title, byline and date among the first passages."""
    body = [passage for passage in passages if passage.kind is None]
    head = body[:_HEAD_PASSAGES]
    for passage in head:
        if is_date(passage.text):
            passage.kind = Kind.DATE
        elif is_byline(passage.text):
            passage.kind = Kind.BYLINE
    _mark_title(head, has_body=len(body) > 1)
    for index in range(1, len(head)):
        if head[index].kind is None and _is_name_beside_date(head, index):
            head[index].kind = Kind.BYLINE


def is_byline(text: str) -> bool:
    """Whether the text is a line such as "By Ilse Marrow"."""
    return (
        len(text) <= _BYLINE_CHARS
        and BYLINE.fullmatch(text) is not None
        and not ends_sentence(text)
    )


def _mark_title(head: Sequence[Passage], *, has_body: bool) -> None:
    """Mark the first passage that is neither byline nor date, if it looks like a title."""
    index = next((i for i, passage in enumerate(head) if passage.kind is None), None)
    if index is None or not has_body:
        return
    title = head[index]
    following = head[index + 1] if index + 1 < len(head) else None
    longest = _WRAPPED_TITLE_CHARS if title.wrapped else TITLE_CHARS
    if following is None or title.chars > longest or is_list_item(title.first):
        return
    text = title.text
    if following.kind is None and (begins_small(following.text) or _is_half(title)):
        return
    asks = text.endswith(("?", "!")) and is_heading_like(text.rstrip("?! \N{NO-BREAK SPACE}"))
    followed = following.kind is not None or following.chars >= CLEARLY_PROSE_CHARS
    if (is_heading_like(text) and _has_prose(head[index + 1 :])) or (asks and followed):
        title.kind = Kind.TITLE


def _is_half(passage: Passage) -> bool:
    """Whether the passage is too long for a heading that happens to end in a preposition."""
    return passage.chars >= CLEARLY_PROSE_CHARS and wants_more(passage.last)


def _has_prose(passages: Sequence[Passage]) -> bool:
    """Whether an article follows and not only more short lines."""
    return any(
        passage.kind is not None or ends_sentence(passage.text) or passage.chars > TITLE_CHARS
        for passage in passages
    )


def _is_name_beside_date(head: Sequence[Passage], index: int) -> bool:
    """Whether a passage is a name, after the title and before or after the date."""
    text = head[index].text.strip()
    if len(text) > CLEARLY_PROSE_CHARS or NAME.fullmatch(text) is None:
        return False
    kinds = [passage.kind for passage in head]
    after = kinds[index + 1] if index + 1 < len(kinds) else None
    return Kind.TITLE in kinds[:index] and Kind.DATE in (kinds[index - 1], after)


def mark_body(passages: Sequence[Passage]) -> None:
    """Mark quotations, list items and headings among the passages that have no kind yet."""
    body = [passage for passage in passages if passage.kind is not Kind.FURNITURE]
    for index, passage in enumerate(body):
        if passage.kind is not None:
            continue
        before = body[index - 1] if index else None
        after = body[index + 1] if index + 1 < len(body) else None
        passage.kind = _kind_of(passage, before, after)
        if passage.kind is Kind.HEADING:
            passage.level = _HEADING_LEVEL


def _kind_of(passage: Passage, before: Passage | None, after: Passage | None) -> Kind:
    if is_list_item(passage.first) or _is_em_dash_item(passage):
        if _is_numbered_heading(passage, before, after):
            return Kind.HEADING
        return Kind.PARA if _is_speech(passage, before, after) else Kind.LIST_ITEM
    if _is_quotation(passage, before):
        return Kind.QUOTE
    if _is_heading(passage, before, after):
        return Kind.HEADING
    return Kind.PARA


def _is_em_dash_item(passage: Passage) -> bool:
    """Whether a line after a long dash is an item and not somebody who speaks."""
    return _EM_DASH_ITEM.match(passage.first) is not None


def _is_speech(passage: Passage, before: Passage | None, after: Passage | None) -> bool:
    """Whether a line after a hyphen is somebody speaking: a whole sentence, and no list around."""
    return (
        _SPEECH.match(passage.first) is not None
        and ends_sentence(passage.last)
        and not passage.last.rstrip().endswith((";", ":"))
        and not any(other is not None and is_list_item(other.first) for other in (before, after))
    )


def _is_numbered_heading(passage: Passage, before: Passage | None, after: Passage | None) -> bool:
    return (
        _NUMBERED.match(passage.first) is not None
        and _is_heading(passage, before, after)
        and not any(other is not None and is_list_item(other.first) for other in (before, after))
    )


def _is_heading(passage: Passage, before: Passage | None, after: Passage | None) -> bool:
    """Whether a short line without a full stop stands before a paragraph, after a finished one."""
    if after is None or passage.chars > _HEADING_CHARS or _is_half(passage):
        return False
    finished = before is None or before.kind is not Kind.PARA or ends_sentence(before.last)
    return (
        is_heading_like(passage.text)
        and finished
        and after.kind is None
        and not begins_small(after.text)
    )


def _is_quotation(passage: Passage, before: Passage | None) -> bool:
    if passage.first.lstrip().startswith(">"):
        return True
    if passage.first.lstrip().startswith(("—", "–", "―")):
        return False
    if before is not None and before.kind is Kind.PARA and _introduces(before.last):
        return True
    text = passage.text.strip()
    return text.startswith(_OPENING_QUOTES) and any(
        _is_within(text, opening, closing) for opening, closing in _QUOTES
    )


def _introduces(text: str) -> bool:
    """Whether somebody is said to speak and a colon ends the text."""
    end = text[-_SAID_CHARS:].rstrip()
    return end.endswith(":") and SAID.search(end) is not None


def _is_within(text: str, opening: str, closing: str) -> bool:
    """Whether one pair of quotation marks encloses the whole text, full stop and all."""
    inside = text.removesuffix(".").removesuffix(",")
    return (
        len(inside) > 2  # noqa: PLR2004  (the marks and something between)
        and inside.startswith(opening)
        and inside.find(closing, 1) == len(inside) - 1
    )
