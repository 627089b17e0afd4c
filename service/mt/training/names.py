"""Sentence pairs once more, with names that nobody has: from them a model learns to spell names.

A small model garbles names that it saw too seldom. Where both sides of a pair have the same name,
another can stand as well: the beginning of one name of the data and the end of another. In Cyrillic
letters both spellings are cut at the same sound, and the case ending stays.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from alignment.names import sound_of
from service.domain.language import Direction, Language

Pair: TypeAlias = tuple[str, str, str]
"""Domain, one side, the other."""
Spellings: TypeAlias = tuple[str, str]
"""A name, or a part of one, as the one side and as the other writes it."""

CYRILLIC_TIMES: Final = 3
"""Times that a pair with a name in Cyrillic letters is there again: they are few."""
MASCULINE: Final = ("ом", "ем", "а", "у", "е", "")
"""Case endings of Russian names that end with a consonant, the nominative last."""
FEMININE: Final = ("ой", "ей", "ы", "и", "у", "е", "а")
"""Case endings of Russian names in -a, the nominative last."""
SURNAMES: Final = ("ов", "ев", "ёв", "ин", "ын")
"""Ends of stems that are declined in part like adjectives; such names are left as they are."""
SHORTEST_STEM: Final = 3

_LATIN: Final = re.compile(
    r"(?<![\w'’.@/-])[A-Z](?:[a-zà-öø-ÿ]{2,}|[A-Z]{1,4})(?![\w@/-]|['’](?!s\b))"
)
_CYRILLIC: Final = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]{2,}(?![\w-])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VOWELS: Final = frozenset("aeiouyàâäéèêëîïôöûüаеёиоуыэюя")
_NO_CONSONANTS: Final = _VOWELS | frozenset("йьъ")
_HARD: Final = {"ем": "ом", "ей": "ой", "и": "ы"}
_AFTER_HISSING: Final = {"ом": "ем", "ой": "ей", "ы": "и"}
_AFTER_BACK: Final = {"ы": "и"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name that both sides of a pair have, each once."""

    source: str
    target: str
    declension: tuple[str, ...] = ()
    """Its case endings, if the target is in Cyrillic letters."""
    ending: str = ""

    @property
    def is_initials(self) -> bool:
        return self.source.isupper()

    @property
    def is_nominative(self) -> bool:
        return not self.declension or self.ending == self.declension[-1]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What names of one declension are put together from."""

    heads: dict[bool, list[Spellings]] = field(default_factory=lambda: {True: [], False: []})
    """By whether they begin with a vowel, as words before a name may depend on that."""
    tails: list[Spellings] = field(default_factory=list)


def with_other_names(pairs: Sequence[Pair], languages: Direction, *, seed: int) -> Iterator[Pair]:
    """Yield each pair whose sides share a name with other names in their place.

    In the order of the pairs, ``CYRILLIC_TIMES`` times if one of the names is in Cyrillic letters.
    What cannot be changed is left out.

    Args:
        pairs: Of sentences.
        languages: Of their sides; in this order.
        seed: Of all random choices.
    """
    ordinary = _ordinary_words(source for _, source, _ in pairs)
    shared = _declined if languages.target is Language.RU else _copied
    found = [
        (pair, names)
        for pair in pairs
        if (names := [name for name in shared(*pair[1:]) if name.source not in ordinary])
    ]
    parts = _parts(name for _, names in found for name in names)
    chance = random.Random(seed)  # noqa: S311 - training data, no secret
    for (domain, source, target), names in found:
        for _ in range(CYRILLIC_TIMES if any(name.declension for name in names) else 1):
            ours: dict[str, str] = {}
            theirs: dict[str, str] = {}
            for name in names:
                ours[name.source], theirs[name.target] = _other(name, parts, chance)
            if len(set(ours.values())) == len(ours) and list(ours) != list(ours.values()):
                yield domain, _renamed(source, ours), _renamed(target, theirs)


def _ordinary_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words with a capital that are written without one as often."""
    times = Counter(word for text in texts for word in _WORD.findall(text))
    return frozenset(
        word for word, count in times.items() if word[0].isupper() and times[word.lower()] >= count
    )


