import html
import re
from collections import Counter
from collections.abc import Callable

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.beads import Span
from service.domain.language import Direction
from service.mt.drafts import Draft, DraftBuilder
from service.mt.errors import MarkupError
from service.mt.markup import Markup, parse_markup
from service.mt.projection import render_markup
from service.mt.translator import Translator
from tests.growth import check_linear_growth
from tests.service.mt.shuffled import shuffled_draft
from tests.service.mt.stubbed import EN_FR, EN_RU, translate_markup


def rendered(markup: Markup, draft: Draft) -> tuple[str, int]:
    made = render_markup(markup, draft)
    return made.text, made.approximate


def draft_of(source: str, target: str, *links: tuple[str, str]) -> Draft:
    """Return a draft of one sentence whose words came from the words they are linked to."""
    origins = [-1] * len(target)
    for source_word, target_word in links:
        start = target.index(target_word)
        for place in range(start, start + len(target_word)):
            origins[place] = source.index(source_word) + len(source_word) - 1
    builder = DraftBuilder(source=source)
    builder.add(Span(0, len(source)), target, origins)
    return builder.finish(loops=0, empty=0)


def render(markup: str, target: str, *links: tuple[str, str]) -> str:
    parsed = parse_markup(markup)
    return rendered(parsed, draft_of(parsed.text, target, *links))[0]


def test_tags_go_where_the_words_went() -> None:
    found = render(
        'The <a href="#">white house</a>, <b>old</b>.',
        "La vieille maison blanche.",
        ("The", "La"),
        ("old", "vieille"),
        ("house", "maison"),
        ("white", "blanche"),
    )

    assert found == 'La <b>vieille</b> <a href="#">maison blanche</a>.'


def test_stray_word_far_away_does_not_stretch_a_tag() -> None:
    found = render(
        "One <i>two three</i> four five six.",
        "Deux trois un quatre cinq deuxieme.",
        ("two", "Deux"),
        ("three", "trois"),
        ("One", "un"),
        ("four", "quatre"),
        ("two", "deuxieme"),
    )

    assert found == "<i>Deux trois</i> un quatre cinq deuxieme."


def test_sign_at_the_edge_belongs_to_a_tag_only_if_it_did_before() -> None:
    links = (("Stop", "Halte"), ("Stop", "!"), ("it", "tout"))

    assert render("<b>Stop</b> it", "Halte! tout", *links).startswith("<b>Halte</b>!")
    assert render("<b>(Stop)</b> it", "Halte! tout", *links).startswith("<b>Halte!</b>")
    assert render("x <b>Stop</b> it", "! Halte tout", *links) == "! <b>Halte</b> tout"


def test_tag_around_everything_stays_around_everything() -> None:
    assert render("<b><i>One</i></b>", "Un seul") == "<b><i>Un seul</i></b>"


def test_tag_without_words_takes_a_free_word_nearby_and_is_counted() -> None:
    parsed = parse_markup("One <b>two</b> three")
    draft = draft_of(parsed.text, "Un deux trois")

    assert rendered(parsed, draft) == ("Un <b>deux</b> trois", 1)


def test_tags_without_words_share_what_is_there() -> None:
    parsed = parse_markup("<b>One</b> <i>two</i>")
    draft = draft_of(parsed.text, "Un", ("One", "Un"))
    nothing = draft_of(parsed.text, "…")

    assert rendered(parsed, draft) == ("<b>Un</b><i></i>", 1)
    assert rendered(parsed, nothing)[1] == 2


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('One <img src="a"> two', 'Un <img src="a"> deux'),
        ('One <img src="a">, two', 'Un <img src="a">deux'),
        ('One<img src="a"> two', 'Un<img src="a"> deux'),
        ("<!--x-->One two", "<!--x-->Un deux"),
        ("One two<!--x-->", "Un deux<!--x-->"),
        ("One <b></b>two", "Un <b></b>deux"),
        ("One <wbr>two", "Un <wbr>deux"),
        ("One<wbr> two", "Un<wbr> deux"),
    ],
)
def test_what_has_no_text_keeps_its_neighbours(markup: str, expected: str) -> None:
    assert render(markup, "Un deux", ("One", "Un"), ("two", "deux")) == expected


def test_line_break_is_a_place_that_no_sentence_crosses() -> None:
    parsed = parse_markup("One<br>two")

    assert parsed.text == "One\ntwo"
    builder = DraftBuilder(source=parsed.text)
    builder.add(Span(0, 3), "Un seul", [2] * 7)
    builder.add(Span(4, 7), "deux", [6] * 4)
    draft = builder.finish(loops=0, empty=0)
    assert rendered(parsed, draft) == ("Un seul<br>deux", 0)


