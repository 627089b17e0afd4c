"""HTML from outside: parsed without network or entities of its own, and cut to what is harmless."""

import re
from collections.abc import Mapping

from lxml import etree, html
from lxml.html import HtmlElement

from service.untrusted.limits import MAX_HTML_TAGS, HtmlTooComplexError, check_size

_DROPPED = """
    script style noscript template iframe object applet svg head noframes noembed
    audio video canvas datalist
"""
DROPPED = frozenset(_DROPPED.split())
"""Elements that show no text of the page's own; their content goes with them."""

_INLINE = "a abbr b br cite code em i kbd mark q samp span strong sub sup time var"
INLINE = frozenset(_INLINE.split())
"""Inline elements whose tags are kept; of any other only the text stays."""

_ATTRIBUTES = {"a": ("href",), "abbr": ("title",), "time": ("datetime",)}
_EVERYWHERE = ("lang", "dir", "translate")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,5}")
_SCHEMES = frozenset({"http", "https", "mailto"})
_IGNORED_IN_URLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_PAGE_ENDS = re.compile(r"</(?:body|html)\b[^<>]*>", re.IGNORECASE)


def parse_html(page: str) -> HtmlElement | None:
    """Return the root of the parsed page, or ``None`` if it has no element and no text.

    libxml2 closes tags and reads entities as browsers do; it loads nothing. What follows
    ``</body>`` stays, as in a browser.

    Raises:
        FileTooLargeError: If the page is too long.
        HtmlTooComplexError: If it has too many tags, or the parser gave up on a part of it.
    """
    encoded = _PAGE_ENDS.sub("", page).encode()
    check_size(len(encoded))
    if encoded.count(b"<") > MAX_HTML_TAGS:
        raise HtmlTooComplexError
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(encoded, parser=parser)
    except etree.ParserError:  # "Document is empty"
        return None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise HtmlTooComplexError
    return root


def safe_attributes(tag: str, attributes: Mapping[str, str]) -> dict[str, str] | None:
    """Return the attributes of an inline element that may stay, or ``None`` if its tag may not.

    A link that leads nowhere safe, and a ``span`` that says nothing, lose their tags.
    """
    if tag not in INLINE:
        return None
    kept = {
        name: value
        for name in (*_ATTRIBUTES.get(tag, ()), *_EVERYWHERE)
        if (value := _safe_value(name, attributes.get(name))) is not None
    }
    if (tag == "a" and "href" not in kept) or (tag == "span" and kept.keys() <= {"dir"}):
        return None
    return kept


def _safe_value(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    if name == "href":
        return safe_url(value)
    if name == "lang":
        return value if _LANGUAGE.fullmatch(value) else None
    if name == "dir":
        return value if value in {"ltr", "rtl", "auto"} else None
    if name == "translate":
        return value.lower() if value.lower() in {"yes", "no"} else None
    return value


def safe_url(url: str) -> str | None:
    """Return a link's address without control characters, if it is relative, web or mail."""
    cleaned = _IGNORED_IN_URLS.sub("", url)
    scheme, colon, _ = cleaned.partition(":")
    is_relative = not colon or any(mark in scheme for mark in "/?#")
    return cleaned if is_relative or scheme.lower() in _SCHEMES else None
