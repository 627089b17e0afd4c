"""Proper names of a text, and which of them a text in another language has, too.

A name is told by its capital and compared by its spelling, by a list of names that differ, and by
how it sounds, roughly; the tables are in ``data/names.toml``. Precise rather than complete: a
reader is shown these as the reason why two paragraphs belong together.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, TypeAlias

from alignment.sentence_tables import normalise, tables_for

Key: TypeAlias = tuple[str, str]
"""A way to compare two names, and what is equal in both if they are the same."""

_BETWEEN_ALPHABETS: Final = frozenset({"few sounds", "consonants"})
"""Too rough where a name could as well be spelt alike."""
_LEAST_SOUNDS: Final = 4
"""Shorter names sound like others too easily."""
_LEAST_CONSONANTS: Final = 3
_LEAST_LETTERS: Final = 3
"""Of a stem, and of a name unless it is initials."""
_HEADLINE_SHARE: Final = 0.8
"""Where more of the words have a capital, it tells nothing."""
_HEADLINE_WORDS: Final = 3
"""Fewer words, after the first and without those of the grammar, are no headline."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.IGNORECASE)
_APOSTROPHE = re.compile("['’]")
_POSSESSIVE = re.compile(r"['’]s$")
_INSIDE = re.compile(r"[ \u00a0\u2009\u202f\d,(/\-–]+")
"""What stands between two words of a sentence."""
_CYRILLIC = re.compile("[а-я]")
_NO_SOUND = re.compile("[^a-z]")
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeo]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A word with a capital, or several in a row, in one of several texts."""

    word: str
    text: int
    start: int
    end: int
    after_space: bool
    sure: bool
    """Whether its own text is enough to tell that it is a name."""
    cyrillic: bool
    keys: frozenset[Key]

    def follows(self, before: "_Name") -> bool:
        """Whether only a space is between another name and this one."""
        return self.after_space and self.text == before.text and self.start == before.end + 1

    def with_next(self, after: "_Name") -> "_Name":
        """Return both as one."""
        return replace(self, word=f"{self.word} {after.word}", end=after.end)


def find_names(text: str, language: str) -> dict[Key, str]:
    """Return the names of a text as written, by each key under which another may be the same.

    A word with a capital is a name unless its place explains the capital: the beginning of a
    sentence, a headline. One that the text also has in small letters is none.

    >>> set(find_names("Il revient d'Alger.", "fr").values())
    {'Alger'}
    """
    found: dict[Key, str] = {}
    for name in _capitals([text], language):
        for key in name.keys if name.sure else ():
            found.setdefault(key, name.word)
    return found


def shared_names(
    source_texts: Sequence[str],
    target_texts: Sequence[str],
    *,
    source_language: str,
    target_language: str,
) -> tuple[tuple[str, str], ...]:
    """Return the names that both sides have, as the source and as the target write them.

    One side must be sure that it is a name; the other may begin a sentence with it. Names that
    follow each other on both sides are one. In the order of the source, each once.

    >>> shared_names(["Yesterday Paul Biya left Kidal."], ["Вчера Поль Бийя покинул Кидаль."],
    ...              source_language="en", target_language="ru")
    (('Kidal', 'Кидаль'),)
    """
    everything: defaultdict[Key, list[_Name]] = defaultdict(list)
    sure: defaultdict[Key, list[_Name]] = defaultdict(list)
    for name in _capitals(target_texts, target_language):
        for key in name.keys:
            everything[key].append(name)
            if name.sure:
                sure[key].append(name)
    listed: set[Key] = set()
    found: list[tuple[_Name, _Name]] = []
    for name in _capitals(source_texts, source_language):
        if listed & name.keys:
            continue
        partners = list(_partners(name, everything if name.sure else sure))
        if not partners:
            continue
        listed |= name.keys
        if found and name.follows(found[-1][0]):
            source, target = found[-1]
            following = [partner for partner in partners if partner.follows(target)]
            if following:
                found[-1] = source.with_next(name), target.with_next(following[0])
                continue
        found.append((name, min(partners, key=lambda partner: (partner.text, partner.start))))
    return tuple((source.word, target.word) for source, target in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostName:
    """A name of a text, and where it stands there."""

    word: str
    start: int
    end: int


def lost_names(
    source: str,
    target: str,
    *,
    source_language: str,
    target_language: str,
    is_kept: Callable[[str], bool],
) -> list[LostName]:
    """Return the names of a source that its translation seems to have nothing for, in order.

    None where the target has a word with a capital left over, which could stand for one of them as
    Londres stands for London, nor a name that begins as one of its words does. Initials are left
    out, and names that each language has its own word for: most stand as often for an adjective.

    Args:
        source: A sentence.
        target: Its translation.
        source_language: Of the source.
        target_language: Of the target.
        is_kept: Whether translations keep a word, so that it may be asked for.

    >>> lost = lost_names("Yesterday Macron met Merkel.", "Hier, il a rencontré Merkel.",
    ...                   source_language="en", target_language="fr", is_kept=str.istitle)
    >>> [name.word for name in lost]
    ['Macron']
    """
    sources = list(_capitals([source], source_language))
    if not any(name.sure for name in sources):
        return []
    targets = list(_capitals([target], target_language))
    theirs = frozenset().union(*(name.keys for name in targets))
    missing = [
        name
        for name in sources
        if name.sure and theirs.isdisjoint(name.keys) and not _has_own_forms(name)
    ]
    missing = [name for name in missing if is_kept(name.word)]
    if not missing:
        return []
    ours = frozenset().union(*(name.keys for name in sources))
    if any(ours.isdisjoint(name.keys) for name in targets):
        return []
    beginnings = {
        beginning
        for match in _WORD.finditer(target)
        for part in _APOSTROPHE.split(match[0])
        for beginning in _beginnings(part)
    }
    return [
        LostName(word=name.word, start=name.start, end=name.start + len(name.word))
        for name in missing
        if beginnings.isdisjoint(_beginnings(name.word))
    ]


def sound_of(name: str) -> str:
    """Return how a name sounds, roughly, in letters of either alphabet.

    >>> sound_of("Kidal"), sound_of("Кидаль")
    ('kedal', 'kedal')
    """
    sounds = _load().alphabet_of(name).sound(_without_accents(name))
    return _VOWELS.sub(lambda match: match[0][0], sounds)


def _has_own_forms(name: _Name) -> bool:
    return (
        _is_initials(name.word)
        or _APOSTROPHE.search(name.word) is not None
        or any(kind == "same" for kind, _ in name.keys)
    )


def _beginnings(word: str) -> tuple[str, ...]:
    """Return how the first letters of a word sound: the same for Indonesia and индонезийский.

    Of a short word less is enough: China, Chine.
    """
    plain = _without_accents(word)[: 3 * _LEAST_SOUNDS]
    sounds = _load().alphabet_of(word).sound(plain)
    if len(sounds) <= _LEAST_SOUNDS:
        return (sounds[: _LEAST_SOUNDS - 1],) if len(sounds) >= _LEAST_SOUNDS - 1 else ()
    return (sounds[:_LEAST_SOUNDS],)


def _partners(name: _Name, targets: Mapping[Key, Sequence[_Name]]) -> Iterator[_Name]:
    """Yield the words of the target that are the same name."""
    for key in name.keys:
        for partner in targets.get(key, ()):
            if key[0] not in _BETWEEN_ALPHABETS or name.cyrillic != partner.cyrillic:
                yield partner


def _capitals(texts: Iterable[str], language: str) -> Iterator[_Name]:
    """Yield all words with a capital that can be compared, but for those of the grammar."""
    grammar = tables_for(language).starters
    for number, text in enumerate(texts):
        words = [match[0] for match in _WORD.finditer(text)]
        small = {word for word in words if word.islower()}
        headline = _is_headline(words, grammar)
        before = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            inside = before > 0 and _INSIDE.fullmatch(text, before, start) is not None
            before = end
            if language == "fr" and (elided := _ELIDED.match(text, start, end)):
                start, inside = elided.end(), True
            word = _POSSESSIVE.sub("", text[start:end]) if language == "en" else text[start:end]
            if not word[0].isupper():
                continue
            initials = _is_initials(word)
            if not initials and normalise(word.lower()) in grammar:
                continue
            if keys := _keys(word):
                yield _Name(
                    word=word,
                    text=number,
                    start=start,
                    end=end,
                    after_space=text[start - 1 : start] == " ",
                    sure=not headline and (initials or (inside and word.lower() not in small)),
                    cyrillic=_is_cyrillic(word),
                    keys=keys,
                )


def _is_headline(words: Sequence[str], grammar: frozenset[str]) -> bool:
    """Whether most words of a text have capitals, the first and those of the grammar apart.

    So is a text that is all in capitals.
    """
    told = [
        word
        for word in words[1:]
        if len(word) >= _LEAST_LETTERS and normalise(word.lower()) not in grammar
    ]
    capitals = sum(word[0].isupper() for word in told)
    title = len(told) >= _HEADLINE_WORDS and capitals > _HEADLINE_SHARE * len(told)
    return title or all(word.isupper() for word in words)


def _is_initials(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _is_cyrillic(word: str) -> bool:
    return _CYRILLIC.search(word.lower()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alphabet:
    """One of the two in ``data/names.toml``."""

    sounds: Mapping[str, str]
    letters: re.Pattern[str]
    endings: Sequence[str]

    def sound(self, word: str) -> str:
        """Return how a word without accents sounds."""
        sounds = self.letters.sub(lambda match: self.sounds[match[0]], word)
        return _REPEATED.sub(r"\1", _NO_SOUND.sub("", sounds))

    def stems(self, word: str) -> list[str]:
        """Return the word with and without what may be an ending."""
        stems = [word.removesuffix(ending) for ending in self.endings if word.endswith(ending)]
        return [word, *(stem for stem in stems if len(stem) >= _LEAST_LETTERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """``data/names.toml``."""

    cyrillic: _Alphabet
    latin: _Alphabet
    same: Mapping[str, frozenset[int]]
    """A name that each language has its own word for -> the lines that it is on."""

    def alphabet_of(self, word: str) -> _Alphabet:
        """Return the alphabet that a word is written in."""
        return self.cyrillic if _is_cyrillic(word) else self.latin


@cache
def _load() -> _Tables:
    text = files("alignment").joinpath("data", "names.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    cyrillic, latin = (
        _Alphabet(
            sounds=entries[name],
            letters=re.compile("|".join(sorted(entries[name], key=len, reverse=True))),
            endings=entries["endings"][name].split(),
        )
        for name in ("cyrillic", "latin")
    )
    same: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(entries["same"]["names"].splitlines()):
        for word in line.split():
            plain = _without_accents(word)
            # Only Russian declines its names.
            declined = _is_cyrillic(word) and not _is_initials(word)
            for stem in cyrillic.stems(plain) if declined else [plain]:
                same[stem].add(number)
    return _Tables(
        cyrillic=cyrillic,
        latin=latin,
        same={stem: frozenset(numbers) for stem, numbers in same.items()},
    )


@lru_cache(maxsize=4096)
def _keys(word: str) -> frozenset[Key]:
    """Return all keys of a word; none if it is too short to be told from others."""
    tables = _load()
    plain = _without_accents(word)
    alphabet = tables.alphabet_of(word)
    keys = set()
    if _is_initials(word) or len(plain) >= _LEAST_LETTERS:
        keys.add(("spelt", plain))
    for stem in [plain] if _is_initials(word) else alphabet.stems(plain):
        keys.update(("same", str(number)) for number in tables.same.get(stem, ()))
        sounds = alphabet.sound(stem)
        consonants = _VOWELS.sub("", sounds)
        sounds = _VOWELS.sub(lambda match: match[0][0], sounds)
        if len(sounds) >= _LEAST_SOUNDS:
            kind = "sounds" if len(consonants) >= _LEAST_CONSONANTS else "few sounds"
            keys.add((kind, sounds))
        if len(consonants) >= _LEAST_SOUNDS:
            keys.add(("consonants", consonants))
    return frozenset(keys)


def _without_accents(word: str) -> str:
    """Return the word in small letters without accents.

    >>> _without_accents("Королёв"), _without_accents("Йемен"), _without_accents("Évian")
    ('королев', 'иемен', 'evian')
    """
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
