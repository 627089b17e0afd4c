import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alignment.beads import Span
from alignment.sentences import (
    LONGEST_KEPT_BRACKET_CHARS,
    LONGEST_KEPT_QUOTE_CHARS,
    split_sentences,
)
from tests.growth import check_linear_growth

OWN_CASES = Path(__file__).parent / "data" / "sentences.jsonl"
HARD_CASES = Path(__file__).parent / "data" / "hard_sentences.jsonl"
SHARED_CASES = Path(__file__).parents[3] / "shared" / "data" / "split" / "cases.jsonl"

KNOWN_MISSES = [
    "Приём с 9.00 до 18.00, перерыв в 13 ч. 30 мин.| Вход свободный.| Касса закрыта с 14 ч.",
]
"""A noun with a capital after an abbreviation: it may be a name (через 30 мин. Орлов ушёл)."""

LANGUAGES = ("en", "fr", "ru", "xx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    language: str
    spec: str

    @property
    def text(self) -> str:
        return self.spec.replace("|", "").replace("¦", "")

    @property
    def sentences(self) -> list[str]:
        return [self.text[span.start : span.end] for span in split(self.text, self.language)]


def split(text: str, language: str) -> list[Span]:
    return split_sentences(text, language)


def cases_in(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return [Case(language=entry["lang"], spec=entry["spec"]) for entry in entries]


def expected_boundaries(spec: str) -> tuple[set[int], set[int]]:
    """Offsets in the text of those that must be found and of those that may."""
    must, may = set[int](), set[int]()
    offset = 0
    for character in spec:
        if character == "|":
            must.add(offset)
        elif character == "¦":
            may.add(offset)
        else:
            offset += 1
    return must, may


def check(case: Case) -> None:
    must, may = expected_boundaries(case.spec)

    found = {span.end for span in split(case.text, case.language)[:-1]}

    assert found - must - may == set(), f"false split: {case.sentences}"
    assert must - found == set(), f"missed: {case.sentences}"


def check_partition(text: str, spans: list[Span]) -> None:
    """Spans and the white space between them are the text."""
    at = 0
    for span in spans:
        assert text[at : span.start].strip() == ""
        assert at <= span.start < span.end
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        at = span.end
    assert text[at:].strip() == ""


def pieces(text: str, language: str) -> list[str]:
    return [text[span.start : span.end] for span in split(text, language)]


@pytest.mark.parametrize("case", cases_in(OWN_CASES), ids=lambda case: case.spec)
def test_finds_the_sentences_of_our_own_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [case for case in cases_in(HARD_CASES) if case.spec not in KNOWN_MISSES],
    ids=lambda case: case.spec,
)
def test_finds_the_sentences_of_cases_written_before_they_were_tried(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [case for case in cases_in(HARD_CASES) if case.spec in KNOWN_MISSES],
    ids=lambda case: case.spec,
)
def test_what_is_missed_is_kept_together_and_not_torn(case: Case) -> None:
    must, may = expected_boundaries(case.spec)

    found = {span.end for span in split(case.text, case.language)[:-1]}

    assert found < must | may


def test_our_own_cases_are_at_least_thirty_a_language() -> None:
    counts = Counter(case.language for case in cases_in(OWN_CASES))

    assert min(counts["en"], counts["fr"], counts["ru"]) >= 30


@pytest.mark.shared
@pytest.mark.skipif(not SHARED_CASES.is_file(), reason="../shared/data/split is absent")
@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_finds_the_sentences_of_the_shared_cases(language: str) -> None:
    cases = [case for case in cases_in(SHARED_CASES) if case.language == language]

    assert len(cases) == 18
    for case in cases:
        check(case)


@pytest.mark.parametrize(
    "case",
    [case for case in cases_in(OWN_CASES) if "¦" not in case.spec],
    ids=lambda case: case.spec,
)
def test_a_sentence_split_again_is_itself(case: Case) -> None:
    for sentence in case.sentences:
        assert pieces(sentence, case.language) == [sentence]


ROUGH_TEXT = st.lists(
    st.sampled_from(
        [
            *".!?…",
            *"()[]{}«»“”„‘’\"'*_—–-•:;,1IVZaя5€№",
            *" \n\t\u00a0\u202f\u2028\u200b\ufeff\x00\ud800",
            "...",
            "\n\n",
            " Mr. ",
            " т. е. ",
            " p. ex. ",
            "U.S. ",
            "The ",
            "Le ",
            "Он ",
            "“Why?” Ann said. ",
            "[…] ",
            "E\u0301",
            "!»",
        ]
    ),
    max_size=40,
).map("".join)


@given(text=st.text() | ROUGH_TEXT, language=st.sampled_from(LANGUAGES))
def test_spans_and_white_space_are_the_text(text: str, language: str) -> None:
    check_partition(text, split(text, language))


@given(
    text=ROUGH_TEXT, language=st.sampled_from(LANGUAGES), lead=st.sampled_from([" ", "\n", "\t"])
)
@example(text=".\n*", language="en", lead=" ")
def test_white_space_around_the_text_moves_the_spans_and_nothing_else(
    text: str, language: str, lead: str
) -> None:
    moved = [Span(span.start + 1, span.end + 1) for span in split(text, language)]

    assert split(lead + text + lead, language) == moved


PLAIN_WORDS = [
    "slovo. ",
    "слово. ",
    "ёлка. ",
    "rue.\n",
    "etc. ",
    "Ann. ",
    "km. ",
    "no. ",
    "art. ",
    "лет. ",
]


@given(
    text=ROUGH_TEXT
    | st.lists(st.sampled_from([*PLAIN_WORDS, "The ", "A", "(", "«", "»", "9"])).map("".join),
    language=st.sampled_from(LANGUAGES),
)
def test_what_is_told_at_a_glance_is_what_the_rules_say(text: str, language: str) -> None:
    short = split(text, language)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alignment.sentences.ends_at_a_glance", lambda *_: None)
        long = split(text, language)

    assert short == long


@given(texts=st.lists(ROUGH_TEXT.filter(str.strip), min_size=1, max_size=4))
def test_an_empty_line_always_ends_a_sentence(texts: list[str]) -> None:
    text = "\n \n".join(texts)

    ends = {span.end for span in split(text, "en")}

    at = 0
    for part in texts:
        assert at + len(part.rstrip()) in ends
        at += len(part) + 3


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\u202f\u2003"])
def test_there_is_no_sentence_in_white_space(text: str) -> None:
    assert split(text, "en") == []


def test_an_unknown_language_gets_rules_that_suit_many() -> None:
    assert pieces("Olá! O Dr. Silva chegou. São 12. Maio.", "pt") == [
        "Olá!",
        "O Dr. Silva chegou.",
        "São 12. Maio.",
    ]


def test_a_long_quotation_inside_a_sentence_is_split_and_a_short_one_is_not() -> None:
    short = f"She wrote: “{'I row. ' * 5}I rest.” Then she slept."
    long = f"She wrote: “{'I row. ' * 20}I rest.” Then she slept."

    assert len("I row. " * 5) < LONGEST_KEPT_QUOTE_CHARS < len("I row. " * 20)
    assert len(pieces(short, "en")) == 2
    assert len(pieces(long, "en")) == 22


def test_a_bracket_that_closes_far_away_is_no_bracket() -> None:
    near = f"They left ({'It rained. ' * 5}nobody stayed) at noon."
    far = f"They left ({'It rained. ' * 40}nobody stayed) at noon."

    assert len("It rained. " * 5) < LONGEST_KEPT_BRACKET_CHARS < len("It rained. " * 40)
    assert len(pieces(near, "en")) == 1
    assert len(pieces(far, "en")) == 40


def test_an_ellipsis_ends_a_long_sentence_before_a_word_that_is_no_name() -> None:
    lead = "They waited on the bank until it was quite dark"

    assert len(pieces(f"{lead}… Then the boat came.", "en")) == 2
    assert len(pieces(f"{lead}… Rehn was late.", "en")) == 1
    assert len(pieces("They waited… Then the boat came.", "en")) == 1


def test_spaced_straight_quotes_close_with_their_sentence() -> None:
    assert pieces('Il répète : " Je veux partir. " Cela suffit.', "fr") == [
        'Il répète : " Je veux partir. " Cela suffit.'
    ]


@pytest.mark.parametrize(
    "unit",
    [
        *"a.!?…(\"«“'— \n\u00a0",
        ". ",
        "... ",
        "()",
        "[…] ",
        "«»",
        "a.\n",
        ").“ ",
        "т. е. ",
        "a.a.",
        "A. ",
        "… ",
        "word. The ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa. A",
    ],
)
def test_time_grows_with_the_length_of_a_text_of_one_thing(unit: str) -> None:
    text = unit * (5_000 // len(unit))
    check_partition(text, split(text, "en"))

    check_linear_growth(lambda size: lambda: split(unit * (size // len(unit)), "en"), size=5_000)


@pytest.mark.parametrize(
    "unit", ["a", ".", "(", '"', "“", "!", "«", "…", "\n", "A. ", "… ", "a. A"]
)
def test_a_megabyte_of_one_character_is_no_more_work_a_character_than_a_page(unit: str) -> None:
    check_linear_growth(lambda size: lambda: split(unit * (size // len(unit)), "en"), size=125_000)
