"""How many planted errors the checks find, and how often they are wrong about good sentences."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from alignment.encoders import SentenceEncoder
from service.domain.language import Direction
from service.domain.translation import FlagCode
from service.mt.checks.meaning import CheckedPair, check_meaning
from service.mt.checks.sentence import check_sentence
from service.usecases.plant_errors import (
    ADDRESSES,
    EXPECTED,
    PLACEHOLDERS,
    ErrorKind,
    TranslatedPair,
    insert,
    plant_error,
)
from service.usecases.read_test_set import languages_of, read_test_set

COPIES_EVERY: Final = 10
"""Of the clean sentences one in so many gets a link or a placeholder, unbroken."""


@dataclass(slots=True, kw_only=True)
class KindScore:
    """What the checks made of one kind of planted error."""

    planted: int = 0
    named: int = 0
    """Sentences with a flag that names the error for what it is."""
    noticed: int = 0
    """Sentences with any flag."""
    flags: Counter[FlagCode] = field(default_factory=Counter)
    """Sentences that have the flag."""

    @property
    def recall(self) -> float:
        """Share of the planted errors that are named, 0 to 1."""
        return self.named / self.planted if self.planted else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksScore:
    """What the checks made of sentences of which half have an error."""

    by_kind: Mapping[ErrorKind, KindScore]
    clean: int
    """Sentences as people translated them."""
    clean_flagged: int
    clean_flags: Mapping[FlagCode, int]
    """Clean sentences that have the flag: false alarms."""
    seconds: float
    """For all checks of all sentences but those of meaning."""
    seconds_meaning: float

    @property
    def planted(self) -> int:
        """Sentences with an error."""
        return sum(score.planted for score in self.by_kind.values())

    @property
    def recall(self) -> float:
        """Share of all planted errors that are named, 0 to 1."""
        named = sum(score.named for score in self.by_kind.values())
        return named / self.planted if self.planted else 0.0

    @property
    def precision(self) -> float:
        """Share of the sentences with any flag that have an error, 0 to 1."""
        noticed = sum(score.noticed for score in self.by_kind.values())
        return noticed / (noticed + self.clean_flagged) if noticed else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    source: str
    target: str
    direction: Direction
    kind: ErrorKind | None


def evaluate_checks(
    folder: Path,
    *,
    sentences: int,
    directions: Sequence[Direction] = (),
    encoder: SentenceEncoder | None = None,
    seed: int = 0,
) -> ChecksScore:
    """Plant errors in half of a test set's human translations and see what the checks say.

    Args:
        folder: Holds ``en.txt``, ``fr.txt``, ``ru.txt``, or two of them, line by line.
        sentences: How many to take in each direction, at random.
        directions: Which to take; all that the set has, if none is given.
        encoder: For the check of meaning; without one it is left out, and so are the errors that
            it alone can find.
        seed: Of what is drawn: the same seed gives the same sentences and errors.

    Raises:
        TestSetFileError: If a file is missing.
        TestSetError: If the files differ in lines, or are empty.
    """
    if not directions:
        languages = languages_of(folder)
        directions = [Direction(a, b) for a in languages for b in languages if a is not b]
    cases = [
        case
        for direction in directions
        for case in _cases(
            read_test_set(folder, direction),
            direction,
            sentences=sentences,
            kinds=[k for k in ErrorKind if encoder or k is not ErrorKind.MEANING_SWAPPED],
            random=Random(f"{seed} {direction.source} {direction.target}"),  # noqa: S311 - no secret
        )
    ]
    started = time.perf_counter()
    found = [
        {flag.code for flag in check_sentence(case.source, case.target, case.direction)}
        for case in cases
    ]
    checked = time.perf_counter()
    if encoder is not None:
        for codes, flags in zip(found, check_meaning(encoder, _pairs(cases)), strict=True):
            codes.update(flag.code for flag in flags)
    ended = time.perf_counter()
    return _score(cases, found, seconds=checked - started, seconds_meaning=ended - checked)


def _cases(
    pairs: Sequence[tuple[str, str]],
    direction: Direction,
    *,
    sentences: int,
    kinds: Sequence[ErrorKind],
    random: Random,
) -> list[_Case]:
    """Return so many sentences, half of them with errors, each kind as often as can be."""
    following = [*pairs[1:], *pairs[:1]]
    drawn = [
        TranslatedPair(source=source, target=target, neighbour=neighbour)
        for (source, target), (_, neighbour) in zip(pairs, following, strict=True)
        if source.strip() and target.strip()
    ]
    random.shuffle(drawn)
    cases: list[_Case] = []
    turn = 0
    while drawn and turn < sentences // 2:
        kind = kinds[turn % len(kinds)]
        turn += 1
        for index, pair in enumerate(drawn):
            planted = plant_error(pair, kind, direction, random)
            if planted is not None:
                cases.append(
                    _Case(source=planted[0], target=planted[1], direction=direction, kind=kind)
                )
                del drawn[index]
                break
    for number, pair in enumerate(drawn[: sentences - len(cases)]):
        source, target = pair.source, pair.target
        if number % COPIES_EVERY == 0:
            source, target, _ = insert(pair, random.choice(ADDRESSES + PLACEHOLDERS), random)
        cases.append(_Case(source=source, target=target, direction=direction, kind=None))
    return cases


def _pairs(cases: Sequence[_Case]) -> list[CheckedPair]:
    return [
        CheckedPair(source=case.source, target=case.target, direction=case.direction)
        for case in cases
    ]


def _score(
    cases: Sequence[_Case],
    found: Sequence[set[FlagCode]],
    *,
    seconds: float,
    seconds_meaning: float,
) -> ChecksScore:
    by_kind = {kind: KindScore() for kind in ErrorKind}
    clean = flagged = 0
    false_alarms: Counter[FlagCode] = Counter()
    for case, codes in zip(cases, found, strict=True):
        if case.kind is None:
            clean += 1
            flagged += bool(codes)
            false_alarms.update(codes)
            continue
        score = by_kind[case.kind]
        score.planted += 1
        score.named += not EXPECTED[case.kind].isdisjoint(codes)
        score.noticed += bool(codes)
        score.flags.update(codes)
    return ChecksScore(
        by_kind={kind: score for kind, score in by_kind.items() if score.planted},
        clean=clean,
        clean_flagged=flagged,
        clean_flags=false_alarms,
        seconds=seconds,
        seconds_meaning=seconds_meaning,
    )
