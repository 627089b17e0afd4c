from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from service.domain.translation import Newlines
from service.mt.casing import Casing
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.characters import read_characters
from service.mt.kept import find_marked, find_unknown, merge
from service.mt.newlines import find_joined
from service.mt.preparation import Preparation, Sentence
from service.mt.tokenizer import Tokenizer
from tests.growth import check_linear_growth

TOKENIZER = Tokenizer(PACKAGED_MODELS / "compact")

ARTICLE_LIKE = st.text("aB é.,;:!?\n\t\u00a0\u00ad\u200b😀°łЖ5>«»\"'/-", max_size=80)
HOSTILE = st.text(max_size=60)


def prepare(text: str, *, max_tokens: int = 120, kept: list[Span] | None = None) -> list[Sentence]:
    return Preparation(
        text, language="en", tokenizer=TOKENIZER, max_tokens=max_tokens, kept=kept or []
    ).sentences()


def sources(text: str, *, max_tokens: int = 120) -> list[str]:
    return [text[s.span.start : s.span.end] for s in prepare(text, max_tokens=max_tokens)]


def find_kept(text: str, language: str = "en") -> list[Span]:
    cells = read_characters(text, language)
    unknown = find_unknown(text, cells, language=language, tokenizer=TOKENIZER)
    return merge([*find_marked(text), *unknown])


def kept_texts(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in find_kept(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\u00a0",
        "\n\n",
        "—",
        "***",
        "😀 👍🏽",
        "5",
        "6171-1231",
        "1 250,50 €",
        "https://example.org/a?b=c",
        "someone@example.org",
        ">>fra<<",
        "中文 句子。",
        "\ud800",
        "\x00\x07",
    ],
)
def test_what_has_nothing_to_translate_never_reaches_the_model(text: str) -> None:
    assert prepare(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" A is.\n\n\n  B is.  C is. ", ["A is.", "B is.", "C is."]),
        ("One line\nanother line", ["One line", "another line"]),
        ("Yes 😀 we arrive. 👍", ["Yes", "we arrive."]),
        (">>rus<< Hello.", ["Hello."]),
        ("a\x00b", ["a", "b"]),
        ("It is 25 °C.", ["It is 25 °C."]),
        ("See www.a.org/x.Then? Go.", ["See www.a.org/x.Then?", "Go."]),
    ],
)
def test_sentences_are_cut_out_of_what_surrounds_them(text: str, expected: list[str]) -> None:
    assert sources(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("co\u00adop\u200ber\ufeffation", "cooperation"),
        ("a\u00a0b\u202fc", "a b c"),
        ("“Yes,” it’s", '"Yes," it\'s'),
        ("Go to https://a.b/c?d, now", "Go to XX1, now"),
        ("We saw Łódź and São Paulo", "We saw XX1 and XX2 Paulo"),
        ("XX1 is not https://a.b", "XX2 is not XX3"),
        ("He said >>rus<<Hi", "He said"),
    ],
)
def test_the_model_gets_plain_text_with_masks(text: str, expected: str) -> None:
    assert prepare(text)[0].text == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(see https://a.b/c).", ["https://a.b/c"]),
        ("a.b+c@d-e.org, x", ["a.b+c@d-e.org"]),
        ("one >>x<< two", [">>x<<"]),
        ("a▁b", ["▁"]),
        ("👩\u200d👩\ufe0f!", ["👩\u200d👩\ufe0f"]),
        ("e\u0301te\u0301", []),
        ("plain text, “quoted”\u00a0— …", []),
    ],
)
def test_what_the_model_would_spoil_is_kept(text: str, kept: list[str]) -> None:
    assert kept_texts(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It burned 10⁶ tons.", ["10⁶"]),
        ("1000² and 2³.", ["1000²", "2³"]),
        ("The house has 25 m² of CO₂.", ["m²", "CO₂"]),
        ("H₂SO₄ burns.", ["H₂SO₄"]),
        ("Put ²³⁵U by ¹⁴C and x²y³.", ["²³⁵U", "¹⁴C", "x²y³"]),
        ("The dog¹ sleeps by its house².", ["¹", "²"]),
        ("It was 20°C, then −12.5 °C or 20–25°F.", ["20°C", "−12.5 °C", "20–25°F"]),
        ("They paid $5bn and €3m.", ["$5bn", "€3m"]),
        ("He left.¹ She stayed² on.", ["¹", "²"]),
        ("See № 5 and ① here.", ["№", "①"]),
        ("About 2½ hours.", ["2½"]),
    ],
)
def test_raised_digits_stay_with_their_number_or_unit(text: str, kept: list[str]) -> None:
    assert kept_texts(text) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- One is.\n* Two is.\n1. Three is.\n## Four ##",
            ["One is.", "Two is.", "Three is.", "Four"],
        ),
        ("— Where is he? — he asked. — There!", ["Where is he? — he asked.", "There!"]),
        ("3.5 million people\n1.2 Scope", ["3.5 million people", "Scope"]),
        ("| Name | Age |\n|---|---|\n| The man | 25 |", ["Name", "Age", "The man"]),
        ("> It is.\n>> It was.", ["It is.", "It was."]),
        ("```\nx = y\n```\nThe end", ["The end"]),
        ("One line\\nanother line", ["One line", "another line"]),
        ("> >>rus<< Hello", ["Hello"]),
    ],
)
def test_signs_of_lists_headings_and_dialogue_are_outside(text: str, expected: list[str]) -> None:
    assert sources(text) == expected


