"""Numbers: every figure of the source is in the target, and no other, in whatever notation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode
from service.mt.checks.amounts import Amount, last_two_digits, shown
from service.mt.checks.figure_signs import Sign, lost_signs
from service.mt.checks.figures import Figure, read_figures
from service.mt.checks.number_words import month_amounts, word_amounts

MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What one text has to excuse a figure of the other."""

    figures: Sequence[Figure]
    words: frozenset[Amount]
    months: frozenset[Amount]
    plain: frozenset[Amount]
    """The words, and the figures that are no date and no decimal."""
    rows: frozenset[tuple[Amount, Amount]]
    """Figures one after the other, as in 17:30."""

    @staticmethod
    def of(text: str, language: Language, figures: Sequence[Figure]) -> "_Side":
        """Read the words of a text whose figures are known."""
        words = word_amounts(text, language)
        figures_alone = (
            figure
            for figure in figures
            if all(len(parts) < 2 for parts in figure.parts)  # noqa: PLR2004 - numbers of a time
        )
        return _Side(
            figures=figures,
            words=frozenset(words),
            plain=frozenset(words.union(*(figure.amounts for figure in figures_alone))),
            months=frozenset(month_amounts(text, language)),
            rows=frozenset(
                (hour, second.amounts[0])
                for first, second in pairwise(figures)
                for hour in (first.amounts[0], *(parts[0] for parts in first.parts[:1]))
            ),
        )

    def writes_apart(self, parts: tuple[Amount, ...]) -> bool:
        """Tell whether the two numbers of a date or a time are here: 17:30, 14 October."""
        first, second = parts
        return (
            parts in self.rows
            or (first in self.months and second in self.plain)
            or (second in self.months and first in self.plain)
        )


def check_numbers(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag with the figures that only one side has, each with its place.

    Number words, months and Roman numerals excuse a figure of the other side and are never
    missed themselves. A figure that both have keeps its minus, percent, currency and thousands.
    """
    ours = read_figures(source, direction.source)
    theirs = read_figures(target, direction.target)
    missing, added = _match(ours, theirs)
    if missing or added:
        our_side = _Side.of(source, direction.source, ours)
        their_side = _Side.of(target, direction.target, theirs)
        missing, added = (
            _unexcused(missing, own=our_side, other=their_side),
            _unexcused(added, own=their_side, other=our_side),
        )
    lost = lost_signs(source, ours, target, theirs)
    gained = lost_signs(target, theirs, source, ours)
    notes = [
        f"{what}: {listed}"
        for what, listed in (
            ("numbers missing", _list(missing)),
            ("numbers only in the draft", _list(added)),
            ("signs missing", _list_signs(lost)),
            ("signs only in the draft", _list_signs(gained)),
        )
        if listed
    ]
    if not notes:
        return []
    return [
        Flag(
            code=FlagCode.NUMBERS,
            note="; ".join(notes),
            source=_spans(missing, lost),
            target=_spans(added, gained),
        )
    ]


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


def _unexcused(figures: Iterable[Figure], *, own: _Side, other: _Side) -> list[Figure]:
    """Return those of the own figures for which the other side has no words or other notation."""
    excuses = set(other.words)
    dates = set()
    for figure in other.figures:
        for parts in figure.parts:
            if len(parts) != 2 or own.writes_apart(parts):  # noqa: PLR2004 - a time, a day and month
                excuses.update(parts)
            dates.add(tuple(sorted(parts)))
    years = _years(other.figures)

    def is_excused(figure: Figure) -> bool:
        if not excuses.isdisjoint(figure.amounts) or _is_short_year(figure, years, other.words):
            return True
        return any(
            other.writes_apart(parts)
            if len(parts) == 2  # noqa: PLR2004 - a time, a day and month
            else other.plain.issuperset(parts)
            or (len(parts) == 1 and excuses.issuperset(parts))
            or (_has_year(parts) and tuple(sorted(parts)) in dates)
            for parts in figure.parts
        )

    return [figure for figure in figures if not is_excused(figure)]


def _years(figures: Iterable[Figure]) -> dict[tuple[Amount, bool], int]:
    """Return the short form of each year, whether it is written so, and what speaks for a year."""
    years: dict[tuple[Amount, bool], int] = {}
    for figure in figures:
        if figure.short_year is not None:
            key = figure.short_year, figure.short_year == figure.amounts[0]
            years[key] = max(figure.year_signs, years.get(key, 0))
    return years


def _is_short_year(
    figure: Figure, years: Mapping[tuple[Amount, bool], int], words: frozenset[Amount]
) -> bool:
    """Tell whether the other side has a year in four digits and the figure in two, or reversed."""
    for (short, is_short), of_figure in _years([figure]).items():
        of_other = years.get((short, not is_short), 0)
        of_short, of_long = (of_figure, of_other) if is_short else (of_other, of_figure)
        is_there = (short, not is_short) in years
        if is_there and of_short and of_short + of_long >= 2:  # noqa: PLR2004 - both, or one surely
            return True
        if not is_short and of_figure and short in words:
            return True
    return False


def _has_year(parts: Iterable[Amount]) -> bool:
    return any(last_two_digits(part) is not None for part in parts)


def _list(figures: Sequence[Figure]) -> str:
    named = ", ".join(shown(figure.amounts[0]) for figure in figures[:MOST_NAMED])
    return named + (" …" if len(figures) > MOST_NAMED else "")


def _list_signs(signs: Sequence[Sign]) -> str:
    return ", ".join(dict.fromkeys(sign.name for sign in signs))


def _spans(figures: Sequence[Figure], signs: Sequence[Sign]) -> tuple[Span, ...]:
    found = {*(figure.span for figure in figures), *(sign.span for sign in signs)}
    return tuple(sorted(found, key=lambda span: (span.start, span.end)))
