"""Exact values of numbers as they are written: digits and a power of ten, never a float."""

from fractions import Fraction
from typing import Final, TypeAlias

Amount: TypeAlias = tuple[str, int]
"""Digits without zeros at either end, and the power of ten of the last one; zero is ("", 0). A date
or a section is its numbers with points between them."""

MOST_PLACES: Final = 4
"""Of a fraction that is written as a decimal: eighths have three, halves and quarters fewer."""

MOST_DIGITS: Final = 30
"""Of a number that is added: Python refuses to read thousands of digits."""


def amount_of(whole: str, fraction: str = "", *, power: int = 0) -> Amount:
    """Return the value of digits, times a power of ten.

    >>> amount_of("1", "153", power=9) == amount_of("1153", power=6)
    True
    """
    digits = (whole + fraction).lstrip("0")
    short = digits.rstrip("0")
    if not short:
        return "", 0
    return short, power - len(fraction) + len(digits) - len(short)


def amount_of_int(value: int) -> Amount:
    """Return the value of a small whole number."""
    return amount_of(str(value))


def times_ten(amount: Amount, power: int) -> Amount:
    """Return an amount times a power of ten."""
    return (amount[0], amount[1] + power) if amount[0] else amount


def amount_of_fraction(value: Fraction, *, power: int = 0) -> Amount:
    """Return a value times a power of ten; one that no decimal is equal to keeps its two numbers.

    >>> amount_of_fraction(Fraction(3, 2)), amount_of_fraction(Fraction(1, 3))
    (('15', -1), ('1/3', 0))
    """
    for places in range(MOST_PLACES):
        if (10**places * value).denominator == 1:
            return times_ten(amount_of_int(int(10**places * value)), power - places)
    return str(value * 10**power), 0


def can_be_added(amount: Amount) -> bool:
    """Tell whether it is a decimal number, and not of more digits than any number that is a sum."""
    digits, power = amount
    return digits.isdecimal() and len(digits) <= MOST_DIGITS and abs(power) <= MOST_DIGITS


def add(one: Amount, other: Amount) -> Amount:
    """Return the sum of two amounts that can be added.

    >>> add(("1", 6), ("2", 5)) == ("12", 5)
    True
    """
    power = min(one[1], other[1])
    value = sum(int(digits) * 10 ** (more - power) for digits, more in (one, other))
    return times_ten(amount_of_int(value), power)


def last_two_digits(amount: Amount) -> Amount | None:
    """Return 90 for 1990: how a decade or the second year of a season is written; else None."""
    written = amount[0] + "0" * max(0, amount[1])
    if amount[1] >= 0 and len(written) == 4 and written[:2] in {"18", "19", "20"}:  # noqa: PLR2004 - a year
        return amount_of(written[2:])
    return None


def shown(amount: Amount) -> str:
    """Return the value for a person, at most twenty characters of it.

    >>> shown(amount_of("1250", "50")), shown(amount_of("1", "153", power=9)), shown(("", 0))
    ('1250.5', '1153000000', '0')
    """
    digits, power = amount
    if not digits:
        return "0"
    if power >= 0:
        return (digits + "0" * min(power, 20))[:20]
    padded = digits.rjust(1 - power, "0")
    return f"{padded[:power]}.{padded[power:]}"[:20]