def test_blocks_and_untouched_elements_are_reported() -> None:
    parsed = parse_markup('<p>A</p><code>b</code> <span translate="NO">c</span>')

    assert parsed.text == "Ab c"
    assert parsed.breaks == (0, 1)
    assert parsed.kept == (Span(1, 2), Span(3, 4))


def test_copied_code_is_found_exactly() -> None:
    parsed = parse_markup("Use <code>a&lt;b</code> now")
    builder = DraftBuilder(source=parsed.text)
    builder.add(Span(0, 11), "Or a<b use", [8, 8, 8, 4, 5, 6, 3, 0, 0, 0])

    found = rendered(parsed, builder.finish(loops=0, empty=0))

    assert found == ("Or <code>a&lt;b</code> use", 0)


@pytest.mark.parametrize(
    "markup",
    [
        "&lt;script&gt;x()&lt;/script&gt;",
        "&amp;lt;b&amp;gt; &amp;amp;",
        "a &amp; b &lt; c",
        '<a title="&quot;&lt;&amp;">x</a>',
        "<script>if (a < b) {}</script>x",
    ],
)
def test_escaping_stays_at_its_level(markup: str) -> None:
    parsed = parse_markup(markup)
    builder = DraftBuilder(source=parsed.text)

    assert rendered(parsed, builder.finish(loops=0, empty=0)) == (markup, 0)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a <b>b <i>c", "a <b>b <i>c"),
        ("</b>a</i>", "</b>a</i>"),
        ("a & b < c", "a & b < c"),
        ("a\x00b", "a\ufffdb"),
        ("", ""),
        ("a <b", "a "),
        ("a <b title='x", "a "),
        ("a <!-- b", "a "),
        ("a <script>b", "a "),
    ],
)
def test_broken_markup_stays_less_what_would_swallow_the_page(markup: str, expected: str) -> None:
    parsed = parse_markup(markup)
    builder = DraftBuilder(source=parsed.text)

    assert rendered(parsed, builder.finish(loops=0, empty=0))[0] == expected


def test_markup_that_is_no_text_is_refused() -> None:
    with pytest.raises(MarkupError, match="send it as text"):
        parse_markup("\ud800")


TAGS = st.sampled_from(
    ["b", "i", 'a href="#x"', 'span class="y" lang="fr"', "code", 'em translate="no"']
)


