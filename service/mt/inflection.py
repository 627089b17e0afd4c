"""The forms that a word of a glossary may take in a text, by rules and tables for each language.

A form is a stem and an ending, and all forms of a word are a few stems with a set of endings each.
So a text is searched for thousands of words with one look-up for each way to cut off an ending.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from service.domain.glossary import PartOfSpeech
from service.domain.language import Language

LONGEST_EXACT: Final = 2
"""Letters of a word that is too short to be inflected."""

INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""What may stand inside a word without being seen."""
_DROPPED: Final = dict.fromkeys(map(ord, INVISIBLE + "\u0301"))  # and the stress of а́
_SPELLED: Final = str.maketrans({"ё": "е", "œ": "oe", "æ": "ae"})
_ENDING: Final = re.compile(r"(\+\+|\+|-\d)?(.*)", re.DOTALL)


class Shape(NamedTuple):
    """A stem and the endings that it takes, all as :func:`fold` writes them."""

    stem: str
    endings: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    lemma: str
    after: str
    least: int
    capital: bool
    endings: tuple[str, ...]

    def fits(self, word: str, *, capital: bool) -> bool:
        before = word[: len(word) - len(self.lemma)][-1:]
        return (
            len(word) >= self.least
            and (capital or not self.capital)
            and (not self.after or (before != "" and before in self.after))
        )


def fold(word: str) -> str:
    """Return a word as words are compared: small letters, no invisible signs, е for ё, oe for œ.

    >>> fold("Ребёнок"), fold("SŒUR")
    ('ребенок', 'soeur')
    """
    if word.isascii():
        return word.lower()
    seen = unicodedata.normalize("NFKC", word).casefold()
    return unicodedata.normalize("NFC", seen.translate(_DROPPED).translate(_SPELLED))


def without_accents(word: str) -> str:
    """Return a word as it is often written in capitals.

    >>> without_accents("état")
    'etat'
    """
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Inflection:
    """How the words of one language change."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.fixed: Final = frozenset(map(fold, table["fixed"].split()))
        """Words that never change, and that no other word turns into."""
        self.followers: Final = frozenset(table.get("followers", "").split())
        """Before these a word changes that is not its term's last; if there are none, all do."""
        self.elided: Final = frozenset(table.get("elided", "").split())
        """Words whose vowel gave way to an apostrophe."""
        self.possessive: Final = frozenset(table.get("possessive", "").split())
        """What may follow a word after an apostrophe."""
        self.titles: Final = frozenset(map(fold, table["titles"].split()))
        """Words that may have a capital before a name without being part of it."""
        self.names: Final = frozenset(map(fold, table["names"].split()))
        """Given names that are words, too."""
        self._invariable = frozenset(map(fold, table.get("invariable", "").split()))
        self._spellings = [line.split() for line in table.get("spelling", ())]
        self._irregular: dict[str, list[str]] = defaultdict(list)
        for line in table["irregular"]:
            word, *forms = map(fold, line.split())
            self._irregular[word] += forms
        self.irregular_verbs: Final = {
            verb: forms for verb, *forms in map(str.split, table.get("verbs", ()))
        }
        """Verbs, each with all its other forms; no rule adds any."""
        self._rules: dict[PartOfSpeech | None, dict[str, list[_Rule]]] = defaultdict(dict)
        for rule in table["rules"]:
            part = PartOfSpeech(rule["part"]) if "part" in rule else None
            for lemma in [rule["lemma"]] if isinstance(rule["lemma"], str) else rule["lemma"]:
                self._rules[part].setdefault(lemma, []).append(_read_rule(lemma, rule))
        self._longest_lemma = max(len(lemma) for rules in self._rules.values() for lemma in rules)
        self.longest_ending: Final = max(
            len(ending)
            for rules in self._rules.values()
            for same in rules.values()
            for rule in same
            for ending in rule.endings
        )

    def spellings(self, word: str) -> list[str]:
        """Return a folded word and how else it is spelled: organization, organisation."""
        others = [
            word[: -len(own)] + other
            for own, other, least in self._spellings
            if word.endswith(own) and len(word) >= int(least)
        ]
        return [word, *others]

    def shapes(self, word: str, *, capital: bool, part: PartOfSpeech | None) -> list[Shape]:
        """Return all forms of a folded word; one that does not change has a single form.

        Args:
            word: As :func:`fold` writes it.
            capital: Whether the glossary writes it with a capital.
            part: Its part of speech, where the glossary says.
        """
        return [
            shape
            for spelling in self.spellings(word)
            for shape in self._shapes(spelling, capital=capital, part=part)
        ]

    def _shapes(self, word: str, *, capital: bool, part: PartOfSpeech | None) -> list[Shape]:
        if part is PartOfSpeech.VERB and word in self.irregular_verbs:
            return [Shape(form, frozenset({""})) for form in (word, *self.irregular_verbs[word])]
        found: dict[str, set[str]] = defaultdict(set)
        found[word].add("")
        for form in self._irregular.get(word, ()):
            found[form].add("")
        if self._follows_rules(word, part):
            for rule in self._fitting(word, capital=capital, part=part):
                found[word[: len(word) - len(rule.lemma)]].update(rule.endings)
        return [Shape(stem, frozenset(endings)) for stem, endings in found.items()]

    def _follows_rules(self, word: str, part: PartOfSpeech | None) -> bool:
        return (
            len(word) > LONGEST_EXACT
            and word not in self.fixed
            and word not in self._invariable
            and part is not PartOfSpeech.ADVERB
            and not word[-1].isdigit()
        )

    def _fitting(self, word: str, *, capital: bool, part: PartOfSpeech | None) -> Iterator[_Rule]:
        """Yield the rules of the longest ending that has any, of those for all and for the part."""
        for rules in [self._rules[None], self._rules.get(part, {}) if part else {}]:
            for cut in range(max(0, len(word) - self._longest_lemma), len(word) + 1):
                fitting = [r for r in rules.get(word[cut:], ()) if r.fits(word, capital=capital)]
                if fitting:
                    yield from fitting
                    break


def _read_rule(lemma: str, rule: Mapping[str, Any]) -> _Rule:
    return _Rule(
        lemma=lemma,
        after=rule.get("after", ""),
        least=rule.get("least", 0),
        capital=rule.get("capital", False),
        endings=tuple(_endings(lemma, rule["forms"].split())),
    )


def _endings(lemma: str, forms: Iterable[str]) -> Iterator[str]:
    """Yield what stands in a form instead of the rule's lemma."""
    for form in forms:
        found = _ENDING.fullmatch(form)
        sign, rest = (found[1] or "", found[2]) if found else ("", form)
        ending = "" if rest == "0" else rest
        if sign == "++":
            yield lemma + lemma[-1] + ending
        elif sign == "+":
            yield lemma + ending
        elif sign:
            yield lemma[: -int(sign[1:])] + ending
        else:
            yield ending


@cache
def load_inflection(language: Language) -> Inflection:
    """Return how the words of a language change; read once."""
    file = resources.files("service.mt") / "data" / f"inflection.{language}.toml"
    return Inflection(tomllib.loads(file.read_text("utf-8")))
