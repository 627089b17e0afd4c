import re

import pytest

from alignment.names import sound_of
from service.domain.language import Direction, Language
from service.mt.training.names import Pair, with_other_names

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)

FRENCH = [
    ("news", "Yesterday Bolani met Kerava.", "Hier, Bolani a rencontré Kerava."),
    ("news", "He asked Moritan for 12 loaves.", "Il a demandé 12 pains à Moritan."),
]
BAREN = [
    ("news", "I saw Baren.", "Я видел Барена."),
    ("news", "Ask Baren.", "Спроси у Барена."),
    ("news", "This is Baren.", "Это Барен."),
    ("news", "This is Golot.", "Это Голот."),
    ("news", "This is Melush.", "Это Мелуш."),
]


def renamed(pairs: list[Pair], languages: Direction, *, seed: int = 1) -> list[Pair]:
    return list(with_other_names(pairs, languages, seed=seed))


@pytest.mark.parametrize("seed", range(5))
def test_both_sides_get_the_same_name_and_keep_all_else(seed: int) -> None:
    (first, second) = renamed(FRENCH, EN_FR, seed=seed)

    english = re.fullmatch(r"Yesterday (\w+) met (\w+)\.", first[1])
    assert english is not None
    assert first == ("news", first[1], f"Hier, {english[1]} a rencontré {english[2]}.")
    asked = re.fullmatch(r"He asked (\w+) for 12 loaves\.", second[1])
    assert asked is not None
    assert second[2] == f"Il a demandé 12 pains à {asked[1]}."


def test_a_name_is_the_beginning_of_one_and_the_end_of_another() -> None:
    known = {"Bolani", "Kerava", "Moritan"}

    made = {
        name
        for seed in range(20)
        for _, english, _ in renamed(FRENCH, EN_FR, seed=seed)
        for name in re.findall(r"[A-Z]\w+", english)
    } - {"Yesterday", "He"}

    assert len(made - known) > 5
    for name in made:
        assert any(
            name[:cut] in {one[: len(name[:cut])] for one in known}
            and any(one.endswith(name[cut:]) for one in known)
            for cut in range(2, len(name))
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_name_in_cyrillic_letters_sounds_alike_and_keeps_its_case(seed: int) -> None:
    found = renamed(BAREN, EN_RU, seed=seed)

    assert len(found) == 3 * len(BAREN)
    for _, english, russian in found:
        name, spelt = english.split()[-1].rstrip("."), russian.split()[-1].rstrip(".")
        genitive = "видел" in russian or "Спроси" in russian
        assert spelt.endswith("а") == genitive
        assert sound_of(name) == sound_of(spelt.removesuffix("а"))


@pytest.mark.parametrize(
    ("pool", "sentence", "wanted"),
    [
        ("Golush", "с Бареном", "с Голушем"),
        ("Golush", "Барену", "Голушу"),
        ("Golush", "о Барене", "о Голуше"),
        ("Golot", "с Бареном", "с Голотом"),
    ],
)
def test_endings_follow_how_russian_is_spelt(pool: str, sentence: str, wanted: str) -> None:
    spelt = {"Golush": "Голуш", "Golot": "Голот"}[pool]
    pairs = [("news", f"I know {pool}.", f"Знаю {spelt}."), ("news", "To Baren.", f"И {sentence}.")]

    found = {russian for _, english, russian in renamed(pairs, EN_RU) if english == f"To {pool}."}

    assert found == {f"И {wanted}."}


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [("Мираны", "Голуши"), ("Миране", "Голуше"), ("Мирану", "Голушу"), ("Мираной", "Голушей")],
)
def test_names_in_a_are_declined_like_names_in_a(sentence: str, wanted: str) -> None:
    pairs = [
        ("news", "I know Golusha.", "Я знаю Голуша."),
        ("news", "I know Golusha.", "Вот и Голуша."),
        ("news", "Of Mirana.", f"О {sentence}."),
    ]

    found = {russian for _, english, russian in renamed(pairs, EN_RU) if english == "Of Golusha."}

    assert found == {f"О {wanted}."}


def test_initials_stay_initials_of_that_length() -> None:
    ((_, english, french),) = renamed([("news", "He saw CNN.", "Il a vu CNN.")], EN_FR)

    initials = re.fullmatch(r"He saw ([A-Z]{3})\.", english)
    assert initials is not None
    assert french == f"Il a vu {initials[1]}."


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Attention please.", "Attention, merci."),  # begins both: no name
        ("He met Paul and Paul.", "Il a vu Paul et Paul."),  # which is which?
        ("He met Peter.", "Il a vu Pierre."),
        ("See X-Bolani and d'Amara.", "Voir X-Bolani et d'Amara."),  # parts of words, elisions
        ("Mail Bolani@example.org.", "Écrire à Bolani@example.org."),
        ("", ""),
    ],
)
def test_what_is_no_name_on_both_sides_is_left_alone(english: str, french: str) -> None:
    assert renamed([("news", english, french)], EN_FR) == []


def test_a_name_in_both_alphabets_is_changed_in_one_way_only() -> None:
    pair = ("news", "Ask Baren.", "Спроси Барена (Baren).")

    for _, english, russian in renamed([pair, *BAREN], EN_RU)[:1]:
        name = re.fullmatch(r"Ask (\w+)\.", english)
        assert name is not None
        assert russian == f"Спроси Барена ({name[1]})."


def test_is_the_same_for_the_same_seed() -> None:
    assert renamed(BAREN, EN_RU, seed=4) == renamed(BAREN, EN_RU, seed=4)
    assert renamed(BAREN, EN_RU, seed=4) != renamed(BAREN, EN_RU, seed=5)
