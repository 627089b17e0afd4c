"""Numbers that a text writes in words, roughly: enough to excuse a figure on the other side.

The tables are in ``data/numbers.toml``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

from service.domain.language import Language
from service.mt.checks.amounts import Amount, amount_of, amount_of_fraction, amount_of_int

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
ORDINAL_ENDINGS: Final = frozenset(
    ("ый", "ий", "ой", "ая", "ья", "ое", "ье", "ые", "ьи", "ую", "ью", "ом", "ым", "ых")
)
"""Russian ones of two letters: девятнадцатый."""
FRACTION_LINKS: Final = frozenset({*LINKS, "a", "an", "of", "one", "un", "une", "de", "d", "с"})
"""Words between a fraction and what it belongs to: a million and a half, un demi-million."""


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
    fractions: Mapping[str, Fraction]
    """Word -> the part of one that it stands for: half, quarter."""
    fraction_beginnings: Mapping[str, Fraction]

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
        if self.beginnings is None:
            return
        start = self.beginnings.match(word)
        if start is not None and (
            len(word) - start.end() >= FEWEST_LETTERS or word[start.end() :] in ORDINAL_ENDINGS
        ):
            yield self.beginning_values[start[0]]
            joint = start.end() + word.startswith("и", start.end())
            if (second := self.beginnings.match(word, joint)) is not None:  # семидесятидевяти-
                yield self.beginning_values[start[0]] + self.beginning_values[second[0]]

    def fraction_of(self, word: str) -> tuple[Fraction, int] | None:
        """Return the fraction that a word in small letters begins with, and the scale of its rest.

        Half is (1/2, 0), полмиллиона (1/2, 6).
        """
        if word in self.fractions:
            return self.fractions[word], 0
        for start, value in self.fraction_beginnings.items():
            if word.startswith(start) and len(word) > len(start):
                return value, self.scale_of(word.removeprefix(start).removeprefix("-"))
        return None


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
        fractions=_fractions_by_word(tables["fractions"]),
        fraction_beginnings=_fractions_by_word(tables["fraction_beginnings"]),
    )


def _by_word(table: Mapping[str, str]) -> dict[str, int]:
    return {word: int(value) for value, words in table.items() for word in words.split()}


def _fractions_by_word(table: Mapping[str, str]) -> dict[str, Fraction]:
    return {word: Fraction(value) for value, words in table.items() for word in words.split()}


def month_amounts(text: str, language: Language) -> set[Amount]:
    """Return the numbers of the months that a text names."""
    months = number_tables(language).months
    words = (match[0] for match in WORD.finditer(text.lower()))
    return {amount_of_int(months[word]) for word in words if word in months}


def word_amounts(text: str, language: Language) -> set[Amount]:
    """Return what the number words, months and Roman numerals of a text may stand for.

    Each word on its own, too: of "twenty-five" also 20 and 5.

    >>> word_amounts("Two hundred and five thousand", Language.EN) >= {amount_of("205000")}
    True
    """
    tables = number_tables(language)
    found: set[Amount] = {*map(amount_of_int, _romans(text)), *_fractions(text, tables)}
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


def _fractions(text: str, tables: NumberTables) -> Iterator[Amount]:
    """Yield what halves and quarters may come to: half a million, two and a half, two thirds."""
    words = WORD.findall(text.lower().replace("ё", "е"))
    for place, word in enumerate(words):
        found = tables.fraction_of(word)
        if found is None:
            continue
        part, power = found
        after = next((w for w in words[place + 1 : place + 4] if w not in FRACTION_LINKS), "")
        power = power or tables.scale_of(after)
        yield amount_of_fraction(part, power=power)
        before = [w for w in words[max(0, place - 4) : place] if w not in FRACTION_LINKS][-2:]
        scale = tables.scale_of(before[-1]) if before else 0
        counted = before[:-1] if scale else before[-1:]
        values = tables.values.get(counted[-1], (1,)) if counted else (1,)
        for value in values:
            yield amount_of_fraction(value + part, power=power or scale)
            yield amount_of_fraction(value * part, power=power)


def _romans(text: str) -> Iterator[int]:
    for match in ROMAN.finditer(text):
        values = [ROMAN_VALUES[letter] for letter in match[0]]
        following = [*values[1:], 0]
        yield sum(
            -value if value < after else value
            for value, after in zip(values, following, strict=True)
        )