def nested(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(children, max_size=4).map("".join)
    return st.tuples(TAGS, inner).map(lambda p: f"<{p[0]}>{p[1]}</{p[0].split()[0]}>")


MARKUPS = st.lists(
    st.recursive(
        st.sampled_from(["one ", "two", " three.", " &lt;b&gt; ", "&amp;amp;", "Łódź "])
        | st.sampled_from(["<br>", '<img src="p">', "<!-- c -->", "<wbr>"]),
        nested,
        max_leaves=12,
    ),
    max_size=6,
).map("".join)


@given(MARKUPS, st.integers(0, 999))
def test_tags_text_and_nesting_survive_any_draft(markup: str, seed: int) -> None:
    parsed = parse_markup(markup)
    draft = shuffled_draft(parsed.text, seed)

    found, approximate = rendered(parsed, draft)

    again = parse_markup(found)
    # A picture between two spaces has them again.
    assert again.text.replace(" ", "") == draft.text.replace(" ", "")
    assert _families(again) == _families(parsed)
    assert approximate <= found.count("<")


def _families(markup: Markup) -> Counter[tuple[str, str]]:
    """Count each tag under its parent, with all its attributes."""
    found: Counter[tuple[str, str]] = Counter()
    waiting = [markup.root]
    while waiting:
        element = waiting.pop()
        found.update((element.opening, child.opening) for child in element.children)
        waiting += element.children
    return found


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_is_escaped_text_again(text: str) -> None:
    parsed = parse_markup(f"<b>{html.escape(text)}</b>")
    builder = DraftBuilder(source=parsed.text)

    found, _ = rendered(parsed, builder.finish(loops=0, empty=0))

    body = lxml.html.fragment_fromstring(found, create_parent="div")
    assert [element.tag for element in body.iter()] == ["div", "b"]
    assert body.text_content() == parsed.text


@pytest.mark.parametrize("markup", ["<b'>x</b'>", '<b x"=1>x</b>', "<b\x01>x</b>"])
def test_names_that_cannot_be_written_are_refused_or_mended(markup: str) -> None:
    try:
        parsed = parse_markup(markup)
    except MarkupError:
        return
    builder = DraftBuilder(source=parsed.text)
    found = rendered(parsed, builder.finish(loops=0, empty=0))[0]
    assert _families(parse_markup(found)) == _families(parsed)


@pytest.mark.parametrize(
    "piece", ["<b>a</b> ", "a <img><br>", "a<br>", "<i><b>a</b>.</i>", "<u>x</u>"]
)
def test_time_is_linear_in_the_tags(piece: str) -> None:
    def rendering(times: int) -> Callable[[], object]:
        parsed = parse_markup(piece * times)
        draft = shuffled_draft(parsed.text, seed=1)
        return lambda: rendered(parsed, draft)

    check_linear_growth(rendering, size=500)


def test_space_of_any_kind_before_the_first_tag_stays() -> None:
    for space in "\u00a0\u2009\u202f ":
        assert parse_markup(f"{space}<b>Ann</b> ran.").text == f"{space}Ann ran."


def test_word_that_both_texts_have_holds_its_tag() -> None:
    found = render(
        "In <b>1930</b> he left <i>Berlin</i>.",
        "Il a quitté la Berlin de 1930.",
        ("1930", "de"),
        ("Berlin", "la"),
        ("Berlin", "1930"),
        ("1930", "Berlin"),
    )

    assert found == "Il a quitté la <i>Berlin</i> de <b>1930</b>."


def test_short_word_that_the_source_lacks_stays_outside() -> None:
    links = (("bridges", "des"), ("bridges", "ponts"))
    own = (("the", "le"), ("city", "maire"))

    assert render("I saw <b>bridges</b>", "Je vis des ponts", *links) == "Je vis des <b>ponts</b>"
    assert render("Ask <b>the city</b>", "Va voir le maire", *own) == "Va voir <b>le maire</b>"


@pytest.mark.parametrize("tag", ['<x id="12"></x>', "<x1/>", "<ph id='1'/>"])
def test_tag_in_the_place_of_a_word_moves_like_a_word(tag: str) -> None:
    parsed = parse_markup(f"You have {tag} files")
    at = parsed.text.index("\ufffc")
    assert parsed.kept == (Span(at, at + 1),)
    builder = DraftBuilder(source=parsed.text)
    builder.add(Span(0, len(parsed.text)), "Fichiers : \ufffc", [*[at + 3] * 11, at])

    found = rendered(parsed, builder.finish(loops=0, empty=0))

    assert found == (f"Fichiers : {tag}", 0)
    assert parsed.plain(parsed.text) == "You have  files"


def test_tag_beside_a_letter_is_no_word() -> None:
    parsed = parse_markup("Press <bx/>Save<ex/> or <x1/>Open<x2/>now")

    assert parsed.text == "Press Save or Opennow"


def test_tags_that_overlap_or_lack_an_end_stay_in_their_order() -> None:
    markup = "One <b>two <i>three</b> four</i> <u>five"

    found = render(markup, "Cinq quatre un", ("five", "Cinq"), ("four", "quatre"), ("One", "un"))

    tags = [piece.split(">")[0] for piece in found.split("<")[1:]]
    assert tags == ["b", "i", "/b", "/i", "u"]


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ('<i class="x NoTranslate y">a</i> b', [Span(0, 1)]),
        ("<kbd>a</kbd> <samp>b</samp> <var>c</var>", [Span(0, 1), Span(2, 3), Span(4, 5)]),
        ('<code>a <b translate="yes">b</b> c</code>', [Span(0, 2), Span(3, 5)]),
        ('<code translate="yes">a</code>', []),
        ('<mrk mtype="protected">a</mrk> b', [Span(0, 1)]),
        ("<bpt id='1'>{b}</bpt>x", [Span(0, 3)]),
        ("<b translate=no>a <i>b</b> c</i>", [Span(0, 3)]),
    ],
)
def test_what_is_not_to_be_translated_is_kept(markup: str, kept: list[Span]) -> None:
    assert list(parse_markup(markup).kept) == kept


def test_code_comes_back_as_it_was_written() -> None:
    code = "<code>a -> b &amp;&amp;\n <b>c</b>&nbsp;d & e</code>"
    parsed = parse_markup(f"Use {code} now")
    place = parsed.kept[0]
    text = parsed.text[place.start : place.end]
    builder = DraftBuilder(source=parsed.text)
    origins = [0, 0, 0, *range(place.start, place.end), *[place.end + 2] * 5]
    builder.add(Span(0, len(parsed.text)), f"Or {text} zwei", origins)

    found, _ = rendered(parsed, builder.finish(loops=0, empty=0))

    assert found == f"Or {code} zwei"


def test_number_of_a_footnote_parts_sentences_and_belongs_to_none() -> None:
    after = parse_markup('It rained.<sup><a href="#1">[1]</a></sup> They left.')
    within = parse_markup("It is 10<sup>6</sup> times so.<sup>th</sup> They left.")

    assert after.breaks == (10, 13)
    assert within.breaks == ()


