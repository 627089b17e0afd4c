import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.mt.casing import Casing, find_casing, headline_tables, restore_case, sentence_case
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.tokenizer import Tokenizer

TOKENIZER = Tokenizer(PACKAGED_MODELS / "compact")


def recase(text: str, language: str = "en") -> str:
    casing = find_casing(text, language)
    common = TOKENIZER.prefers_small_letters
    return sentence_case(text, casing, language, is_common=common)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("NATO", "en"),
        ("UNESCO", "en"),
        ("US-EU", "en"),
        ("BBC", "en"),
        ("EXIT", "en"),
        ("ОТАН", "ru"),
        ("НАТО И ООН", "ru"),
        ("I A B", "en"),
        ("", "en"),
        ("5 000", "en"),
        ("The house is old", "en"),
        ("John Smith, Mary Jones and Peter Brown", "en"),
        ("University of California at Berkeley", "en"),
        ("Bank of England", "en"),
        ("The President of the United States Left.", "en"),
        ('Somebody called it "Snow White and the Seven Dwarfs"', "en"),
    ],
)
def test_what_is_no_headline_stays(text: str, language: str) -> None:
    assert find_casing(text, language) is Casing.PLAIN


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("NATO CHIEF WARNS OF ATTACKS IN UKRAINE", "en", "NATO chief warns of attacks in Ukraine"),
        (
            "WHY I LEFT: THE U.S. AND UK'S WORLD WAR II",
            "en",
            "Why I left: the U.S. and UK's world war II",
        ),
        ("US TROOPS JOIN US", "en", "US troops join us"),
        ("I'M SURE HE DOESN'T", "en", "I'm sure he doesn't"),
        ("BREAKING", "en", "Breaking"),
        ("SOUPE AUX POIS", "fr", "Soupe aux pois"),
        ("L'ONU À L’ÉCOLE EN FRANCE", "fr", "L'ONU à l’école en France"),
        ("ПРЕЗИДЕНТ США В МОСКВЕ", "ru", "Президент США в Москве"),
    ],
)
def test_capitals_become_sentence_case(text: str, language: str, expected: str) -> None:
    assert find_casing(text, language) is Casing.CAPITALS
    assert recase(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Government Announces New Plan to Cut Taxes",
            "Government announces new plan to cut taxes",
        ),
        ("Why Russia Is Not Afraid of NATO", "Why Russia is not afraid of NATO"),
        ("Who Will Win the Final?", "Who will win the final?"),
        ("What Emmanuel Macron Did and Why", "What Emmanuel Macron did and why"),
    ],
)
def test_title_case_becomes_sentence_case_and_names_stay(text: str, expected: str) -> None:
    assert find_casing(text, "en") is Casing.TITLE
    assert recase(text) == expected


def test_what_is_masked_at_the_beginning_takes_the_first_capital() -> None:
    masked = "000 LOST HIS WAY AGAIN"

    assert sentence_case(masked, Casing.CAPITALS, "en", is_common=lambda _: False) == (
        "000 lost his way again"
    )


def test_target_of_capitals_is_all_capitals_and_that_of_a_title_begins_with_one() -> None:
    assert "".join(restore_case([*"l’été à Paris"], Casing.CAPITALS)) == "L’ÉTÉ À PARIS"
    assert "".join(restore_case([*"«pourquoi lui"], Casing.TITLE)) == "«Pourquoi lui"
    assert restore_case([*"eau"], Casing.PLAIN) == [*"eau"]
    assert restore_case(["…"], Casing.TITLE) == ["…"]


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_tables_say_of_no_word_two_things(language: str) -> None:
    tables = headline_tables(language)

    assert not {word.upper() for word in tables.common} & {*tables.names}
    assert all(name[0].isupper() and not name.isupper() for name in tables.names.values())
    assert all(map(str.isupper, (word.upper() for word in tables.acronyms)))
    assert all(map(str.islower, tables.common | tables.small))


@given(
    st.text("ABCDé’' .IVX\u0301ßĳюЯ0", max_size=40),
    st.sampled_from(Casing),
    st.sampled_from(["en", "fr", "ru"]),
)
def test_not_a_character_moves(text: str, casing: Casing, language: str) -> None:
    seen = sentence_case(text, casing, language, is_common=lambda _: True)

    assert len(seen) == len(text)
    assert seen.upper() == text.upper()
