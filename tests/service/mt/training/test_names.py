import re

import pytest

from alignment.names import sound_of
from service.domain.language import Direction, Language
from service.mt.training.names import CYRILLIC_TIMES, Pair, with_other_names

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)

FRENCH = [
    ("news", "Yesterday Bolani met Kerava.", "Hier, Bolani a rencontré Kerava."),
    ("news", "He asked Moritan for 12 loaves.", "Il a demandé 12 pains à Moritan."),
]
HEADS = {"Bo", "Bola", "Ke", "Kera", "Mo", "Mori"}
TAILS = {"lani", "ni", "rava", "va", "ritan", "tan"}
RUSSIAN = [
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


def test_a_name_is_the_beginning_of_one_and_the_end_of_another_cut_before_a_consonant() -> None:
    made = {
        re.sub(r".* à (\w+)\.", r"\1", french)
        for seed in range(40)
        for _, _, french in renamed(FRENCH, EN_FR, seed=seed)[1:]
    }

    assert len(made) > 10
    assert made <= {head + tail for head in HEADS for tail in TAILS}


@pytest.mark.parametrize("seed", range(5))
def test_a_name_in_cyrillic_letters_sounds_alike_and_keeps_its_case(seed: int) -> None:
    found = renamed(RUSSIAN, EN_RU, seed=seed)

    assert len(RUSSIAN) < len(found) <= CYRILLIC_TIMES * len(RUSSIAN)
    for _, english, russian in found:
        name, spelt = english.split()[-1].rstrip("."), russian.split()[-1].rstrip(".")
        genitive = "видел" in russian or "Спроси" in russian
        assert spelt.endswith("а") == genitive
        assert sound_of(name) == sound_of(spelt.removesuffix("а"))


@pytest.mark.parametrize(
    ("name", "spelt", "old", "inflected", "ending"),
    [
        ("Golush", "Голуш", "Baren", "с Бареном", "лушем"),
        ("Golush", "Голуш", "Baren", "Барену", "лушу"),
        ("Golush", "Голуш", "Baren", "о Барене", "луше"),
        ("Golot", "Голот", "Baren", "с Бареном", "лотом"),
        ("Golot", "Голот", "Melush", "с Мелушем", "лотом"),
        ("Golusha", "Голуша", "Mirana", "Мираны", "ши"),
        ("Golusha", "Голуша", "Mirana", "Миране", "ше"),
        ("Golusha", "Голуша", "Mirana", "Мирану", "шу"),
        ("Golusha", "Голуша", "Mirana", "Мираной", "шей"),
        ("Goleka", "Голека", "Mirana", "Мираны", "ки"),
        ("Goleka", "Голека", "Mirana", "Мираной", "кой"),
        ("Mirana", "Мирана", "Goleka", "Голеки", "ны"),
        ("Mirana", "Мирана", "Golusha", "Голушей", "ной"),
        ("Mirana", "Мирана", "Golusha", "Голуши", "ны"),
    ],
)
def test_endings_follow_how_russian_is_spelt(
    name: str, spelt: str, old: str, inflected: str, ending: str
) -> None:
    pairs = [
        ("news", f"I know {name}.", f"Вот и {spelt}."),
        ("news", f"And then {old}.", f"И {inflected}."),
    ]

    found = [russian for _, english, russian in renamed(pairs, EN_RU) if "then" in english]

    assert len(found) == CYRILLIC_TIMES
    assert all(russian.endswith(f"{ending}.") for russian in found)


def test_initials_stay_initials_of_that_length() -> None:
    ((_, english, french),) = renamed([("news", "He saw CNN.", "Il a vu CNN.")], EN_FR)

    initials = re.fullmatch(r"He saw ([A-Z]{3})\.", english)
    assert initials is not None
    assert french == f"Il a vu {initials[1]}."


def test_a_name_that_begins_with_a_vowel_stays_one_for_the_words_before_it() -> None:
    pairs = [
        *FRENCH,
        ("news", "The house of Bolani.", "La maison de Bolani."),
        ("news", "For Amani and Oriva.", "Pour Amani et Oriva."),
    ]

    for seed in range(30):
        found = renamed(pairs, EN_FR, seed=seed)
        assert not [french for _, _, french in found if re.search(r"\bde [AEIOU]", french)]
        assert all(re.search(r"Pour [AO]\w+ et [AO]\w+", f) for _, _, f in found if "Pour" in f)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("He met Paul and Paul.", "Il a vu Paul et Paul."),  # which is which?
        ("Then Bolani lost her bag.", "Hier, Bolani a perdu le sac d'Bolani."),
        ("Bolani said Bolani-Keda.", "Bolani a dit Bolani-Keda."),
        ("He met Peter.", "Il a vu Pierre."),
        ("See X-Bolani and d'Amara.", "Voir X-Bolani et d'Amara."),  # parts of words, elisions
        ("Mail Bolani@example.org.", "Écrire à Bolani@example.org."),
        ("Stop. Attention please, attention.", "Stop. Attention, merci."),  # ordinary words
        ("He saw Tom.", "Il a vu Tom."),  # of which there is no other to be made
        ("", ""),
    ],
)
def test_what_is_no_name_on_both_sides_is_left_alone(english: str, french: str) -> None:
    assert renamed([("news", english, french)], EN_FR) == []


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("See Baren and his friend.", "Вот Барен и друг Барен-младший."),
        ("I saw Baren.", "Ах, Барен, видел Барена."),
        ("I saw Putin.", "Я видел Путина."),  # с Путиным
        ("From Lemanova.", "От Лемановой."),
        ("This is NATO.", "Это НАТО."),
        ("This is Toyo.", "Это Тойо."),
    ],
)
def test_what_is_no_name_to_be_declined_is_left_alone(english: str, russian: str) -> None:
    others = [pair for pair in RUSSIAN if "Это" in pair[2]]

    found = renamed([*others, ("odd", english, russian)], EN_RU)

    assert not [pair for pair in found if pair[0] == "odd"]


def test_two_names_of_a_sentence_stay_two() -> None:
    for seed in range(30):
        for _, english, _ in renamed(FRENCH, EN_FR, seed=seed):
            names = re.findall(r"(?<!^)\b[A-Z]\w+", english)
            assert len(set(names)) == len(names)


def test_a_name_in_both_alphabets_is_changed_in_one_way_only() -> None:
    pairs = [
        ("news", "Ask Baren.", "Спроси Барена (Baren)."),
        ("news", "Ask Golot.", "Спроси, где Golot."),
    ]

    found = [pair for seed in range(9) for pair in renamed([*pairs, *RUSSIAN], EN_RU, seed=seed)]

    both = [(english, russian) for _, english, russian in found if "(" in russian]
    assert both
    for english, russian in both:
        assert russian == f"Спроси Барена ({english[4:-1]})."


def test_is_the_same_for_the_same_seed_whatever_the_run() -> None:
    assert renamed(RUSSIAN, EN_RU, seed=4) == renamed(RUSSIAN, EN_RU, seed=4)
    assert renamed(RUSSIAN, EN_RU, seed=4) != renamed(RUSSIAN, EN_RU, seed=5)
    assert renamed(RUSSIAN, EN_RU, seed=4)[0] == ("news", "I saw Balot.", "Я видел Балота.")
