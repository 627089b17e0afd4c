import pytest

from service.domain.language import Direction, Language
from service.mt.notation import find_numbers

EN, FR, RU = Language


def convert(text: str, source: str, target: Language = FR, *, written_in: Language = EN) -> str:
    changed = find_numbers(text, source, Direction(written_in, target))
    return "".join(changed.get(place, sign) for place, sign in enumerate(text))


@pytest.mark.parametrize("target", [FR, RU])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("3,150", "3\u202f150"),
        ("1,250,000", "1\u202f250\u202f000"),
        ("1,250.50", "1\u202f250,50"),
        ("3.5%", "3,5%"),
        ("3.5 million", "3,5 million"),
        ("$1.153", "$1,153"),
        ("12.5 km", "12,5 km"),
    ],
)
def test_quantities_follow_the_target(target: Language, number: str, expected: str) -> None:
    assert convert(f"a {number} b.", f"c {number} d", target) == f"a {expected} b."


@pytest.mark.parametrize(
    "text",
    [
        *(
            "version 3.5",
            "Python 3.11",
            "3.5.2024",
            "section 1.2.3",
            "at 6.40",
            "12:30",
            "10.0.0.1",
        ),
        *(
            "1,2",
            "1,2,3",
            "3,1500",
            "1,250a",
            "a1,250",
            "0,5",
            "1234",
            "p. 3.5, 4.5",
            "v1.250",
            "1/1,250",
        ),
    ],
)
def test_what_may_be_something_else_stays(text: str) -> None:
    assert convert(text, text) == text


def test_number_that_the_source_has_not_as_often_stays() -> None:
    assert convert("3,150 et 3,150", "3,150") == "3,150 et 3,150"
    assert convert("4,150", "3,150") == "4,150"
    assert convert("3.5 % de 3.5", "3.5 % of 3.5") == "3.5 % de 3.5"


def test_english_gets_its_own_notation() -> None:
    source = "3,5 % de 1\u202f250 ou 1 250,50 € ou 12 500 ou 2,5 fois"
    draft = "3,5% of 1 250 or 1 250,50 € or 12 500 or 2,5 times"

    assert convert(draft, source, EN, written_in=FR) == (
        "3.5% of 1,250 or 1,250.50 € or 12 500 or 2.5 times"
    )


@pytest.mark.parametrize(
    ("source", "text", "expected", "written_in"),
    [
        ("1 234,56 €", "1 234.56 €", "1,234.56 €", FR),
        ("1 234,56 €", "1,234,56 €", "1,234.56 €", FR),
        ("1,250,000 men", "1 250,000 men", "1\u202f250\u202f000 men", EN),
        ("$1,250.50", "$1.250,50", "$1\u202f250,50", EN),
    ],
)
def test_number_in_two_notations_at_once_is_written_in_one(
    source: str, text: str, expected: str, written_in: Language
) -> None:
    target = EN if written_in is FR else FR
    assert convert(text, source, target, written_in=written_in) == expected


@pytest.mark.parametrize("text", ["1,250,001", "11 250,000", "1 250,0001", "1.250,000.5"])
def test_other_number_with_the_same_figures_inside_stays(text: str) -> None:
    assert convert(text, "1,250,000 men") == text


def test_between_french_and_russian_numbers_stay() -> None:
    assert convert("3,5 % 1 250 €", "3,5 % 1 250 €", RU, written_in=FR) == "3,5 % 1 250 €"


def test_doing_it_twice_changes_nothing() -> None:
    source = "a 3,150 and $2.5 million"
    once = convert(source, source)

    assert once != source
    assert convert(once, source) == once
