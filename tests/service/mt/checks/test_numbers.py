import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.checks import amounts, number_words
from service.mt.checks.amounts import amount_of, shown, times_ten
from service.mt.checks.figures import read_figures
from service.mt.checks.number_words import word_amounts
from service.mt.checks.numbers import check_numbers

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
        ("at 12:30 a.m.", "à 0 h 30", (EN, FR)),
        ("at 12:30 a.m.", "à minuit 30", (EN, FR)),
        ("at 5:30 pm", "в 17.30", (EN, RU)),
        ("at 10.30", "à 10 h 30", (EN, FR)),
        ("at 0600", "à 06 h", (EN, FR)),
        ("14 октября", "14.10", (RU, FR)),
        ("14.10", "14 October", (RU, EN)),
        ("10.14.2021", "14.10.2021", (EN, FR)),
        ("on 01.02.2020", "le 1.2.2020", (EN, FR)),
        ("1, 2, 3", "1,2,3", (EN, FR)),
        ("a point (0, 0)", "un point (0,0)", (EN, FR)),
        ("1½ cups", "1,5 tasse", (EN, FR)),
        ("1 1/2 cups", "1½ tasse", (EN, FR)),
        ("½ cup", "une demi-tasse", (EN, FR)),
        ("2/3 of them", "les deux tiers", (EN, FR)),
        ("⅓ of them", "le tiers", (EN, FR)),
        ("on 1/2", "le 1er février", (EN, FR)),
        ("half a million", "500 000", (EN, FR)),
        ("un million et demi", "1.5 million", (FR, EN)),
        ("полмиллиона", "500,000", (RU, EN)),
        ("полтора миллиона", "1,500,000", (RU, EN)),
        ("два с половиной миллиона", "2.5 million", (RU, EN)),
        ("1 млн 200 тыс.", "1.2 million", (RU, EN)),
        ("5.2 or 9 million", "5,2 millions ou 9", (EN, FR)),
        ("the 19th", "девятнадцатый", (EN, RU)),
        ("a 79-storey house", "семидесятидевятиэтажный дом", (EN, RU)),
        ("a $5bn deal", "un accord de $5bn", (EN, FR)),
        ("50 thou. roubles", "50 тыс. руб.", (EN, RU)),
        ("100 t", "100 т", (EN, RU)),
        ("5 m2", "5 ㎡", (EN, FR)),
        ("１２３", "123", (EN, FR)),
        ("1e-5", "0,00001", (EN, FR)),
        ("in 1998", "en 98", (EN, FR)),
        ("in '98", "en 1998", (EN, FR)),
        ("the 1992 games", "les JO-92", (EN, FR)),
        ("in the 1990s", "dans les années quatre-vingt-dix", (EN, FR)),
        ("in the 2005-06 season", "la saison 2005-2006", (EN, FR)),
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
        *(
            (
                source,
                target,
                (EN, FR),
                f"numbers missing: {missing}; numbers only in the draft: {added}",
            )
            for source, target, missing, added in (
                # A decimal is no date whose zeros may be dropped or whose parts may change places.
                ("Give 0.05 mg of it.", "Donnez 0,5 mg de cela.", "0.05", "0.5"),
                ("1.05 percent", "1,5 %", "1.05", "1.5"),
                ("3.05 m", "3,5 m", "3.05", "3.5"),
                ("2.5 m", "5.2 m", "2.5", "5.2"),
                ("2.15 km", "15,2 km", "2.15", "15.2"),
                ("rgba(0,0,0,0.5)", "rgba(0,0,0,5)", "0.5", "...5"),
                # What is no year has no short form.
                ("2020 dogs", "20 chiens", "2020", "20"),
                ("1945 sheep", "45 moutons", "1945", "45"),
                ("1850 kg", "50 kg", "1850", "50"),
                ("in 1898", "en 1998", "1898", "1998"),
                ("1 1/2 cups", "1/2 tasse", "1.5", "0.5"),
            )
        ),
        ("1e-5", "1-5", (EN, FR), "numbers missing: 0.00001; numbers only in the draft: 1, 5"),
        ("½ cup", "tasse", (EN, FR), "numbers missing: 0.5"),
    ],
)
def test_lost_and_new_numbers_are_named(
    source: str, target: str, direction: tuple[Language, Language], note: str
) -> None:
    assert notes(source, target, direction) == [note]


