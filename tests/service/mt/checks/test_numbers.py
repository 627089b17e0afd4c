import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.checks import amounts, number_words
from service.mt.checks.amounts import amount_of, shown, times_ten
from service.mt.checks.number_words import word_amounts
from service.mt.checks.numbers import check_numbers, read_figures

EN, FR, RU = Language.EN, Language.FR, Language.RU


def notes(source: str, target: str, direction: tuple[Language, Language]) -> list[str]:
    return [flag.note for flag in check_numbers(source, target, Direction(*direction))]


def values(text: str, language: Language) -> list[str]:
    return [shown(figure.amounts[0]) for figure in read_figures(text, language)]


@pytest.mark.parametrize("module", [amounts, number_words])
def test_examples_in_the_documentation_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type] # modules


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("1,250.50 and 3.5", EN, ["1250.5", "3.5"]),
        ("1 250,50 et 3,5", FR, ["1250.5", "3.5"]),
        ("1\u202f250\u00a0000", RU, ["1250000"]),
        ("1\u2009250 people", EN, ["1250"]),
        # A comma before three digits groups in English and is decimal in French.
        ("1,250", EN, ["1250"]),
        ("1,250", FR, ["1.25"]),
        ("1.250", FR, ["1250"]),
        ("1,250,000", FR, ["1250000"]),
        ("In 2013 40 people", EN, ["2013", "40"]),
        ("14.10.2021", RU, ["14.10.2021"]),
        ("at 10:30", EN, ["10", "30"]),
        ("$1.153 billion", EN, ["1153000000"]),
        ("1,153 milliard", FR, ["1153000000"]),
        ("1 153 millions", FR, ["1153000000"]),
        ("1,153 млрд", RU, ["1153000000"]),
        ("25-тысячная толпа", RU, ["25000"]),
        ("none", EN, []),
    ],
)
def test_figures_are_read_as_the_language_writes_them(
    text: str, language: Language, numbers: list[str]
) -> None:
    assert values(text, language) == numbers


@pytest.mark.parametrize(
    ("source", "target", "direction"),
    [
        ("It rose 3.5% to 1,250.50.", "Hausse de 3,5 % à 1 250,50.", (EN, FR)),
        ("Il a 1 250 euros.", "У него 1250 евро.", (FR, RU)),
        ("a $1.153 billion deal", "un accord de 1,153 milliard de dollars", (EN, FR)),
        ("a $1.153 billion deal", "сделка на 1,153 млрд долларов", (EN, RU)),
        ("5 million people", "5 000 000 de personnes", (EN, FR)),
        ("two people and 2 cats", "2 personnes et deux chats", (EN, FR)),
        ("twenty-five of them", "25 d'entre eux", (EN, FR)),
        ("97 jours", "ninety-seven days", (FR, EN)),
        ("quatre-vingt-dix-sept jours", "97 days", (FR, EN)),
        ("двести пять тысяч", "205,000", (RU, EN)),
        ("the 1st and 21st", "le 1er et le 21e", (EN, FR)),
        ("the 1st day", "1-й день", (EN, RU)),
        ("in the 20th century", "au XXe siècle", (EN, FR)),
        ("в XX веке", "in the 20th century", (RU, EN)),
        ("Louis XIV", "Louis XIV", (EN, FR)),
        ("at 3 p.m.", "à 15 h", (EN, FR)),
        ("at 5:30 pm", "в 17:30", (EN, RU)),
        ("at 5.30pm", "à 17 h 30", (EN, FR)),
        ("at 7 p.m.", "à 19 h 00", (EN, FR)),
        ("the 1990s", "les années 90", (EN, FR)),
        ("in the 1990s", "в 90-е годы", (EN, RU)),
        ("on 9/11", "le 11 septembre", (EN, FR)),
        ("14.10.2021", "14 octobre 2021", (RU, FR)),
        ("16,000-18,000 dollars", "16-18 тысяч долларов", (EN, RU)),
        ("a two-storey house", "2-этажный дом", (EN, RU)),
        ("7-летний мальчик", "a seven-year-old boy", (RU, EN)),
        ("for 30 years", "pendant trois décennies", (EN, FR)),
    ],
)
def test_same_numbers_in_another_notation_are_no_finding(
    source: str, target: str, direction: tuple[Language, Language]
) -> None:
    assert notes(source, target, direction) == []


@pytest.mark.parametrize(
    ("source", "target", "direction", "note"),
    [
        ("5 and 7", "5 et 5", (EN, FR), "numbers missing: 7; numbers only in the draft: 5"),
        ("a 1 2 3 4 5 6", "a", (EN, FR), "numbers missing: 1, 2, 3, 4, 5 …"),
        ("a", "a 1", (EN, FR), "numbers only in the draft: 1"),
        (
            "a $1.153 billion deal",
            "un accord de 1 milliard",
            (EN, FR),
            "numbers missing: 1153000000; numbers only in the draft: 1000000000",
        ),
        (
            "5 million",
            "5 milliards",
            (EN, FR),
            "numbers missing: 5000000; numbers only in the draft: 5000000000",
        ),
        # A French reader takes the comma for a decimal sign.
        ("1,250", "1,250", (EN, FR), "numbers missing: 1250; numbers only in the draft: 1.25"),
        ("in 1953", "en 1935", (EN, FR), "numbers missing: 1953; numbers only in the draft: 1935"),
        ("at 3 p.m.", "à 16 h", (EN, FR), "numbers missing: 3; numbers only in the draft: 16"),
        ("two cats", "3 chats", (EN, FR), "numbers only in the draft: 3"),
    ],
)
def test_lost_and_new_numbers_are_named(
    source: str, target: str, direction: tuple[Language, Language], note: str
) -> None:
    assert notes(source, target, direction) == [note]


def test_the_places_of_lost_and_new_numbers_are_given() -> None:
    source, target = "From 5 to 70.", "De 5 à 700."

    (flag,) = check_numbers(source, target, Direction(EN, FR))

    assert flag.code is FlagCode.NUMBERS
    assert [source[span.start : span.end] for span in flag.source] == ["70"]
    assert [target[span.start : span.end] for span in flag.target] == ["700"]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("two hundred and five thousand", EN, 205_000),
        ("trois cent mille", FR, 300_000),
        ("quatre-vingts", FR, 80),
        ("soixante et onze", FR, 71),
        ("пятьсот двадцать три", RU, 523),
        ("двумя миллионами", RU, 2_000_000),
        ("Chapter XIV", EN, 14),
    ],
)
def test_words_in_a_row_are_one_number(text: str, language: Language, value: int) -> None:
    assert amount_of(str(value)) in word_amounts(text, language)


@given(st.integers(0, 10**12), st.integers(0, 999), st.integers(0, 9))
def test_amounts_are_equal_exactly_if_the_numbers_are(
    whole: int, fraction: int, power: int
) -> None:
    one = amount_of(str(whole), f"{fraction:03}", power=power)
    other = amount_of(f"{whole:015}{fraction:03}", power=power - 3)

    assert one == other == times_ten(amount_of(str(whole), f"{fraction:03}"), power)
    assert (one == amount_of("0")) == (whole == fraction == 0)


@given(st.lists(st.integers(0, 10**9), max_size=6))
def test_a_text_agrees_with_itself_in_the_other_languages_notation(numbers: list[int]) -> None:
    english = "; ".join(f"{number:,}" for number in numbers)
    french = "; ".join(f"{number:,}".replace(",", "\u202f") for number in numbers)

    assert check_numbers(english, french, Direction(EN, FR)) == []
    assert check_numbers(french, english, Direction(FR, EN)) == []
