"""Sentence pairs once more, with names that nobody has: from them a model learns to spell names.

A small model garbles names that it saw too seldom. Where both sides of a pair have the same name,
another can stand as well: the beginning of one name of the data and the end of another. In
Cyrillic letters both are cut where their two spellings can be, and the case ending stays.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from alignment.names import sound_of
from service.domain.language import Direction, Language

Pair: TypeAlias = tuple[str, str, str]
"""Domain, one side, the other."""
Spellings: TypeAlias = tuple[str, str]
"""A name as the one side and as the other writes it."""

CYRILLIC_TIMES: Final = 3
"""How often a pair comes again if a name of it is in Cyrillic letters: there are few of them."""
AFTER_CONSONANT: Final = ("ом", "ем", "а", "у", "е", "")
AFTER_A: Final = ("ой", "ей", "ы", "и", "у", "е", "а")
"""Case endings of Russian names, the nominative last."""
SHORTEST_STEM: Final = 3

_LATIN: Final = re.compile(
    r"(?<![\w'’.@/-])[A-Z](?:[a-zà-öø-ÿ]{2,}|[A-Z]{1,4})(?![\w@/-]|['’](?!s\b))"
)
_CYRILLIC: Final = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]{2,}(?![\w-])")
_VOWELS: Final = frozenset("aeiouyàâäéèêëîïôöûüаеёиоуыэюя")
_NO_CONSONANTS: Final = _VOWELS | frozenset("йьъ")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that both sides of a pair have, each once."""

    source: str
    target: str
    endings: tuple[str, ...] = ()
    """Those of its declension, in Cyrillic letters."""
    ending: str = ""


def with_other_names(pairs: Sequence[Pair], languages: Direction, *, seed: int) -> Iterator[Pair]:
    """Yield the pairs whose sides have a name in common again, with other names.

    Args:
        pairs: Of sentences.
        languages: Of their sides; in this order.
        seed: Of all random choices.
    """
    shared = _declined if languages.target is Language.RU else _copied
    found = [(pair, names) for pair in pairs if (names := list(shared(*pair[1:])))]
    known: defaultdict[tuple[str, ...], set[Spellings]] = defaultdict(set)
    for name in (name for _, names in found for name in names):
        if name.endings[-1:] in {(), (name.ending,)} and not name.source.isupper():
            known[name.endings].add((name.source, name.target))
    pools = {endings: sorted(filter(_cuts, names)) for endings, names in known.items()}
    chance = random.Random(seed)  # noqa: S311 - training data, no secret
    for (domain, source, target), names in found:
        for _ in range(CYRILLIC_TIMES if any(name.endings for name in names) else 1):
            others = [_other(name, pools.get(name.endings, []), chance) for name in names]
            ours = {name.source: other for name, (other, _) in zip(names, others, strict=True)}
            theirs = {name.target: other for name, (_, other) in zip(names, others, strict=True)}
            yield domain, _renamed(source, ours), _renamed(target, theirs)


def _copied(source: str, target: str) -> Iterator[_Name]:
    """Yield the names that both sides write alike; not the first word of both."""
    theirs = set(_once(_LATIN, target))
    for word in _once(_LATIN, source):
        if word in theirs and not (source.startswith(word) and target.startswith(word)):
            yield _Name(word, word)


def _declined(source: str, target: str) -> Iterator[_Name]:
    """Yield the names that both sides write alike, or the target in Cyrillic letters."""
    copied = list(_copied(source, target))
    yield from copied
    theirs = _once(_CYRILLIC, target)
    if not theirs:
        return
    for word in _once(_LATIN, source):
        if any(word == name.source for name in copied):
            continue
        spelt = [name for other in theirs if (name := _spelt(word, other)) is not None]
        if len(spelt) == 1 and not (source.startswith(word) and target.startswith(spelt[0].target)):
            yield spelt[0]


def _spelt(word: str, other: str) -> _Name | None:
    """Return both as one name if the second is the first in Cyrillic letters, whatever its case."""
    if word.isupper():
        return None
    endings = AFTER_A if word.endswith("a") else AFTER_CONSONANT
    stem_sounds = _sound(word.removesuffix("a"))
    for ending in endings:
        stem = other.removesuffix(ending)
        fits = other.endswith(ending) and len(stem) >= SHORTEST_STEM
        if fits and stem[-1] not in _NO_CONSONANTS and _sound(stem) == stem_sounds:
            return _Name(word, other, endings, ending)
    return None


def _other(name: _Name, pool: Sequence[Spellings], chance: random.Random) -> Spellings:
    """Return another name in the same letters and case."""
    if name.source.isupper():
        initials = "".join(chance.choices(_CAPITALS, k=len(name.source)))
        return initials, initials
    if not pool:
        return name.source, name.target
    first, second = chance.choices(pool, k=2)
    source_head, target_head = chance.choice(_cuts(first))
    source_tail, target_tail = chance.choice(_cuts(second))
    source = first[0][:source_head] + second[0][source_tail:]
    target = first[1][:target_head] + second[1][target_tail:]
    return source, _with_ending(target, name)


def _with_ending(nominative: str, name: _Name) -> str:
    """Return a name of the same declension in the same case."""
    if not name.endings:
        return nominative
    stem = nominative.removesuffix(name.endings[-1])
    ending = name.ending
    if stem[-1] in "жчшщц":
        ending = {"ом": "ем", "ой": "ей"}.get(ending, ending)
    if stem[-1] in "гкхжчшщ":
        ending = {"ы": "и"}.get(ending, ending)
    return stem + ending


@cache
def _cuts(name: Spellings) -> list[tuple[int, int]]:
    """Return where both spellings can be cut: after a vowel, before a consonant, at one sound."""
    source, target = name
    if source == target:
        return [(place, place) for place in _after_vowels(source)]
    return [
        (here, there)
        for here in _after_vowels(source)
        for there in _after_vowels(target)
        if _sound(source[:here]) == _sound(target[:there])
        and _sound(source[here:]) == _sound(target[there:])
    ]


def _after_vowels(word: str) -> list[int]:
    return [
        place
        for place in range(2, len(word) - 1)
        if word[place - 1] in _VOWELS and word[place] not in _VOWELS
    ]


@cache
def _sound(word: str) -> str:
    return sound_of(word)


def _once(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the words that a pattern finds exactly once in a text."""
    return [word for word, times in Counter(pattern.findall(text)).items() if times == 1]


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for pattern in (_LATIN, _CYRILLIC):
        text = pattern.sub(lambda match: names.get(match[0], match[0]), text)
    return text
