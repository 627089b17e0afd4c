import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Language
from service.domain.translation import FlagCode
from service.mt import flags
from service.mt.flags import check_draft, is_loop, read_numbers


def test_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(flags).failed == 0


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("1,250.50 and 3.5", Language.EN, ["1250.50", "3.5"]),
        ("1 250,50 et 3,5", Language.FR, ["1250.50", "3.5"]),
        ("1\u202f250\u00a0000", Language.RU, ["1250000"]),
        ("1\u2009250 people", Language.EN, ["1250"]),
        # A comma before three digits groups in English and is decimal in French.
        ("1,250", Language.EN, ["1250"]),
        ("1,250", Language.FR, ["1.250"]),
        ("1.250", Language.FR, ["1250"]),
        ("1,250,000", Language.FR, ["1250000"]),
        ("In 2013 40 people", Language.EN, ["2013", "40"]),
        ("14.10.2021", Language.RU, ["14.10.2021"]),
        ("at 10:30", Language.EN, ["10", "30"]),
        ("none", Language.EN, []),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(
    text: str, language: Language, numbers: list[str]
) -> None:
    assert read_numbers(text, language) == numbers


def check(source: str, target: str) -> list[tuple[FlagCode, str]]:
    found = check_draft(source, target, source_language=Language.EN, target_language=Language.FR)
    return [(flag.code, flag.note) for flag in found]


def test_same_numbers_in_the_other_notation_are_no_finding() -> None:
    assert check("It cost 1,250.50 in 2013.", "En 2013, cela coûtait 1 250,50.") == []


def test_lost_and_new_numbers_are_named() -> None:
    assert check("5 and 7", "5 et 5") == [(FlagCode.NUMBERS, "missing: 7; only in the draft: 5")]
    assert check("a 1 2 3 4 5 6", "a") == [(FlagCode.NUMBERS, "missing: 1, 2, 3, 4, 5 …")]
    assert check("a", "a 1") == [(FlagCode.NUMBERS, "only in the draft: 1")]


@pytest.mark.parametrize(
    ("source", "target", "shortest", "longest"),
    [
        (Language.EN, Language.FR, 56, 210),
        (Language.FR, Language.EN, 46, 171),
        (Language.EN, Language.RU, 49, 184),
        (Language.RU, Language.FR, 58, 217),
    ],
)
def test_length_is_flagged_outside_of_what_human_translations_have(
    source: Language, target: Language, shortest: int, longest: int
) -> None:
    def is_flagged(chars: int) -> bool:
        return bool(
            check_draft("a" * 100, "b" * chars, source_language=source, target_language=target)
        )

    assert [is_flagged(chars) for chars in (shortest - 1, shortest, longest, longest + 1)] == [
        True,
        False,
        False,
        True,
    ]


def test_measured_constants_are_what_was_measured() -> None:
    assert {Language.EN: 1.0, Language.FR: 1.11, Language.RU: 0.97} == flags.EXPANSION
    assert flags.LENGTH_RATIOS == (0.5, 1.9)


def test_length_of_a_few_words_says_nothing() -> None:
    assert check("a" * 19, "b") == []
    assert check("a" * 20, "b") == [(FlagCode.LENGTH, "1 characters for 20")]


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
def test_three_times_the_same_run_is_a_loop(text: str, loops: bool) -> None:  # noqa: FBT001 - a parameter
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
