"""What every engine can do: turn tokens of one language into tokens of another."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MAX_POSITIONS: Final = 511
"""Marian models have 512 positions, and the start takes one."""


def most_target_tokens(source_tokens: int) -> int:
    """Return after how many tokens decoding stops: far more than any translation should need."""
    return min(MAX_POSITIONS, 3 * source_tokens + 32)


def is_cut_off(tokens: Sequence[str], source: Sequence[str]) -> bool:
    """Tell whether a hypothesis was stopped before it came to its end, which may be forced."""
    return len(tokens) >= most_target_tokens(len(source)) - 1


TRANSFORMERS_LOADING: Final = threading.Lock()
"""Held while transformers loads a model: two loads at once fail, as it makes the weights on a
device that it sets for the whole process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """The engine's best translation of one sentence."""

    tokens: tuple[str, ...]
    """Without the end."""
    score: float
    """Mean log-probability of a token in nats; high is good; comparable within one engine."""
    attention: tuple[tuple[float, ...], ...]
    """One row a target token: what it looked at, one weight a source token, tag and end included;
    the mean of the heads that the model's `Attention` names."""


class Engine(Protocol):
    """A loaded model. Threads may share it."""

    signature: str
    """What computes, and how exactly: ``ctranslate2-4.8.5|int8``."""
    parallel_batches: int
    """How many batches it can run at the same time."""

    def translate(
        self, batch: Sequence[Sequence[str]], *, beam: int, no_repeat_ngram: int = 0
    ) -> list[Hypothesis]:
        """Translate sentences that have equally many tokens.

        No sentence is padded, so its translation does not depend on its neighbours.

        Args:
            batch: Tokens with the tag, where the model wants one, and the end.
            beam: Width of the beam; 1 is greedy.
            no_repeat_ngram: Forbid token n-grams of this length to occur twice; 0 allows all.

        Returns:
            One hypothesis a sentence, in order.
        """
        ...
