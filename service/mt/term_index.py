"""Many terms looked for in a text at once, in whatever form they stand.

The words of all terms make one tree; a text is read along it once. A word of the text finds the
words of terms that it is a form of with one look-up for each ending it might have, so time is
linear in the text however many terms there are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.glossary import LetterCase, PartOfSpeech
from service.domain.language import Language
from service.mt.inflection import Shape, load_inflection, without_accents
from service.mt.letter_case import has_case
from service.mt.term_edges import Edges, read_edges
from service.mt.words import BREAK, Capitals, Reading, Word, read, read_words

MAX_READINGS: Final = 16
"""Ways in which a run of words is read as the beginning of terms, so that no glossary, however
built, makes a text cost more than so many steps a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A term as it is looked for."""

    text: str
    case: LetterCase
    part: PartOfSpeech | None = None
    inflected: bool = True
    """Whether its words may take other forms than they have."""
    quotes: bool = False
    """Whether quotation marks at its ends are part of it."""
    compounds: bool = False
    """Whether it is found in a compound with a hyphen, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place in a text, and the numbers of all patterns that are there."""

    span: Span
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    number: int
    words: tuple[Word, ...]
    case: LetterCase
    edges: Edges


_Stems = dict[str, list[tuple[frozenset[str], int]]]


class TermIndex:
    """Patterns in one language, each with the number that it was added with."""

    def __init__(self, language: Language, *, loose: bool = False) -> None:
        """Hold nothing yet.

        Args:
            language: Of the patterns and the texts.
            loose: Find a term also with other capitals and in a compound with a hyphen: for
                telling whether it is there at all.
        """
        self._language = language
        self._loose = loose
        self._inflection = load_inflection(language)
        self._ids: dict[tuple[object, ...], int] = {}
        self._function_ids: set[int] = set()
        self._words: dict[str, Word] = {}  # the same word of all terms is kept once
        self._edges: dict[Edges, Edges] = {}  # and so are the same edges
        self._stems: _Stems = defaultdict(list)
        self._capital_stems: _Stems = defaultdict(list)
        self._upper_stems: _Stems = defaultdict(list)
        self._next: dict[tuple[int, str, int], int] = {}
        self._ends: dict[int, list[_Entry]] = defaultdict(list)

    def add(self, number: int, pattern: Pattern) -> None:
        """Look for one more pattern, which has a letter or digit; a number may have several."""
        words = read_words(pattern.text)
        node = 0
        for index, word in enumerate(words):
            changes = self._changes(words, index, pattern.part)
            number_of_word = self._id(word, pattern, changes=changes)
            step = (node, word.gap if index else "", number_of_word)
            node = self._next.setdefault(step, len(self._next) + 1)
        edges = read_edges(
            pattern.text,
            words,
            language=self._language,
            quotes=pattern.quotes,
            compounds=pattern.compounds or self._loose,
        )
        entry = _Entry(
            number=number,
            words=tuple(self._words.setdefault(word.text, word) for word in words),
            case=pattern.case,
            edges=self._edges.setdefault(edges, edges),
        )
        self._ends[node].append(entry)

    def find(self, text: str) -> list[Match]:
        """Return where terms stand, in order: of those that overlap the first, and the longest."""
        if not self._ends:
            return []
        reading = read(text)
        ids = self._all_ids(reading.words)
        matches: list[Match] = []
        index = 0
        while index < len(ids):
            last = index
            longest: Match | None = None
            for end, match in self._starting(reading, ids, index):
                last, longest = end, match
            reached = matches[-1].span.end if matches else 0
            if longest is not None and longest.span.start >= reached:
                matches.append(longest)
            index = last + 1
        return matches

    def find_all(self, text: str) -> list[Match]:
        """Return every place where a term stands, also within others."""
        if not self._ends:
            return []
        reading = read(text)
        ids = self._all_ids(reading.words)
        starts = range(len(ids))
        return [match for start in starts for _, match in self._starting(reading, ids, start)]

    def _changes(self, words: Sequence[Word], index: int, part: PartOfSpeech | None) -> bool:
        followers = self._inflection.followers
        return (
            not followers
            or part is PartOfSpeech.VERB
            or index == len(words) - 1
            or words[index + 1].key in followers
        )

    def _id(self, word: Word, pattern: Pattern, *, changes: bool) -> int:
        """Return the number of a word of terms; the same word in the same forms has the same."""
        capital = word.capitals is not Capitals.NONE
        key = (word.key, pattern.inflected, changes, pattern.part, capital)
        known = self._ids.get(key)
        if known is not None:
            return known
        number = self._ids[key] = len(self._ids)
        if word.key in self._inflection.fixed:
            self._function_ids.add(number)
        for stem, endings in self._shapes(word, pattern, changes=changes):
            self._stems[stem].append((endings, number))
            if self._language is Language.FR:
                self._add_unaccented(stem, endings, number)
        return number

    def _shapes(self, word: Word, pattern: Pattern, *, changes: bool) -> list[Shape]:
        if not pattern.inflected:
            return [Shape(word.key, frozenset({""}))]
        if not changes:
            return [Shape(other, frozenset({""})) for other in self._inflection.spellings(word.key)]
        capital = word.capitals is not Capitals.NONE
        return self._inflection.shapes(word.key, capital=capital, part=pattern.part)

    def _add_unaccented(self, stem: str, endings: frozenset[str], number: int) -> None:
        """French capitals often go without accents: "Etat", "ETAT"."""
        first = without_accents(stem[:1])
        if first != stem[:1]:
            self._capital_stems[first + stem[1:]].append((endings, number))
        plain = without_accents(stem)
        plain_endings = frozenset(map(without_accents, endings))
        if plain != stem or plain_endings != endings:
            self._upper_stems[plain].append((plain_endings, number))

    def _all_ids(self, words: Sequence[Word]) -> list[list[int]]:
        """Return for each word of a text the words of terms that it may be a form of."""
        known: dict[tuple[str, Capitals], list[int]] = {}
        found: list[list[int]] = []
        for word in words:
            key = (word.key, word.capitals)
            if key not in known:
                known[key] = list(dict.fromkeys(self._ids_of(word)))
            found.append(known[key])
        return found

    def _ids_of(self, word: Word) -> Iterator[int]:
        is_function_word = word.key in self._inflection.fixed
        for number in self._ids_in(self._stems, word.key):
            if not is_function_word or number in self._function_ids:
                yield number
        if word.capitals is Capitals.FIRST:
            yield from self._ids_in(self._capital_stems, word.key)
        elif word.capitals is Capitals.ALL:
            yield from self._ids_in(self._upper_stems, without_accents(word.key))

    def _ids_in(self, stems: _Stems, key: str) -> Iterator[int]:
        if not stems:
            return
        for cut in range(max(0, len(key) - self._inflection.longest_ending), len(key) + 1):
            ending = key[cut:]
            for endings, number in stems.get(key[:cut], ()):
                if ending in endings:
                    yield number

    def _starting(
        self, reading: Reading, ids: Sequence[Sequence[int]], start: int
    ) -> Iterator[tuple[int, Match]]:
        """Yield the matches that begin with a word, shorter first, each with its last word."""
        nodes = [0]
        end = start
        while nodes and end < len(ids):
            gap = reading.words[end].gap if end > start else ""
            if gap == BREAK:
                return
            reached = (self._next.get((node, gap, number)) for node in nodes for number in ids[end])
            nodes = [node for node in reached if node is not None][:MAX_READINGS]
            entries = [entry for node in nodes for entry in self._ends.get(node, ())]
            for match in self._matches(reading, start, end, entries):
                yield end, match
            end += 1

    def _matches(
        self, reading: Reading, start: int, end: int, entries: Sequence[_Entry]
    ) -> list[Match]:
        """Return where those terms stand that also have their capitals and signs there."""
        if not entries:
            return []
        found: dict[Span, list[int]] = defaultdict(list)
        for entry in entries:
            span = entry.edges.find(reading, start, end, inflection=self._inflection)
            if span is not None and has_case(
                entry.words,
                reading,
                start,
                case=entry.case,
                inflection=self._inflection,
                language=self._language,
                loose=self._loose,
            ):
                found[span].append(entry.number)
        return [
            Match(span=span, numbers=tuple(dict.fromkeys(found[span])))
            for span in sorted(found, key=lambda span: span.end - span.start)
        ]
