"""Terms of a glossary: found in a source, looked for in its draft."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from alignment.beads import Span
from service.domain.glossary import Glossary, LetterCase, PartOfSpeech, Term, TermKind
from service.domain.language import Direction
from service.domain.translation import Flag, FlagCode
from service.mt.term_index import Pattern, TermIndex

VERSION: Final = 2
"""Part of the signature of drafts made with one; goes up when terms are found otherwise."""

KEPT_READY: Final = 8
"""Glossaries that are kept ready for use, each for one direction."""
SHOWN_CHARS: Final = 60
"""Of a term, in what a person is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTerms:
    """A place in a source, and the terms that stand there: several if a word has several."""

    span: Span
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFinding:
    """What a draft does not do as the glossary says."""

    note: str
    source: Span | None
    """Where the term stands in the source; none where a target term is forbidden at all."""
    target: Span | None
    """Where the draft has what is forbidden; none where something is missing."""

    @property
    def flag(self) -> Flag:
        """What the draft carries."""
        return Flag(
            code=FlagCode.TERM,
            note=self.note,
            source=() if self.source is None else (self.source,),
            target=() if self.target is None else (self.target,),
        )


class ReadyGlossary:
    """The terms of one direction, ready to be looked for. Threads may share it."""

    def __init__(self, terms: Sequence[Term], direction: Direction) -> None:
        """Read the terms of the direction; time is linear in their letters."""
        self._direction = direction
        self._terms = terms
        self._asked = TermIndex(direction.source)
        self._barred = TermIndex(direction.source)
        self._forbidden = _TargetTerms(direction, loose=False)
        for number, term in enumerate(terms):
            if not term.source:
                self._forbidden.add(term)
            index = self._barred if term.kind is TermKind.FORBIDDEN else self._asked
            for pattern in _source_patterns(term) if term.source else ():
                index.add(number, pattern)

    def find(self, source: str) -> list[FoundTerms]:
        """Return where terms stand in a text, in order.

        Of those that overlap the first and the longest counts. Those with a forbidden target stand
        beside all others: they say what a draft does not have, and ask for nothing.
        """
        found = [*self._found(self._asked, source), *self._found(self._barred, source)]
        return sorted(found, key=lambda one: (one.span.start, one.span.end))

    def find_kept(self, source: str) -> list[Span]:
        """Return the places of a text that the glossary keeps as they are."""
        return [
            found.span
            for found in self._found(self._asked, source)
            if any(term.kind is TermKind.KEEP for term in found.terms)
        ]

    def _found(self, index: TermIndex, source: str) -> list[FoundTerms]:
        return [
            FoundTerms(span=match.span, terms=tuple(self._terms[n] for n in match.numbers))
            for match in index.find(source)
        ]

    def expect(self, source: str) -> "Expectations":
        """Return what the glossary wants of the drafts of a text."""
        return Expectations(self.find(source), self._direction, forbidden=self._forbidden)


def _source_patterns(term: Term) -> Iterator[Pattern]:
    if term.kind is TermKind.KEEP:
        case = LetterCase.ANY if term.case is LetterCase.ANY else LetterCase.EXACT
        yield Pattern(text=term.source, case=case, inflected=False, quotes=True, compounds=True)
    else:
        yield from _patterns(term.source, term.source_forms, term.case, term.part_of_speech)


def _target_patterns(term: Term) -> Iterator[Pattern]:
    if term.kind is TermKind.KEEP:
        yield from _source_patterns(term)
        return
    # What is wanted may begin a sentence, or stand in a heading.
    forbidden = term.kind is TermKind.FORBIDDEN
    case = term.case if forbidden else LetterCase.ANY
    yield from _patterns(
        term.target, term.target_forms, case, term.part_of_speech, compounds=forbidden
    )


def _patterns(
    lemma: str,
    forms: Sequence[str],
    case: LetterCase,
    part: PartOfSpeech | None,
    *,
    compounds: bool = False,
) -> Iterator[Pattern]:
    for text in (lemma, *forms):
        yield Pattern(text=text, case=case, part=part, inflected=not forms, compounds=compounds)


