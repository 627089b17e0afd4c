import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alignment.names import find_names, shared_names


def names(text: str, language: str) -> set[str]:
    return set(find_names(text, language).values())


def shared(
    source: str, target: str, source_language: str, target_language: str
) -> list[tuple[str, str]]:
    return list(
        shared_names(
            [source], [target], source_language=source_language, target_language=target_language
        )
    )


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The road to Kidal is closed.", "en", {"Kidal"}),
        ("Closed is the road.", "en", set()),  # the capital is that of the sentence
        ("It rained. Roads are closed.", "en", set()),
        ("She said: “Roads are closed.”", "en", set()),
        ("Rivers rose near Gao, then Rivers fell.", "en", {"Gao", "Rivers"}),
        ("Farmers near Gao say that Farmers farmers.", "en", {"Gao"}),  # also in small letters
        ("Scholz's guests stayed, and Scholz left.", "en", {"Scholz"}),
        ("Nobody called and She left Timbuktu.", "en", {"Timbuktu"}),  # grammar is no name
        ("NATO says no.", "en", {"NATO"}),  # initials need no place
        ("Tell us what the US says.", "en", {"US"}),
        ("– Roads are closed.", "en", set()),
        ("Roads:\n- Rivers", "en", set()),  # a list
        ("Il part d'Alger pour l'Azawad.", "fr", {"Alger", "Azawad"}),
        ("L’Azawad attend.", "fr", {"Azawad"}),  # the article has the sentence's capital
        ("L'attente dure.", "fr", set()),
        ("Он едет в Кидаль.", "ru", {"Кидаль"}),
        ("Дорога закрыта.", "ru", set()),
        ("Ein Wort aus Wien.", "de", {"Wort", "Wien"}),  # no table of the grammar: as written
        ("I saw Li there.", "en", set()),  # too short to be told from other words
        ("", "en", set()),
    ],
)
def test_names_are_told_by_their_capitals(text: str, language: str, found: set[str]) -> None:
    assert names(text, language) == found


@pytest.mark.parametrize(
    "headline",
    ["KIDAL TAKEN", "Army Takes Northern Kidal", "An Army of Farmers Takes Back the Kidal Road"],
)
def test_capitals_of_a_headline_tell_nothing(headline: str) -> None:
    assert names(headline, "en") == set()


def test_a_headline_shares_the_names_that_the_other_text_is_sure_of() -> None:
    found = shared("ARMY TAKES KIDAL", "L'armée est de retour à Kidal.", "en", "fr")

    assert found == [("KIDAL", "Kidal")]


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Кидаля", "Kidal"),
        ("Азаваде", "Azawad"),
        ("Сахелю", "Sahel"),
        ("Макроном", "Macron"),
        ("Шольца", "Scholz"),
        ("Зеленский", "Zelensky"),
        ("Зеленского", "Zelenskyy"),
        ("Ширак", "Chirac"),
        ("Вашингтоном", "Washington"),
        ("Джонсону", "Johnson"),
        ("Мали", "Mali"),
        ("Обамы", "Obama"),
        ("Иванова", "Ivanov"),
        ("Михаилом", "Mikhail"),
        ("Шульце", "Schulze"),
        ("Мэннинг", "Manning"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_names_are_the_same_in_both_alphabets(russian: str, latin: str, language: str) -> None:
    found = shared(f"Тогда {russian} не видели.", f"In 2013, {latin}", "ru", language)

    assert found == [(russian, latin)]


@pytest.mark.parametrize(
    ("english", "french", "russian"),
    [
        ("Germany", "Allemagne", "Германией"),
        ("London", "Londres", "Лондоне"),
        ("UN", "ONU", "ООН"),
        ("NATO", "Otan", "НАТО"),
        ("AIDS", "SIDA", "СПИДа"),
        ("Russia", "Russie", "России"),
    ],
)
def test_names_that_each_language_has_its_own_word_for(
    english: str, french: str, russian: str
) -> None:
    texts = {"en": f"Then came {english}.", "fr": f"Puis {french}.", "ru": f"Потом {russian}."}

    for source, target in [("en", "fr"), ("fr", "ru"), ("ru", "en")]:
        assert len(shared(texts[source], texts[target], source, target)) == 1


@pytest.mark.parametrize(
    ("english", "french"),
    [("Nigeria", "Nigéria"), ("Netanyahu", "Nétanyahou"), ("Zelenskyy", "Zelensky")],
)
def test_accents_and_spelling_do_not_part_a_name(english: str, french: str) -> None:
    assert shared(f"There {english} stood.", f"Et {french} était là.", "en", "fr") == [
        (english, french)
    ]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("on Monday", "le Monde"),
        ("by Paolo", "à Palu"),  # few sounds: in the same alphabet only the spelling counts
        ("to Mauritius", "en Mauritanie"),
        ("in Nigeria", "au Niger"),
        ("with Li", "chez Le"),
    ],
)
def test_names_that_only_look_alike_are_not_shared(english: str, french: str) -> None:
    assert shared(f"It was {english}.", f"C'est {french}.", "en", "fr") == []


def test_one_side_must_be_sure_that_it_is_a_name() -> None:
    assert shared("Police wait.", "Police partout.", "en", "fr") == []
    assert shared("Kidal waits.", "Kidal attend.", "en", "fr") == []
    assert shared("Kidal waits.", "On attend à Kidal.", "en", "fr") == [("Kidal", "Kidal")]


def test_names_that_follow_each_other_on_both_sides_are_one() -> None:
    found = shared(
        "Then Emmanuel Macron met Olaf Scholz, and Macron left Paris.",
        "Потом Эммануэль Макрон встретил канцлера Шольца. Его зовут Олаф. В Париже шёл дождь.",
        "en",
        "ru",
    )

    assert found == [
        ("Emmanuel Macron", "Эммануэль Макрон"),
        ("Olaf", "Олаф"),
        ("Scholz", "Шольца"),
        ("Paris", "Париже"),
    ]


def test_names_of_different_paragraphs_are_not_one() -> None:
    found = shared_names(
        ["To Gao", "I hear Kidal is far."],
        ["De Gao", "On dit Kidal loin."],
        source_language="en",
        target_language="fr",
    )

    assert found == (("Gao", "Gao"), ("Kidal", "Kidal"))


def test_a_name_in_latin_letters_within_russian_is_found() -> None:
    assert shared("He founded OpenPost.", "Он основал OpenPost.", "en", "ru") == [
        ("OpenPost", "OpenPost")
    ]


def test_names_with_a_digit_between_them_stay_two() -> None:
    assert shared("He saw AB0CD there.", "Il a vu AB0CD.", "en", "fr") == [
        ("AB", "AB"),
        ("CD", "CD"),
    ]


@example("A¹0Aa¹", "en")
@example("a0AA0AÆ", "en")
@given(st.text(), st.sampled_from(["en", "fr", "ru", "de"]))
def test_any_text_shares_the_names_that_it_is_sure_of_with_itself(text: str, language: str) -> None:
    sure = find_names(text, language)
    found = shared(text, text, language, language)

    assert all(word in text for pair in found for word in pair)
    assert bool(sure) <= bool(found)
