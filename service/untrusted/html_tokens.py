"""HTML cut into tags, text and the rest, with places in the source, as browsers cut it.

Nothing is built, mended or dropped: the tokens, laid end to end, are the source. This is the
tokenizer of https://html.spec.whatwg.org/multipage/parsing.html, errors included; of its tree
builder only what decides how the next token is read (``script``, ``svg`` and their like).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

SPACE: Final = "\t\n\f\r "
_ATTRIBUTE: Final = (
    rf"[^{SPACE}/>][^{SPACE}/>=]*+"
    rf"(?:[{SPACE}]*+=[{SPACE}]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|(?![\"'])[^{SPACE}>]*+))?+"
)
_TAG: Final = re.compile(
    rf"<(?P<slash>/?)(?P<name>[A-Za-z][^{SPACE}/>]*+)(?:[{SPACE}/]++|{_ATTRIBUTE})*+>"
)
_OTHER: Final = re.compile(
    r"<!--(?:-?>|[\s\S]*?--!?>)"  # a comment
    r"|<(?:[!?]|/(?![A-Za-z]))[^>]*+>"  # a doctype, a processing instruction, what passes for one
)
_BEGINS: Final = re.compile(r"<(?:/?[A-Za-z]|[!?]|/(?=[\s\S]))")
"""What is more than the text ``<``."""
_CHARACTER_DATA: Final = re.compile(r"<!\[CDATA\[(?:[\s\S]*?\]\]>)?")

RAW: Final = frozenset("script style xmp iframe noembed noframes textarea title".split())  # noqa: SIM905
"""Elements in which no tag is one but their own end."""
_RAW_ENDS: Final = {
    name: re.compile(rf"</{name}(?=[{SPACE}/>])", re.IGNORECASE) for name in RAW - {"script"}
}
_SCRIPT_MARKS: Final = re.compile(rf"<!--|-->|<(?P<slash>/?)script(?=[{SPACE}/>])", re.IGNORECASE)

_FOREIGN: Final = frozenset({"svg", "math"})
_POINTS_OF_HTML: Final = frozenset(
    "foreignobject desc title annotation-xml mi mo mn ms mtext".split()  # noqa: SIM905
)
"""Elements of SVG and MathML whose inside is HTML."""
_NAMES = """
    b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li
    listing menu meta nobr ol p pre ruby s small span strike strong sub sup table tt u ul var
"""
_NAMES_OF_HTML: Final = frozenset(_NAMES.split())
"""Tags that end SVG and MathML: "Any other start tag" of "in foreign content" comes after them."""


class TokenKind(Enum):
    """What a run of the source is."""

    TEXT = auto()
    START = auto()
    END = auto()
    RAW = auto()
    """All that is inside a ``script`` and the like; not there if that is nothing."""
    OTHER = auto()
    """A comment, doctype, processing instruction, and what browsers read as one."""
    CUT_OFF = auto()
    """From here to the end nothing was closed that hides it: a tag, a comment, a ``script``."""


class Token(NamedTuple):
    """A run of the source."""

    kind: TokenKind
    start: int
    end: int
    name: str = ""
    """Of a tag, in small letters; of raw text that of its element."""
    closes_itself: bool = False
    """Whether the tag ends in ``/>``, which HTML ignores."""
    is_foreign: bool = False
    """Whether it belongs to SVG or MathML, their own tags included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a tag; places are in the tag's own text."""

    name: str
    """In small letters."""
    value: str
    """As it is written, without its quotes: character references stand in it."""
    start: int
    end: int
    """Where the value stands, its quotes included; both the same where there is none."""


def tokenize(html: str) -> Iterator[Token]:
    """Yield the tokens of a document or fragment, in order; time is linear in the source."""
    foreign = _Foreign()
    place = 0
    while place < len(html):
        token = _next_token(html, place, is_foreign=foreign.is_inside)
        is_foreign = foreign.take(token)
        inside = None
        if token.kind is TokenKind.START and not is_foreign:
            inside = _raw_end(html, token)
        if inside is not None and inside < 0:
            yield Token(TokenKind.CUT_OFF, token.start, len(html))
            return
        yield token._replace(is_foreign=True) if is_foreign else token
        place = token.end
        if inside is not None and inside > place:
            yield Token(TokenKind.RAW, place, inside, token.name)
            place = inside


