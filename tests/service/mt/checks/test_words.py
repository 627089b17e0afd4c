from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode
from service.mt.checks import lengths
from service.mt.checks.lengths import check_length, limits
from service.mt.checks.loops import check_loops, is_loop
from service.mt.checks.scripts import check_script
from service.mt.checks.sentence import check_sentence
from service.mt.checks.untranslated import check_untranslated
from tests.growth import check_linear_growth

EN, FR, RU = Language.EN, Language.FR, Language.RU
EN_FR, EN_RU, RU_EN = Direction(EN, FR), Direction(EN, RU), Direction(RU, EN)


def places(target: str, flags: list[Flag]) -> list[str]:
    return [target[span.start : span.end] for flag in flags for span in flag.target]


def test_length_is_flagged_outside_of_what_human_translations_have() -> None:
    def is_flagged(source: int, target: int, direction: Direction = EN_FR) -> bool:
        return bool(check_length("a" * source, "b" * target, direction))

    # 60 characters of English give 66.6 of French: from 0.48 to 2.1 times that.
    assert [is_flagged(60, chars) for chars in (31, 32, 139, 140)] == [True, False, False, True]
    # 60 of French give 54.05 of English.
    back = Direction(FR, EN)
    assert [is_flagged(60, n, back) for n in (25, 26, 113, 114)] == [True, False, False, True]


def test_measured_constants_are_what_was_measured() -> None:
    assert {EN: 1.0, FR: 1.11, RU: 0.97} == lengths.EXPANSION
    assert limits(20) == (0.40, 2.4)
    assert limits(120) == (0.52, 1.8)


@given(st.integers(1, 2000))
def test_longer_sentences_have_narrower_limits(chars: int) -> None:
    (lower, upper), (next_lower, next_upper) = limits(chars), limits(chars + 1)

    assert lower <= next_lower < 1 < next_upper <= upper


def test_few_words_may_be_short_but_neither_nothing_nor_a_story() -> None:
    assert check_length("He has arrived now.", "Là.", EN_FR) == []
    assert check_length("Come.", "", EN_FR)[0].note == "nothing stands in the draft"
    story = "Il n'est pas recommandé en cas d'insuffisance hépatique sévère."
    assert check_length("Viens.", story, EN_FR)[0].note == "longer than usual: 63 characters for 6"


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("ha ha ha", False),
        ("ha ha ha ha ha ha", True),
        ("a b a b", False),
        ("a b a b a b", True),
        ("1 2 3 4 5 6 7 8 " * 3, True),
        ("1 2 3 4 5 6 7 8 9 " * 3, False),  # longer than a loop usually is
        ("", False),
    ],
)
def test_three_times_the_same_run_of_tokens_is_a_loop(text: str, loops: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_loop(text.split()) == loops


@given(st.lists(st.sampled_from("ab"), max_size=12))
def test_loop_is_found_as_by_looking_everywhere(tokens: list[str]) -> None:
    slowly = any(
        tokens[start : start + size * times] == tokens[start : start + size] * times
        for size in range(1, 9)
        for times in range(3, 13)
        if size * times >= 6
        for start in range(len(tokens) - size * times + 1)
    )

    assert is_loop(tokens) == slowly


@pytest.mark.parametrize(
    ("target", "loop"),
    [
        ("pauvre, pauvre, pauvre homme", "pauvre, pauvre, pauvre"),
        ("Il dit oui et non et non et non.", "et non et non et non"),
        (
            "Le président a dit que le président a dit que non",
            "Le président a dit que le président a dit que",
        ),
        ("Ahahahahahahahah, dit-il", "Ahahahahahahaha"),
        ("О-о-о-о-о-о, снова", "О-о-о-о-о-о"),
        ("Non !!!!!!!!!", "!!!!!!!!!"),
    ],
)
def test_draft_that_goes_in_circles_is_pointed_at(target: str, loop: str) -> None:
    found = places(target, check_loops("The poor man said so.", target))

    assert len(found) == 1
    assert found[0].lower()[:6] in loop.lower()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("No, no, no!", "Non, non, non !"),
        ("Ha ha, he said", "Ha, ha, dit-il"),
        ("He is very, very old", "Il est très, très vieux"),
        ("Wait...........", "Attends..........."),
        ("111111111 people", "111111111 personnes"),
        ("7 7 7", "7 7 7"),
        ("А-а-а-а, опять зима.", "A-a-a-ah, winter again."),
        ("A-a-a-a-a-ah, the sea!", "А-а-а-а-а-а-ах, море!"),
        ("No, no, no, no!", "Certainement, certainement, certainement pas !"),
    ],
)
def test_repetition_of_the_source_is_none_of_the_draft(source: str, target: str) -> None:
    assert check_loops(source, target) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("А-а-а-а, опять зима.", "A-a-a-a-a-a-a-a-the-made winter again."),
        ("No, no, no!", "Non, non, non, non, non, non !"),
        ("Ha ha ha, he said", "Ha ha ha ha ha ha ha ha, dit-il"),
    ],
)
def test_a_draft_that_goes_in_circles_far_longer_than_its_source_is_pointed_at(
    source: str, target: str
) -> None:
    assert [flag.code for flag in check_loops(source, target)] == [FlagCode.REPETITION]


