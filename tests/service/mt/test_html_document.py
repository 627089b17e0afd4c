from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.translation import SourceText, Translation
from service.mt import html_runs
from service.mt.html_document import HtmlDocument, read_document
from service.mt.markup import parse_markup
from service.mt.projection import render_markup
from service.untrusted.html_tokens import TokenKind, tokenize
from service.untrusted.limits import HtmlTooComplexError
from tests.growth import check_linear_growth
from tests.service.mt.shuffled import shuffled_draft


def draft(source: SourceText, seed: int) -> Translation:
    """Return a draft as bad as any could be: words lost, torn from their places, and new ones."""
    if source.markup is None:
        text = f'"{source.text[::-1]}" <&\'>'
        return Translation(text=text, model="none", signature="none")
    parsed = parse_markup(source.markup)
    shuffled = shuffled_draft(parsed.text, seed)
    markup = render_markup(parsed, shuffled).text
    return Translation(text=shuffled.text, markup=markup, model="x", signature="x")


def translated(html: str, seed: int = 0) -> str:
    document = read_document(html)
    return document.join([draft(source, seed) for source in document.sources])


def written(document: HtmlDocument) -> list[str]:
    return [source.markup or source.text for source in document.sources]


BLOCKS = st.sampled_from(
    ["p", "div class='a b'", "LI", "h2", "td", "blockquote", "section", "figcaption", "pre"]
)
INLINES = st.sampled_from(
    ["b", "EM", 'a href="?a=1&amp;b=2" title="x > y"', "span", "code", 'i translate="no"', "sup"]
)
ATOMS = st.sampled_from(
    ["one ", "two", " three.", " &lt;b&gt; ", "&amp;amp;", "&nbsp;", "a -> b & c ", "\n", "Łódź "]
) | st.sampled_from(
    [
        *("<br>", "<BR/>", "<img alt='A dog' src=p>", "<!-- <p> -->", "<input>", "<?php x ?>"),
        *('<x id="12"></x>', "<svg><text>x</text></svg>", "<script>'<p>'</script>"),
    ]
)
UNCLOSED = st.sampled_from(["<p>", "<li>", "<b>", "</b>", "</i>", "<td>", "</div>", "<i>"])