def _copied(source: str, target: str) -> Iterator[_Name]:
    """Yield the names that both sides write alike."""
    theirs = set(_LATIN.findall(target))
    for word in dict.fromkeys(_LATIN.findall(source)):
        if word in theirs and source.count(word) == target.count(word) == 1:
            yield _Name(source=word, target=word)


def _declined(source: str, target: str) -> Iterator[_Name]:
    """Yield the names that both sides write alike, or the target in Cyrillic letters."""
    words = set(_LATIN.findall(source))
    for name in _copied(source, target):
        words.discard(name.source)
        yield name
    taken: set[str] = set()
    theirs = sorted(set(_CYRILLIC.findall(target)))
    for word in sorted(words) if theirs else ():
        spelt = [found for other in theirs if (found := _spelt(word, other)) is not None]
        once = len(spelt) == source.count(word) == target.count(spelt[0].target) == 1
        if once and spelt[0].target not in taken:
            taken.add(spelt[0].target)
            yield spelt[0]


def _spelt(word: str, other: str) -> _Name | None:
    """Return both as one name if the second is the first in Cyrillic letters, whatever its case."""
    if word.isupper():
        return None
    declension = FEMININE if word.endswith("a") else MASCULINE
    sound = _sound(word.removesuffix("a"))
    for ending in declension:
        stem = other.removesuffix(ending)
        fits = other.endswith(ending) and len(stem) >= SHORTEST_STEM
        if fits and stem[-1] not in _NO_CONSONANTS and _sound(stem) == sound:
            if stem.endswith(SURNAMES):
                return None
            return _Name(source=word, target=other, declension=declension, ending=ending)
    return None


def _parts(names: Iterable[_Name]) -> dict[tuple[str, ...], _Parts]:
    """Return the parts of names, by declension, in an order that follows from the names alone."""
    known = {
        (name.declension, name.source, name.target)
        for name in names
        if name.is_nominative and not name.is_initials
    }
    parts: defaultdict[tuple[str, ...], _Parts] = defaultdict(_Parts)
    for declension, source, target in sorted(known):
        for here, there in _cuts(source, target):
            begins = source[0].lower() in _VOWELS
            parts[declension].heads[begins].append((source[:here], target[:there]))
            parts[declension].tails.append((source[here:], target[there:]))
    return parts


def _cuts(source: str, target: str) -> list[tuple[int, int]]:
    """Return where both spellings can be cut: after a vowel, before a consonant, at one sound."""
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


@lru_cache(maxsize=2**16)
def _sound(word: str) -> str:
    return sound_of(word)


def _other(
    name: _Name, parts: Mapping[tuple[str, ...], _Parts], chance: random.Random
) -> Spellings:
    """Return another name in the same letters and case; the same where there is no other."""
    if name.is_initials:
        initials = "".join(chance.choices(_CAPITALS, k=len(name.source)))
        return initials, initials
    known = parts.get(name.declension, _Parts())
    heads = known.heads[name.source[0].lower() in _VOWELS]
    if not heads:
        return name.source, name.target
    source_head, target_head = chance.choice(heads)
    source_tail, target_tail = chance.choice(known.tails)
    return source_head + source_tail, _in_case(target_head + target_tail, name)


def _in_case(nominative: str, name: _Name) -> str:
    """Return a name of the same declension in the case of a name."""
    if not name.declension:
        return nominative
    stem = nominative.removesuffix(name.declension[-1])
    ending = _HARD.get(name.ending, name.ending)
    if stem[-1] in "жчшщц":
        ending = _AFTER_HISSING.get(ending, ending)
    elif stem[-1] in "гкх":
        ending = _AFTER_BACK.get(ending, ending)
    return stem + ending


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for pattern in (_LATIN, _CYRILLIC):
        text = pattern.sub(lambda match: names.get(match[0], match[0]), text)
    return text
