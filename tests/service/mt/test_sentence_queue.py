import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.translation import Priority
from service.mt.engine import Answer, Decoding, Hypothesis, most_target_tokens
from service.mt.errors import QueueFullError
from service.mt.sentence_queue import (
    BATCH_TOKENS,
    LEAST_TOKENS,
    Question,
    SentenceQueue,
    plan_batch,
)

BEAM = Decoding(beam=4)


class HeldEngine:
    """An engine that answers in capitals, once a test lets it."""

    signature = "held"

    def __init__(self, *, parallel_batches: int = 1, length_step: int = 512) -> None:
        self.parallel_batches = parallel_batches
        self.length_step = length_step
        self.batches: list[list[tuple[str, ...]]] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.go.set()
        self.problem: Exception | None = None

    def translate(self, batch: Sequence[Sequence[str]], decoding: Decoding) -> list[Answer]:
        assert decoding.beam == 4
        self.batches.append([tuple(tokens) for tokens in batch])
        self.begun.release()
        assert self.go.wait(30)
        if self.problem:
            raise self.problem
        limit = most_target_tokens(max(map(len, batch)))
        return [(self._hypothesis(tokens, limit),) for tokens in batch]

    @staticmethod
    def _hypothesis(tokens: Sequence[str], limit: int) -> Hypothesis:
        answer = ("on",) * limit if tokens[0] == "endless" else tuple(map(str.upper, tokens))
        return Hypothesis(tokens=answer, score=-1.0, attention=None)


def words(*names: str, length: int = 1) -> list[tuple[str, ...]]:
    return [(name,) * length for name in names]


def asked(sentences: Sequence[tuple[str, ...]], decoding: Decoding = BEAM) -> list[Question]:
    return [Question(tokens, decoding) for tokens in sentences]


def answers(
    queue: SentenceQueue,
    sentences: Sequence[tuple[str, ...]],
    priority: Priority = Priority.INTERACTIVE,
) -> list[tuple[str, ...]]:
    found = {
        place: answer[0].tokens for place, answer in queue.ask(asked(sentences), priority=priority)
    }
    return [found[place] for place in range(len(sentences))]


def test_each_place_gets_its_own_answer_and_what_is_asked_twice_is_translated_once() -> None:
    engine = HeldEngine()
    queue = SentenceQueue(engine)

    found = answers(queue, words("a", "b", "a", "c"))

    assert found == [("A",), ("B",), ("A",), ("C",)]
    assert sorted(engine.batches[0]) == [("a",), ("b",), ("c",)]
    assert answers(queue, words("c", "a")) == [("C",), ("A",)]
    assert len(engine.batches) == 1


def test_other_decoding_is_another_question() -> None:
    engine = HeldEngine()
    queue = SentenceQueue(engine)
    answers(queue, words("a"))

    list(queue.ask(asked(words("a"), Decoding(beam=4, no_repeat_ngram=3)), priority=Priority.BATCH))

    assert engine.batches == [[("a",)], [("a",)]]


def test_nothing_asked_is_nothing_answered() -> None:
    assert answers(SentenceQueue(HeldEngine()), []) == []


def test_sentences_of_several_requests_share_a_batch_and_one_in_flight_is_not_asked_again() -> None:
    engine = HeldEngine()
    engine.go.clear()
    queue = SentenceQueue(engine)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(answers, queue, words("a"))
        assert engine.begun.acquire(timeout=30)
        others = [pool.submit(answers, queue, words(*names)) for names in ("ab", "bc", "d")]
        while queue.waiting_tokens() < 3:
            assert not any(other.done() for other in others)
        engine.go.set()

    assert first.result() == [("A",)]
    assert [other.result() for other in others] == [[("A",), ("B",)], [("B",), ("C",)], [("D",)]]
    assert [sorted(batch) for batch in engine.batches] == [[("a",)], words(*"bcd")]


def test_what_somebody_waits_for_comes_before_a_job_also_when_the_job_asked_first() -> None:
    engine = HeldEngine()
    engine.go.clear()
    queue = SentenceQueue(engine)
    with ThreadPoolExecutor(4) as pool:
        pool.submit(answers, queue, words("first"))
        assert engine.begun.acquire(timeout=30)
        pool.submit(answers, queue, words("job", "both"), Priority.BATCH)
        while queue.waiting_tokens() < 2:
            pass
        pool.submit(answers, queue, words("now", "both"))
        while queue.waiting_tokens() < 3:
            pass
        engine.go.set()

    assert [sorted(batch) for batch in engine.batches] == [
        [("first",)],
        [("both",), ("now",)],
        [("job",)],
    ]


