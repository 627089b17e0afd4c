"""Errors planted in good translations, to see which of them the checks find."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from alignment.names import shared_names
from service.domain.language import Direction, Language
from service.domain.translation import FlagCode


class ErrorKind(StrEnum):
    """What is planted."""

    NUMBER_CHANGED = "number_changed"
    NUMBER_DROPPED = "number_dropped"
    NAME_DROPPED = "name_dropped"
    LINK_BROKEN = "link_broken"
    PLACEHOLDER_LOST = "placeholder_lost"
    HALF_MISSING = "half_missing"
    LOOP = "loop"
    UNTRANSLATED = "untranslated"
    WRONG_SCRIPT = "wrong_script"
    LEFTOVER = "leftover"
    MEANING_SWAPPED = "meaning_swapped"


EXPECTED: Final[Mapping[ErrorKind, frozenset[FlagCode]]] = {
    ErrorKind.NUMBER_CHANGED: frozenset({FlagCode.NUMBERS}),
    ErrorKind.NUMBER_DROPPED: frozenset({FlagCode.NUMBERS}),
    ErrorKind.NAME_DROPPED: frozenset({FlagCode.NAMES}),
    ErrorKind.LINK_BROKEN: frozenset({FlagCode.LINKS}),
    ErrorKind.PLACEHOLDER_LOST: frozenset({FlagCode.PLACEHOLDERS}),
    ErrorKind.HALF_MISSING: frozenset({FlagCode.LENGTH, FlagCode.MEANING}),
    ErrorKind.LOOP: frozenset({FlagCode.REPETITION}),
    ErrorKind.UNTRANSLATED: frozenset({FlagCode.UNTRANSLATED}),
    ErrorKind.WRONG_SCRIPT: frozenset({FlagCode.SCRIPT}),
    ErrorKind.LEFTOVER: frozenset({FlagCode.LEFTOVER}),
    ErrorKind.MEANING_SWAPPED: frozenset({FlagCode.MEANING}),
}
"""The flags that name an error for what it is."""

FIGURE: Final = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
ADDRESSES: Final = (
    "https://example.org/news/{n}",
    "http://www.example.com/a?id={n}&lang=x",
    "desk{n}@example.org",
)
PLACEHOLDERS: Final = (
    "{{name}}",
    "%s",
    "%1$s",
    "{{{{count}}}}",
    '<x id="{n}"/>',
    "${{user}}",
    "%(n)d",
)
PIECES: Final = ("<unk>", "▁", ">>fra<<", "\ufffd", "XX{n}", "@@", "<0x0A>")
LOOKALIKES: Final = str.maketrans("aceopxyTHKMBC", "асеорхуТНКМВС")
LATIN_OF: Final = str.maketrans(
    "абвгдезийклмнопрстуфхцчшыэюя", "abvgdeziiklmnoprstufhccsyeua", "ъьжщ"
)
"""Roughly: what a model may write when it takes the wrong alphabet."""
CYRILLIC_WORDS: Final = ("который", "правительство", "сегодня", "также", "человек")
FEWEST_WORDS: Final = 8
"""Of a sentence of which half can be missing or left in the source language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedPair:
    """A sentence, its translation, and that of the sentence after it."""

    source: str
    target: str
    neighbour: str


def plant_error(
    pair: TranslatedPair, kind: ErrorKind, direction: Direction, random: Random
) -> tuple[str, str] | None:
    """Return source and target with an error of the kind, or None where there is no place for it.

    The source is another one only where a link or a placeholder has to be there first.
    """
    if kind is ErrorKind.LINK_BROKEN:
        source, target, address = insert(pair, random.choice(ADDRESSES), random)
        return source, target.replace(address, _break(address, random))
    if kind is ErrorKind.PLACEHOLDER_LOST:
        source, target, placeholder = insert(pair, random.choice(PLACEHOLDERS), random)
        return source, target.replace(placeholder, random.choice(("", placeholder[:-1])))
    if kind is ErrorKind.NAME_DROPPED:
        planted = _drop_name(pair, direction, random)
    elif kind is ErrorKind.WRONG_SCRIPT:
        planted = _change_script(pair.target, direction.target, random)
    else:
        planted = _PLANTERS[kind](pair, random)
    return None if planted in {None, "", pair.target} else (pair.source, str(planted))


