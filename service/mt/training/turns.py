"""Steps of training by the clock, whoever makes them: all ways are counted alike."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

WARM_UP_STEPS: Final = 2
"""Of every turn; they allocate memory and make the optimiser's state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a way of training got done in a turn, its warm-up left out."""

    tokens: int = 0
    """Target tokens, padding left out."""
    steps: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of all threads of the process."""


Way: TypeAlias = Callable[[float], Work]
"""Trains for about so many seconds, on from where it was."""


def all_work(turns: Iterable[Work]) -> Work:
    """Return the sum of several turns."""
    done = list(turns)
    return Work(
        tokens=sum(turn.tokens for turn in done),
        steps=sum(turn.steps for turn in done),
        seconds=sum(turn.seconds for turn in done),
        cpu_seconds=sum(turn.cpu_seconds for turn in done),
    )


class Turn:
    """Takes note of each step, and tells when the turn is over."""

    def __init__(self, seconds: float) -> None:
        """Args: ``seconds`` is how long to go on after the warm-up."""
        self._seconds = seconds
        self._made = self._tokens = 0
        self._start = self._now = (0.0, 0.0)

    def is_over(self, tokens: int) -> bool:
        """Take note of a step on so many target tokens; tell whether it was the last."""
        self._made += 1
        self._now = time.perf_counter(), time.process_time()
        if self._made <= WARM_UP_STEPS:
            self._start = self._now
            return False
        self._tokens += tokens
        return self.work.seconds >= self._seconds

    @property
    def work(self) -> Work:
        """What was done up to the last step."""
        return Work(
            tokens=self._tokens,
            steps=max(0, self._made - WARM_UP_STEPS),
            seconds=self._now[0] - self._start[0],
            cpu_seconds=self._now[1] - self._start[1],
        )
