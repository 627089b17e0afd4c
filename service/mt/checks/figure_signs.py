"""What stands beside a figure and must not be lost: its minus, percent, currency, thousands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.mt.checks.amounts import Amount
from service.mt.checks.figures import Figure

SPACES: Final = "[ \u00a0\u202f\u2009]?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign that one side has at a figure and the other side has nowhere."""

    name: str
    """As a person knows it."""
    span: Span
    """The figure's and the sign's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    name: str
    before: re.Pattern[str] | None = None
    """What ends right before a figure that has the sign."""
    after: re.Pattern[str] | None = None
    """What begins right after such a figure, or after the words of its scale."""
    kept: re.Pattern[str]
    """What anywhere in the other text counts as the sign, in any of the languages."""


def _currency(name: str, *, signs: str, codes: str, kept: str) -> _Kind:
    either = f"(?:{signs}|\\b(?:{codes})\\b)"
    return _Kind(
        name=name,
        before=re.compile(f"(?P<sign>{signs}|\\b(?:{codes})){SPACES}[-−–]?$"),
        after=re.compile(f"{SPACES}{either}"),
        kept=re.compile(f"{either}|{kept}", re.IGNORECASE),
    )


KINDS: Final = (
    _Kind(
        name="-",
        before=re.compile("(?:^|(?<![0-9])[ \u00a0]|[(=])(?P<sign>[-–\u2212])$"),
        kept=re.compile(
            r"[-−–‑—][ \u00a0\u202f]?[$€£₽]?[0-9]|\b(?:minus|moins|минус|below|under|sous|ниже"
            r"|n[ée]gati|отрицат|less|fewer|down|drop|f[ae]ll|declin|decreas|los[est]|lower|frost"
            r"|baiss|recul|chut|pert|diminu|inf[ée]r|сни[зж]|упа|пад|сокра|убы|потер|мень|менее|мороз"
            r"|умен|вычи|subtra|soustr|froid|cold|холод)",
            re.IGNORECASE,
        ),
    ),
    _Kind(
        name="%",
        after=re.compile(f"{SPACES}[%％]"),
        kept=re.compile(
            r"[%％‰٪]|\bper[ -]?cents?\b|percent|\bpour[ -]?cents?|процент|(?<![^\W\d_])p\.?\s?c\b"
            r"|points?\b|пункт|\bп\.\s?п",
            re.IGNORECASE,
        ),
    ),
    _currency(
        "$",
        signs=r"\$",
        codes="USD",
        kept=r"dollar|доллар|\bдолл|бакс|\bbucks?\b|\bcents?\b|\bцент(?:а|ы|ов)?\b|\bpesos?\b|песо",
    ),
    _currency(
        "€",
        signs="€",
        codes="EUR",
        kept=r"\beuros?\b|\bевро(?![а-я])|\bcents?\b|\bцент(?:а|ы|ов)?\b",
    ),
    _currency(
        "£",
        signs="£",
        codes="GBP",
        kept=r"\bpounds?\b|\blivres?\b|фунт|sterling|стерлинг|\bquid\b|\bpence\b|\bпенс(?:а|ы|ов)?\b|\bpennies",
    ),
    _currency(
        "₽",
        signs="₽",
        codes="RUB",
        kept=r"\bro?ubles?\b|рубл|\bруб\b|\bр\.|\bкоп(?:ей|ее|\.)|kope|\bRUR\b",
    ),
)
THOUSANDS: Final = _Kind(
    name="k",
    after=re.compile(r"[kк](?!\w)"),
    kept=re.compile(r"[0-9][ \u00a0\u202f]?[kк]|\b(?:thousand|mille|тыс|kilo|кило)", re.IGNORECASE),
)
BESIDE_CHARS: Final = 12


def lost_signs(
    text: str, figures: Sequence[Figure], other: str, others: Sequence[Figure]
) -> list[Sign]:
    """Return the signs of figures that the other text has as well, but without any such sign.

    Precise rather than complete: a sign anywhere in the other text, or a word for it, will do.
    """
    known = {amount for figure in others for amount in figure.amounts}
    found = []
    for kind in (*KINDS, THOUSANDS):
        lost = list(_lost(kind, text, figures, known))
        if lost and kind.kept.search(other) is None:
            found += lost
    return found


def _lost(kind: _Kind, text: str, figures: Sequence[Figure], known: set[Amount]) -> Iterator[Sign]:
    for figure in figures:
        if kind is THOUSANDS and figure.amounts[0] not in known:
            continue  # the other text has it with its thousands
        if not known.isdisjoint(figure.amounts) and (span := _with_sign(kind, text, figure)):
            yield Sign(name=kind.name, span=span)


def _with_sign(kind: _Kind, text: str, figure: Figure) -> Span | None:
    """Return the place of a figure with its sign, if it has that sign."""
    start, end = figure.span.start, figure.span.end
    near = max(0, start - BESIDE_CHARS)
    if kind.before and (match := kind.before.search(text[near:start])):
        return Span(near + match.start("sign"), end)
    if kind.after and (match := kind.after.match(text, end) or kind.after.match(text, figure.end)):
        return Span(start, match.end())
    return None
