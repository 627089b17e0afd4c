"""Why two sides of a bead belong together, for the person who reviews it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alignment.names import shared_names
from alignment.numbers import numbers_as_written

ALIKE_NATS: Final = 3.0
"""Twenty to one: evidence from here on needs no help from the bead's neighbours."""
MOST_SHOWN: Final = 3
"""Numbers, and names, that a reason gives."""
LEAST_NUMBER_CHARS: Final = 2
"""A single digit is in too many paragraphs to be a reason."""

MOST_CHARS: Final = 10_000
"""Of each paragraph, from its start, that are searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What ties the two sides of a bead; nothing does where one of them is empty."""

    numbers: tuple[str, ...] = ()
    """In both texts, as the source writes them, in its order."""
    names: tuple[str, ...] = ()
    """In both texts, as the source writes them, in its order."""
    through: int | None = None
    """The edition that ties it, from 0, where the pair's own evidence does not."""
    alike: bool = False
    """Whether what the texts say is evidence enough."""
    context: bool = False
    """Whether its place between its neighbours carries it."""
    pinned: bool = False
    """Whether a person said so."""


def find_reason(
    source_texts: Sequence[str],
    target_texts: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    score: float,
    through: int | None = None,
    pinned: bool = False,
) -> Reason:
    """Return why the paragraphs of a bead belong together.

    Args:
        source_texts: The bead's paragraphs of one edition.
        target_texts: Those of the other.
        source_language: ISO 639-1 code.
        target_language: The same for the target.
        score: Evidence of the texts for the bead over leaving both sides unmatched, in nats; high
            is good.
        through: The edition, from 0, without which the bead would not be.
        pinned: Whether a person said so.
    """
    if not source_texts or not target_texts:
        return Reason(pinned=pinned)
    source_texts = [text[:MOST_CHARS] for text in source_texts]
    target_texts = [text[:MOST_CHARS] for text in target_texts]
    names = shared_names(
        source_texts,
        target_texts,
        source_language=source_language,
        target_language=target_language,
    )
    alike = score >= ALIKE_NATS
    return Reason(
        numbers=_shared_numbers(source_texts, target_texts)[:MOST_SHOWN],
        names=tuple(source for source, _ in names[:MOST_SHOWN]),
        through=through,
        alike=alike,
        context=not alike and through is None and not pinned,
        pinned=pinned,
    )


def _shared_numbers(source_texts: Sequence[str], target_texts: Sequence[str]) -> tuple[str, ...]:
    source, target = (numbers_as_written("\n".join(t)) for t in (source_texts, target_texts))
    return tuple(
        written
        for number, written in source.items()
        if number in target and len(number) >= LEAST_NUMBER_CHARS
    )


def describe(reason: Reason, language_names: Sequence[str]) -> str:
    """Return a reason in a few words of English.

    Args:
        reason: Of a bead.
        language_names: Of all editions, in their order.

    >>> describe(Reason(numbers=("1,250",), names=("Kidal",), alike=True), ["English", "French"])
    '1,250 and Kidal'
    """
    if reason.pinned:
        return "confirmed"
    parts = []
    if shared := [*reason.numbers, *reason.names]:
        *others, last = shared
        parts.append(f"{', '.join(others)} and {last}" if others else last)
    if reason.through is not None:
        parts.append(f"through {language_names[reason.through]}")
    if reason.context:
        parts.append("context")
    if not parts:
        return "alike" if reason.alike else "no counterpart"
    return "; ".join(parts)