@pytest.mark.parametrize("piece", ["<b>", "</b>", "<i><b></i>", "<!-- ", "a<x1/> ", "&am", "<a "])
def test_time_to_parse_is_linear(piece: str) -> None:
    def parsing(times: int) -> Callable[[], object]:
        markup = "a" + piece * times
        return lambda: parse_markup(markup)

    check_linear_growth(parsing, size=500)


def test_sign_that_stands_for_a_word_stays_in_its_parent_and_never_leaks() -> None:
    markup = "Click <b><x1/> button</b> to open <i>it</i>."
    parsed = parse_markup(markup)
    for seed in range(30):
        found = render_markup(parsed, shuffled_draft(parsed.text, seed)).text
        assert re.search(r"<b>[^<]*<x1/>[^<]*</b>", found)
        assert "\ufffc" not in found


KEPT_PIECES = ("{count}", "https://ex.org/a?b=1", "me@ex.org", "{% if x %}", "%1$s", "/usr/bin/x")
KEPT_TAGS = ("<kbd>Ctrl</kbd>", "<code>a b</code>", "<x1/>", '<i translate="no">Le Monde</i>')


@given(
    st.lists(
        st.recursive(
            st.sampled_from(
                [*["the", "minister", "said", "why", "people", "however"], *KEPT_PIECES, *KEPT_TAGS]
            ),
            lambda inner: st.lists(inner, min_size=1, max_size=3).map(
                lambda parts: f"<b>{' '.join(parts)}</b>"
            ),
            max_leaves=6,
        ),
        min_size=2,
        max_size=7,
    ).map(" ".join)
)
@settings(max_examples=25)
def test_no_tag_breaks_what_is_kept(translator: Translator, markup: str) -> None:
    made = translate_markup(translator, f"{markup}.").markup or ""

    pieces = (*KEPT_PIECES, *KEPT_TAGS)
    assert [(p, made.count(p)) for p in pieces] == [(p, markup.count(p)) for p in pieces]


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("The gas CO<sub>2</sub> is bad for the sea.", "CO<sub>2</sub>"),
        ("A house of 120 m<sup>2</sup> near the sea.", "m<sup>2</sup>"),
        ("We saw E = mc<sup>2</sup> on the wall.", "mc<sup>2</sup>"),
        ('The bank<sup><a href="#n1">1</a></sup> is shut.', '<sup><a href="#n1">1</a></sup>'),
        ("The mayor<sup>1</sup> said no.", "<sup>1</sup>"),
        ("We saw Berlin. The<sup>[1]</sup> old bridge is shut.", "<sup>[1]</sup>"),
        ("The bridge <sup>†</sup> is shut.", "<sup>†</sup>"),
    ],
)
@pytest.mark.parametrize("direction", [EN_FR, EN_RU], ids=str)
def test_figures_above_and_below_the_line_stay_where_they_belong(
    translator: Translator, markup: str, kept: str, direction: Direction
) -> None:
    made = translate_markup(translator, markup, direction).markup or ""

    assert made.count(kept) == 1


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("He met Obama (<b>Washington</b>) in May.", "(<b>Washington</b>)"),
        ('The group (<abbr title="x">NATO</abbr>) met.', '(<abbr title="x">NATO</abbr>)'),
        ("It cost 15 000 (<b>2000</b> euros).", "<b>2"),
        ("It is IBM,<b>Microsoft</b>,<i>Apple</i>.", "IBM,<b>Microsoft</b>,<i>Apple</i>"),
    ],
)
def test_tag_stands_around_whole_words_beside_signs(
    translator: Translator, markup: str, kept: str
) -> None:
    made = translate_markup(translator, markup).markup or ""

    assert kept in made
    assert not re.search(r"\w<(?!/)|\w</\w+>\w", made)


@pytest.mark.parametrize("keeps", ["<code> x </code>", '<span translate="no"> Foo </span>'])
@pytest.mark.parametrize(
    "text", ["The bridge{}", "{}<br>The bridge", "Use option{} or{}", "{}bridge"]
)
def test_white_space_inside_of_code_comes_back_with_it(
    translator: Translator, text: str, keeps: str
) -> None:
    made = translate_markup(translator, text.format(keeps, keeps)).markup or ""

    assert made.count(keeps) == text.count("{}")


def test_picture_that_moves_to_the_front_keeps_a_space_behind_it() -> None:
    source = 'Hello <img src="a.png"> world'

    made = render(source, "Monde bonjour", ("Hello", "bonjour"), ("world", "Monde"))

    assert '<img src="a.png"> ' in made
