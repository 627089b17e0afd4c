from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.glossary import LetterCase
from service.domain.language import Language
from service.mt.inflection import fold, load_inflection
from service.mt.term_index import Pattern, TermIndex
from service.mt.words import read_words
from tests.growth import check_linear_growth
from tests.service.mt.term_cases import Case, read_cases

CASES = [case for language in Language for case in read_cases(language)]

AUTO = LetterCase.AUTO
words = st.text("абвеилнорстьяй", min_size=1, max_size=8)


def index_of(language: Language, *terms: str, inflected: bool = True) -> TermIndex:
    index = TermIndex(language)
    for number, term in enumerate(terms):
        index.add(number, Pattern(text=term, case=AUTO, inflected=inflected))
    return index


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.term.source} in {case.text}")
def test_term_is_found_where_a_reader_finds_it_and_nowhere_else(case: Case) -> None:
    assert case.found() == case.expected


@given(words, words)
def test_term_is_found_as_it_is_written_between_any_words(term: str, beside: str) -> None:
    if term in load_inflection(Language.RU).fixed:
        return
    text = f"{beside}, {term}; {beside}"

    found = [text[m.span.start : m.span.end] for m in index_of(Language.RU, term).find(text)]

    assert term in found


@given(st.lists(st.sampled_from(["банк", "банка", "банк рынок", "рынок банк рынок"]), max_size=9))
def test_matches_are_in_order_and_do_not_overlap(pieces: list[str]) -> None:
    text = " ".join(pieces)

    matches = index_of(Language.RU, "банк", "банка", "банк рынок", "рынок банк").find(text)

    ends = [0, *(match.span.end for match in matches)]
    assert all(end <= match.span.start for end, match in zip(ends, matches, strict=False))


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_term_and_any_text_can_be_put_together(term: str, text: str) -> None:
    if not read_words(term):
        return

    for language in Language:
        for match in index_of(language, term).find_all(f"{text} {term} {text}"):
            assert 0 <= match.span.start < match.span.end <= 2 * len(text) + len(term) + 2


def test_longest_of_several_terms_wins() -> None:
    index = index_of(Language.EN, "bank", "central bank", "central bank governor")

    found = [match.numbers for match in index.find("The central bank and its bank governor")]

    assert found == [(1,), (0,)]


@pytest.mark.parametrize("term", ["a.c", "(x", "[b]", "\\d+", "a|b", "^a$", "x*", "C#"])
def test_signs_of_regular_expressions_are_only_signs(term: str) -> None:
    index = index_of(Language.EN, term)

    assert [m.span.start for m in index.find(f"so {term} so")] == [3]
    assert index.find("abc 7 b xxx") == []


def test_a_word_with_an_ending_is_no_form_of_a_word_that_only_begins_alike() -> None:
    index = index_of(Language.FR, "économie", "organisation", "marin")

    assert index.find("économique, organique, marine, maritime, organisateur") == []


def test_forms_that_a_glossary_lists_are_the_only_ones() -> None:
    index = index_of(Language.RU, "сталь", inflected=False)

    assert index.find("Цены стали выше") == []


def test_reading_a_text_takes_time_in_proportion_to_it_whatever_the_terms() -> None:
    index = index_of(Language.RU, *(" ".join(["банк", "банка"] * n) for n in range(1, 25)))

    def task(size: int) -> Callable[[], object]:
        text = "банка " * size
        return lambda: index.find(text)

    check_linear_growth(task, size=100)


def test_making_a_glossary_ready_takes_time_in_proportion_to_its_terms() -> None:
    def task(size: int) -> Callable[[], object]:
        terms = [f"банк{chr(0x430 + n % 30)}{chr(0x430 + n // 30)} рынок" for n in range(size)]
        return lambda: index_of(Language.RU, *terms)

    check_linear_growth(task, size=100)


def test_each_language_spells_its_tables_as_words_are_compared() -> None:
    for language in Language:
        inflection = load_inflection(language)
        assert all(word == fold(word) for word in inflection.fixed | inflection.elided)
        assert inflection.longest_ending < 10