@pytest.mark.parametrize(
    ("source", "target", "direction", "note"),
    [
        ("-5°C", "5°C", (EN, FR), "signs missing: -"),
        ("It was −5 there", "Il y faisait 5", (EN, FR), "signs missing: -"),
        ("5°C", "-5°C", (EN, FR), "signs only in the draft: -"),
        ("5% of it", "5 de cela", (EN, FR), "signs missing: %"),
        ("$5", "5 €", (EN, FR), "signs missing: $; signs only in the draft: €"),
        ("It costs $12.34 now.", "Il coûte à 12,34, maintenant.", (EN, FR), "signs missing: $"),
        ("$2.5bn", "2,5bn", (EN, FR), "signs missing: $"),
        ("£5 million", "5 млн", (EN, RU), "signs missing: £"),
        ("5 млн ₽", "5 million", (RU, EN), "signs missing: ₽"),
        ("EUR 5", "5", (EN, FR), "signs missing: €"),
        ("5k users", "5 utilisateurs", (EN, FR), "signs missing: k"),
    ],
)
def test_a_figure_that_lost_what_stood_beside_it_is_named(
    source: str, target: str, direction: tuple[Language, Language], note: str
) -> None:
    assert notes(source, target, direction) == [note]


@pytest.mark.parametrize(
    ("source", "target", "direction"),
    [
        ("at -5°C", "à moins 5 degrés", (EN, FR)),
        ("at -5°C", "5 градусов ниже нуля", (EN, RU)),
        ("at -5°C", "при –5 °C", (EN, RU)),
        ("the 2-5 of them, pages 3 -5", "les 2 à 5, pages 3 à 5", (EN, FR)),
        ("a COVID-19 case", "cas 19", (EN, FR)),
        ("5% of it", "5 pour cent", (EN, FR)),
        ("5% of it", "5 процентов", (EN, RU)),
        ("from 5% to 7%", "de 5 à 7 %", (EN, FR)),
        ("50% of it", "la moitié", (EN, FR)),
        ("$5", "5 dollars", (EN, FR)),
        ("$5", "USD 5", (EN, FR)),
        ("US$5", "5 долларов", (EN, RU)),
        ("€5 and £7", "5 евро и 7 фунтов", (EN, RU)),
        ("5 ₽", "5 roubles", (RU, EN)),
        ("5k users", "5 тыс. пользователей", (EN, RU)),
        ("5k users", "5 000 utilisateurs", (EN, FR)),
        ("a 5k run", "забег на 5 км", (EN, RU)),
    ],
)
def test_sign_in_another_form_or_in_words_is_kept(
    source: str, target: str, direction: tuple[Language, Language]
) -> None:
    assert notes(source, target, direction) == []


def test_the_place_of_a_lost_sign_is_that_of_it_and_its_figure() -> None:
    source = "It was -5 and cost $12 million, 7% of it."

    (flag,) = check_numbers(source, "C'était 5 et 12 millions, 7 de cela.", Direction(EN, FR))

    assert [source[span.start : span.end] for span in flag.source] == ["-5", "$12", "7%"]


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


NUMBER_PIECES = (
    *("1", "20", "0", "1998", "3.5", "1,250", "1/3", "1 1/2", "½", "１", "e-5", "-", "%", "$", "k"),
    *(" million", " thousand", " bn", " half", " third", " and a", " may", "12:30 a.m.", " ", ", "),
)


@given(st.lists(st.sampled_from(NUMBER_PIECES), max_size=12).map("".join))
def test_any_row_of_figures_and_scales_is_read_and_its_places_lie_within_it(text: str) -> None:
    for flag in check_numbers(text, text[::-1], Direction(EN, FR)):
        assert all(span.start < span.end <= len(text) for span in (*flag.source, *flag.target))


@pytest.mark.parametrize("text", ["9" * 5000 + " million 2 thousand", "1" + " million" * 5000])
def test_numbers_of_thousands_of_digits_are_read(text: str) -> None:
    (flag,) = check_numbers(text, "1", Direction(EN, FR))

    assert flag.code is FlagCode.NUMBERS


def test_one_figure_never_stands_for_two() -> None:
    assert notes("5 million, 0.005k", "5 m", (EN, FR)) == ["numbers missing: 0.005"]
