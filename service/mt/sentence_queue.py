"""One model's sentences, of all that ask at once: merged to batches, each answered once, kept.

Whoever asks waits for nobody but the batches that are being translated. Sentences of several
requests share a batch; those that somebody waits for come before those of jobs; the longest come
first, so that no long one is left at the end when the other cores have nothing to do.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from service.domain.translation import Priority
from service.mt.engine import Answer, Decoding, Engine, most_target_tokens
from service.mt.errors import QueueFullError

Tokens: TypeAlias = tuple[str, ...]

BATCH_TOKENS: Final = 2048
"""Source tokens of a batch, padding included. Larger ones were no faster on two cores."""
LEAST_TOKENS: Final = 256
"""A batch is not made smaller than this to give every core one."""
MOST_WAITING_TOKENS: Final = 60_000
"""How much may wait before a request is sent away: about a minute of two slow cores."""
MOST_KEPT_TOKENS: Final = 500_000
"""Tokens of answers that are kept, source and target together: some 50 MB."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Question:
    """A sentence that was asked and is not answered yet."""

    tokens: Tokens
    decoding: Decoding
    priority: Priority
    answer: Future[Answer] = field(default_factory=Future)
    asked_by: int = 1
    """Callers that wait for it."""


_Key: TypeAlias = tuple[Tokens, Decoding]


