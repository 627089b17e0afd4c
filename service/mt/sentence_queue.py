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
from typing import Final, NamedTuple, TypeAlias

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


class Question(NamedTuple):
    """A sentence to translate."""

    tokens: Tokens
    """With tag and end."""
    decoding: Decoding


@dataclass(slots=True, kw_only=True, eq=False)
class _Pending:
    """What was asked and is not answered yet."""

    question: Question
    priority: Priority
    answer: Future[Answer] = field(default_factory=Future)
    asked_by: int = 1
    """Callers that wait for it."""


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
        self._open: dict[Question, _Pending] = {}
        """Waiting or being translated."""
        self._waiting: dict[Question, _Pending] = {}
        self._kept: OrderedDict[Question, Answer] = OrderedDict()
        self._kept_tokens = 0

    def ask(
        self, questions: Sequence[Question], *, priority: Priority, is_taken: bool = False
    ) -> Iterator[tuple[int, Answer]]:
        """Yield the place of each question with its answer, as they become known.

        What is asked twice, here or by others at this moment, is translated once.

        Args:
            questions: In any number and order.
            priority: What somebody waits for comes before what a job can wait for.
            is_taken: Whether this belongs to a request that was taken before: then it is, too.

        Raises:
            QueueFullError: If somebody waits for it and too much is waiting already. However long
                a request is, it is taken if it finds the queue empty.
        """
        places: dict[Question, list[int]] = {}
        for place, question in enumerate(questions):
            places.setdefault(question, []).append(place)
        known, pending = self._enter(list(places), priority, is_taken=is_taken)
        try:
            for question, answer in known.items():
                yield from ((place, answer) for place in places[question])
            of_future = {one.answer: one.question for one in pending}
            for future in as_completed(of_future):
                answer = future.result()
                yield from ((place, answer) for place in places[of_future[future]])
        finally:
            self._leave(pending)

    def waiting_tokens(self) -> int:
        """Return how many source tokens wait for their turn."""
        with self._lock:
            return self._count_waiting()

    def _enter(
        self, questions: Sequence[Question], priority: Priority, *, is_taken: bool
    ) -> tuple[dict[Question, Answer], list[_Pending]]:
        """Return the answers that are kept, and what each other question waits for."""
        known: dict[Question, Answer] = {}
        pending: list[_Pending] = []
        with self._lock:
            for question in questions:
                if (kept := self._kept.get(question)) is not None:
                    self._kept.move_to_end(question)
                    known[question] = kept
            unknown = [question for question in questions if question not in known]
            if not is_taken:
                self._check_room([one for one in unknown if one not in self._open], priority)
            for question in unknown:
                one = self._open.get(question)
                if one is None:
                    one = _Pending(question=question, priority=priority)
                    self._open[question] = self._waiting[question] = one
                else:
                    one.asked_by += 1
                    one.priority = min(one.priority, priority)
                pending.append(one)
            idle = self.engine.parallel_batches - self._at_work
            for _ in range(min(idle, len(self._waiting))):
                self._at_work += 1
                self._pool.submit(self._work)
        return known, pending

    def _check_room(self, new: Sequence[Question], priority: Priority) -> None:
        waiting = self._count_waiting()
        if priority is Priority.INTERACTIVE and waiting and new:
            in_all = waiting + sum(len(question.tokens) for question in new)
            if in_all > self._most_waiting_tokens:
                raise QueueFullError

    def _count_waiting(self) -> int:
        return sum(len(question.tokens) for question in self._waiting)

    def _leave(self, pending: Sequence[_Pending]) -> None:
        """Drop what nobody waits for any more, should the caller go before the end."""
        with self._lock:
            for one in pending:
                one.asked_by -= 1
                if not one.asked_by and self._waiting.get(one.question) is one:
                    del self._waiting[one.question], self._open[one.question]

    def _work(self) -> None:
        """Translate batches until nothing waits."""
        while True:
            with self._lock:
                batch = self._take()
                if not batch:
                    self._at_work -= 1
                    return
            try:
                answers = self._translate(batch)
            except BaseException as error:  # noqa: BLE001 - those who wait must hear of it
                self._close(batch)
                for one in batch:
                    one.answer.set_exception(error)
            else:
                self._close(batch, answers)
                for one, answer in zip(batch, answers, strict=True):
                    one.answer.set_result(answer)

    def _take(self) -> list[_Pending]:
        """Take the next batch from what waits: see `plan_batch`."""
        if not self._waiting:
            return []
        first = min(
            self._waiting.values(), key=lambda one: (one.priority, -len(one.question.tokens))
        )
        alike = [
            one
            for one in self._waiting.values()
            if one.priority is first.priority and one.question.decoding == first.question.decoding
        ]
        lengths = [len(one.question.tokens) for one in alike]
        share = -(-sum(lengths) // self.engine.parallel_batches)
        chosen = plan_batch(
            lengths,
            budget=min(BATCH_TOKENS, max(LEAST_TOKENS, share)),
            step=self.engine.length_step,
        )
        batch = [alike[place] for place in chosen]
        for one in batch:
            del self._waiting[one.question]
        return batch

    def _translate(self, batch: Sequence[_Pending]) -> list[Answer]:
        """Translate a batch; what its longest sentence let run on too far, again on its own.

        A batch has one limit. A sentence that reaches its own would have been cut off there, had it
        been alone.
        """
        decoding = batch[0].question.decoding
        answers = self.engine.translate([one.question.tokens for one in batch], decoding)
        limit = most_target_tokens(max(len(one.question.tokens) for one in batch))
        for place, one in enumerate(batch):
            own = most_target_tokens(len(one.question.tokens))
            if own < limit and any(len(made.tokens) >= own - 1 for made in answers[place]):
                (answers[place],) = self.engine.translate([one.question.tokens], decoding)
        return answers

    def _close(self, batch: Sequence[_Pending], answers: Sequence[Answer] = ()) -> None:
        """Let later requests find the answers, or ask anew where there are none."""
        with self._lock:
            for one in batch:
                del self._open[one.question]
            for one, answer in zip(batch, answers, strict=False):
                self._kept[one.question] = answer
                self._kept_tokens += _size(one.question.tokens, answer)
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
