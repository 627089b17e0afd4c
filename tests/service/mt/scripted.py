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
    mixes_lengths = False

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[list[str]] = []

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[EngineAnswer]:
        assert decoding.beam == 4
        assert len({len(tokens) for tokens in batch}) == 1
        self.asked += [list(tokens) for tokens in batch]
        return [
            (
                Hypothesis(
                    tokens=tuple(target := self._answer(tokens, decoding.no_repeat_ngram)),
                    score=-1.0,
                    attention=np.eye(len(target), len(tokens), k=1, dtype=np.float32),
                ),
            )
            for tokens in batch
        ]