def insert(pair: TranslatedPair, pattern: str, random: Random) -> tuple[str, str, str]:
    """Return both texts with the same copy before their last sign, and the copy."""
    copy = pattern.format(n=random.randint(1, 9999))
    source, target = (
        re.sub(r"(?s)(\W*)$", lambda end: f" {copy}{end[1]}", text, count=1)
        for text in (pair.source, pair.target)
    )
    return source, target, copy


def _break(address: str, random: Random) -> str:
    place = random.randrange(len(address) // 2, len(address) - 2)
    return random.choice(
        (
            address[:place] + address[place + 1 :],
            address[:place] + " " + address[place:],
            "",
        )
    )


def _change_number(pair: TranslatedPair, random: Random) -> str | None:
    figures = list(FIGURE.finditer(pair.target))
    if not figures:
        return None
    figure = random.choice(figures)
    digits = [place for place in range(*figure.span()) if pair.target[place].isdigit()]
    place = random.choice(digits)
    other = random.choice([digit for digit in "123456789" if digit != pair.target[place]])
    return pair.target[:place] + other + pair.target[place + 1 :]


def _drop_number(pair: TranslatedPair, random: Random) -> str | None:
    figures = list(FIGURE.finditer(pair.target))
    if not figures:
        return None
    start, end = random.choice(figures).span()
    return pair.target[:start].rstrip() + pair.target[end:]


def _drop_name(pair: TranslatedPair, direction: Direction, random: Random) -> str | None:
    names = shared_names(
        [pair.source],
        [pair.target],
        source_language=direction.source.value,
        target_language=direction.target.value,
    )
    if not names:
        return None
    _, name = random.choice(names)
    return re.sub(rf"\s?\b{re.escape(name)}\b", "", pair.target)


def _cut_half(pair: TranslatedPair, _random: Random) -> str | None:
    words = pair.target.split()
    return " ".join(words[: len(words) // 2]) if len(words) >= FEWEST_WORDS else None


def _loop(pair: TranslatedPair, random: Random) -> str | None:
    words = pair.target.split()
    size, times = random.randint(1, 4), random.randint(3, 6)
    if len(words) < size:
        return None
    start = random.randint(0, len(words) - size)
    run = words[start : start + size]
    return " ".join(words[:start] + run * times + words[start + size :])


def _leave(pair: TranslatedPair, random: Random) -> str | None:
    ours, theirs = pair.source.split(), pair.target.split()
    if len(ours) < FEWEST_WORDS or pair.source == pair.target:
        return None
    tail = theirs[: len(theirs) // 2] + ours[len(ours) // 2 :]
    return random.choice((pair.source, " ".join(tail)))


def _change_script(target: str, language: Language, random: Random) -> str | None:
    words = [match for match in LONG_WORD.finditer(target) if match[0].islower()]
    if not words:
        return None
    word = random.choice(words)
    if language is Language.RU:
        other = word[0].translate(LATIN_OF)
    else:
        other = random.choice((word[0].translate(LOOKALIKES), random.choice(CYRILLIC_WORDS)))
    return target[: word.start()] + other + target[word.end() :]


def _add_leftover(pair: TranslatedPair, random: Random) -> str:
    words = pair.target.split()
    piece = random.choice(PIECES).format(n=random.randint(1, 9))
    place = random.randrange(len(words))
    if piece in {"▁", "@@"}:
        words[place] += piece
    else:
        words.insert(place, piece)
    return " ".join(words)


def _swap(pair: TranslatedPair, _random: Random) -> str:
    return pair.neighbour


_PLANTERS: Final[Mapping[ErrorKind, Callable[[TranslatedPair, Random], str | None]]] = {
    ErrorKind.NUMBER_CHANGED: _change_number,
    ErrorKind.NUMBER_DROPPED: _drop_number,
    ErrorKind.HALF_MISSING: _cut_half,
    ErrorKind.LOOP: _loop,
    ErrorKind.UNTRANSLATED: _leave,
    ErrorKind.LEFTOVER: _add_leftover,
    ErrorKind.MEANING_SWAPPED: _swap,
}
