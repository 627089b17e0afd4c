"""The tags of a paragraph, read from its markup.

Every tag is kept as its source wrote it. Tags that no HTML knows are inline elements: those that
translators' tools put into segments (``<g1>``, ``<x1/>``, ``<x id="12"></x>``) among them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from alignment.beads import Span
from service.mt.errors import MarkupError
from service.mt.kept import TAG_PLACEHOLDER
from service.mt.open_elements import OpenElements, is_void
from service.untrusted.html_elements import BLOCKS, KNOWN
from service.untrusted.html_text import escape_text, read_text
from service.untrusted.html_tokens import RAW, SPACE, Token, TokenKind, tokenize

DEEPEST: Final = 64
"""Elements inside one another whose words are looked for; tags further in stay in their order."""
_FOR_WORDS: Final = re.compile(r"x|ph|it|[a-z]{1,3}[0-9]{1,5}")
"""``x`` and ``ph`` of XLIFF and of OmegaT's ``x1``, as they stand without anything inside."""
_ENDS: Final = frozenset(".!?…»”\"')")
"""What a sentence may end with."""
NEVER_NESTED: Final = frozenset({"a", "nobr"})
"""Inline elements that end where another one of theirs begins."""
_LONGEST_MARK: Final = 9
"""Characters of a footnote's number: "[103]", "1, 2"."""
_UNIT_LETTERS: Final = 2
RAISED: Final = frozenset({"sub", "sup"})
MARK: Final = re.compile(r"[(\[]?\d{1,4}(?:, ?\d{1,4}){0,3}[)\]]?|[*†‡§]{1,3}")
"""What such elements have in a unit, a formula or a reference: it is no word."""
_SIGNS: Final = re.compile(f"[{SPACE}]+|>")
"""What in text is not written as we would write it."""


@dataclass(slots=True, kw_only=True)
class Element:
    """A tag with what is inside, or a comment: a run of the paragraph's text."""

    opening: str
    """The start tag as the source has it; all of a comment, a ``<script>``, a void or lone tag."""
    closing: str = ""
    name: str = ""
    span: Span
    """In characters of the paragraph's text; empty where nothing is inside."""
    children: list["Element"] = field(default_factory=list)
    inside: str | None = None
    """The source of what is inside, where nothing of it is to be translated."""
    is_sign: bool = False
    """Whether its text is a sign that stands for it: a line break or ``TAG_PLACEHOLDER``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A paragraph's markup, taken apart; in its text a ``<br>`` is a line break."""

    source: str
    """Without what an unclosed tag or comment at its end hides."""
    text: str
    """References are read, and white space is a single space, as in a browser."""
    root: Element
    kept: tuple[Span, ...]
    """What must come back as it is: code, and what says ``translate="no"``."""
    breaks: tuple[int, ...]
    """Where ``<br>`` and the like stand: no sentence goes across them."""
    lines: tuple[int, ...]
    """Where the line breaks are that stand for a ``<br>``."""
    spelling: Mapping[int, str]
    """How the source writes characters that it does not write as we would: ``&nbsp;``, ``>``."""
    is_ordered: bool
    """Whether tags must stay in their order, as some have no counterpart or overlap."""
    has_placeholders: bool
    """Whether there are any ``TAG_PLACEHOLDER`` in the text."""

    def plain(self, text: str) -> str:
        """Return a text without the placeholders that stand for its tags."""
        return text.replace(TAG_PLACEHOLDER, "") if self.has_placeholders else text


class Tag(NamedTuple):
    """A token of a paragraph, and the place of its counterpart among the tokens."""

    token: Token
    partner: int | None


def stands_for_word(token: Token) -> bool:
    """Tell whether a tag is by its name one of those with which tools replace words."""
    return _FOR_WORDS.fullmatch(token.name) is not None and token.name not in KNOWN


