"""What every engine can do: turn tokens of one language into tokens of another."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

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
    """One translation of one sentence."""

    tokens: tuple[str, ...]
    """Without the end."""
    score: float
    """Mean log-probability of a token in nats; high is good; comparable within one engine."""
    attention: NDArray[np.float32] | None
    """(target tokens, source tokens): what each token looked at, tag and end included, the mean of
    the heads that the model's `Attention` names; None if not wanted."""


Answer: TypeAlias = tuple[Hypothesis, ...]
"""The best translations of one sentence, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How a sentence is translated; with its tokens it decides the answer."""

    beam: int
    """Width of the beam; 1 is greedy."""
    no_repeat_ngram: int = 0
    """Forbid token n-grams of this length to occur twice; 0 allows all."""
    hypotheses: int = 1
    """How many translations are wanted: at most as many as the beam is wide."""
    attention: bool = False
    """Whether it is wanted."""


class Engine(Protocol):
    """A loaded model. Threads may share it."""

    signature: str
    """What computes, and how exactly: ``ctranslate2-4.8.5|int8``."""
    parallel_batches: int
    """How many batches it can run at the same time."""
    length_step: int
    """Sentences may share a batch if their numbers of tokens, rounded up to a multiple of this, are
    the same. Where padding would change answers, it is 1."""

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[Answer]:
        """Translate sentences; what stands beside a sentence does not change its answer.

        Args:
            batch: Tokens with the tag, where the model wants one, and the end.
            decoding: How.

        Returns:
            One answer a sentence, in order.
        """
        ...
