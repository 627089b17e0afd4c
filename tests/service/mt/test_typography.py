import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.mt.typography import restore_typography
from tests.growth import check_linear_growth
from tests.service.mt.stubbed import EN_FR, EN_RU, FR_EN, RU_EN

TO = {
    Language.EN: Direction(Language.FR, Language.EN),
    Language.FR: Direction(Language.EN, Language.FR),
    Language.RU: Direction(Language.EN, Language.RU),
}


def restore(text: str, language: Language, *, source: str = "") -> str:
    return "".join(restore_typography(text, TO[language], source=source))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Oui", dit-il.', "«\u00a0Oui\u00a0», dit-il."),
        ("« Oui » : non !", "«\u00a0Oui\u00a0»\u00a0: non\u202f!"),
        ("«Oui»: non!", "«\u00a0Oui\u00a0»\u00a0: non\u202f!"),
        ("“Oui”; non", "«\u00a0Oui\u00a0»\u202f; non"),
        ("Quoi?! Non!!! (Si?)", "Quoi\u202f?! Non\u202f!!! (Si\u202f?)"),
        ("de 12:30 à 5% (?)", "de 12:30 à 5\u00a0% (?)"),
        ("5 %, 10 € ou 25 °C", "5\u00a0%, 10\u00a0€ ou 25\u00a0°C"),
        ('Il dit "elle a dit "oui" hier"', "Il dit «\u00a0elle a dit “oui” hier\u00a0»"),
        ("Il dit \"un 'grand' mot\"", "Il dit «\u00a0un “grand” mot\u00a0»"),
        ("l'eau qu'il boit, l'11, qu'« il »", "l’eau qu’il boit, l’11, qu’«\u00a0il\u00a0»"),
        ("un écran de 5\" et 'voilà'", "un écran de 5\" et 'voilà'"),
        ('Il a "dit 5" hier', "Il a «\u00a0dit 5\u00a0» hier"),
        ('et "', 'et "'),
        ('a: " Oui, non", dit "', 'a\u00a0: «\u00a0Oui, non\u00a0», dit "'),
        ('a " Oui, non " dit', "a «\u00a0Oui, non\u00a0» dit"),
        ("XX1! XX1: a", "XX1\u202f! XX1\u00a0: a"),
    ],
)
def test_french_signs(text: str, expected: str) -> None:
    assert restore(text, Language.FR) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Он сказал: "Да".', "Он сказал: «Да»."),
        ("Москва — город", "Москва\u00a0— город"),
        ("Москва - город, 5 - 3", "Москва\u00a0— город, 5 - 3"),
        ('Он: "она "да" тут"', "Он: «она „да“ тут»"),
        ("« Да » !", "«Да»!"),
        ("“Да „нет“ да”", "«Да „нет“ да»"),
        ("5%", "5%"),
    ],
)
def test_russian_signs(text: str, expected: str) -> None:
    assert restore(text, Language.RU) == expected


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ('"It\'s" — so!', '"C\'est"', '"It\'s" — so!'),
        ("« It's » : so !", "« C'est »", "“It's”: so!"),
        ('"It\'s"', "«\u00a0C’est\u00a0»", "“It’s”"),
        ("«It»", "« Il »", "“It”"),
        ("“It”", '"Il"', '"It"'),
        ("«He said „no“»", "«Он „нет“»", "“He said ‘no’”"),
        ("It was 'old'", "Это «старый»", "It was “old”"),
        ("It's 'old', isn't it", "C’est « vieux »", "It’s “old”, isn’t it"),
    ],
)
def test_english_signs_are_those_of_the_source_and_never_guillemets(
    text: str, source: str, expected: str
) -> None:
    assert restore(text, Language.EN, source=source) == expected


def test_single_quotes_of_the_source_are_quotes_of_the_target() -> None:
    source = "He said ‘yes’."

    assert restore("Il a dit 'oui'.", Language.FR, source=source) == "Il a dit «\u00a0oui\u00a0»."


