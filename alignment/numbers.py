"""Numbers of a text, written the same way in every language."""

import re

_NUMBER = re.compile(
    # Grouped by threes: 1,250 = 1.250 = 1 250 (any space), by one mark, after no leading 0.
    r"(?<![0-9])(?:[1-9][0-9]{0,2}(?P<mark>[,.'’ \u00a0\u2009\u202f])[0-9]{3}"
    r"(?:(?P=mark)[0-9]{3})*(?![0-9])|[0-9]+)"
    r"(?:[.,](?P<fraction>[0-9]+))?"
)


def find_numbers(text: str) -> frozenset[str]:
    """Return the different numbers of a text, digits only, a point before the fraction.

    >>> sorted(find_numbers("1,250 people, 3.5 %")) == sorted(find_numbers("1 250 чел., 3,5 %"))
    True
    """
    return frozenset(_canonical(match) for match in _NUMBER.finditer(text))


def numbers_as_written(text: str) -> dict[str, str]:
    """Return the same numbers as the text first writes them, in its order.

    >>> numbers_as_written("1,250 of 3.50")
    {'1250': '1,250', '3.5': '3.50'}
    """
    found: dict[str, str] = {}
    for match in _NUMBER.finditer(text):
        found.setdefault(_canonical(match), match[0])
    return found


def _canonical(match: re.Match[str]) -> str:
    fraction = match["fraction"]
    whole = match[0] if fraction is None else match[0][: -len(fraction) - 1]
    whole = re.sub("[^0-9]", "", whole).lstrip("0") or "0"
    fraction = (fraction or "").rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
