"""Numbers: every figure of the source is in the target, and no other, in whatever notation."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode
from service.mt.checks.amounts import (
    Amount,
    amount_of,
    amount_of_int,
    last_two_digits,
    shown,
    times_ten,
)
from service.mt.checks.number_words import NumberTables, number_tables, word_amounts

NUMBER: Final = re.compile(
    r"(?<![0-9])[0-9]{1,3}(?:(?:[ \u00a0\u202f\u2009][0-9]{3})+|(?:['’][0-9]{3})+)(?![0-9])"
    r"(?:[.,][0-9]+(?![0-9]))?"
    r"|[0-9]+(?:[.,][0-9]+)*"
)
"""A space groups digits only in threes: "in 2013 40 people" has two numbers."""

SCALE: Final = re.compile(r"[ \u00a0\u202f-]?([^\W\d_]+)\b")
AFTERNOON: Final = re.compile(
    r"(?::[0-9]{2})?[ \u00a0\u202f]?(?:p\.?[ ]?m\b"
    r"|h(?:eures?)?[0-9 ]{0,5}(?:du soir|de l['’]après-midi)|(?:час[а-я]* )?(?:дня|вечера))",
    re.IGNORECASE,
)
FULL_HOUR: Final = re.compile(
    r"[0-9](?::|[ \u00a0\u202f]?[hHч][ \u00a0\u202f]?)(?P<minutes>00)(?![0-9])"
)
"""The minutes of 15:00, which 3 p.m. has not."""
RANGE: Final = re.compile(r"[ \u00a0\u202f]?[-–—][ \u00a0\u202f]?[0-9]+(?:[.,][0-9]+)?")
"""The rest of "5-10 million", of which 5 is millions, too."""
DATE_DIGITS: Final = frozenset({1, 2, 4})
"""Digits of the numbers of a date or a time."""
HALF_DAY: Final = 12
MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number written in digits."""

    span: Span
    amounts: tuple[Amount, ...]
    """What it may be, the likeliest first."""
    parts: tuple[tuple[Amount, ...], ...] = ()
    """As a date, a time or a section: its numbers, one by one, in every way to read them."""


def check_numbers(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag with the figures that only one side has, each with its place.

    Number words, months and Roman numerals excuse a figure of the other side and are never
    missed themselves.
    """
    ours, theirs = (
        list(read_figures(source, direction.source)),
        list(read_figures(target, direction.target)),
    )
    if not ours and not theirs:
        return []
    missing, added = _match(ours, theirs)
    if missing:
        missing = _unexcused(missing, target, direction.target, theirs)
    if added:
        added = _unexcused(added, source, direction.source, ours)
    if not missing and not added:
        return []
    notes = [f"numbers missing: {_list(missing)}"] if missing else []
    notes += [f"numbers only in the draft: {_list(added)}"] if added else []
    return [
        Flag(
            code=FlagCode.NUMBERS,
            note="; ".join(notes),
            source=tuple(figure.span for figure in missing),
            target=tuple(figure.span for figure in added),
        )
    ]


def read_figures(text: str, language: Language) -> Iterator[Figure]:
    """Yield the numbers that a text writes in digits, read as the language writes them."""
    tables = number_tables(language)
    idle = {match.start("minutes") for match in FULL_HOUR.finditer(text)}
    for match in NUMBER.finditer(text):
        if match.start() not in idle:
            yield _figure(text, match, language, tables)


def _figure(text: str, match: re.Match[str], language: Language, tables: NumberTables) -> Figure:
    plain = re.sub(r"[ \u00a0\u202f\u2009'’]", "", match[0])
    pieces = re.split(r"[.,]", plain)
    amounts = [_amount(plain, pieces, language)]
    if len(pieces) <= 2:  # noqa: PLR2004 - one decimal sign
        power, maybe = _scales(text, match.end(), tables)
        amounts = [times_ten(amounts[0], power), *([times_ten(amounts[0], maybe)] if maybe else [])]
    is_date = len(pieces) > 1 and all(len(piece) in DATE_DIGITS for piece in pieces)
    parts = [tuple(map(amount_of, pieces))] if is_date else []
    if len(plain) == 4 and plain.startswith("0"):  # noqa: PLR2004 - 0530
        parts.append((amount_of(plain[:2]), amount_of(plain[2:])))
    is_hour = len(pieces[0]) <= 2 and int(pieces[0]) <= HALF_DAY  # noqa: PLR2004 - digits of it
    if is_hour and AFTERNOON.match(text, match.end()):
        late = amount_of_int(int(pieces[0]) + HALF_DAY)
        parts.append((late, *map(amount_of, pieces[1:])))
    return Figure(span=Span(*match.span()), amounts=tuple(amounts), parts=tuple(parts))


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


def _scales(text: str, start: int, tables: NumberTables) -> tuple[int, int]:
    """Return the powers of ten that a figure is multiplied by, surely and perhaps."""
    power = 0
    while (match := SCALE.match(text, start)) and (more := tables.scale_of(match[1].lower())):
        power += more
        start = match.end()
    if power:
        return power, 0
    if match is not None:
        return 0, tables.maybe.get(match[1].lower(), 0)
    if (upper := RANGE.match(text, start)) and (after := SCALE.match(text, upper.end())):
        return 0, tables.scale_of(after[1].lower())
    return 0, 0


def _match(ours: Sequence[Figure], theirs: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """Return the figures of both sides that have no counterpart on the other."""
    left = dict(enumerate(theirs))
    for likeliest_only in (True, False):
        places: dict[Amount, list[int]] = defaultdict(list)
        for index, figure in reversed(left.items()):
            for amount in figure.amounts[:1] if likeliest_only else figure.amounts:
                places[amount].append(index)
        waiting = []
        for figure in ours:
            found = None
            for amount in figure.amounts[:1] if likeliest_only else figure.amounts:
                candidates = places[amount]
                while candidates and candidates[-1] not in left:
                    candidates.pop()
                if candidates:
                    found = candidates.pop()
                    break
            if found is None:
                waiting.append(figure)
            else:
                del left[found]
        ours = waiting
    return list(ours), list(left.values())


def _unexcused(
    figures: Iterable[Figure], other: str, language: Language, others: Sequence[Figure]
) -> list[Figure]:
    """Return the figures for which the other side has neither words nor another notation."""
    excuses = word_amounts(other, language)
    digits = {amount for figure in others for amount in figure.amounts}
    for figure in others:
        excuses.update(*figure.parts)
        excuses.update(filter(None, map(last_two_digits, figure.amounts)))

    def is_excused(figure: Figure) -> bool:
        if not excuses.isdisjoint(figure.amounts):
            return True
        if any(digits.union(excuses).issuperset(parts) for parts in figure.parts):
            return True
        short = last_two_digits(figure.amounts[0])
        return short is not None and (short in excuses or short in digits)

    return [figure for figure in figures if not is_excused(figure)]


def _list(figures: Sequence[Figure]) -> str:
    named = ", ".join(shown(figure.amounts[0]) for figure in figures[:MOST_NAMED])
    return named + (" …" if len(figures) > MOST_NAMED else "")
