import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.language import Language
from service.mt.typography import restore_typography


def restore(text: str, language: Language) -> str:
    return "".join(restore_typography(text, language))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Oui", dit-il.', "«\u00a0Oui\u00a0», dit-il."),
        ("« Oui » : non !", "«\u00a0Oui\u00a0»\u00a0: non\u202f!"),
        ("l'eau qu'il boit", "l’eau qu’il boit"),
        ("un écran de 5\" et 'voilà'", "un écran de 5\" et 'voilà'"),
        ('Il a "dit 5" hier', "Il a «\u00a0dit 5\u00a0» hier"),
        ('et "', 'et "'),
    ],
)
def test_french_signs(text: str, expected: str) -> None:
    assert restore(text, Language.FR) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [('Он сказал: "Да".', "Он сказал: «Да»."), ("Москва — город", "Москва\u00a0— город")],
)
def test_russian_signs(text: str, expected: str) -> None:
    assert restore(text, Language.RU) == expected


def test_english_stays_as_it_is() -> None:
    assert restore('"It\'s" — so !', Language.EN) == '"It\'s" — so !'


@given(st.text("ab5 \"'«»:;!?—.(\u00a0\u202f", max_size=40), st.sampled_from(Language))
@example('""5', Language.FR)
def test_doing_it_twice_changes_nothing(text: str, language: Language) -> None:
    once = restore(text, language)

    assert restore(once, language) == once


@given(st.text("ab5 \"'«»:;!?—.(\u00a0\u202f", max_size=40), st.sampled_from(Language))
def test_letters_and_figures_stay_in_place(text: str, language: Language) -> None:
    cells = restore_typography(text, language)

    assert len(cells) == len(text)
    assert all(cell == old for cell, old in zip(cells, text, strict=True) if old.isalnum())
