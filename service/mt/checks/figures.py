"""Figures: the numbers that a text writes in digits, read as its language writes them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from alignment.beads import Span
from service.domain.language import Language
from service.mt.checks.amounts import (
    Amount,
    add,
    amount_of,
    amount_of_fraction,
    amount_of_int,
    can_be_added,
    last_two_digits,
    times_ten,
)
from service.mt.checks.number_words import NumberTables, number_tables

PLAIN_DIGITS: Final = {0xFF10 + digit: str(digit) for digit in range(10)}
"""Digits as wide as Chinese signs."""
FRACTIONS: Final = {
    sign: tuple(map(int, unicodedata.normalize("NFKC", sign).split("\u2044")))
    for sign in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}
SPACE: Final = "[ \u00a0\u202f\u2009]"
NUMBER: Final = re.compile(
    rf"(?:(?<![0-9.,])(?P<whole>[0-9]{{1,3}}){SPACE}?)?(?P<sign>[{''.join(FRACTIONS)}])"
    rf"|(?<![0-9./,])(?:(?P<before>[0-9]{{1,3}}){SPACE})?"
    r"(?P<upper>[1-7])[/\u2044](?P<lower>[23458])(?![0-9/]|[.,][0-9])"
    rf"|(?<![0-9])[0-9]{{1,3}}(?:(?:{SPACE}[0-9]{{3}})+|(?:['’][0-9]{{3}})+)(?![0-9])"
    r"(?:[.,][0-9]+(?![0-9]))?"
    r"|[0-9]+(?:[.,][0-9]+)*(?:[eE](?P<exponent>[-+−]?[0-9]{1,3})(?![\w.,]*[0-9]))?"
)
"""A space groups digits only in threes: "in 2013 40 people" has two numbers."""

SCALE: Final = re.compile(r"[ \u00a0\u202f-]?([^\W\d_]+)\b")
AFTERNOON: Final = re.compile(
    r"(?::[0-9]{2})?[ \u00a0\u202f]?(?:p\.?[ ]?m\b"
    r"|h(?:eures?)?[0-9 ]{0,5}(?:du soir|de l['’]après-midi)|(?:час[а-я]* )?(?:дня|вечера))",
    re.IGNORECASE,
)
AFTER_MIDNIGHT: Final = re.compile(
    r"(?::[0-9]{2})?[ \u00a0\u202f]?(?:a\.?[ ]?m\b|(?:час[а-я]* )?ночи)", re.IGNORECASE
)
FULL_HOUR: Final = re.compile(
    r"[0-9](?::|[ \u00a0\u202f]?[hHч][ \u00a0\u202f]?)(?P<idle>00)(?![0-9])"
)
"""The minutes of 15:00, which 3 p.m. has not."""
POWER_OF_UNIT: Final = re.compile(r"(?<![^\W\d_])(?:[kdcm]?m|[кдсм]?м)(?P<idle>[23])(?!\w)")
"""The raised digit of a unit where it is not raised: m2, which may be written ㎡ or in words."""
RANGE: Final = re.compile(r"[ \u00a0\u202f]?[-–—][ \u00a0\u202f]?[0-9]+(?:[.,][0-9]+)?")
"""The rest of "5-10 million", of which 5 is millions, too."""
DATE_DIGITS: Final = frozenset({1, 2, 4})
"""Digits of the numbers of a date or a time."""
HALF_DAY: Final = 12
MOST_POWERS: Final = 3
"""Of ten, that a figure without words after it may share with another figure."""
SURELY_BEFORE_YEAR: Final = re.compile(r"(?:['’‘]|[^\W\d_]-)$")
BEFORE_YEAR: Final = re.compile(
    r"(?:\b(?:in|since|of|until|till|by|from|en|de|depuis|dès|à|au|ann[ée]es?|des"
    r"|years?|mid|late|early|после|до|от|с|по|в|к|год[а-я]*|начал[а-я]*|конц[а-я]*|середин[а-я]*)"
    r"[ \u00a0-]|[0-9][-–—/])$",
    re.IGNORECASE,
)
AFTER_YEAR: Final = re.compile(
    r"['’]?s\b|[-–—][емх]\b|-(?:ые|ых|го|й|м)\b|[ \u00a0](?:гг?\b|год)|[-–—/][0-9]"
)
YEAR_CHARS: Final = 16
"""That a word before a year is looked for in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number written in digits."""

    span: Span
    amounts: tuple[Amount, ...]
    """What it may be, the likeliest first."""
    parts: tuple[tuple[Amount, ...], ...] = ()
    """As a date, a time, a list or a sum: its numbers, one by one, in every way to read them."""
    power: int = 0
    """Of ten: what the words after it multiply by."""
    end: int
    """Where those words end."""
    short_year: Amount | None = None
    """The two digits of what may be a year: 98 of 1998."""
    year_signs: int = 0
    """Whether what stands around it speaks for a year: 1 somewhat, 2 surely ('98, JO-92)."""


def read_figures(text: str, language: Language) -> list[Figure]:
    """Return the numbers that a text writes in digits; 1 million 200 thousand is one."""
    text = text.translate(PLAIN_DIGITS)
    figures: list[Figure] = []
    for figure in _read_each(text, language):
        if figures and _belongs(figure, figures[-1], text):
            figures[-1] = _sum(figures[-1], figure)
        else:
            figures.append(figure)
    powers = sorted({figure.power for figure in figures if figure.power})[:MOST_POWERS]
    return [figure if figure.power else _perhaps_scaled(figure, powers) for figure in figures]


def _read_each(text: str, language: Language) -> Iterator[Figure]:
    tables = number_tables(language)
    idle = {
        match.start("idle")
        for pattern in (FULL_HOUR, POWER_OF_UNIT)
        for match in pattern.finditer(text)
    }
    for match in NUMBER.finditer(text):
        if match.start() not in idle:
            yield _figure(text, match, language, tables)


def _perhaps_scaled(figure: Figure, powers: Sequence[int]) -> Figure:
    """Return a figure that may share the words of another one: 5.2 of "5.2 or 9 million"."""
    more = (times_ten(figure.amounts[0], power) for power in powers)
    return replace(figure, amounts=(*figure.amounts, *more))


def _belongs(figure: Figure, last: Figure, text: str) -> bool:
    """Tell whether a figure is the rest of the one before it, as in 1 million 200 thousand."""
    return (
        0 < figure.power < last.power
        and not text[last.end : figure.span.start].strip()
        and can_be_added(figure.amounts[0])
        and can_be_added(last.amounts[0])
    )


def _sum(first: Figure, second: Figure) -> Figure:
    amount = add(first.amounts[0], second.amounts[0])
    return replace(
        first,
        span=Span(first.span.start, second.span.end),
        amounts=(amount,),
        parts=((first.amounts[0], second.amounts[0]),),
        power=second.power,
        end=second.end,
    )


def _figure(text: str, match: re.Match[str], language: Language, tables: NumberTables) -> Figure:
    if match["sign"] or match["lower"]:
        return _fraction(text, match, tables)
    written = re.sub(r"[ \u00a0\u202f\u2009'’]", "", match[0])
    if match["exponent"]:
        digits, _, exponent = written.lower().partition("e")
        amount = _amount(digits, re.split(r"[.,]", digits), language)
        amount = times_ten(amount, int(exponent.replace("−", "-")))
        return Figure(span=Span(*match.span()), amounts=(amount,), end=match.end())
    pieces = re.split(r"[.,]", written)
    amounts = [_amount(written, pieces, language)]
    power, end = 0, match.end()
    if len(pieces) <= 2:  # noqa: PLR2004 - one decimal sign
        power, end, maybe = _scales(text, end, tables)
        amounts = [times_ten(amounts[0], power), *([times_ten(amounts[0], maybe)] if maybe else [])]
    is_date = len(pieces) > 1 and all(len(piece) in DATE_DIGITS for piece in pieces)
    parts = [tuple(map(amount_of, pieces))] if is_date else []
    if len(written) == 4 and written.startswith("0"):  # noqa: PLR2004 - 0530
        minutes = () if written.endswith("00") else (amount_of(written[2:]),)
        parts.append((amount_of(written[:2]), *minutes))
    parts += _hours(text, match.end(), pieces)
    amounts += [amount_of(str(HALF_DAY + int(pieces[0])), pieces[1]) for _ in parts[1:] if is_date]
    return Figure(
        span=Span(*match.span()),
        amounts=tuple(amounts),
        parts=tuple(parts),
        power=power,
        end=end,
        short_year=_short_year(match, amounts[0]),
        year_signs=_year_signs(text, match),
    )


def _hours(text: str, end: int, pieces: Sequence[str]) -> Iterator[tuple[Amount, ...]]:
    """Yield the hour and minutes of a day of 24 hours for 3 p.m. and 12.30 a.m."""
    if len(pieces[0]) > 2 or int(pieces[0]) > HALF_DAY:  # noqa: PLR2004 - digits of an hour
        return
    minutes = tuple(map(amount_of, pieces[1:]))
    if AFTERNOON.match(text, end):
        yield amount_of_int(int(pieces[0]) + HALF_DAY), *minutes
    elif int(pieces[0]) == HALF_DAY and AFTER_MIDNIGHT.match(text, end):
        yield amount_of_int(0), *minutes


def _fraction(text: str, match: re.Match[str], tables: NumberTables) -> Figure:
    """Return ½, 1/2, 1½ or 1 1/2; with a stroke it may be a date or a range, too."""
    whole = int(match["whole"] or match["before"] or "0")
    upper, lower = (
        FRACTIONS[match["sign"]] if match["sign"] else (int(match["upper"]), int(match["lower"]))
    )
    power, end, _ = _scales(text, match.end(), tables)
    numbers = (whole, upper, lower) if whole else (upper, lower)
    return Figure(
        span=Span(*match.span()),
        amounts=(amount_of_fraction(whole + Fraction(upper, lower), power=power),),
        parts=(tuple(map(amount_of_int, numbers)),) if match["lower"] else (),
        power=power,
        end=end,
    )


def _short_year(match: re.Match[str], amount: Amount) -> Amount | None:
    is_short = len(match[0]) == 2 and match[0].isdigit()  # noqa: PLR2004 - '98
    return amount if is_short else last_two_digits(amount)


def _year_signs(text: str, match: re.Match[str]) -> int:
    before = text[max(0, match.start() - YEAR_CHARS) : match.start()]
    if SURELY_BEFORE_YEAR.search(before):
        return 2
    return int(bool(BEFORE_YEAR.search(before) or AFTER_YEAR.match(text, match.end())))


def _amount(plain: str, pieces: Sequence[str], language: Language) -> Amount:
    """Return the value of digits with points and commas between them.

    A single point or comma before exactly three digits is read as the language reads it. The same
    sign twice, but not before threes, is that of a date or a section.
    """
    signs = [sign for sign in plain if sign in ".,"]
    decimal_sign = "." if language is Language.EN else ","
    grouped = len(pieces[0]) <= 3 and all(len(piece) == 3 for piece in pieces[1:])  # noqa: PLR2004 - thousands
    alike = len(set(signs)) <= 1
    if not signs or (alike and grouped and (len(signs) > 1 or signs[0] != decimal_sign)):
        return amount_of("".join(pieces))
    if alike and len(signs) > 1:
        return ".".join(piece.lstrip("0") for piece in pieces), 0
    return amount_of("".join(pieces[:-1]), pieces[-1])


def _scales(text: str, start: int, tables: NumberTables) -> tuple[int, int, int]:
    """Return the power of ten of the words after a figure, where they end, and a doubtful power."""
    power = 0
    while (match := SCALE.match(text, start)) and (more := tables.scale_of(match[1].lower())):
        power += more
        start = match.end()
    if power:
        return power, start, 0
    if match is not None:
        return 0, start, tables.maybe.get(match[1].lower(), 0)
    if (upper := RANGE.match(text, start)) and (after := SCALE.match(text, upper.end())):
        return 0, start, tables.scale_of(after[1].lower())
    return 0, start, 0
