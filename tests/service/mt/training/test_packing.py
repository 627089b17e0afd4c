from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.mt.training.packing import (
    MOST_TOKENS,
    SHORT_TOKENS,
    Batch,
    Batches,
    DirectedPairs,
    PackedPairs,
    pack,
)

PAD, TAG, OTHER_TAG = 1000, 900, 901
TOKENS = st.lists(st.integers(2, 800), min_size=1, max_size=40)
PAIRS = st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=60)


def packed(pairs: list[tuple[list[int], list[int]]], weight: float = 1.0) -> PackedPairs:
    return pack((source, target, weight) for source, target in pairs)


def laid_out(
    pairs: PackedPairs, *, swapped: bool = False, tokens: int = 200, **more: int
) -> Batches:
    directed = DirectedPairs(pairs=pairs, swapped=swapped, tag=TAG)
    return Batches([directed], pad=PAD, tokens=tokens, seed=5, **more)


def pairs_in(batches: list[Batch]) -> Counter[tuple[tuple[int, ...], tuple[int, ...]]]:
    return Counter(
        (tuple(source[1:].tolist()), tuple(target[target != PAD].tolist()))
        for batch in batches
        for source, target in zip(batch.source, batch.target, strict=True)
    )


@given(pairs=PAIRS, swapped=st.booleans())
def test_an_epoch_has_every_pair_once(
    pairs: list[tuple[list[int], list[int]]], *, swapped: bool
) -> None:
    batches = list(laid_out(packed(pairs), swapped=swapped).once())

    wanted = Counter(
        (tuple(target), tuple(source)) if swapped else (tuple(source), tuple(target))
        for source, target in pairs
    )
    assert pairs_in(batches) == wanted


@given(pairs=PAIRS, more=st.lists(st.tuples(TOKENS, TOKENS), max_size=9))
def test_packed_pairs_add_up(
    pairs: list[tuple[list[int], list[int]]], more: list[tuple[list[int], list[int]]]
) -> None:
    both, wanted = packed(pairs) + packed(more), packed([*pairs, *more])

    assert np.array_equal(both.tokens, wanted.tokens)
    assert np.array_equal(both.offsets, wanted.offsets)
    assert np.array_equal(both.weights, wanted.weights)


@given(pairs=PAIRS, budget=st.integers(1, 400))
def test_a_batch_keeps_to_its_budget_and_pads_no_source(
    pairs: list[tuple[list[int], list[int]]], budget: int
) -> None:
    for batch in laid_out(packed(pairs), tokens=budget).once():
        assert batch.source.dtype == batch.target.dtype == np.int64
        assert (batch.source[:, 0] == TAG).all()
        assert not (batch.source == PAD).any()
        assert len(batch.target) == 1 or batch.target.size <= budget
        assert (batch.target[:, 0] != PAD).all()
        padding = batch.target == PAD
        assert (padding[:, 1:] >= padding[:, :-1]).all()  # behind, never between


@given(pairs=PAIRS, skipped=st.integers(0, 30))
def test_batches_are_the_same_from_any_place(
    pairs: list[tuple[list[int], list[int]]], skipped: int
) -> None:
    batches = laid_out(packed(pairs))
    whole = list(islice(batches.start_at(0, 0), skipped + 3))
    epoch, position, _ = whole[skipped]

    again = list(islice(laid_out(packed(pairs)).start_at(epoch, position), 3))

    for (_, _, one), (_, _, other) in zip(whole[skipped:], again, strict=True):
        assert np.array_equal(one.source, other.source)
        assert np.array_equal(one.target, other.target)


def test_epochs_are_shuffled_anew() -> None:
    pairs = packed([([number], [number]) for number in range(2, 300)])
    batches = laid_out(pairs, tokens=40)

    first, second = (list(islice(batches.start_at(epoch, 0), 3)) for epoch in (0, 1))

    assert any(
        not np.array_equal(a[2].source, b[2].source) for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(("weight", "least", "most"), [(0, 0, 0), (2, 400, 400), (1.5, 240, 360)])
def test_an_epoch_takes_a_pair_as_often_as_its_weight_says(
    weight: float, least: int, most: int
) -> None:
    pairs = packed([([number], [number]) for number in range(2, 202)], weight)

    taken = sum(pairs_in(list(laid_out(pairs).once())).values())

    assert least <= taken <= most


def test_several_directions_share_batches_with_their_own_tags() -> None:
    pairs = packed([([number, 3], [number]) for number in range(10, 20)])
    directions = [
        DirectedPairs(pairs=pairs, swapped=False, tag=TAG),
        DirectedPairs(pairs=packed([([7], [8, 8])]), swapped=True, tag=OTHER_TAG),
    ]

    batches = list(Batches(directions, pad=PAD, tokens=500, seed=1).once())

    assert len(batches) == 1
    tags = Counter(batches[0].source[:, 0].tolist())
    assert tags == {TAG: 10, OTHER_TAG: 1}
    assert [OTHER_TAG, 8, 8] in batches[0].source.tolist()


def test_short_sentences_come_first_in_the_first_epoch_alone() -> None:
    long = [([5] * SHORT_TOKENS, [6] * 9)] * 40
    short = [([number], [number]) for number in range(2, 200)]
    batches = laid_out(packed([*long, *short]), tokens=60, short_first=100)

    first = [batch.source.shape[1] for _, _, batch in islice(batches.start_at(0, 0), 10)]
    later = [batch.source.shape[1] for _, _, batch in islice(batches.start_at(1, 0), 40)]

    assert first[:2] == [2, 2]
    assert SHORT_TOKENS + 1 in later[:30]


def test_pairs_that_are_too_long_are_left_out() -> None:
    fits, over = [3] * (MOST_TOKENS - 1), [3] * MOST_TOKENS

    assert len(packed([(fits, over), (over, fits), (fits, [*over, 3]), (fits, fits)])) == 2


@given(pairs=PAIRS)
def test_packed_pairs_come_back_from_disk(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[list[int], list[int]]]
) -> None:
    path = tmp_path_factory.mktemp("packed") / "en-fr.npz"
    one = packed(pairs)
    one.save(path)

    other = PackedPairs.load(path)

    assert np.array_equal(one.tokens, other.tokens)
    assert np.array_equal(one.offsets, other.offsets)
    assert np.array_equal(one.weights, other.weights)
    assert isinstance(path, Path)