def _next_token(html: str, place: int, *, is_foreign: bool) -> Token:
    if html[place] != "<" or not _BEGINS.match(html, place):
        return Token(TokenKind.TEXT, place, _text_end(html, place))
    if is_foreign and (data := _CHARACTER_DATA.match(html, place)):
        if data[0].endswith(">"):
            return Token(TokenKind.OTHER, place, data.end())
        return Token(TokenKind.CUT_OFF, place, len(html))
    if tag := _TAG.match(html, place):
        kind = TokenKind.END if tag["slash"] else TokenKind.START
        name, closes = tag["name"].lower(), html[tag.end() - 2] == "/"
        return Token(kind, place, tag.end(), name, closes and _ends_in_slash(tag[0]))
    if other := _OTHER.match(html, place):
        return Token(TokenKind.OTHER, place, other.end())
    return Token(TokenKind.CUT_OFF, place, len(html))


def _text_end(html: str, place: int) -> int:
    begins = _BEGINS.search(html, place + 1)
    return begins.start() if begins else len(html)


def _ends_in_slash(tag: str) -> bool:
    """Tell whether the slash before the tag's end is none of an unquoted value's."""
    attributes = read_attributes(tag)
    return not attributes or attributes[-1].end < len(tag) - 1


def _raw_end(html: str, tag: Token) -> int | None:
    """Return where what is inside a raw element ends, -1 if nowhere; ``None`` for others."""
    if tag.name == "plaintext":
        return -1
    if tag.name not in RAW:
        return None
    if tag.name == "script":
        return _script_end(html, tag.end)
    end = _RAW_ENDS[tag.name].search(html, tag.end)
    return end.start() if end else -1


def _script_end(html: str, place: int) -> int:
    """Return where a script ends: not at a ``</script>`` of a script in a comment in it."""
    is_comment = is_script_in_comment = False
    while mark := _SCRIPT_MARKS.search(html, place):
        place = mark.end()
        if mark[0] == "<!--":
            is_comment = True
            place -= len("--")  # <!--> ends at once
        elif mark[0] == "-->":
            is_comment = is_script_in_comment = False
        elif mark["slash"] and not is_script_in_comment:
            return mark.start()
        else:
            is_script_in_comment = is_comment and not mark["slash"]
    return -1


class _Foreign:
    """Follows tags into SVG and MathML and out of them."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._count: Counter[str] = Counter()

    @property
    def is_inside(self) -> bool:
        """Whether what comes next is read by the rules of SVG and MathML."""
        return bool(self._open) and self._open[-1] not in _POINTS_OF_HTML

    def take(self, token: Token) -> bool:
        """Follow a token, and tell whether it belongs to SVG or MathML."""
        was_open = bool(self._open)
        if token.kind is TokenKind.START:
            return self._start(token)
        if token.kind is TokenKind.END:
            if self._count[token.name]:
                self._close(token.name)
            elif self.is_inside and token.name in {"br", "p"}:
                self._leave()
                return False
        return was_open

    def _start(self, token: Token) -> bool:
        if self.is_inside and token.name in _NAMES_OF_HTML:
            self._leave()
        if (self.is_inside or token.name in _FOREIGN) and not token.closes_itself:
            self._open.append(token.name)
            self._count[token.name] += 1
        return bool(self._open) or token.name in _FOREIGN

    def _leave(self) -> None:
        while self.is_inside:
            self._count[self._open.pop()] -= 1

    def _close(self, name: str) -> None:
        while (last := self._open.pop()) != name:
            self._count[last] -= 1
        self._count[name] -= 1


_ATTRIBUTE_PARTS: Final = re.compile(
    rf"(?P<name>[^{SPACE}/>][^{SPACE}/>=]*+)"
    rf"(?:[{SPACE}]*+=[{SPACE}]*+"
    rf"(?P<value>\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?![\"'])(?P<bare>[^{SPACE}>]*+)))?+"
)
_TAG_NAME: Final = re.compile(rf"</?[A-Za-z][^{SPACE}/>]*+")


def read_attributes(tag: str) -> list[Attribute]:
    """Return a tag's attributes, in order; of two of one name browsers see the first."""
    name = _TAG_NAME.match(tag)
    place = name.end() if name else len(tag)
    return [
        Attribute(
            name=match["name"].lower(),
            value=match["double"] or match["single"] or match["bare"] or "",
            start=match.start("value") if match["value"] is not None else match.end(),
            end=match.end(),
        )
        for match in _ATTRIBUTE_PARTS.finditer(tag, place, len(tag) - 1)
    ]
