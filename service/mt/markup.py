"""The tags of a paragraph, read from its markup."""

import html
import re
from dataclasses import dataclass, field
from typing import Final

import lxml.etree
import lxml.html

from alignment.beads import Span
from service.mt.errors import MarkupError

VOID: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
"""https://html.spec.whatwg.org/multipage/syntax.html#void-elements"""
UNTOUCHED: Final = frozenset({"code", "kbd", "samp", "var", "tt"})
RAW: Final = frozenset({"script", "style"})
"""Their content is no text of the paragraph: it is carried along with the tag."""
BREAKING: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)

CUT_OFF_TAG: Final = re.compile(r"<[A-Za-z/!?][^<>]*\Z")
NAME: Final = re.compile(r"[^\s\"'<>/=\x00-\x1f]+")
"""What may be written as the name of a tag or attribute."""


@dataclass(slots=True, kw_only=True)
class Element:
    """A tag with what is inside, or a comment: a run of the paragraph's text."""

    opening: str
    """The start tag as it is to be written, or all of a comment, ``<script>`` or void tag."""
    closing: str = ""
    name: str = ""
    span: Span
    """In characters of the paragraph's text; empty where nothing is inside."""
    children: list["Element"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A paragraph's markup, taken apart; in its text a ``<br>`` is a line break."""

    text: str
    root: Element
    kept: tuple[Span, ...]
    """What must come back as it is: code, and what says ``translate="no"``."""
    breaks: tuple[int, ...]
    """Where ``<br>`` and the like stand: no sentence goes across them."""
    lines: tuple[int, ...]
    """Where the line breaks are that stand for a ``<br>``."""


def parse_markup(markup: str) -> Markup:
    """Take inner HTML apart; unclosed tags are closed as a browser would.

    Raises:
        MarkupError: If it cannot be parsed.
    """
    # A tag that the end cuts off is none; libxml2 would make one of it and of its own wrapper.
    whole = CUT_OFF_TAG.sub("", markup.replace("\x00", "\ufffd"))
    begun = whole.lstrip()
    try:
        whole.encode()
        parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
        body = lxml.html.fragment_fromstring(begun.encode(), create_parent="div", parser=parser)
        # lxml drops white space before the first tag.
        body.text = whole[: len(whole) - len(begun)] + (body.text or "")
    except (lxml.etree.LxmlError, ValueError) as error:
        raise MarkupError from error
    if any(entry.type == lxml.etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise MarkupError
    reader = _Reader()
    root = reader.read(body, opening="", closing="")
    return Markup(
        text="".join(reader.texts),
        root=root,
        kept=tuple(reader.kept),
        breaks=tuple(sorted(reader.breaks)),
        lines=tuple(reader.lines),
    )


class _Reader:
    """Walks over a parsed tree and collects the text."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.kept: list[Span] = []
        self.breaks: set[int] = set()
        self.lines: list[int] = []
        self._length = 0

    def read(self, node: lxml.html.HtmlElement, *, opening: str, closing: str) -> Element:
        start = self._length
        children = self._read_inside(node)
        span = Span(start, self._length)
        return Element(
            opening=opening, closing=closing, name=str(node.tag), span=span, children=children
        )

    def _read_inside(self, node: lxml.html.HtmlElement) -> list[Element]:
        self._add(node.text)
        children: list[Element] = []
        for child in node:
            children.append(self._read_child(child))
            if child.tag in VOID:
                # libxml2 does not know every void tag and puts what follows inside it.
                children += self._read_inside(child)
            self._add(child.tail)
        return children

    def _read_child(self, node: lxml.html.HtmlElement) -> Element:
        here = Span(self._length, self._length)
        if not isinstance(node.tag, str) or node.tag in RAW:
            opening = lxml.etree.tostring(node, encoding="unicode", method="html", with_tail=False)
            return Element(opening=opening, span=here)
        if node.tag in BREAKING:
            self.breaks.add(here.start)
        if node.tag == "br":
            self.lines.append(here.start)
            self._add("\n")
            return Element(opening=_start_tag(node), name="br", span=Span(here.start, self._length))
        if node.tag in VOID:
            return Element(opening=_start_tag(node), name=node.tag, span=here)
        element = self.read(node, opening=_start_tag(node), closing=f"</{node.tag}>")
        if node.tag in BREAKING:
            self.breaks.add(element.span.end)
        if node.tag in UNTOUCHED or node.get("translate", "").lower() == "no":
            self.kept.append(element.span)
        return element

    def _add(self, text: str | None) -> None:
        if text:
            self.texts.append(text)
            self._length += len(text)


def _start_tag(node: lxml.html.HtmlElement) -> str:
    names = [str(name) for name in (node.tag, *node.attrib)]
    if not all(map(NAME.fullmatch, names)):
        raise MarkupError
    values = (html.escape(str(value)) for value in node.attrib.values())
    pairs = zip(names[1:], values, strict=True)
    return f"<{names[0]}" + "".join(f' {name}="{value}"' for name, value in pairs) + ">"