def elements(
    tags: st.SearchStrategy[str], inside: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    several = st.lists(inside, max_size=4).map("".join)
    return st.tuples(tags, several).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>")


INSIDE = st.recursive(ATOMS, lambda inside: elements(INLINES, inside), max_leaves=8)
WHOLE = st.recursive(
    elements(BLOCKS, INSIDE), lambda inside: elements(BLOCKS, inside | INSIDE), max_leaves=6
)
DOCUMENTS = st.lists(WHOLE | INSIDE, max_size=5).map("".join)
BROKEN = st.lists(WHOLE | INSIDE | UNCLOSED, max_size=6).map("".join)


def tree(html: str, *, is_ordered: bool) -> Any:
    """Return a document's elements and comments, with all that an independent parser sees."""
    root = lxml.html.document_fromstring(f"<html><body><div>{html}")

    def view(node: lxml.html.HtmlElement) -> Any:
        texts = {"alt", "title"}
        name = node.tag if isinstance(node.tag, str) else node.text
        attributes = sorted((k, "" if k in texts else v) for k, v in node.attrib.items())
        inside = [view(child) for child in node]
        return str(name), attributes, inside if is_ordered else sorted(inside, key=repr)

    return view(root)


@settings(deadline=None)  # the machine may be busy
@given(DOCUMENTS, st.integers(0, 99))
def test_tree_of_a_document_survives_any_draft(html: str, seed: int) -> None:
    assert tree(translated(html, seed), is_ordered=False) == tree(html, is_ordered=False)


class TagReader(HTMLParser):
    """Python's own reading of tags and comments, less what is translated in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, repr([pair for pair in attrs if pair[0] not in {"alt", "title"}])))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((tag, "end"))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


@settings(deadline=None)  # the machine may be busy
@given(BROKEN, st.integers(0, 99))
def test_every_tag_and_comment_survives_also_where_ends_are_missing(html: str, seed: int) -> None:
    def tags(source: str) -> list[tuple[str, str]]:
        reader = TagReader()
        reader.feed(source)
        return sorted(reader.found)

    assert tags(translated(html, seed)) == tags(html)


HOSTILE = st.lists(
    st.sampled_from(
        [
            *(
                "<",
                ">",
                "</",
                "/>",
                "<!--",
                "-->",
                "--!>",
                "'",
                '"',
                "=",
                "<a title=",
                "<a ",
                " b ",
            ),
            *(
                "<script>",
                "</script>",
                "<svg>",
                "</svg>",
                "<p>",
                "<title>",
                "</title>",
                "<![CDATA[",
            ),
            *(
                "&lt;script&gt;",
                "&lt",
                "&",
                "<?",
                "one two ",
                "<x1/>",
                "<b/>",
                "<pre>",
                "\n",
                "<br>",
            ),
        ]
    ),
    max_size=25,
).map("".join)


@settings(deadline=None)  # the machine may be busy
@given(HOSTILE, st.integers(0, 9))
def test_hostile_source_gives_no_tag_that_it_lacks(html: str, seed: int) -> None:
    def others(source: str) -> list[str]:
        tokens = (token for token in tokenize(source) if token.kind is not TokenKind.TEXT)
        return sorted(source[t.start : t.end] for t in tokens if "title" not in t.name)

    def without_values(source: str) -> list[str]:
        return [token for token in others(source) if "title=" not in token]

    found = translated(html, seed)

    assert without_values(found) == without_values(html)
    assert len(others(found)) == len(others(html))


@given(BROKEN)
def test_document_of_which_nothing_is_translated_is_the_same_bytes(html: str) -> None:
    document = read_document(html)
    same = [
        Translation(text=s.text, markup=s.markup, model="x", signature="x")
        for s in document.sources
    ]

    assert document.join(same) == html


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        ("<p class=a>It is <b>so</b>.</p>\n<p>No.", ["It is <b>so</b>.", "No."]),
        ("<!-- wp:paragraph -->\n<p><em>One</em></p>", ["One"]),
        ("<ul><li>A <li><img src=x> B<br></ul>", ["A", "B"]),
        ("<table><tr><th>A<td>B &amp; c</table>", ["A", "B &amp; c"]),
        ("<title>A &amp; <b></title><p>c", ["A & <b>", "c"]),
        ("<a href=x><h2>A</h2><p>b</a>", ["A", "b"]),
        ("<div>a<p>b</p>c</div>", ["a", "b", "c"]),
        ("<b>a<p>b</b> c</p>", ["a", "b</b> c"]),
        ("<p>a<script>'</p><p>'</script> b", ["a<script>'</p><p>'</script> b"]),
        ("a <x1/>, <b>b</b> <x2/>", ["a <x1/>, <b>b</b> <x2/>"]),
        ("<p>a <!-- c --> b <!-- d --></p>", ["a <!-- c --> b"]),
        ("<p title='x'><!-- c --><br></p>", ["x"]),
    ],
)
def test_block_is_the_unit_without_what_stands_around_its_text(
    html: str, sources: list[str]
) -> None:
    assert written(read_document(html)) == sources


@pytest.mark.parametrize(
    "html",
    [
        "<code>a</code> <pre>b\n c</pre><script>d</script><style>e</style><textarea>f</textarea>",
        "<p translate='no'>a <b>b</b>",
        "<div class='x notranslate'><p>a</p><ul><li>b</ul></div>",
        "<svg><title>a</title><text>b</text></svg><math><mi>c</mi></math>",
        "<p translate=no title='a'><img alt='b'></p>",
        "<img translate=no alt=a>",
        "<!doctype html><!-- a --><?xml b?><![CDATA[c]]",
        "<p data-title='a' href=b content=c>",
        "",
    ],
)
def test_what_is_not_to_be_translated_is_not(html: str) -> None:
    assert written(read_document(html)) == []
    assert translated(html) == html


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        (
            "<div translate=no>a <b translate=yes>b <i>c</i></b> d<p translate>e</p></div>f",
            ["b <i>c</i>", "e", "f"],
        ),
        ("<pre>a\n <span translate=yes># b\n # c</span>\n</pre>", ["# b", "# c"]),
        ("<p translate=no>a<p>b", ["b"]),
        ("<ul><li translate=no>a<li>b</ul>", ["b"]),
        # Browsers open the tag that was not closed again in the next paragraph.
        ("<p><b class=notranslate>a<p>b</b> c", ["c"]),
        ("<span translate=no><img translate=yes alt='a'></span>", ["a"]),
    ],
)
def test_translation_is_turned_on_again(html: str, sources: list[str]) -> None:
    assert written(read_document(html)) == sources


def test_attributes_that_are_read_are_translated_and_no_others() -> None:
    html = (
        """<IMG ALT='A dog' src="a?b=1&c=2" title=Dog data-x="A dog">"""
        """<a aria-label="Go &amp; see" title="">x</a>"""
    )
    document = read_document(html)

    assert written(document) == ["x", "A dog", "Dog", "Go & see"]
    drafts = ["y", 'L\'ours "<b>"', 'Ours" onload="x', "Va & vois"]
    found = document.join([Translation(text=t, model="x", signature="x") for t in drafts])
    assert found == (
        """<IMG ALT='L&#39;ours "&lt;b&gt;"' src="a?b=1&c=2" title="Ours&quot; onload=&quot;x" """
        """data-x="A dog"><a aria-label="Va &amp; vois" title="">y</a>"""
    )


@pytest.mark.parametrize("cut", ["<b", "<a b='c", "<!-- b", "<script>b", "<![b", "<plaintext>b"])
def test_what_the_end_cuts_off_stays_at_the_end(cut: str) -> None:
    assert translated(f"<p>one two</p>{cut}").endswith(f"</p>{cut}")


def test_escaped_markup_is_no_tag_whatever_the_draft_says() -> None:
    for seed in range(20):
        found = translated("<p>&lt;script&gt;x()&lt;/script&gt; &amp;lt;b&amp;gt; one</p>", seed)

        assert found.count("<") == 2


@pytest.mark.parametrize(
    "piece",
    [
        *("<p>a", "<b>", "<g>", "</p>", "<p><b translate=no>", "<i>a</i> ", "<a alt='x'>"),
        *("<div>", "<p><b>a</p>", "<svg>", "<table><tr><td>a", "<pre>a\n"),
    ],
)
def test_time_is_linear(piece: str) -> None:
    def reading(times: int) -> Callable[[], object]:
        html = piece * times
        return lambda: read_document(html)

    check_linear_growth(reading, size=300)


def test_deep_nesting_is_no_stack_overflow() -> None:
    outside, inside = "<b>" * 20_000, "x <i>y</i> <u>"
    html = f"one {outside}{inside}{outside.replace('<', '</')} two"

    found = translated(html)

    assert found.count("<b>") == found.count("</b>") == 20_000


def test_page_of_too_many_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_runs, "MAX_HTML_TAGS", 10)

    assert read_document("<b>" * 10 + "< <" * 10 + "a").size == 1
    with pytest.raises(HtmlTooComplexError):
        read_document("<b>" * 11)
