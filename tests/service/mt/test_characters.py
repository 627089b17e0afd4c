import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.mt.characters import one_script, read_characters


def read(text: str, language: str = "en") -> str:
    return "".join(read_characters(text, language))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("co\u00adop\u200ber\ufeffa\u2060tion", "cooperation"),
        ("a\u200eb\u202ac\u2066d", "abcd"),
        ("a\u00a0b\u202fc\u2009d\te", "a b c d e"),
        ("“Yes” ‘no’ it’s", "\"Yes\" 'no' it's"),
        ("oﬃce ﬁnal ﬂow", "office final flow"),
        ("e\u0301te\u0301 c\u0327a", "été ça"),
        ("non\u2011stop, \u22125", "non-stop, -5"),
    ],
)
def test_model_gets_plain_characters(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("мои\u0306 е\u0308ж", "мой ёж"),
        ("за\u0301мок", "замок"),
        ("Cтpоительство", "Строительство"),
        ("c Москвы и o доме", "с Москвы и о доме"),
        ("витамин C", "витамин C"),
        ("PR-служба и iPhoneы", "PR-служба и iPhoneы"),
        ("Google Search", "Google Search"),
    ],
)
def test_russian_gets_its_own_letters(text: str, expected: str) -> None:
    assert read(text, "ru") == expected


def test_latin_word_with_a_cyrillic_letter_is_latin() -> None:
    assert one_script("Раris", "fr") == "Paris"
    assert one_script("Раris", "ru") == "Paris"
    assert one_script("сору", "en") == "сору"


@given(
    st.text("abcсорАBé\u0301\u00adﬁ “”й \u0306", max_size=40), st.sampled_from(["en", "fr", "ru"])
)
def test_every_character_has_its_cell(text: str, language: str) -> None:
    cells = read_characters(text, language)

    assert len(cells) == len(text)
    assert "\u00ad" not in "".join(cells)


def test_a_letter_keeps_its_first_marks_however_many_there_are() -> None:
    marks = "\u0301\u0316" * 30

    cells = read_characters(f"e{marks}a", "fr")

    assert len(cells) == 62
    assert cells[-1] == "a"
    assert "é" in cells[0] or "e" in cells[0]
    assert len("".join(cells)) < 12


@pytest.mark.parametrize("text", ["20°C на улице", "Ctrl+C и ждите", "диск C почти", "⌘K в окне"])
def test_latin_letter_that_is_no_word_stays_latin(text: str) -> None:
    assert "".join(read_characters(text, "ru")) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Он пришёл c другом", "Он пришёл с другом"),
        ("A он ушёл", "А он ушёл"),
        ("Да. C ним", "Да. С ним"),
        ("СТРАНА C ИСТОРИЕЙ", "СТРАНА С ИСТОРИЕЙ"),
    ],
)
def test_latin_letter_for_a_russian_word_is_cyrillic(text: str, expected: str) -> None:
    assert "".join(read_characters(text, "ru")) == expected