def test_prose_of_four_words_left_as_it_was_is_pointed_at() -> None:
    source = "The minister said that the house is old, and left."
    target = "Le ministre est parti, said that the house is old."

    flags = check_untranslated(source, target)

    assert [flag.code for flag in flags] == [FlagCode.UNTRANSLATED]
    assert places(target, flags) == ["said that the house is old"]
    assert places(source, check_untranslated(source, source)) == [source.rstrip(".")]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("He met Emmanuel Jean Marie Macron", "Il a vu Emmanuel Jean Marie Macron"),
        ("Read The New York Times Book Review", "Lisez The New York Times Book Review"),
        ("the cat sat", "the cat sat"),
        ("a b c", ""),
    ],
)
def test_names_titles_and_few_words_may_stay(source: str, target: str) -> None:
    assert check_untranslated(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "direction", "found"),
    [
        ("The government said so.", "Pravitelstvo так сказало.", EN_RU, ["Pravitelstvo"]),
        ("The old house", "Старый house", EN_RU, ["house"]),
        ("The construction", "Cтроительство", EN_RU, ["Cтроительство"]),
        ("The house", "La mаison", EN_FR, ["mаison"]),
        ("Правительство решило", "The правительство decided", RU_EN, ["правительство"]),
        ("The house", "La 房子 maison", EN_FR, ["房子"]),
    ],
)
def test_words_in_the_wrong_alphabet_are_pointed_at(
    source: str, target: str, direction: Direction, found: list[str]
) -> None:
    flags = check_script(source, target, direction)

    assert {flag.code for flag in flags} == {FlagCode.SCRIPT}
    assert places(target, flags) == found


@pytest.mark.parametrize(
    ("source", "target", "direction"),
    [
        ("Apple sells the iPhone", "Apple продаёт iPhone", EN_RU),
        ("An IT company", "IT-компания", EN_RU),
        ("At the Palms Hotel and Casino", "В Palms Hotel and Casino", EN_RU),
        ('He says "bonjour" now', "Он говорит «bonjour»", EN_RU),
        ("see weather.com", "см. weather.com", EN_RU),
        ("Brexiteers", "сторонники Brexit", EN_RU),
        ("call print(x) and <b>", "вызов print(x) и <b>", EN_RU),
        ("vitamin C, point x", "витамин C, точка x", EN_RU),
        ('The word "дом"', "Le mot « дом »", EN_FR),
        ("20ª ação", "20ª ação", EN_FR),
        ("so x²+y²=z² is", "так, x²+y²=z² есть", EN_RU),
        ("it is 5 µm wide", "ширина 5 µm", EN_RU),
        ("it is 5 µm wide", "large de 5 μm", EN_FR),
    ],
)
def test_names_and_quotations_keep_their_alphabet(
    source: str, target: str, direction: Direction
) -> None:
    assert check_script(source, target, direction) == []


@pytest.mark.parametrize(
    "code", ["`git commit and push it now`", "<?php echo one ?>", "<%= page %>"]
)
def test_code_is_neither_prose_nor_in_a_wrong_alphabet(code: str) -> None:
    assert check_sentence(f"Type {code}.", f"Наберите {code}.", EN_RU) == []


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([EN_FR, EN_RU, RU_EN]))
def test_every_finding_lies_within_the_texts(
    source: str, target: str, direction: Direction
) -> None:
    for flag in check_sentence(source, target, direction):
        assert all(span.start < span.end <= len(source) for span in flag.source)
        assert all(span.start < span.end <= len(target) for span in flag.target)


HOSTILE: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "a" * n,
    "dollar": lambda n: "$" + "Aa" * (n // 2) + "1",
    "brackets": lambda n: ")" * n,
    "backticks": lambda n: "`a" * (n // 2),
    "template": lambda n: "<% " * (n // 3),
    "open": lambda n: "{" * n,
    "tags": lambda n: "<a " * (n // 3),
    "digits": lambda n: "1" * n,
    "groups": lambda n: "1 000" * (n // 5),
    "figures": lambda n: "7 " * (n // 2),
    "fractions": lambda n: "1 1/2" * (n // 5),
    "dates": lambda n: "1.2 " * (n // 4),
    "signs": lambda n: " -5%" * (n // 4),
    "halves": lambda n: "half million " * (n // 13),
    "brackets in links": lambda n: "www.a(" * (n // 6),
    "calls": lambda n: "a.b(" * (n // 4),
    "hundreds": lambda n: "hundred " * (n // 8),
    "names": lambda n: "Aa Bb " * (n // 6),
    "quotes": lambda n: "«'" * (n // 2),
    "www": lambda n: "www." * (n // 4),
    "mail": lambda n: "a@" * (n // 2),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_is_linear_on_hostile_text(kind: str) -> None:
    def check(chars: int) -> Callable[[], object]:
        text = HOSTILE[kind](chars)
        return lambda: check_sentence(text, text[::-1], EN_RU)

    check_linear_growth(check, size=5_000)
