from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alignment.universal_batches import STEP, count_parts, cut_rows, cut_texts, rounded

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=80)


@given(LENGTHS, st.integers(1, 9))
def test_every_text_is_in_one_run(lengths: list[int], parts: int) -> None:
    cuts = cut_texts(np.array(lengths), parts=parts)

    covered = list(chain.from_iterable(range(cut.start, cut.stop) for cut in cuts))
    assert covered == list(range(len(lengths)))
    assert len(cuts) <= parts


@given(LENGTHS, st.integers(1, 9))
def test_runs_are_as_long_as_their_share_and_a_text_at_most(lengths: list[int], parts: int) -> None:
    cuts = cut_texts(np.array(lengths), parts=parts)

    longest = max(sum(lengths[cut]) for cut in cuts)
    assert longest <= sum(lengths) / parts + 2 * max(lengths)


def test_no_texts_are_in_no_run() -> None:
    assert cut_texts(np.array([], np.int64), parts=1) == []


@given(st.integers(1, 5_000), st.integers(1, 9))
def test_rows_are_cut_into_rounded_numbers(count: int, parts: int) -> None:
    rows = rounded(count)

    cuts = cut_rows(rows, parts=parts)

    covered = list(chain.from_iterable(range(cut.start, cut.stop) for cut in cuts))
    assert covered == list(range(rows))
    assert all(cut.stop - cut.start == rounded(cut.stop - cut.start) for cut in cuts)


@given(st.integers(1, 5_000))
def test_rounding_adds_less_than_a_step(count: int) -> None:
    assert rounded(count) % STEP == 0
    assert 0 <= rounded(count) - count < STEP


@given(st.integers(1, 100_000), st.integers(4, 2_000))
def test_two_threads_have_as_many_parts_unless_these_are_tiny(total: int, most: int) -> None:
    parts = count_parts(total, most=most)

    assert total / parts <= most
    assert parts % 2 == 0 or total <= most / 4
