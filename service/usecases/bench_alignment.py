"""How time and memory of the aligner grow with an article, beside two plain ones."""

import re
import resource
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import product
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from alignment import Alignment, OfflineEncoder, SentenceEncoder, align
from alignment.length import align_by_length
from alignment.plain import align_plainly, as_alignment
from alignment.score import count_hits, figures_of
from service.domain.errors import InvalidInputError, UnavailableError
from service.examples.long_article import LONGEST, SHORTEST, LongArticle, make_long_article

Aligner: TypeAlias = Literal["ours", "plain", "gale_church"]

TWINS_MOST: Final = 1_500
"""Paragraphs an edition up to which the plain ones are run: they need the grid of all pairs, a
minute and 200 MiB here."""
ENOUGH_SECONDS: Final = 2.0
"""Aligning is repeated until this is spent, and the least counts: noise can only add."""
MOST_ROUNDS: Final = 5
MIB: Final = 2**20
STATUS: Final = Path("/proc/self/status")
"""What Linux knows of this process."""


class ParagraphsOutOfRangeError(InvalidInputError):
    """No article of so many paragraphs can be made."""

    def __init__(self, paragraphs: int) -> None:
        super().__init__(
            f"no article of {paragraphs} paragraphs can be made: choose {SHORTEST} to {LONGEST}"
        )


class MeasurementEndedError(UnavailableError):
    """The process that measured is gone."""

    def __init__(self, aligner: str, paragraphs: int) -> None:
        super().__init__(
            f"the process that measured {aligner} with {paragraphs} paragraphs was ended, most "
            "likely because memory ran out: choose fewer paragraphs"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentRun:
    """What one aligner took for one article in two editions, on one thread."""

    aligner: Aligner
    paragraphs: int
    """Those of the article before it was edited; each edition has about as many."""
    in_both: int
    """Those of both editions together."""
    encoding_seconds: float
    """CPU time of all vectors, with the model loaded."""
    aligning_seconds: float
    """CPU time of everything else."""
    aligning_mib: float
    """The most that aligning held at a time, beyond the texts and their vectors."""
    process_mib: float
    """The most that the whole process held: libraries, model, texts, encoding and aligning."""
    strict_f1: float
    """Against what is known of the article: speed is worth nothing without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentSpeed:
    """All runs, by aligner and number of paragraphs."""

    runs: tuple[AlignmentRun, ...]
    time_exponent: float | None
    """Of our aligning time from the shortest to the longest article: 1 is linear, 2 quadratic; None
    where there is but one."""
    memory_exponent: float | None
    seconds_per_1000: float
    """CPU time of encoding and aligning a thousand paragraphs of the longest article, ours."""


def bench_alignment(
    paragraphs: Sequence[int], *, progress: Callable[[int, int], None]
) -> AlignmentSpeed:
    """Align articles of some lengths, each in a process of its own.

    Args:
        paragraphs: How many an edition has, for each article; any order.
        progress: Called with the runs done and all runs.

    Raises:
        ParagraphsOutOfRangeError: If no article of such a length can be made.
        MeasurementEndedError: If memory runs out.
    """
    counts = sorted(set(paragraphs))
    for count in counts:
        if not SHORTEST <= count <= LONGEST:
            raise ParagraphsOutOfRangeError(count)
    aligners: Sequence[Aligner] = get_args(Aligner)
    wanted = [
        (aligner, count)
        for aligner, count in product(aligners, counts)
        if aligner == "ours" or count <= TWINS_MOST
    ]
    runs = []
    for done, (aligner, count) in enumerate(wanted):
        progress(done, len(wanted))
        runs.append(_measure_apart(aligner, count))
    progress(len(wanted), len(wanted))
    ours = [run for run in runs if run.aligner == "ours"]
    longest = ours[-1]
    in_all = longest.encoding_seconds + longest.aligning_seconds
    return AlignmentSpeed(
        runs=tuple(runs),
        time_exponent=_exponent(ours, lambda run: run.aligning_seconds),
        memory_exponent=_exponent(ours, lambda run: run.aligning_mib),
        seconds_per_1000=1000 * in_all / longest.in_both,
    )


def _exponent(
    runs: Sequence[AlignmentRun], quantity: Callable[[AlignmentRun], float]
) -> float | None:
    first, last = runs[0], runs[-1]
    if first is last:
        return None
    return log(quantity(last) / quantity(first)) / log(last.in_both / first.in_both)


def _measure_apart(aligner: Aligner, paragraphs: int) -> AlignmentRun:
    """Measure in a new process, so that nothing of an earlier run is warm or held."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(measure, aligner, paragraphs).result()
        except BrokenProcessPool as error:
            raise MeasurementEndedError(aligner, paragraphs) from error


class RememberingEncoder:
    """Vectors of another encoder, made once: what aligning takes can be told from encoding."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, ...], NDArray[np.float32]] = {}
        self.cpu_seconds = 0.0
        """What all encoding has taken so far."""

    @property
    def name(self) -> str:
        """That of the other encoder: the vectors are the same."""
        return self._encoder.name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text; the same array for the same texts, and no copy of it."""
        asked = tuple(texts)
        if asked not in self._known:
            start = time.process_time()
            self._known[asked] = self._encoder.encode(texts)
            self.cpu_seconds += time.process_time() - start
        return self._known[asked]


def measure(aligner: Aligner, paragraphs: int) -> AlignmentRun:
    """Return what one aligner takes for one article, in this process."""
    article = make_long_article(paragraphs)
    with threadpool_limits(limits=1):
        encoder = None if aligner == "gale_church" else RememberingEncoder(_warm_encoder())
        made = _align(aligner, article, encoder)  # all vectors are known from now on
        aligning_seconds = _least_seconds(lambda: _align(aligner, article, encoder))
        process_mib = _peak_of_process_mib()
        tracemalloc.start()
        _align(aligner, article, encoder)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return AlignmentRun(
        aligner=aligner,
        paragraphs=paragraphs,
        in_both=len(article.english) + len(article.french),
        encoding_seconds=encoder.cpu_seconds if encoder else 0.0,
        aligning_seconds=aligning_seconds,
        aligning_mib=peak_bytes / MIB,
        process_mib=process_mib,
        strict_f1=figures_of(count_hits(article.groups, made)).strict_f1,
    )


def _warm_encoder() -> OfflineEncoder:
    encoder = OfflineEncoder(threads=1)
    encoder.encode(["This sentence loads the model."])
    return encoder


def _align(aligner: Aligner, article: LongArticle, encoder: SentenceEncoder | None) -> Alignment:
    if encoder is None:
        lengths = ([len(text) for text in texts] for texts in (article.english, article.french))
        return as_alignment(align_by_length(*lengths))
    if aligner == "plain":
        return as_alignment(align_plainly(article.english, article.french, encoder))
    return align(
        article.english,
        article.french,
        source_language="en",
        target_language="fr",
        encoder=encoder,
    )


def _least_seconds(work: Callable[[], object]) -> float:
    """Return the least CPU time that some rounds of the work took."""
    rounds: list[float] = []
    while len(rounds) < MOST_ROUNDS and sum(rounds) < ENOUGH_SECONDS:
        start = time.process_time()
        work()
        rounds.append(time.process_time() - start)
    return min(rounds)


def _peak_of_process_mib() -> float:
    """Return the most memory that this process held so far.

    Linux's own count: that of getrusage would begin with what the process before held.
    """
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB  # macOS counts bytes
    (peak,) = re.findall(r"^VmHWM:\s+([0-9]+) kB$", STATUS.read_text("ascii"), re.MULTILINE)
    return int(peak) * 1024 / MIB
