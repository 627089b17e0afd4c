import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Language
from service.mt.words import Capitals, capitals_of, fold_gap, read_words
from tests.service.mt.term_cases import read_case


@pytest.mark.parametrize(
    "between", ["\n\n", "\n \n", "\r\n\r\n", "\r\r", "\u2028", "\u2029", "\f", " \ufffc ", "\ufffc"]
)
def test_term_of_several_words_is_not_found_across_what_separates(between: str) -> None:
    case = read_case(f"bank | The central{between}[bank] of it", Language.EN)
    assert case.found() == case.expected

    case = read_case(f"central bank | The central{between}bank of it", Language.EN)
    assert case.found() == ()


@pytest.mark.parametrize("between", ["\n", "\r\n", "\u00a0", "\u202f", "  ", " \n ", "\u200b "])
def test_term_of_several_words_is_found_across_other_white_space(between: str) -> None:
    case = read_case(f"central bank | The [central{between}bank] of it", Language.EN)
    assert case.found() == case.expected


def test_term_with_a_place_held_for_something_else_is_found_nowhere() -> None:
    assert read_case("central\ufffcbank | The central\ufffcbank", Language.EN).found() == ()
    assert read_case("bank \ufffc | The bank \ufffc", Language.EN).found() == ()


@pytest.mark.parametrize("quoted", ['"Мост"', "“Мост”", "«Мост»", "„Мост“", "« Мост »", "‹Мост›"])
def test_quotation_marks_within_a_term_are_found_in_any_style(quoted: str) -> None:
    case = read_case(f"ПАО «Мост» Банк | Для [ПАО {quoted} Банк] и ПАО Мост Банк", Language.RU)
    assert case.found() == case.expected


def test_number_in_a_roman_sign_of_its_own_is_a_word_without_capitals() -> None:
    assert capitals_of("Ⅷ") is Capitals.NONE
    case = read_case("глава | В [главе] Ⅷ", Language.RU)
    assert case.found() == case.expected


@given(st.text(max_size=50))
def test_words_and_what_stands_between_them_are_the_text(text: str) -> None:
    end = 0
    for word in read_words(text):
        assert word.gap == fold_gap(text[end : word.span.start])
        assert word.text == text[word.span.start : word.span.end]
        end = word.span.end
