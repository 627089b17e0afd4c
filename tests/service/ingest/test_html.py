import html as standard_html
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.paragraph import Kind, Paragraph
from service.domain.plain_text import UnstorableTextError
from service.ingest import html as html_module
from service.ingest.errors import EmptyTextError, UnknownRepairError
from service.ingest.html import read_html
from service.untrusted.html_elements import VOID
from service.untrusted.limits import HtmlTooComplexError, TooManyLinesError
from tests.growth import check_linear_growth


def read(page: str) -> list[Paragraph]:
    return list(read_html(page).paragraphs)


def texts(page: str) -> list[str]:
    return [paragraph.text for paragraph in read(page)]


def kinds(page: str) -> list[str]:
    return [paragraph.kind.value for paragraph in read(page)]


PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Site</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav>
<header><h1>The night <em>ferry</em></h1>
<p class="meta byline">Ilse Marrow</p><p><time datetime="2024-03-03">3 March</time></p></header>
<p>It was <b>blue</b>.</p>
<h2>The plan</h2>
<ul><li>mend<li>paint <ul><li>twice</ul></ul>
<blockquote><p>It works.</p><footer>— the keeper</footer></blockquote>
<figure><img src="a.png" alt="a lamp"><figcaption>The lamp</figcaption></figure>
<table><caption>Crossings</caption><tr><th>day<td>4</table>
<dl><dt>quay<dd>where it lands</dl>
<h1>Later</h1>
<aside><h3>See also</h3>other news</aside>
<script>alert("p")</script>
<footer><p>© Harbour News</p></footer>
"""


def test_blocks_become_paragraphs_with_their_kinds() -> None:
    expected = [
        ("furniture", 0, "Home"),
        ("title", 0, "The night ferry"),
        ("byline", 0, "Ilse Marrow"),
        ("date", 0, "3 March"),
        ("para", 0, "It was blue."),
        ("heading", 2, "The plan"),
        ("list_item", 0, "mend"),
        ("list_item", 0, "paint"),
        ("list_item", 0, "twice"),
        ("quote", 0, "It works."),
        ("quote", 0, "— the keeper"),
        ("caption", 0, "The lamp"),
        ("caption", 0, "Crossings"),
        ("para", 0, "day"),
        ("para", 0, "4"),
        ("list_item", 0, "quay"),
        ("list_item", 0, "where it lands"),
        ("heading", 1, "Later"),
        ("furniture", 0, "See also"),
        ("furniture", 0, "other news"),
        ("furniture", 0, "© Harbour News"),
    ]

    assert [(p.kind.value, p.level, p.text) for p in read(PAGE)] == expected
    assert read_html(PAGE).format == "html"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<h1>T</h1><p>By Ilse Marrow</p><p>x.</p>", Kind.BYLINE),
        ("<h1>T</h1><p>14 octobre 2021</p><p>x.</p>", Kind.DATE),
        ("<h1>T</h1><p><b class='Author'>Ilse</b> <b class=author>Jo</b></p>", Kind.BYLINE),
        ("<h1>T</h1><address>Ilse</address>", Kind.BYLINE),
        ("<h1>T</h1><p><time>now</time> or never</p>", Kind.PARA),
        ("<h1>T</h1><p>a<p>b<p>c<p>By Ilse Marrow", Kind.PARA),
        ("<nav><p class=byline>x</p></nav><h2>T</h2>", Kind.HEADING),
    ],
)  # fmt: skip
def test_bylines_and_dates_are_known_by_element_class_or_form(page: str, kind: Kind) -> None:
    assert read(page)[1].kind is kind


def test_inline_markup_is_kept_beside_the_text_and_only_where_there_is_any() -> None:
    one, two = read('<p>It <b>was</b> <a href="/a?b=1&amp;c=2">blue</a> &lt;3</p><p>plain & so</p>')

    assert one.text == "It was blue <3"
    assert one.markup == 'It <b>was</b> <a href="/a?b=1&amp;c=2">blue</a> &lt;3'
    assert (two.text, two.markup) == ("plain & so", None)


@pytest.mark.parametrize(
    ("inner", "markup"),
    [
        ("<a href='javascript:x'>t</a>", None),
        ("<a href=' java\nscript:x'>t</a>", None),
        ("<a href='&#106;avascript:x'>t</a>", None),
        ("<a href='data:text/html,x'>t</a>", None),
        ("<a href='//h.invalid/x:y'>t</a>", '<a href="//h.invalid/x:y">t</a>'),
        ("<a href='mailto:i@h.invalid' onclick='x'>t</a>", '<a href="mailto:i@h.invalid">t</a>'),
        ("<a name=x>t</a>", None),
        ("<b onmouseover=x style='a'>t</b>", "<b>t</b>"),
        ("<span>t</span>", None),
        ("<span lang='fr-CA' class=x>t</span>", '<span lang="fr-CA">t</span>'),
        ("<span lang='\"><script>'>t</span>", None),
        ("<i dir=rtl>t</i>", '<i dir="rtl">t</i>'),
        ("<i dir='x'>t</i>", "<i>t</i>"),
        ("<abbr title='&quot;&lt;b>'>t</abbr>", '<abbr title="&quot;&lt;b&gt;">t</abbr>'),
        ("<time datetime=2024>t</time>", '<time datetime="2024">t</time>'),
        ("<span translate=no>t</span>", '<span translate="no">t</span>'),
        ("<b translate=NO>t</b>", '<b translate="no">t</b>'),
        ("<i translate=x>t</i>", "<i>t</i>"),
        ("<kbd>t</kbd>", "<kbd>t</kbd>"),
        ("<font color=red><u>t</u></font>", None),
        ("<b></b><i> </i>t<b></b>", None),
        ("<b>t", "<b>t</b>"),
    ],
)
def test_only_harmless_tags_and_attributes_stay(inner: str, markup: str | None) -> None:
    (paragraph,) = read(f"<p>{inner}</p>")

    assert paragraph.text == "t"
    assert paragraph.markup == markup


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("a &nbsp;&laquo;b&raquo; &#x2014; &foo; &copy &#150;", ["a \u00a0«b» — &foo; © –"]),
        ("<p>a<p>b</div></p>c", ["a", "b", "c"]),
        ("a < b && c <3", ["a < b && c <3"]),
        ("a<!-- b -->c<![CDATA[d]]>e", ["ace"]),
        ("<p>  a\n\t b\f <i> c </i> d </p>", ["a b c d"]),
        ("<p>a<i> </i>b</p>", ["a b"]),
        ("<p>a <br> b<br></p>", ["a\nb"]),
        ("a<br><br>b<br> <br><br>c", ["a", "b", "c"]),
        ("<b>a<br><br>b</b>", ["a", "b"]),
        ("<pre>a\n  b\r\n\nc</pre>", ["a\nb\n\nc"]),
        ("<p>\u00a0</p>a", ["a"]),
        ("one<div>two</div>three", ["one", "two", "three"]),
        ("<script>a</script>b<svg><text>c</text></svg>d<noscript>e</noscript>", ["bd"]),
        ("<iframe>a</iframe><template>b</template><object>c</object>d", ["d"]),
        ("a</body></html>b", ["ab"]),
        ("<button>a</button><select><option>b</select><textarea>c</textarea>", ["a", "b", "c"]),
        ("<x-y>a</x-y><o:p>b</o:p>", ["ab"]),
        ("\ufeff<p>a", ["a"]),
        ("<?xml version='1.0' encoding='koi8-r'?><html><body>é", ["é"]),
        ("<meta charset=koi8-r><p>é", ["é"]),
    ],
)
def test_broken_pages_read_as_in_a_browser(page: str, expected: list[str]) -> None:
    assert texts(page) == expected


def test_an_inline_element_that_spans_paragraphs_marks_each() -> None:
    markups = [p.markup for p in read("<a href=x><div>one</div>two<div>three</div></a>")]

    assert markups == ['<a href="x">one</a>', '<a href="x">two</a>', '<a href="x">three</a>']


@pytest.mark.parametrize("tag", sorted(VOID | {"embed", "keygen", "basefont", "bgsound"}))
def test_no_void_element_swallows_what_follows_it(tag: str) -> None:
    read = read_html(f"<h1>T</h1><p>Before.</p><{tag} src='x'><p>After {tag}.</p><p>End.</p>")

    assert [paragraph.text for paragraph in read.paragraphs][-2:] == [f"After {tag}.", "End."]


def test_what_navigates_is_set_aside_as_a_repair_that_can_be_undone() -> None:
    page = "<p>One.</p><aside><h2>More</h2><p>Aside.</p></aside><p>Two.</p><footer>End.</footer>"

    read = read_html(page)
    undone = read_html(page, undo=["furniture_set_aside@2"])
    as_it_is = read_html(page, repair=False)

    kinds = [Kind.PARA, Kind.FURNITURE, Kind.FURNITURE, Kind.PARA, Kind.FURNITURE]
    assert [paragraph.kind for paragraph in read.paragraphs] == kinds
    assert [(repair.id, repair.paragraph) for repair in read.repairs] == [
        ("furniture_set_aside@2", 1),
        ("furniture_set_aside@5", 4),
    ]
    assert [p.kind for p in undone.paragraphs] == [Kind.PARA] * 4 + [Kind.FURNITURE]
    assert [repair.id for repair in undone.repairs] == ["furniture_set_aside@5"]
    assert {paragraph.kind for paragraph in as_it_is.paragraphs} == {Kind.PARA}
    assert as_it_is.repairs == ()
    with pytest.raises(UnknownRepairError):
        read_html(page, undo=["furniture_set_aside@1"])


@pytest.mark.parametrize("page", ["", " ", "<p></p>", "<script>x</script>", "<!-- x -->", "&nbsp;"])
def test_a_page_that_shows_nothing_is_refused(page: str) -> None:
    with pytest.raises(EmptyTextError):
        read_html(page)


def test_what_no_database_holds_is_refused() -> None:
    for page in ["<p>a\0", f"<p>{chr(0xDC00)}"]:
        with pytest.raises(UnstorableTextError):
            read_html(page)
    assert texts("<p>a&#0;b&#xD800;c") == ["a\ufffdb\ufffdc"]


def test_more_paragraphs_than_anybody_reviews_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_module, "MAX_LINES", 3)

    assert len(texts("<p>a" * 3)) == 3
    with pytest.raises(TooManyLinesError):
        read_html("<p>a" * 4)


def test_a_page_of_which_a_part_would_be_lost_is_refused() -> None:
    for page in ["<div>" * 300 + "x", "<p>" + "a" * 11_000_000, "</b>" * 5000 + "<i>" * 300 + "x"]:
        with pytest.raises(HtmlTooComplexError):
            read_html(page)


@pytest.mark.parametrize(
    ("start", "piece", "end", "times"),
    [
        ("a", "<", "", 12_500),
        ("a", "(", "", 12_500),
        ("a", "&", "", 12_500),
        ("<p>a", "</body", ">", 12_500),
        ("<p>a", "<a href=", "", 6_250),
        ("<p>a", " ", "b", 125_000),
        ("", "<p>a<b>b</b>", "", 625),
        ("<p ", "a=b ", ">c", 12_500),
        ("<i>" * 200, "<p>a</p>", "", 250),
    ],
)
def test_hostile_pages_are_read_in_linear_time(
    start: str, piece: str, end: str, times: int
) -> None:
    check_linear_growth(lambda size: lambda: read_html(f"{start}{piece * size}{end}"), size=times)


# All visible text, once and in order: against the standard library's parser.

INLINE = ["b", "i", "a", "span", "em", "font", "x-y", "time", "u"]
BLOCK = ["p", "div", "h1", "h2", "li", "blockquote", "td", "footer", "section", "pre", "ul"]
HIDDEN = ["script", "style", "template", "svg", "iframe"]


def element(names: list[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(names), st.lists(inside, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    )


WORDS = st.sampled_from(
    [
        "a",
        "b ",
        " c",
        "\n",
        "\u00a0",
        "&amp;",
        "&lt;b&gt;",
        "é",
        "то",
        "<br>",
        "&#8212;",
        "<!--x-->",
    ]
) | element(HIDDEN, st.just("hidden"))
INLINES = st.recursive(WORDS, lambda inside: element(INLINE, inside), max_leaves=8)
PAGES = st.recursive(INLINES, lambda inside: element(BLOCK, inside), max_leaves=20)


class VisibleText(HTMLParser):
    """The text outside hidden elements, as the standard library reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.depth = 0
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.depth += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.text += data


def without_space(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None, max_examples=50)  # the machine may be busy
@given(PAGES)
def test_all_visible_text_appears_once_and_in_order(page: str) -> None:
    visible = without_space(VisibleText(page).text)

    try:
        found = texts(page)
    except EmptyTextError:
        found = []

    assert without_space("".join(found)) == visible


@settings(deadline=None, max_examples=50)  # the machine may be busy
@given(PAGES)
def test_markup_parses_back_to_the_same_text_and_markup(page: str) -> None:
    try:
        paragraphs = read(f"{page}<p>end")
    except EmptyTextError:
        return
    for paragraph in paragraphs:
        markup = paragraph.markup or standard_html.escape(paragraph.text).replace("\n", "<br>")
        (again,) = read(f"<p>{markup}</p>")

        assert again.text == paragraph.text
        assert again.markup == paragraph.markup or "<br>" in markup
