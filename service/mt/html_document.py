"""A whole HTML document or fragment, taken apart into what is to be translated and all the rest.

Each block is one unit, translated with its inline tags; so is each attribute that is read as
text. All else comes back byte for byte: nothing is parsed into a tree and written out again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.translation import SourceText, Translation
from service.mt.html_runs import find_blocks
from service.mt.markup import parse_markup
from service.mt.open_elements import OpenElements
from service.untrusted.html_text import escape_text, unescape
from service.untrusted.html_tokens import Token, TokenKind, read_attributes, tokenize

TRANSLATED_ATTRIBUTES: Final = frozenset({"alt", "title", "placeholder", "aria-label"})
"""Attributes that are read or heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlDocument:
    """A document, and what of it is to be translated."""

    html: str
    blocks: tuple[Span, ...]
    """Where text with its inline tags stands, in order."""
    titles: frozenset[Span]
    """Those that are text without tags: of a ``title``."""
    values: tuple[str, ...]
    """The texts of attributes, each once."""

    @property
    def size(self) -> int:
        """How many sources there are."""
        return len(self.blocks) + len(self.values)

    @property
    def sources(self) -> list[SourceText]:
        """What is to be translated: the blocks, then the texts of attributes."""
        blocks = [self._source(block) for block in self.blocks]
        return blocks + [SourceText(text=value) for value in self.values]

    def _source(self, block: Span) -> SourceText:
        written = self.html[block.start : block.end]
        if block in self.titles:
            return SourceText(text=" ".join(unescape(written).split()))
        parsed = parse_markup(written)
        return SourceText(text=parsed.plain(parsed.text), markup=written)

    def join(self, drafts: Sequence[Translation]) -> str:
        """Return the document with drafts, in the order of the sources, in their places."""
        blocks = zip(self.blocks, drafts[: len(self.blocks)], strict=True)
        values = zip(self.values, drafts[len(self.blocks) :], strict=True)
        pieces: list[str] = []
        done = 0
        for block, draft in blocks:
            markup = escape_text(draft.text) if draft.markup is None else draft.markup
            pieces += [self.html[done : block.start], markup]
            done = block.end
        pieces.append(self.html[done:])
        return _replace_values("".join(pieces), {value: draft.text for value, draft in values})


def read_document(html: str) -> HtmlDocument:
    """Take a document or fragment apart; time is linear in it.

    Raises:
        HtmlTooComplexError: If it has too many tags.
    """
    blocks, titles = find_blocks(html)
    values = (value for _, value in _translated_values(html))
    return HtmlDocument(
        html=html,
        blocks=tuple(blocks),
        titles=frozenset(titles),
        values=tuple(dict.fromkeys(values)),
    )


def _translated_values(html: str) -> Iterator[tuple[Span, str]]:
    """Yield the attributes to translate: where the value stands, with its quotes, and its text."""
    state = OpenElements()
    for token in tokenize(html):
        state.take(token, html)
        if token.kind is TokenKind.START and not token.is_foreign:
            yield from _values_of(token, html, state)


def _values_of(token: Token, html: str, state: OpenElements) -> Iterator[tuple[Span, str]]:
    tag = html[token.start : token.end]
    if "=" not in tag or not state.is_on_in(token, tag):
        return
    seen: set[str] = set()
    for attribute in read_attributes(tag):
        if attribute.name in TRANSLATED_ATTRIBUTES and attribute.name not in seen:
            text = unescape(attribute.value, is_value=True)
            if any(map(str.isalpha, text)):
                place = Span(token.start + attribute.start, token.start + attribute.end)
                yield place, text
        seen.add(attribute.name)


def _replace_values(html: str, drafts: Mapping[str, str]) -> str:
    """Return the document with the texts of attributes replaced, where a draft is another."""
    pieces: list[str] = []
    done = 0
    for place, text in _translated_values(html):
        draft = drafts.get(text, text)
        if draft != text:
            quote = "'" if html[place.start] == "'" else '"'
            written = escape_text(draft).replace(quote, "&#39;" if quote == "'" else "&quot;")
            pieces += [html[done : place.start], quote, written, quote]
            done = place.end
    pieces.append(html[done:])
    return "".join(pieces)
