"""An engine for tests that need a certain answer."""

from collections.abc import Callable, Sequence

import numpy as np

from service.mt.engine import Answer as EngineAnswer
from service.mt.engine import Decoding, Hypothesis

Answer = Callable[[Sequence[str], int], Sequence[str]]


class ScriptedEngine:
    """An engine that answers as a test says: tokens and n-gram ban in, tokens out."""

    signature = "scripted"
    parallel_batches = 1
    length_step = 1

    def __init__(self, answer: Answer, *others: Answer) -> None:
        """Answer so, and so where more hypotheses are wanted."""
        self._answers = (answer, *others)
        self.asked: list[list[str]] = []

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[EngineAnswer]:
        assert decoding.beam == 4
        assert len({len(tokens) for tokens in batch}) == 1
        self.asked += [list(tokens) for tokens in batch]
        return [
            tuple(
                Hypothesis(
                    tokens=tuple(target := answer(tokens, decoding.no_repeat_ngram)),
                    score=-1.0,
                    attention=np.eye(len(target), len(tokens), k=1, dtype=np.float32),
                )
                for answer in self._answers[: decoding.hypotheses]
            )
            for tokens in batch
        ]
