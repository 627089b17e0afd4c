"""Where in an HTML source the text of its blocks stands."""

from collections.abc import Sequence
from typing import Final

from alignment.beads import Span
from service.mt.markup import NEVER_NESTED, join_opaque, match_tags, stands_for_word
from service.mt.open_elements import OpenElements, is_void
from service.untrusted.html_elements import BLOCKS
from service.untrusted.html_tokens import SPACE, Token, TokenKind, tokenize
from service.untrusted.limits import MAX_HTML_TAGS, HtmlTooComplexError

_TAGS: Final = frozenset({TokenKind.START, TokenKind.END})


def find_blocks(html: str) -> tuple[list[Span], list[Span]]:
    """Return where text to translate stands, with the inline tags in it, and which are titles.

    A block begins and ends with text, or with an inline element that has text or is code: tags
    around all of it, pictures and comments beside it are no part of it.

    Raises:
        HtmlTooComplexError: If there are too many tags.
    """
    finder = _Finder(html)
    tags = 0
    for token in join_opaque(tokenize(html)):
        tags += token.kind in _TAGS
        if tags > MAX_HTML_TAGS:
            raise HtmlTooComplexError
        finder.take(token)
    finder.flush()
    return finder.blocks, finder.titles


class _Finder:
    """Collects what stands between two block boundaries."""

    def __init__(self, html: str) -> None:
        self.blocks: list[Span] = []
        self.titles: list[Span] = []
        self._html = html
        self._state = OpenElements()
        self._run: list[tuple[Token, bool]] = []
        """Tokens, and whether text inside or after them is to be translated."""
        self._island: int | None = None
        """How many elements are open in one that is to be translated amid what is not."""

    def take(self, token: Token) -> None:
        was_on = self._state.is_on
        self._state.take(token, self._html)
        is_on = self._state.is_on
        if token.kind is TokenKind.RAW:
            self._add_title(token, is_on=is_on)
        elif token.kind is TokenKind.CUT_OFF or (token.kind in _TAGS and token.name in BLOCKS):
            self.flush()
        elif token.kind is TokenKind.TEXT and self._state.keeps_lines:
            self._add_lines(token)
        elif self._island is not None and self._state.depth < self._island:
            self.flush()
            self._island = None
        elif was_on or self._run:
            self._run.append((token, is_on))
        elif is_on:
            self._island = self._state.depth

    def flush(self) -> None:
        """End the run, and note the block in it, if there is one."""
        run, self._run = self._run, []
        is_wanted = any(
            is_on and token.kind is TokenKind.TEXT and not self._is_blank(token)
            for token, is_on in run
        )
        if is_wanted:
            self.blocks.append(self._trim(run))

    def _add_title(self, token: Token, *, is_on: bool) -> None:
        self.flush()
        start, end = self._strip(token)
        if is_on and start < end:
            self.blocks.append(Span(start, end))
            self.titles.append(Span(start, end))

    def _add_lines(self, token: Token) -> None:
        """Add text in which line breaks count: each line is a block."""
        place = token.start
        for line in self._html[token.start : token.end].splitlines(keepends=True):
            if self._state.is_on:
                self._run.append((token._replace(start=place, end=place + len(line)), True))
            place += len(line)
            if line[-1] in "\r\n":
                self.flush()

    def _is_blank(self, token: Token) -> bool:
        start, end = self._strip(token)
        return start == end and token.kind is TokenKind.TEXT

    def _strip(self, token: Token) -> tuple[int, int]:
        """Return where a token stands, less the white space around it if it is text."""
        text = self._html[token.start : token.end].rstrip(SPACE)
        end = token.start + len(text)
        return end - len(text.lstrip(SPACE)), end

    def _trim(self, run: Sequence[tuple[Token, bool]]) -> Span:
        """Return the place of a run that has text, less what stands around the text."""
        tags = match_tags([token for token, _ in run])
        texts = [0]
        for token, _ in run:
            is_text = token.kind is TokenKind.TEXT and not self._is_blank(token)
            texts.append(texts[-1] + is_text)

        def is_idle(index: int) -> bool:
            """Tell whether nothing in a token, or between it and its counterpart, is text."""
            token, partner = tags[index]
            if token.kind is TokenKind.TEXT:
                return self._is_blank(token)
            if stands_for_word(token) and (is_void(token) or partner in (index - 1, index + 1)):
                return False
            if partner is None:
                # A link that another link ends has more inside than can be seen from there.
                return token.kind is not TokenKind.START or token.name not in NEVER_NESTED
            low, high = sorted((index, partner))
            return texts[low] == texts[high]

        first, last = 0, len(run) - 1
        while True:
            if is_idle(first):
                first += 1
            elif is_idle(last):
                last -= 1
            elif tags[first].partner == last and run[first][1]:
                first, last = first + 1, last - 1
            else:
                break
        return Span(self._strip(run[first][0])[0], self._strip(run[last][0])[1])
