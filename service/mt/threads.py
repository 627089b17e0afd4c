"""How many threads an engine works fastest with: measured once on a machine, and kept."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from service.domain.language import Language
from service.mt.calibration import SENTENCES
from service.mt.engine import Decoding, Engine
from service.mt.errors import ModelCacheError

FILE: Final = "threads.json"
ROUNDS: Final = 5
"""Turns of every number; its best time counts."""
SENTENCE_COUNT: Final = 4
"""As many as keep the slower engine's turns to a second each."""
BATCH: Final = 8
"""Sentences in a batch, all of them the same one: not every engine takes different lengths."""
GREEDY: Final = Decoding(beam=1)
AS_FAST: Final = 1.05
"""Within this of the best time more threads are taken: should something else have been running
while they were measured, too few would cost every draft from then on."""


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_with_best_threads(
    cache_dir: Path,
    start: Callable[[int], Engine],
    encode: Callable[[str], Sequence[str]],
    language: Language,
) -> Engine:
    """Return an engine with as many threads as it is fastest with.

    The first time that an engine is started on a machine it is tried with 1, 2, 4, … threads up to
    the number of processors, on sentences of our own; the result is kept in ``threads.json`` and
    taken from there until engine or processors change.

    Args:
        cache_dir: Where it is kept.
        start: Starts the engine with a number of threads.
        encode: Returns the tokens of a sentence as the engine wants them.
        language: What the model translates from.

    Raises:
        ModelCacheError: If the result cannot be kept.
        TriptychError: Whatever starting the engine raises.
    """
    first = start(1)
    most = processors()
    if most == 1:
        return first
    key = f"{first.signature}|{most} processors"
    known = _read(cache_dir / FILE)
    threads = known.get(key)
    if not isinstance(threads, int) or not 1 <= threads <= most:
        engines = {1: first, **{number: start(number) for number in _candidates(most)[1:]}}
        threads = fastest(
            {number: _work(engine, encode, language) for number, engine in engines.items()}
        )
        _keep(cache_dir / FILE, {**known, key: threads})
    return first if threads == 1 else start(threads)


def fastest(work: Mapping[int, Callable[[], object]]) -> int:
    """Return the greatest number of threads than which no other is clearly faster.

    Each one's work is done in turns; the best time counts, as others can only take time away.
    """
    seconds = dict.fromkeys(work, float("inf"))
    for _ in range(ROUNDS):
        for number, task in work.items():
            started = time.perf_counter()
            task()
            seconds[number] = min(seconds[number], time.perf_counter() - started)
    least = min(seconds.values())
    return max(number for number, took in seconds.items() if took <= AS_FAST * least)


def _candidates(most: int) -> list[int]:
    """Return 1, 2, 4, … and the most.

    >>> _candidates(6)
    [1, 2, 4, 6]
    """
    return sorted({2**power for power in range(most.bit_length())} | {most})


def _work(
    engine: Engine, encode: Callable[[str], Sequence[str]], language: Language
) -> Callable[[], None]:
    """Return what an engine is timed with: the same batches, as many at a time as it takes."""
    batches = [[encode(sentence)] * BATCH for sentence in SENTENCES[language][:SENTENCE_COUNT]]

    def work() -> None:
        with ThreadPoolExecutor(engine.parallel_batches) as pool:
            for _ in pool.map(lambda batch: engine.translate(batch, GREEDY), batches):
                pass

    return work


def _read(path: Path) -> dict[str, Any]:
    """Return what is kept; what cannot be read is measured anew."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(path: Path, known: Mapping[str, Any]) -> None:
    """Write the file whole, so that another process reads the old one or the new one."""
    part = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(known, indent=2), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ModelCacheError(path.parent, error.strerror or "it failed") from error
