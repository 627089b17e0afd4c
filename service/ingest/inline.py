"""One paragraph's inline content while it is read: its plain text and its sanitised markup."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from service.untrusted.html import safe_attributes

_CHUNKS = re.compile("[ \t\n\r\f]+|[^ \t\n\r\f]+")
_LINES = re.compile("\r\n|[\n\r\f]")


@dataclass(slots=True)
class _OpenTag:
    """An inline element that is open, and where its tag stands, if it is one that we keep."""

    tag: str
    opening: str | None
    place: int
    visible_before: int


class InlineRun:
    """Text and tags between two block boundaries.

    White space collapses as in a browser, across tags; no-break spaces stay; ``br`` is a line
    break. A tag that is open when a paragraph ends closes there and opens again in the next; a
    tag around nothing goes.
    """

    def __init__(self) -> None:
        self._text: list[str] = []
        self._markup: list[str] = []
        self._open: list[_OpenTag] = []
        self._visible = 0
        # Places, in text and markup, of the white space since the last visible character.
        self._trailing: list[tuple[int, int]] = []

    @property
    def is_after_break(self) -> bool:
        """Whether a line break is the last thing that would be seen."""
        return bool(self._trailing) and self._text[self._trailing[-1][0]] == "\n"

    def add_text(self, text: str, *, keeps_lines: bool = False) -> None:
        """Add text; with ``keeps_lines``, as in ``pre``, its line breaks count."""
        if keeps_lines:
            first, *others = _LINES.split(text)
            self.add_text(first)
            for line in others:
                self.break_line()
                self.add_text(line)
            return
        for chunk in _CHUNKS.findall(text):
            if chunk[0] not in " \t\n\r\f":
                self._text.append(chunk)
                self._markup.append(escape(chunk, quote=False))
                self._visible += 1
                self._trailing.clear()
            elif self._visible and not self._trailing:
                self._add_white(" ", " ")

    def break_line(self) -> None:
        """Add a line break, which swallows the space before it."""
        if not self._visible:
            return
        if self._trailing and not self.is_after_break:
            self._drop_trailing()
        self._add_white("\n", "<br>")

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an inline element."""
        safe = safe_attributes(tag, attributes)
        opening = None
        if safe is not None:
            written = "".join(f' {name}="{escape(value)}"' for name, value in safe.items())
            opening = f"<{tag}{written}>"
        self._open.append(_OpenTag(tag, opening, len(self._markup), self._visible))
        self._markup.append(opening or "")

    def close(self) -> None:
        """Close the inline element that was opened last."""
        self._end(self._open.pop())

    def take(self) -> tuple[str, str | None]:
        """Return what has come together, as text and as markup if there is any; begin anew."""
        self._drop_trailing()
        for tag in reversed(self._open):
            self._end(tag)
        text, markup = "".join(self._text), "".join(self._markup)
        self._text, self._markup, self._visible = [], [], 0
        for tag in self._open:
            tag.place, tag.visible_before = len(self._markup), 0
            self._markup.append(tag.opening or "")
        return text, markup if "<" in markup else None

    def _end(self, tag: _OpenTag) -> None:
        if tag.opening is None:
            return
        if tag.visible_before == self._visible:
            self._markup[tag.place] = ""
        else:
            self._markup.append(f"</{tag.tag}>")

    def _add_white(self, text: str, markup: str) -> None:
        self._trailing.append((len(self._text), len(self._markup)))
        self._text.append(text)
        self._markup.append(markup)

    def _drop_trailing(self) -> None:
        for text_place, markup_place in self._trailing:
            self._text[text_place] = self._markup[markup_place] = ""
        self._trailing.clear()
