import html as standard_html
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.untrusted.html_text import escape_text, unescape
from service.untrusted.html_tokens import TokenKind, read_attributes, tokenize
from tests.growth import check_linear_growth

PIECES = st.sampled_from(
    [
        *("<", ">", "/", "!", "-", "-->", "--!>", "'", '"', "=", "a", "script", "svg", "title"),
        *("<a", "<!--", "</", "<![CDATA[", "]]>", "?", "&", ";", " ", "<p>"),
        *("<script>", "</script>", "<svg>", "</svg>"),
    ]
)
SOURCES = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


def kinds(html: str) -> list[tuple[str, str]]:
    return [(token.kind.name, html[token.start : token.end]) for token in tokenize(html)]


@given(SOURCES)
def test_tokens_laid_end_to_end_are_the_source(html: str) -> None:
    tokens = list(tokenize(html))

    assert [token.start for token in tokens] == [0, *[token.end for token in tokens]][: len(tokens)]
    assert not tokens or tokens[-1].end == len(html)
    assert all(token.start < token.end for token in tokens)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # What browsers make of these: https://html.spec.whatwg.org/multipage/parsing.html
        ('<a title=">">x', [("START", '<a title=">">'), ("TEXT", "x")]),
        ("<a b=c/>x", [("START", "<a b=c/>"), ("TEXT", "x")]),
        ("a < b <3 <", [("TEXT", "a < b <3 <")]),
        ("<!-- --!>b", [("OTHER", "<!-- --!>"), ("TEXT", "b")]),
        ("<!-->b", [("OTHER", "<!-->"), ("TEXT", "b")]),
        ("<!--->b", [("OTHER", "<!--->"), ("TEXT", "b")]),
        ("<!--!>b-->", [("OTHER", "<!--!>b-->")]),
        ("</>b</ c>", [("OTHER", "</>"), ("TEXT", "b"), ("OTHER", "</ c>")]),
        ("<?php a ?>b", [("OTHER", "<?php a ?>"), ("TEXT", "b")]),
        ("<![CDATA[x>y", [("OTHER", "<![CDATA[x>"), ("TEXT", "y")]),
        ("a<b title='", [("TEXT", "a"), ("CUT_OFF", "<b title='")]),
        ("a<!-- b", [("TEXT", "a"), ("CUT_OFF", "<!-- b")]),
        ("a<script>b", [("TEXT", "a"), ("CUT_OFF", "<script>b")]),
        ("<xmp><b></xmp>", [("START", "<xmp>"), ("RAW", "<b>"), ("END", "</xmp>")]),
        ("<title>a<b></TITLE >", [("START", "<title>"), ("RAW", "a<b>"), ("END", "</TITLE >")]),
    ],
)
def test_errors_are_read_as_browsers_read_them(html: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(html) == expected


def test_script_ends_where_browsers_end_it() -> None:
    inside = "'</p>'<!--<script></script>'</b>'-->"

    assert kinds(f"<script>{inside}</script>x")[1] == ("RAW", inside)
    assert kinds("<script><!--</script>x")[1:] == [
        ("RAW", "<!--"),
        ("END", "</script>"),
        ("TEXT", "x"),
    ]


def test_svg_has_rules_of_its_own() -> None:
    html = "<svg><title>a<b>c</svg><![CDATA[>d</p>"
    tokens = list(tokenize("<svg><![CDATA[<a>]]><g/></svg>b"))

    assert [token.is_foreign for token in tokens] == [True, True, True, True, False]
    assert tokens[1].kind is TokenKind.OTHER
    assert [token.is_foreign for token in tokenize("<svg><g><p>a")] == [True, True, False, False]
    assert ("START", "<b>") in kinds(html)


def test_slash_ends_a_tag_unless_it_ends_a_value() -> None:
    tags = ["<x1/>", '<x id="1"/>', "<x id=1 />", "<x id=1/>", "<x>"]

    found = [next(tokenize(tag)).closes_itself for tag in tags]

    assert found == [True, True, True, False, False]


def test_attributes_are_found_with_their_places() -> None:
    tag = "<a Alt=\"b>\" c = 'd' e=f/g h 'i'=>"

    found = [(a.name, a.value, tag[a.start : a.end]) for a in read_attributes(tag)]

    assert found == [
        ("alt", "b>", '"b>"'),
        ("c", "d", "'d'"),
        ("e", "f/g", "f/g"),
        ("h", "", ""),
        ("'i'", "", ""),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;&amp;lt;", "<&lt;"),
        ("&copy=1 &notit; &nope;", "©=1 ¬it; &nope;"),
        ("&#128;&#x41&#0;&#xD800;&#99999999999;", "€A\ufffd\ufffd\ufffd"),
        ("&#" + "9" * 10_000 + ";", "\ufffd"),
    ],
)
def test_references_are_read_as_browsers_read_them(source: str, text: str) -> None:
    assert unescape(source) == text


def test_addresses_in_values_keep_their_parameters() -> None:
    assert unescape("?a=1&copy=2&lang&amp;x&lt", is_value=True) == "?a=1&copy=2&lang&x<"


@given(st.text())
def test_text_that_was_escaped_is_text_again(text: str) -> None:
    assert unescape(escape_text(text)) == text
    assert [token.kind for token in tokenize(escape_text(text))] == [TokenKind.TEXT] * bool(text)


@given(st.text(st.sampled_from("&#x;ltamp019 =<"), max_size=20))
def test_references_agree_with_pythons_own_reading(source: str) -> None:
    if "&#" not in source:
        assert unescape(source) == standard_html.unescape(source)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        "<g>",
        "</x>",
        "<!",
        "<!--",
        "<a b='",
        "<script>",
        "<svg><![CDATA[",
        "<svg>",
        "&am",
    ],
)
def test_time_is_linear(piece: str) -> None:
    def reading(times: int) -> Callable[[], object]:
        html = piece * times
        return lambda: [unescape(html[token.start : token.end]) for token in tokenize(html)]

    check_linear_growth(reading, size=2000)