def test_headline_is_in_sentence_case_and_masks_stay() -> None:
    (caps,) = prepare("NATO CHIEF SENDS https://a.b TO ŁÓDŹ")
    (title,) = prepare("Why Łódź Is Not in the Plans of NATO")

    assert (caps.text, caps.casing) == ("NATO chief sends XX1 to XX2", Casing.CAPITALS)
    assert (title.text, title.casing) == ("Why XX1 is not in the plans of NATO", Casing.TITLE)


def test_sentences_of_a_line_in_capitals_are_headlines_even_if_short() -> None:
    assert [s.text for s in prepare("POLICE HERE! STOP!\nSTOP!")] == [
        "Police here!",
        "Stop!",
        "STOP!",
    ]


def test_parts_of_a_headline_around_a_mask_are_in_sentence_case() -> None:
    text = "WHO SENDS https://a.b TO"
    preparation = Preparation(text, language="en", tokenizer=TOKENIZER, max_tokens=120)

    parts = preparation.around_masks(preparation.sentences()[0])

    assert [(part.text, part.casing) for part in parts] == [
        ("Who sends", Casing.CAPITALS),
        ("To", Casing.CAPITALS),
    ]


def test_joined_line_breaks_are_spaces_inside_a_sentence_only() -> None:
    text = "The house\n  is old. It is\nwell-\nknown.\nYes."
    joined = find_joined(text, Newlines.SOFT)

    found = Preparation(
        text, language="en", tokenizer=TOKENIZER, max_tokens=120, joined=joined
    ).sentences()

    assert [s.text for s in found] == ["The house is old.", "It is well-known.", "Yes."]
    assert text[found[1].span.end : found[2].span.start] == "\n"


def test_what_is_kept_ends_where_its_line_does() -> None:
    text = "Run: pip install a\npip install b\n\npip c and wait."
    code = Span(text.index("pip"), text.index(" and"))

    prepared = prepare(text, kept=[code])

    masked = [text[span.start : span.end] for s in prepared for _, span in s.masks]
    assert masked == ["pip install a", "pip c"]
    assert [text[s.span.start : s.span.end] for s in prepared] == [
        "Run: pip install a",
        "pip c and wait.",
    ]


def test_demands_of_markup_are_kept_and_break_sentences() -> None:
    text = "Use git push. Now"

    (first, second) = prepare(text, kept=[Span(4, 12)])
    (whole,) = prepare(text, kept=[Span(4, 15)])
    parts = Preparation(
        text, language="en", tokenizer=TOKENIZER, max_tokens=120, breaks=[3]
    ).sentences()

    assert (first.text, second.text) == ("Use XX1.", "Now")
    assert whole.text == "Use XX1ow"
    assert [part.text for part in parts] == ["Use", "git push.", "Now"]


def test_parts_around_masks_leave_the_masks_out() -> None:
    text = "Go to https://a.b/c in Łódź!"
    preparation = Preparation(text, language="en", tokenizer=TOKENIZER, max_tokens=120)

    parts = preparation.around_masks(preparation.sentences()[0])

    assert [part.text for part in parts] == ["Go to", "in"]
    assert all(part.masks == () for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Five tokens reach into the second clause; the cut is behind the comma or a space.
        ("we go home, they stay here", ["we go home,", "they stay here"]),
        ("we go home they stay here", ["we go home they", "stay here"]),
    ],
)
def test_long_sentence_is_cut_at_a_clause_or_a_space(text: str, expected: list[str]) -> None:
    assert sources(text, max_tokens=5) == expected


def test_word_longer_than_the_limit_is_cut_anywhere_but_in_a_character() -> None:
    character = "e\u0301"
    text = character * 40

    pieces = sources(text, max_tokens=5)

    assert "".join(pieces) == text
    assert all(piece[0] == character[0] for piece in pieces)


def test_stressed_russian_word_is_never_cut_before_its_stress() -> None:
    text = "а\u0301" * 40

    pieces = Preparation(text, language="ru", tokenizer=TOKENIZER, max_tokens=5).sentences()

    assert len(pieces) > 1
    assert all(text[piece.span.start] == "а" for piece in pieces)


def test_kept_place_may_end_with_the_white_space_of_its_line() -> None:
    (sentence,) = prepare("Use git ", kept=[Span(4, 8)])

    assert sentence.text.startswith("Use")


def test_cut_never_falls_into_something_kept() -> None:
    address = "https://example.org/" + "a/" * 40
    text = f"Look at {address} for more"

    assert sources(text, max_tokens=8) == ["Look at", "for more"]