class Expectations:
    """What the glossary wants of the drafts of one source, however many drafts there are."""

    def __init__(
        self, found: Sequence[FoundTerms], direction: Direction, *, forbidden: "_TargetTerms"
    ) -> None:
        """Look for what is wanted of the terms found.

        Args:
            found: What stands in the source.
            direction: Of the drafts.
            forbidden: What no draft may have, whatever stands in the source.
        """
        self._places: dict[tuple[Term, ...], Span] = {}
        for one in found:
            self._places.setdefault(one.terms, one.span)
        self._wanted = _TargetTerms(direction, loose=True)
        self._unwanted = _TargetTerms(direction, loose=False)
        for terms, span in self._places.items():
            for term in terms:
                index = self._unwanted if term.kind is TermKind.FORBIDDEN else self._wanted
                index.add(term, span)
        self._forbidden = forbidden

    def check(self, target: str) -> list[TermFinding]:
        """Return what a draft lacks, and what it has that is forbidden; each term once."""
        wanted = self._wanted.find(target)
        covered = _Cover([span for _, span in wanted])
        present = {term for term, _ in wanted}
        findings = [
            TermFinding(note=note, source=span, target=None)
            for terms, span in self._places.items()
            if (note := _lack(terms, present))
        ]
        misused: dict[Term, Span] = {}
        for term, span in [*self._unwanted.find(target), *self._forbidden.find(target)]:
            if not covered.holds(span):
                misused.setdefault(term, span)
        findings += [
            TermFinding(note=_misuse(term), source=self._unwanted.place(term), target=span)
            for term, span in misused.items()
        ]
        return findings


class _TargetTerms:
    """Target terms, each with the place in the source that asks for it or forbids it."""

    def __init__(self, direction: Direction, *, loose: bool) -> None:
        self._index = TermIndex(direction.target, loose=loose)
        self._terms: list[Term] = []
        self._places: dict[Term, Span] = {}

    def add(self, term: Term, place: Span | None = None) -> None:
        if term in self._places:
            return
        if place is not None:
            self._places[term] = place
        for pattern in _target_patterns(term):
            self._index.add(len(self._terms), pattern)
        self._terms.append(term)

    def find(self, target: str) -> list[tuple[Term, Span]]:
        matches = self._index.find_all(target)
        return [(self._terms[number], one.span) for one in matches for number in one.numbers]

    def place(self, term: Term) -> Span | None:
        return self._places.get(term)


class _Cover:
    """Spans, for asking whether one of them holds another span."""

    def __init__(self, spans: Sequence[Span]) -> None:
        ordered = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def holds(self, span: Span) -> bool:
        index = bisect_right(self._starts, span.start)
        return index > 0 and self._ends[index - 1] >= span.end


def _lack(terms: Sequence[Term], present: AbstractSet[Term]) -> str | None:
    """Return what a draft lacks at a place, if it has none of the terms that would do there."""
    asked = [term for term in terms if term.kind is not TermKind.FORBIDDEN]
    if not asked or not present.isdisjoint(asked):
        return None
    source = _shown(asked[0].source)
    if asked[0].kind is TermKind.KEEP:
        return f"expected {source} as it is"
    targets = dict.fromkeys(_shown(term.target) for term in asked)
    return f"expected {' or '.join(targets)} for {source}"


def _misuse(term: Term) -> str:
    reason = f" for {_shown(term.source)}" if term.source else ""
    return f"the glossary forbids {_shown(term.target)}{reason}"


def _shown(text: str) -> str:
    return f"“{text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + '…'}”"


@lru_cache(maxsize=KEPT_READY)
def ready(glossary: Glossary, direction: Direction) -> ReadyGlossary:
    """Return a glossary made ready for a direction; the last few are kept."""
    return ReadyGlossary(glossary.of(direction), direction)


def find_kept(text: str, glossary: Glossary, direction: Direction) -> list[Span]:
    """Return the places of a source that come back as they are: what masks are for."""
    return ready(glossary, direction).find_kept(text)


def check_terms(
    source: str, target: str, glossary: Glossary, direction: Direction
) -> list[TermFinding]:
    """Return what a draft of a source does not do as the glossary says."""
    return ready(glossary, direction).expect(source).check(target)