def join_opaque(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens, with all of an SVG, a script and the like as one of kind ``OTHER``."""
    opaque: Token | None = None
    for token in tokens:
        is_opaque = token.is_foreign or (token.name in RAW and token.name != "title")
        if is_opaque and token.kind is not TokenKind.CUT_OFF:
            start = opaque.start if opaque else token.start
            opaque = Token(TokenKind.OTHER, start, token.end)
            continue
        if opaque:
            yield opaque
            opaque = None
        yield token
    if opaque:
        yield opaque


def match_tags(tokens: Sequence[Token]) -> list[Tag]:
    """Return each token with its counterpart; an end tag ends the innermost start of its name."""
    partners: list[int | None] = [None] * len(tokens)
    waiting: list[int] = []
    names: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.START and not is_void(token):
            if token.name in NEVER_NESTED and names.get(token.name):
                _leave(token.name, waiting, names, tokens)
            waiting.append(index)
            names[token.name] = names.get(token.name, 0) + 1
        elif token.kind is TokenKind.END and names.get(token.name):
            start = _leave(token.name, waiting, names, tokens)
            partners[start], partners[index] = index, start
    return [Tag(token, partner) for token, partner in zip(tokens, partners, strict=True)]


def _leave(name: str, waiting: list[int], names: dict[str, int], tokens: Sequence[Token]) -> int:
    """Take off what waits for its end, down to the last of a name, and return that."""
    while True:
        start = waiting.pop()
        names[tokens[start].name] -= 1
        if tokens[start].name == name:
            return start


def parse_markup(markup: str) -> Markup:
    """Take inner HTML apart, as a browser would; time is linear in it.

    Raises:
        MarkupError: If it holds half of a surrogate pair.
    """
    source = markup.replace("\x00", "\ufffd")
    try:
        source.encode()
    except UnicodeError as error:
        raise MarkupError from error
    tokens = list(join_opaque(tokenize(source)))
    if tokens and tokens[-1].kind is TokenKind.CUT_OFF:
        source = source[: tokens.pop().start]
    reader = _Reader(source)
    following = _following(tokens, source)
    for index, tag in enumerate(match_tags(tokens)):
        reader.take(index, tag, following=following[index])
    return reader.finish()


def _following(tokens: Sequence[Token], source: str) -> list[str]:
    """Return for each token the first character of the text after it, or nothing."""
    found = [""] * len(tokens)
    for index in range(len(tokens) - 2, -1, -1):
        after = tokens[index + 1]
        found[index] = source[after.start] if after.kind is TokenKind.TEXT else found[index + 1]
    return found


class _Open(NamedTuple):
    """An element whose end has not come yet."""

    element: Element
    place: int
    """Where its inside begins in the source."""
    is_off: bool


class _Reader:
    """Builds the tree from the tokens, and collects the text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._texts: list[str] = []
        self._length = 0
        self._spelling: dict[int, str] = {}
        self._kept: list[Span] = []
        self._breaks: set[int] = set()
        self._lines: list[int] = []
        self._lone: set[int] = set()
        """Ends whose starts are too deep for the tree."""
        self._is_ordered = False
        self._has_placeholders = False
        self._state = OpenElements()
        self._off_since: int | None = None
        self._on_until = 0
        """Where the last text that is to be translated ends."""
        self._root = Element(opening="", span=Span(0, 0))
        self._open = [_Open(self._root, 0, is_off=False)]

    def take(self, index: int, tag: Tag, *, following: str) -> None:
        """Take the next token, the given one of the source.

        ``following`` is the first character of the text after it.
        """
        token, partner = tag
        if token.kind is TokenKind.TEXT:
            self._add_text(self._source[token.start : token.end])
            return
        if token.name in BLOCKS or token.name == "br":
            self._breaks.add(self._length)
        self._state.take(token, self._source)
        if token.kind is TokenKind.OTHER or (token.kind is TokenKind.START and is_void(token)):
            self._add_void(token, following)
        elif partner is None or index in self._lone or len(self._open) > DEEPEST + 1:
            self._add_lone(token, partner)
        elif token.kind is TokenKind.START:
            self._start(token)
        else:
            self._end(token, following)
        self._switch(is_on=self._state.is_on)

    def finish(self) -> Markup:
        """Return what was read."""
        self._switch(is_on=True)
        self._root.span = Span(0, self._length)
        return Markup(
            source=self._source,
            text="".join(self._texts),
            root=self._root,
            kept=tuple(self._kept),
            breaks=tuple(sorted(self._breaks)),
            lines=tuple(self._lines),
            spelling=self._spelling,
            is_ordered=self._is_ordered,
            has_placeholders=self._has_placeholders,
        )

    def _start(self, token: Token) -> None:
        element = Element(
            opening=self._source[token.start : token.end],
            name=token.name,
            span=Span(self._length, self._length),
        )
        self._open[-1].element.children.append(element)
        self._open.append(_Open(element, token.end, is_off=not self._state.is_on))

    def _end(self, token: Token, following: str) -> None:
        element, place, is_off = self._open.pop()
        start = element.span.start
        if start == self._length and not element.children and self._is_word(token, following):
            self._add_placeholder()
            element.is_sign = True
        elif is_off and self._on_until <= start:
            element.inside = self._source[place : token.start]
        elif token.name == "sup" and self._is_after_sentence(start, following):
            # The number of a footnote is no part of the sentence before it, nor of the next.
            self._breaks.update((start, self._length))
        elif token.name in RAISED and MARK.fullmatch(self._last(self._length - start)):
            self._kept.append(Span(start - self._unit_before(start), self._length))
        element.closing = self._source[token.start : token.end]
        element.span = Span(start, self._length)

    def _add_void(self, token: Token, following: str) -> None:
        start = self._length
        if token.name == "br":
            self._lines.append(start)
            self._add("\n")
        elif token.kind is TokenKind.START and self._is_word(token, following):
            self._add_placeholder()
        self._add_element(token, Span(start, self._length), is_sign=start < self._length)

    def _is_word(self, token: Token, following: str) -> bool:
        """Tell whether an element that HTML does not know stands in the place of a word."""
        before = self._texts[-1][-1] if self._texts else ""
        return stands_for_word(token) and not (before.isalnum() or following.isalnum())

    def _is_after_sentence(self, start: int, following: str) -> bool:
        inside = self._length - start
        if inside >= _LONGEST_MARK or (following and not following.isspace()):
            return False
        text = self._last(inside + 1)
        return text[-inside - 1 : -inside] in _ENDS and not any(map(str.isalpha, text[-inside:]))

    def _unit_before(self, start: int) -> int:
        """Return how many letters before a raised or lowered figure are a unit or a formula.

        More than two, or before a reference in brackets, are a word.
        """
        inside = self._length - start
        text = self._last(inside + _UNIT_LETTERS + 1)
        letters = 0
        while letters < len(text) - inside and text[-inside - letters - 1].isalpha():
            letters += 1
        return letters if text[-inside:].isdecimal() and letters <= _UNIT_LETTERS else 0

    def _last(self, characters: int) -> str:
        """Return the last characters of the text."""
        text = ""
        for piece in reversed(self._texts):
            if len(text) >= characters:
                break
            text = piece + text
        return text[-characters:] if characters else ""

    def _add_placeholder(self) -> None:
        self._has_placeholders = True
        self._kept.append(Span(self._length, self._length + 1))
        self._add(TAG_PLACEHOLDER)

    def _add_lone(self, token: Token, partner: int | None) -> None:
        self._is_ordered = True
        if partner is not None:
            self._lone.add(partner)
        self._add_element(token, Span(self._length, self._length))

    def _add_element(self, token: Token, span: Span, *, is_sign: bool = False) -> None:
        element = Element(
            opening=self._source[token.start : token.end],
            name=token.name if token.kind is TokenKind.START else "",
            span=span,
            is_sign=is_sign,
        )
        self._open[-1].element.children.append(element)

    def _switch(self, *, is_on: bool) -> None:
        """Note where what is kept begins and ends."""
        if not is_on and self._off_since is None:
            self._off_since = self._length
        elif is_on and self._off_since is not None:
            if self._off_since < self._length:
                self._kept.append(Span(self._off_since, self._length))
            self._off_since = None

    def _add_text(self, written: str) -> None:
        for text, spelled in read_text(written):
            if spelled != text:
                self._add_reference(text, spelled)
                continue
            done = 0
            for sign in _SIGNS.finditer(text):
                self._add(text[done : sign.start()])
                self._add_spelled(" " if sign[0] != ">" else ">", sign[0])
                done = sign.end()
            self._add(text[done:])
        if self._state.is_on and not written.isspace():
            self._on_until = self._length

    def _add_reference(self, text: str, spelled: str) -> None:
        seen = " " if text in SPACE else text
        # Without a semicolon it could become another one beside other letters.
        if len(seen) == 1 and spelled.endswith(";"):
            self._add_spelled(seen, spelled)
        else:
            self._add(seen)

    def _add_spelled(self, character: str, spelled: str) -> None:
        if spelled != escape_text(character):
            self._spelling[self._length] = spelled
        self._add(character)

    def _add(self, text: str) -> None:
        if text:
            self._texts.append(text)
            self._length += len(text)
