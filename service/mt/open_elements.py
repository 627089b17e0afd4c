"""Which elements are open where a source is read, and whether its text is to be translated."""

from collections import Counter
from collections.abc import Collection
from typing import Final, NamedTuple

from service.untrusted.html_elements import (
    CLOSES,
    CLOSING_P,
    FORMATTING,
    KNOWN,
    LIST_SCOPES,
    SCOPES,
    VOID,
)
from service.untrusted.html_text import unescape
from service.untrusted.html_tokens import RAW, Token, TokenKind, read_attributes

_UNTOUCHED = "code kbd samp var tt pre listing bpt ept it ph"
UNTOUCHED: Final = frozenset(_UNTOUCHED.split())
"""Computers' languages, and what XLIFF says is another format's own markup."""
HINTS: Final = ("translate", "protected")
"""What stands in a tag that may switch translation off or on."""
LINE_KEEPERS: Final = frozenset({"pre", "listing"})
_P: Final = frozenset({"p"})
_SCOPES_OF_P: Final = SCOPES | {"button"}
_SCOPES_OF_ITEMS: Final = SCOPES | LIST_SCOPES
DEEPEST_SEARCH: Final = 512
"""Open elements that are looked at to find what a tag ends: browsers nest no deeper."""


class _Open(NamedTuple):
    name: str
    own: bool | None
    """What it says itself of being translated, if anything."""
    is_on: bool
    keeps_lines: bool


def is_void(token: Token) -> bool:
    """Tell whether a start tag has no end, in HTML or as ``<x1/>`` in XML."""
    return token.name in VOID or (token.closes_itself and token.name not in KNOWN)


def own_switch(tag: str, name: str) -> bool | None:
    """Return whether an element says that it is to be translated or not; mostly it says nothing.

    ``translate`` goes before ``class="notranslate"``, and that before what the element is.
    """
    own = False if name in UNTOUCHED else None
    written = tag.lower()
    if not any(hint in written for hint in HINTS):
        return own
    values: dict[str, str] = {}
    for attribute in read_attributes(tag):
        values.setdefault(attribute.name, unescape(attribute.value, is_value=True).lower())
    if (said := values.get("translate")) in {"no", "yes", ""}:
        return said != "no"
    if "notranslate" in values.get("class", "").split() or values.get("mtype") == "protected":
        return False
    return own


class OpenElements:
    """Follows the tokens of a source and keeps what is open, as browsers do.

    End tags that are missing are known where HTML lets them be missed. Time is linear in the
    tokens.
    """

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._count: Counter[str] = Counter()

    @property
    def is_on(self) -> bool:
        """Whether text that comes next is to be translated."""
        return self._open[-1].is_on if self._open else True

    @property
    def keeps_lines(self) -> bool:
        """Whether line breaks are such in what comes next."""
        return self._open[-1].keeps_lines if self._open else False

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    def is_on_in(self, start: Token, tag: str) -> bool:
        """Tell whether an element whose start tag was just taken is to be translated itself."""
        if is_void(start) or start.name in RAW:
            own = own_switch(tag, start.name)
            return self.is_on if own is None else own
        return self.is_on

    def take(self, token: Token, html: str) -> None:
        """Follow a token; those of SVG, MathML and raw text change nothing."""
        if token.is_foreign or token.name in RAW:
            return
        if token.kind is TokenKind.END:
            self._end({token.name}, SCOPES)
        elif token.kind is TokenKind.START:
            if token.name in CLOSING_P:
                self._end(_P, _SCOPES_OF_P)
            if names := CLOSES.get(token.name):
                self._end(names, _SCOPES_OF_ITEMS)
            if not is_void(token):
                own = own_switch(html[token.start : token.end], token.name)
                self._push(token.name, own)

    def _push(self, name: str, own: bool | None) -> None:  # noqa: FBT001 - it may be neither
        is_on = self.is_on if own is None else own
        keeps_lines = self.keeps_lines or name in LINE_KEEPERS
        self._open.append(_Open(name, own, is_on, keeps_lines))
        self._count[name] += 1

    def _end(self, names: Collection[str], scopes: Collection[str]) -> None:
        """Close the innermost of some elements, if it is open within the scopes."""
        if not any(map(self._count.get, names)):
            return
        for place in range(len(self._open) - 1, max(-1, len(self._open) - DEEPEST_SEARCH), -1):
            if self._open[place].name in names:
                break
            if self._open[place].name in scopes:
                return
        else:
            return
        closed = self._open[place + 1 :]
        for element in self._open[place:]:
            self._count[element.name] -= 1
        del self._open[place:]
        again = [each for each in closed if each.own is not None and each.name in FORMATTING]
        if again:
            self._push(again[-1].name, again[-1].own)
