"""How the work of a function grows with its input: a ratio, for seconds prove nothing."""

import gc
import time
from collections.abc import Callable
from math import log
from typing import Final

FACTOR: Final = 8
LINEAR_BELOW: Final = 1.6
"""The exponent that still counts as linear: with 8 times the input 28 times the work, not 64."""
ATTEMPTS: Final = 5


def check_linear_growth(task: Callable[[int], Callable[[], object]], *, size: int) -> None:
    """Assert that a task made for eight times the size is not quadratically more work.

    ``task`` makes ready an input of about a size and returns what is to be measured. Noise can
    only add to what a run takes, so the least of some runs counts.
    """
    small, large = task(size), task(FACTOR * size)
    least_small = least_large = float("inf")
    for _ in range(ATTEMPTS):
        least_small = min(least_small, _processor_seconds(small))
        least_large = min(least_large, _processor_seconds(large))
        exponent = log(least_large / least_small, FACTOR)
        if exponent < LINEAR_BELOW:
            return
    raise AssertionError(f"grows with the {exponent:.2f}th power of the input")


def _processor_seconds(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return max(time.process_time() - start, 1e-5)
    finally:
        gc.enable()