def test_work_is_shared_out_among_all_cores_with_the_longest_first() -> None:
    engine = HeldEngine(parallel_batches=2)
    lengths = [60, 10, 30, 50, 20, 40] * 4

    answers(SentenceQueue(engine), [(f"{n}",) * length for n, length in enumerate(lengths)])

    largest = sorted(engine.batches, key=lambda batch: -sum(map(len, batch)))
    assert sum(map(len, largest[0])) <= 0.55 * sum(lengths)
    assert len(engine.batches) <= 4
    for batch in engine.batches:
        assert [len(tokens) for tokens in batch] == sorted(map(len, batch), reverse=True)


def test_the_longest_comes_first_however_it_is_to_be_translated() -> None:
    engine = HeldEngine()
    long = ("long",) * 40
    tagged = asked([long], Decoding(beam=4, attention=True))

    list(SentenceQueue(engine).ask([*asked(words("a", "b")), *tagged], priority=Priority.BATCH))

    assert engine.batches == [[long], words("a", "b")]


def test_what_runs_on_behind_a_longer_one_ends_where_it_would_have_ended_alone() -> None:
    alone = answers(SentenceQueue(HeldEngine()), words("endless"))

    beside = answers(SentenceQueue(HeldEngine()), [("endless",), ("b",) * 50])

    assert beside[0] == alone[0] == ("on",) * most_target_tokens(1)


def test_an_engine_that_fails_tells_all_who_wait_and_is_asked_again_by_the_next() -> None:
    engine = HeldEngine()
    engine.problem = RuntimeError("out of memory")
    queue = SentenceQueue(engine)
    with pytest.raises(RuntimeError, match="out of memory"):
        answers(queue, words("a"))

    engine.problem = None

    assert answers(queue, words("a")) == [("A",)]


def test_too_much_that_somebody_waits_for_is_sent_away_but_never_a_job_or_the_only_one() -> None:
    engine = HeldEngine()
    engine.go.clear()
    queue = SentenceQueue(engine, most_waiting_tokens=10)
    with ThreadPoolExecutor(4) as pool:
        pool.submit(answers, queue, words("first"))
        assert engine.begun.acquire(timeout=30)
        large = pool.submit(answers, queue, words("large", length=50))
        while queue.waiting_tokens() < 50:
            pass
        with pytest.raises(QueueFullError, match="try again"):
            answers(queue, words("more"))
        # What goes on with a request that was taken is not sent away half-way.
        rest = queue.ask(asked(words("rest")), priority=Priority.INTERACTIVE, is_taken=True)
        going_on = pool.submit(lambda: [answer[0].tokens for _, answer in rest])
        job = pool.submit(answers, queue, words("job"), Priority.BATCH)
        engine.go.set()

    assert large.result() == [("LARGE",) * 50]
    assert job.result() == [("JOB",)]
    assert going_on.result() == [("REST",)]
    assert answers(queue, words("more")) == [("MORE",)]


def test_who_goes_away_leaves_nothing_to_do_but_what_others_wait_for() -> None:
    engine = HeldEngine()
    queue = SentenceQueue(engine)
    answers(queue, words("known"))
    assert engine.begun.acquire(timeout=30)
    engine.go.clear()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(answers, queue, words("first"))
        assert engine.begun.acquire(timeout=30)
        other = pool.submit(answers, queue, words("shared"))
        while queue.waiting_tokens() < 1:
            pass
        leaving = queue.ask(asked(words("known", "shared", "gone")), priority=Priority.BATCH)
        next(leaving)
        assert queue.waiting_tokens() == 2

        assert isinstance(leaving, Generator)
        leaving.close()

        assert queue.waiting_tokens() == 1
        engine.go.set()
        assert other.result() == [("SHARED",)]
    assert [batch[0][0] for batch in engine.batches] == ["known", "first", "shared"]


def test_answers_are_kept_up_to_a_limit_and_what_nobody_asked_for_longest_goes() -> None:
    engine = HeldEngine()
    queue = SentenceQueue(engine, most_kept_tokens=6)  # three of one token, with their answers
    for name in ("a", "b", "c", "a", "d"):
        answers(queue, words(name))

    answers(queue, words("a", "c", "d"))
    answers(queue, words("b"))

    assert [batch[0][0] for batch in engine.batches] == ["a", "b", "c", "d", "b"]


@given(
    lengths=st.lists(st.integers(1, 130), min_size=1, max_size=60),
    budget=st.integers(1, 200),
    step=st.sampled_from([1, 4, 512]),
)
def test_a_batch_holds_the_longest_and_stays_within_its_budget(
    lengths: list[int], budget: int, step: int
) -> None:
    batch = plan_batch(lengths, budget=budget, step=step)

    chosen = [lengths[place] for place in batch]
    assert len(set(batch)) == len(batch) > 0
    assert chosen == sorted(lengths, reverse=True)[: len(batch)]
    assert len(batch) == 1 or len(batch) * chosen[0] <= budget
    assert len({-(-length // step) for length in chosen}) == 1


def test_batches_are_neither_too_small_nor_too_large() -> None:
    assert LEAST_TOKENS == 256
    assert BATCH_TOKENS == 2048