@given(ARTICLE_LIKE | HOSTILE, st.integers(1, 30))
def test_every_character_is_accounted_for(text: str, max_tokens: int) -> None:
    sentences = prepare(text, max_tokens=max_tokens)

    done = 0
    for sentence in sentences:
        assert done <= sentence.span.start < sentence.span.end <= len(text)
        between = Span(done, sentence.span.start)
        _assert_nothing_to_translate(text, between)
        assert len(sentence.origins) == len(sentence.text)
        assert list(sentence.origins) == sorted(sentence.origins)
        assert all(sentence.span.start <= o < sentence.span.end for o in sentence.origins)
        assert len(set(sentence.masks)) == len(sentence.masks)
        done = sentence.span.end
    _assert_nothing_to_translate(text, Span(done, len(text)))


def _assert_nothing_to_translate(text: str, span: Span) -> None:
    kept = {i for k in find_kept(text) for i in range(k.start, k.end)}
    assert not any(text[i].isalpha() for i in range(span.start, span.end) if i not in kept)


@given(ARTICLE_LIKE, st.integers(4, 30))
def test_pieces_fit_the_model(text: str, max_tokens: int) -> None:
    for sentence in prepare(text, max_tokens=max_tokens):
        if not sentence.masks:
            # A combining mark cut off from its letter, or white space at the edge, may cost one.
            assert len(TOKENIZER.encode(sentence.text, tag=None).tokens) - 1 <= max_tokens + 1


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9))))
def test_merged_spans_are_disjoint_and_cover_the_same(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(start, start + length) for start, length in pairs]

    merged = merge(spans)

    assert {i for s in merged for i in range(s.start, s.end)} == {
        i for s in spans for i in range(s.start, s.end)
    }
    assert all(left.end <= right.start for left, right in pairwise(merged))


@pytest.mark.parametrize(
    "piece",
    [
        "word ",
        "a",
        "ł",
        "😀",
        "a. ",
        "http://a",
        "x@",
        ">",
        ">>a",
        "e\u0301",
        "a\n",
        '("',
        "{",
        "%(",
        "`",
        "<a ",
        "- ",
        "AB ",
        "Aa ",
        "&a",
        "\\",
        "/a",
        "A-1",
        "\u00ad",
        "Cт ",
    ],
)
def test_time_is_linear_in_the_text(piece: str) -> None:
    check_linear_growth(lambda size: lambda: prepare(piece * (size // len(piece))), size=5_000)


@pytest.mark.parametrize("between", ["\t", "\t\t", "    ", "        "])
def test_cells_of_a_table_are_translated_apart(between: str) -> None:
    cells = ["Tuesday", "closed", "closed all day"]

    assert [sentence.text for sentence in prepare(between.join(cells))] == cells


@pytest.mark.parametrize("text", ["— Are you there? — he asked. — No.", "Come! he cried. — No."])
def test_reply_behind_another_is_a_sentence(text: str) -> None:
    assert prepare(text)[-1].text == "No."


def test_number_of_a_note_is_no_isotope_before_a_word() -> None:
    assert kept_texts("See ¹A dog.") == ["¹"]
    assert kept_texts("See ¹³¹I here.") == ["¹³¹I"]


@pytest.mark.parametrize("mark", ["¹", "²", "*", "†", "•", "a. ", "iv. ", "12. "])
def test_mark_of_a_note_or_an_item_is_outside_of_its_sentence(mark: str) -> None:
    assert [sentence.text for sentence in prepare(f"{mark}The dog sleeps.")] == ["The dog sleeps."]


@pytest.mark.parametrize("text", ["Use\u00a0\u00a0 x ", " x house", "The house x "])
def test_white_space_inside_of_what_is_kept_stays_with_it(text: str) -> None:
    kept = Span(text.index(" x "), text.index(" x ") + 3)
    preparation = Preparation(text, language="en", tokenizer=TOKENIZER, max_tokens=100, kept=[kept])

    (sentence,) = preparation.sentences()

    assert [span for _, span in sentence.masks] == [kept]
    around = preparation.around_masks(sentence)
    assert all(part.span.end <= kept.start or kept.end <= part.span.start for part in around)


@pytest.mark.parametrize("indent", ["", "    ", "\t", "\t\t  ", "          "])
def test_wrapped_line_goes_on_however_far_it_is_indented(indent: str) -> None:
    text = f"The bridge is\n{indent}closed."

    (sentence,) = Preparation(
        text,
        language="en",
        tokenizer=TOKENIZER,
        max_tokens=100,
        joined=find_joined(text, Newlines.SOFT),
    ).sentences()

    assert sentence.text == "The bridge is closed."


def test_code_across_a_wrapped_line_is_kept() -> None:
    text = "Use the `git\ncommit` command."

    (sentence,) = Preparation(
        text, language="en", tokenizer=TOKENIZER, max_tokens=100, joined=[Span(12, 13)]
    ).sentences()

    assert [text[s.start : s.end] for _, s in sentence.masks] == ["`git\ncommit`"]
