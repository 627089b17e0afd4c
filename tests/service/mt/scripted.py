"""An engine for tests that need a certain answer."""

from collections.abc import Callable, Sequence

from service.mt.engine import Hypothesis

Answer = Callable[[Sequence[str], int], Sequence[str]]


class ScriptedEngine:
    """An engine that answers as a test says: tokens and n-gram ban in, tokens out."""

    signature = "scripted"
    parallel_batches = 1

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[list[str]] = []

    def translate(
        self, batch: Sequence[Sequence[str]], *, beam: int, no_repeat_ngram: int = 0
    ) -> list[Hypothesis]:
        assert beam == 4
        assert len({len(tokens) for tokens in batch}) == 1
        self.asked += [list(tokens) for tokens in batch]
        return [
            Hypothesis(
                tokens=tuple(target := self._answer(tokens, no_repeat_ngram)),
                score=-1.0,
                attention=tuple(
                    tuple(float(place == row) for place in range(len(tokens)))
                    for row in range(1, len(target) + 1)
                ),
            )
            for tokens in batch
        ]
