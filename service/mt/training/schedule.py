"""One leg of a run: how long it is, and the learning rate over it."""

from dataclasses import dataclass
from typing import Final

FLOOR: Final = 0.02
"""Share of the highest rate that is left at the end of a leg."""
SNAPSHOTS: Final = (0.0, 0.5, 0.8, 0.85, 0.9, 0.95, 1.0)
"""Shares of a leg at which its weights are kept for its soup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    step: int = 0
    tokens: int = 0
    """Target tokens trained on, padding left out."""
    seconds: float = 0.0
    epoch: int = 0
    position: int = 0
    """Batches of the epoch that are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Warm-up, a plateau, and a linear way down over the last part of a budget.

    A run is a row of legs: each time that somebody asks to train longer is a new one. The budget
    is in seconds, in target tokens, or in both: what is spent first ends the leg.
    """

    start: Progress
    seconds: float | None
    tokens: int | None
    peak: float
    warm_up: int
    """Steps."""
    decay: float
    """Share of the leg, at its end, over which the rate falls."""

    def spent(self, progress: Progress) -> float:
        """Return the share of the budget that is spent, 0 to 1 and beyond."""
        shares = [0.0]
        if self.seconds is not None:
            shares.append((progress.seconds - self.start.seconds) / self.seconds)
        if self.tokens is not None:
            shares.append((progress.tokens - self.start.tokens) / self.tokens)
        return max(shares)

    def rate(self, progress: Progress) -> float:
        """Return the learning rate of the next step."""
        warm = min(1.0, (progress.step - self.start.step + 1) / max(1, self.warm_up))
        left = min(1.0, max(0.0, 1 - self.spent(progress)) / self.decay)
        return self.peak * min(warm, max(FLOOR, left))

    def snapshots(self, progress: Progress) -> int:
        """Return how many snapshots are due."""
        return sum(self.spent(progress) >= share for share in SNAPSHOTS)

    def seconds_left(self, progress: Progress, *, tokens_per_second: float) -> float:
        """Return about how many seconds the leg will last."""
        left = []
        if self.seconds is not None:
            left.append(self.start.seconds + self.seconds - progress.seconds)
        if self.tokens is not None:
            tokens = self.start.tokens + self.tokens - progress.tokens
            left.append(tokens / max(tokens_per_second, 1e-9))
        return max(0.0, min(left, default=0.0))
