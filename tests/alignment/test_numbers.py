import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.numbers import find_numbers, numbers_as_written


@pytest.mark.parametrize("text", ["1,250", "1.250", "1 250", "1\u00a0250", "1\u202f250", "1'250"])
def test_thousands_are_the_same_in_every_language(text: str) -> None:
    assert find_numbers(text) == {"1250"}


@pytest.mark.parametrize("text", ["3.5", "3,5", "3,50", "3.5 %"])
def test_fractions_are_the_same_in_every_language(text: str) -> None:
    assert find_numbers(text) == {"3.5"}


@pytest.mark.parametrize("text", ["1,250.75", "1.250,75", "1 250,75"])
def test_thousands_may_have_a_fraction(text: str) -> None:
    assert find_numbers(text) == {"1250.75"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12,345,678 people", {"12345678"}),
        ("In 2013 250 of them", {"2013", "250"}),  # years have four digits: no thousands
        ("0.125", {"0.125"}),  # no group of thousands starts with 0
        ("10:30", {"10", "30"}),
        ("007", {"7"}),
        ("0", {"0"}),
        ("1 2500", {"1", "2500"}),
        ("no number", set()),
        ("", set()),
    ],
)
def test_finds_numbers(text: str, numbers: set[str]) -> None:
    assert find_numbers(text) == numbers


@given(st.integers(0, 10**12))
def test_grouping_changes_no_number(number: int) -> None:
    plain = find_numbers(str(number))

    assert find_numbers(f"{number:,}") == plain
    assert find_numbers(f"{number:_}".replace("_", "\u00a0")) == plain


def test_numbers_can_be_had_as_they_are_first_written() -> None:
    written = numbers_as_written("In 2013, 1,250 of 1.250 or 3.50")

    assert list(written.items()) == [("2013", "2013"), ("1250", "1,250"), ("3.5", "3.50")]


@given(st.text("0123456789., "))
def test_numbers_as_written_are_those_that_are_found(text: str) -> None:
    written = numbers_as_written(text)

    assert written.keys() == find_numbers(text)
    assert all(each in text for each in written.values())


@given(st.text())
def test_any_text_will_do(text: str) -> None:
    for number in find_numbers(text):
        assert number.replace(".", "", 1).isdecimal()
