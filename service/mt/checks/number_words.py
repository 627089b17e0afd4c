"""Numbers that a text writes in words, roughly: enough to excuse a figure on the other side.

The tables are in ``data/numbers.toml``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from service.domain.language import Language
from service.mt.checks.amounts import Amount, amount_of, amount_of_int

WORD: Final = re.compile(r"[^\W\d_]+")
ROMAN: Final = re.compile(
    r"(?<![^\W_])(?:[IVXLCDMХ]{2,9}|[VXLХ])(?=e\b|er\b|ème\b|th\b|st\b|[^\w]|$)"
)
"""Also with the Cyrillic letter that looks like ten; one letter alone only where it is no word."""
ROMAN_VALUES: Final = {"I": 1, "V": 5, "X": 10, "Х": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
LINKS: Final = frozenset({"and", "et", "и"})
"""Words within a number: two hundred and five, vingt et un."""
HUNDRED: Final = 100
MILLION: Final = 1_000_000
TWENTY: Final = 20
FEWEST_LETTERS: Final = 3
"""That a longer word has after the number it begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTables:
    """One language of ``data/numbers.toml``."""

    values: Mapping[str, tuple[int, ...]]
    """Word -> what it may add."""
    scales: Mapping[str, int]
    """Word -> the power of ten that it multiplies by."""
    maybe: Mapping[str, int]
    """Letters after a figure -> the power of ten that they may stand for."""
    months: Mapping[str, int]
    beginnings: re.Pattern[str] | None
    beginning_values: Mapping[str, int]
    scale_beginnings: Mapping[str, int]

    def scale_of(self, word: str) -> int:
        """Return the power of ten that a word in small letters multiplies by, or 0."""
        if word in self.scales:
            return self.scales[word]
        beginnings = self.scale_beginnings.items()
        return next((power for start, power in beginnings if word.startswith(start)), 0)

    def within(self, word: str) -> Iterator[int]:
        """Yield what a word in small letters that is no number stands for: may, двухэтажный."""
        if word in self.months:
            yield self.months[word]
        start = self.beginnings.match(word) if self.beginnings else None
        if start is not None and len(word) - start.end() >= FEWEST_LETTERS:
            yield self.beginning_values[start[0]]


@cache
def number_tables(language: Language) -> NumberTables:
    """Return the tables of a language."""
    text = files("service.mt.checks").joinpath("data", "numbers.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)[language.value]
    values: dict[str, tuple[int, ...]] = {}
    for value, words in tables["values"].items():
        for word in words.split():
            values[word] = (*values.get(word, ()), int(value))
    beginnings = _by_word(tables["beginnings"])
    longest_first = sorted(beginnings, key=len, reverse=True)
    return NumberTables(
        values=values,
        scales=_by_word(tables["scales"]),
        maybe=_by_word(tables["maybe"]),
        months=_by_word(tables["months"]),
        beginnings=re.compile("|".join(longest_first)) if longest_first else None,
        beginning_values=beginnings,
        scale_beginnings=_by_word(tables["scale_beginnings"]),
    )


def _by_word(table: Mapping[str, str]) -> dict[str, int]:
    return {word: int(value) for value, words in table.items() for word in words.split()}


def word_amounts(text: str, language: Language) -> set[Amount]:
    """Return what the number words, months and Roman numerals of a text may stand for.

    Each word on its own, too: of "twenty-five" also 20 and 5.

    >>> word_amounts("Two hundred and five thousand", Language.EN) >= {amount_of("205000")}
    True
    """
    tables = number_tables(language)
    found: set[Amount] = set(map(amount_of_int, _romans(text)))
    run: list[tuple[tuple[int, ...], int]] = []
    end = 0
    for match in WORD.finditer(text.lower().replace("ё", "е")):
        word, adjoins = match[0], match.start() - end <= 1
        end = match.end()
        if adjoins and run and word in LINKS:
            continue
        values, scale = tables.values.get(word, ()), tables.scale_of(word)
        if scale and not run and text[max(0, match.start() - 2) : match.start()].strip().isdigit():
            continue  # it belongs to a figure
        if run and not (adjoins and (values or scale)):
            found.update(_composed(run))
            run = []
        if values or scale:
            run.append((values, scale))
            found.update(map(amount_of_int, values))
            if scale:
                found.add(amount_of("1", power=scale))
        else:
            found.update(map(amount_of_int, tables.within(word)))
    found.update(_composed(run))
    return found


def _composed(run: list[tuple[tuple[int, ...], int]]) -> Iterator[Amount]:
    """Yield what words in a row come to after each of them."""
    total = current = 0
    for values, scale in run:
        if 0 < scale <= 2:  # noqa: PLR2004 - decade, hundred
            current = max(1, current) * 10**scale if current < MILLION else current
        elif scale:
            total += max(1, current) * 10**scale
            current = 0
        else:
            value = values[0]
            fourscore = value == TWENTY and current % HUNDRED == 4  # noqa: PLR2004 - quatre-vingt
            current += 76 if fourscore else value
            yield amount_of_int(current)
        yield amount_of_int(total + current)


def _romans(text: str) -> Iterator[int]:
    for match in ROMAN.finditer(text):
        values = [ROMAN_VALUES[letter] for letter in match[0]]
        following = [*values[1:], 0]
        yield sum(
            -value if value < after else value
            for value, after in zip(values, following, strict=True)
        )
