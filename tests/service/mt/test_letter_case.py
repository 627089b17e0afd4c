from collections.abc import Callable

import pytest

from service.domain.glossary import LetterCase
from service.domain.language import Language
from service.mt.term_index import Pattern, TermIndex
from tests.growth import check_linear_growth
from tests.service.mt.term_cases import check

EN, FR, RU = Language


@pytest.mark.parametrize(
    "line",
    [
        "5G | The [5G] is here, not 4G or 5g.",
        "3D | In [3D], not in 3d.",
        "4K | A [4K] film",
        "3M | [3M] pays",
        "7Up | A [7Up], not a 7up",
        "5G network | The [5G networks] and a [5G Network]",
        "G7 | The [G7] met",
    ],
)
def test_term_with_a_digit_before_its_capital_is_found(line: str) -> None:
    check(EN, line)


def test_russian_name_with_a_digit_before_its_capital_is_found() -> None:
    check(RU, "1С | Работает в [1С], а не в 1с")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (RU, "война | О [ВОЙНЕ]"),
        (RU, "война | КРИЗИС И [ВОЙНА]"),
        (RU, "война | [ВОЙНА] 2022"),
        (FR, "eau | L’[EAU]"),
        (FR, "eau | PRIX DE L’[EAU]"),
        (EN, "vitamin | [VITAMIN] C"),
        (EN, "bank | [BANK]'S"),
        (EN, "bank | BIG [BANK]'S OWNERS"),
    ],
)
def test_one_letter_or_number_beside_a_word_in_capitals_says_nothing(
    language: Language, line: str
) -> None:
    check(language, line)


@pytest.mark.parametrize(
    "line",
    [
        "nato | I like NATO.",
        "who | He is a WHO expert.",
        "aid | It is an AID.",
        "aids | I had 5 AIDS",
        "who | As I, a WHO doctor, say",
    ],
)
def test_name_in_capitals_is_no_common_noun_in_an_ordinary_sentence(line: str) -> None:
    check(EN, line)


def test_heading_in_capitals_is_read_apart_from_the_text_below_it() -> None:
    check(RU, "война | [ВОЙНА]\n\nНачалась она давно.")


def test_long_runs_of_single_letters_take_time_in_proportion_to_them() -> None:
    index = TermIndex(EN)
    index.add(0, Pattern(text="war", case=LetterCase.AUTO))

    def task(size: int) -> Callable[[], object]:
        text = "A " * size + "WAR " + "A " * size + "WAR A " * size
        return lambda: index.find(text)

    check_linear_growth(task, size=300)