class SentenceQueue:
    """The door to one engine; threads share it.

    A sentence's answer depends on its tokens and how they are decoded, and on nothing else: so an
    answer is good for whoever asks for the same, now or later.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        most_waiting_tokens: int = MOST_WAITING_TOKENS,
        most_kept_tokens: int = MOST_KEPT_TOKENS,
    ) -> None:
        """Ask nothing yet.

        Args:
            engine: Does the work, in as many batches at a time as it can run.
            most_waiting_tokens: When a request is sent away.
            most_kept_tokens: How many answers are kept.
        """
        self.engine = engine
        self._most_waiting_tokens = most_waiting_tokens
        self._most_kept_tokens = most_kept_tokens
        self._pool = ThreadPoolExecutor(engine.parallel_batches, thread_name_prefix="translate")
        self._lock = threading.Lock()
        self._at_work = 0
        self._translating = 0
        self._open: dict[_Key, _Question] = {}
        """Waiting or being translated."""
        self._waiting: dict[_Key, _Question] = {}
        self._kept: OrderedDict[_Key, Answer] = OrderedDict()
        self._kept_tokens = 0

    def ask(
        self,
        sentences: Sequence[Tokens],
        decoding: Decoding,
        *,
        priority: Priority,
        is_taken: bool = False,
    ) -> Iterator[tuple[int, Answer]]:
        """Yield the place of each sentence with its answer, as they become known.

        What is asked twice, here or by others at this moment, is translated once.

        Args:
            sentences: Tokens of each, with tag and end.
            decoding: How to translate all of them.
            priority: What somebody waits for comes before what a job can wait for.
            is_taken: Whether this belongs to a request that was taken before: then it is, too.

        Raises:
            QueueFullError: If somebody waits for it and too much is waiting already. However long
                a request is, it is taken if it finds the queue empty.
        """
        places: dict[Tokens, list[int]] = {}
        for place, tokens in enumerate(sentences):
            places.setdefault(tokens, []).append(place)
        known, asked = self._enter(list(places), decoding, priority, is_taken=is_taken)
        try:
            for tokens, answer in known.items():
                yield from ((place, answer) for place in places[tokens])
            of_future = {question.answer: question.tokens for question in asked}
            for future in as_completed(of_future):
                answer = future.result()
                yield from ((place, answer) for place in places[of_future[future]])
        finally:
            self._leave(asked)

    def waiting_tokens(self) -> int:
        """Return how many source tokens wait for their turn."""
        with self._lock:
            return self._count_waiting()

    def _enter(
        self, sentences: Sequence[Tokens], decoding: Decoding, priority: Priority, *, is_taken: bool
    ) -> tuple[dict[Tokens, Answer], list[_Question]]:
        """Return the answers that are kept, and a question for each other sentence."""
        known: dict[Tokens, Answer] = {}
        asked: list[_Question] = []
        with self._lock:
            for tokens in sentences:
                if (kept := self._kept.get((tokens, decoding))) is not None:
                    self._kept.move_to_end((tokens, decoding))
                    known[tokens] = kept
            unknown = [tokens for tokens in sentences if tokens not in known]
            if not is_taken:
                self._check_room([t for t in unknown if (t, decoding) not in self._open], priority)
            for tokens in unknown:
                key = tokens, decoding
                question = self._open.get(key)
                if question is None:
                    question = _Question(tokens=tokens, decoding=decoding, priority=priority)
                    self._open[key] = self._waiting[key] = question
                else:
                    question.asked_by += 1
                    question.priority = min(question.priority, priority)
                asked.append(question)
            idle = self.engine.parallel_batches - self._at_work
            for _ in range(min(idle, len(self._waiting))):
                self._at_work += 1
                self._pool.submit(self._work)
        return known, asked

    def _check_room(self, new: Sequence[Tokens], priority: Priority) -> None:
        waiting = self._count_waiting()
        if priority is Priority.INTERACTIVE and waiting and new:
            in_all = waiting + sum(map(len, new))
            if in_all > self._most_waiting_tokens:
                raise QueueFullError

    def _count_waiting(self) -> int:
        return sum(len(question.tokens) for question in self._waiting.values())

    def _leave(self, asked: Sequence[_Question]) -> None:
        """Drop what nobody waits for any more, should the caller go before the end."""
        with self._lock:
            for question in asked:
                question.asked_by -= 1
                key = question.tokens, question.decoding
                if not question.asked_by and self._waiting.get(key) is question:
                    del self._waiting[key], self._open[key]

    def _work(self) -> None:
        """Translate batches until nothing waits."""
        while True:
            with self._lock:
                batch = self._take()
                if not batch:
                    self._at_work -= 1
                    return
                self._translating += 1
            try:
                answers = self._translate(batch)
            except BaseException as error:  # noqa: BLE001 - those who wait must hear of it
                self._close(batch)
                for question in batch:
                    question.answer.set_exception(error)
            else:
                self._close(batch, answers)
                for question, answer in zip(batch, answers, strict=True):
                    question.answer.set_result(answer)

    def _take(self) -> list[_Question]:
        """Take the next batch from what waits: see `plan_batch`."""
        if not self._waiting:
            return []
        first = min(self._waiting.values(), key=lambda question: question.priority)
        alike = [
            question
            for question in self._waiting.values()
            if (question.priority, question.decoding) == (first.priority, first.decoding)
        ]
        lengths = [len(question.tokens) for question in alike]
        share = -(-sum(lengths) // (self.engine.parallel_batches - self._translating))
        chosen = plan_batch(
            lengths,
            budget=min(BATCH_TOKENS, max(LEAST_TOKENS, share)),
            step=self.engine.length_step,
        )
        batch = [alike[place] for place in chosen]
        for question in batch:
            del self._waiting[question.tokens, question.decoding]
        return batch

    def _translate(self, batch: Sequence[_Question]) -> list[Answer]:
        """Translate a batch; what its longest sentence let run on too far, again on its own.

        A batch has one limit. A sentence that reaches its own would have been cut off there, had it
        been alone.
        """
        decoding = batch[0].decoding
        answers = self.engine.translate([question.tokens for question in batch], decoding)
        limit = most_target_tokens(max(len(question.tokens) for question in batch))
        for place, question in enumerate(batch):
            own = most_target_tokens(len(question.tokens))
            if own < limit and any(len(one.tokens) >= own - 1 for one in answers[place]):
                (answers[place],) = self.engine.translate([question.tokens], decoding)
        return answers

    def _close(self, batch: Sequence[_Question], answers: Sequence[Answer] = ()) -> None:
        """Let later requests find the answers, or ask anew where there are none."""
        with self._lock:
            self._translating -= 1
            for question in batch:
                del self._open[question.tokens, question.decoding]
            for question, answer in zip(batch, answers, strict=False):
                self._kept[question.tokens, question.decoding] = answer
                self._kept_tokens += _size(question.tokens, answer)
            while self._kept_tokens > self._most_kept_tokens:
                (tokens, _), answer = self._kept.popitem(last=False)
                self._kept_tokens -= _size(tokens, answer)


def plan_batch(lengths: Sequence[int], *, budget: int, step: int) -> list[int]:
    """Return the places of the sentences that make the next batch, the longest first.

    Args:
        lengths: Tokens of each sentence that waits.
        budget: Tokens that the batch may have, each sentence counted as long as the longest; one
            that is longer is a batch of its own.
        step: Lengths that are the same when rounded up to a multiple of this may stand together.
    """
    ordered = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    longest = lengths[ordered[0]]
    above = (longest - 1) // step * step
    ordered = [place for place in ordered if lengths[place] > above]
    return ordered[: max(1, budget // longest)]


def _size(tokens: Tokens, answer: Answer) -> int:
    return len(tokens) + sum(len(hypothesis.tokens) for hypothesis in answer)