def test_numbers_follow_the_target_if_the_source_has_them() -> None:
    assert restore("3,150 à 3.5%", Language.FR, source="3,150 at 3.5%") == "3\u202f150 à 3,5\u00a0%"


def test_ellipsis_and_minus_are_written_as_in_the_source() -> None:
    assert restore("Oui... -5", Language.FR, source="Yes… −5") == "Oui… −5"
    assert restore("Oui... -5", Language.FR, source="Yes... -5") == "Oui... -5"


SIGNS = st.text("ab5 \"'«»“”„‘’:;!?—-.,(%\u00a0\u202f", max_size=40)


@given(SIGNS, SIGNS, st.sampled_from(Language))
@example('""5', "", Language.FR)
def test_doing_it_twice_changes_nothing(text: str, source: str, language: Language) -> None:
    once = restore(text, language, source=source)

    assert restore(once, language, source=source) == once


@given(SIGNS, SIGNS, st.sampled_from(Language))
def test_letters_and_figures_stay_in_place(text: str, source: str, language: Language) -> None:
    cells = restore_typography(text, TO[language], source=source)

    assert len(cells) == len(text)
    assert all(cell == old for cell, old in zip(cells, text, strict=True) if old.isalnum())
    assert language is not Language.EN or {"«", "»"}.isdisjoint("".join(cells))


@pytest.mark.parametrize("piece", ["'a ", '"', " ", "« ", "„“", " ;", "- ", "1,000 ", "a!"])
@pytest.mark.parametrize("language", Language)
def test_time_is_linear_in_the_text(piece: str, language: Language) -> None:
    check_linear_growth(
        lambda size: lambda: restore(piece * (size // len(piece)), language, source=piece),
        size=10_000,
    )


@pytest.mark.parametrize("direction", [FR_EN, EN_RU, EN_FR])
@pytest.mark.parametrize("text", ["Hello :) my friend", "So it is ;-)"])
def test_emoticons_stay(direction: Direction, text: str) -> None:
    written = "".join(restore_typography(text, direction, source=text))

    assert written.replace("\u00a0", " ").replace("\u202f", " ") == text


@pytest.mark.parametrize("dash", ["-", "–", "—"])
@pytest.mark.parametrize("written", ["1941 -1945", "1941-1945", "1941 — 1945", "1941 –1945"])
@pytest.mark.parametrize("direction", [FR_EN, EN_RU, EN_FR])
def test_range_is_written_as_in_the_source(direction: Direction, written: str, dash: str) -> None:
    source = f"x 1941{dash}1945 x"

    cells = restore_typography(f"x {written} x", direction, source=source)

    assert "".join(cells) == source


def test_figures_that_are_no_range_of_the_source_stay() -> None:
    text = "10 - 5 = 5, 1-2-3"
    assert "".join(restore_typography(text, FR_EN, source="10 – 5 = 5, 1-2-3")) == text


@pytest.mark.parametrize(
    ("text", "source", "direction", "wanted"),
    [
        ("He said \"no' and left.", "Он сказал «нет» и ушёл.", RU_EN, "He said “no” and left."),
        (
            "Il dit \"non' et part.",
            'He said "no" and left.',
            EN_FR,
            "Il dit «\xa0non\xa0» et part.",
        ),
        ("Read \"boys' and go.", "Читай «Мальчики» и иди.", RU_EN, "Read “boys' and go."),
        ("\"I am goin' home.", "«Я иду домой.", RU_EN, "“I am goin' home."),
        ('Say "no\' and "yes".', "«Нет» и «да».", RU_EN, "Say “no' and ‘yes’."),
    ],
)
def test_a_quotation_closed_by_half_a_mark_is_closed(
    text: str, source: str, direction: Direction, wanted: str
) -> None:
    assert "".join(restore_typography(text, direction, source=source)) == wanted
