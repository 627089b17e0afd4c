"""Sentence pairs as arrays of tokens, and the batches that they are trained in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_TOKENS: Final = 120
"""Of a side, the end included; longer pairs are left out."""
TARGET_LENGTHS: Final = (*range(4, 33, 4), *range(40, 65, 8), 80, 96, MOST_TOKENS)
"""Tokens to which the target sides of a batch are padded; its sources are all of one length."""
SHORT_TOKENS: Final = 28
"""Sources up to here come first in a new run: they teach the decoder to look at the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPairs:
    """All pairs of two languages: tokens of one side, the other, one side… in one row.

    ``offsets`` has ``2 n + 1`` entries: the sides of pair ``i`` begin at ``offsets[2 i]`` and
    ``offsets[2 i + 1]``. ``weights`` says how often an epoch takes each pair.
    """

    tokens: NDArray[np.uint16]
    offsets: NDArray[np.int64]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.weights)

    def __add__(self, more: "PackedPairs") -> "PackedPairs":
        return PackedPairs(
            tokens=np.concatenate([self.tokens, more.tokens]),
            offsets=np.concatenate([self.offsets, self.offsets[-1] + more.offsets[1:]]),
            weights=np.concatenate([self.weights, more.weights]),
        )

    def save(self, path: Path) -> None:
        """Write all arrays to one file."""
        np.savez(path, tokens=self.tokens, offsets=self.offsets, weights=self.weights)

    @classmethod
    def load(cls, path: Path) -> "PackedPairs":
        """Read what `save` wrote."""
        with path.open("rb") as stream, np.load(stream) as arrays:
            return cls(**{name: arrays[name] for name in ("tokens", "offsets", "weights")})


def pack(pairs: Iterable[tuple[Sequence[int], Sequence[int], float]]) -> PackedPairs:
    """Pack (tokens of one side, tokens of the other, weight); pairs that are too long are left out.

    Both sides end with the end of sentence. Numbers of tokens are below 65,536.
    """
    sides: list[NDArray[np.uint16]] = []
    weights: list[float] = []
    for source, target, weight in pairs:
        if len(source) < MOST_TOKENS and len(target) <= MOST_TOKENS:  # a tag joins the source
            sides += [np.array(source, np.uint16), np.array(target, np.uint16)]
            weights.append(weight)
    return PackedPairs(
        tokens=np.concatenate([np.empty(0, np.uint16), *sides]),
        offsets=np.cumsum([0, *map(len, sides)], dtype=np.int64),
        weights=np.array(weights, np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectedPairs:
    """Packed pairs, read in one of their directions."""

    pairs: PackedPairs
    swapped: bool
    """Whether the second side is the source."""
    tag: int
    """Token in front of every source: the language that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pairs whose sources have one length: ``source`` (B, S), ``target`` (B, T) padded behind."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]


class Batches:
    """Batches without end, the same for the same seed; they can begin at any place.

    An epoch takes each pair as often as its weight says (1.5 is once or twice), groups pairs whose
    sources have one length, and shuffles the batches. As sources need no padding, encoder and
    attention need no masks.
    """

    def __init__(
        self,
        directions: Sequence[DirectedPairs],
        *,
        pad: int,
        tokens: int,
        seed: int,
        short_first: int = 0,
    ) -> None:
        """Lay out the pairs.

        Args:
            directions: The pairs.
            pad: The padding.
            tokens: About how many target tokens a batch has, padding included.
            seed: Of all shuffling.
            short_first: Target tokens for which the first epoch begins with short sentences.
        """
        packed = [direction.pairs for direction in directions]
        begins = np.cumsum([0, *(len(pairs.tokens) for pairs in packed)])[:-1]
        starts = [pairs.offsets[:-1] + begin for pairs, begin in zip(packed, begins, strict=True)]
        lengths = [np.diff(pairs.offsets) for pairs in packed]
        self._tokens = np.concatenate([pairs.tokens for pairs in packed])
        self._starts = np.concatenate(list(map(_ordered, starts, directions)))
        self._lengths = np.concatenate(list(map(_ordered, lengths, directions)))
        self._weights = np.concatenate([pairs.weights for pairs in packed])
        self._tags = np.repeat([direction.tag for direction in directions], list(map(len, packed)))
        self._pad, self._budget, self._seed = pad, tokens, seed
        self._short_first = short_first

    def start_at(self, epoch: int, position: int) -> Iterator[tuple[int, int, Batch]]:
        """Yield (epoch, position, batch) from a place that an earlier run had come to."""
        while True:
            yield from self._epoch(epoch, position)
            epoch, position = epoch + 1, 0

    def once(self) -> Iterator[Batch]:
        """Yield the batches of one epoch."""
        for _, _, batch in self._epoch(0, 0):
            yield batch

    def _epoch(self, epoch: int, position: int) -> Iterator[tuple[int, int, Batch]]:
        plan = self._plan(epoch)
        for number in range(position, len(plan)):
            yield epoch, number, self._batch(plan[number])

    def _plan(self, epoch: int) -> list[NDArray[np.int64]]:
        """Return the pairs of each batch of an epoch."""
        random = np.random.default_rng([self._seed, epoch])
        times = np.floor(self._weights + random.random(len(self._weights), dtype=np.float32))
        chosen = random.permutation(np.repeat(np.arange(len(times)), times.astype(int)))
        sources, targets = self._lengths[chosen].T
        order = np.lexsort((targets, sources))
        chosen, sources, targets = chosen[order], sources[order], targets[order]
        changes = np.flatnonzero(np.diff(sources)) + 1
        plan: list[NDArray[np.int64]] = []
        for start, end in pairwise(dict.fromkeys([0, *changes.tolist(), len(chosen)])):
            place = start
            while place < end:
                size = self._rows(int(sources[start]), targets[place:end])
                plan.append(chosen[place : min(place + size, end)])
                place += size
        shuffled = [plan[number] for number in random.permutation(len(plan))]
        return self._short_ones_first(shuffled) if epoch == 0 else shuffled

    def _rows(self, source: int, targets: NDArray[np.int64]) -> int:
        """Return how many of these pairs, whose targets get longer, make a batch."""
        most = self._budget // (source + 1)
        longest = np.maximum(_padded(targets[:most]), source + 1)
        room = longest * np.arange(1, len(longest) + 1)
        return max(1, int(np.searchsorted(room, self._budget, side="right")))

    def _short_ones_first(self, plan: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        begin: list[NDArray[np.int64]] = []
        rest: list[NDArray[np.int64]] = []
        tokens = 0
        for pairs in plan:
            short = self._lengths[pairs[0], 0] < SHORT_TOKENS
            if short and tokens < self._short_first:
                tokens += int(self._lengths[pairs, 1].sum())
                begin.append(pairs)
            else:
                rest.append(pairs)
        return list(chain(begin, rest))

    def _batch(self, pairs: NDArray[np.int64]) -> Batch:
        (source_start, target_start), lengths = self._starts[pairs].T, self._lengths[pairs]
        source = self._tokens[source_start[:, None] + np.arange(lengths[0, 0])]
        places = np.arange(_padded(lengths[:, 1]).max())
        inside = places < lengths[:, 1:]
        index = np.where(inside, target_start[:, None] + places, 0)
        return Batch(
            source=np.concatenate([self._tags[pairs][:, None], source], axis=1, dtype=np.int64),
            target=np.where(inside, self._tokens[index], self._pad).astype(np.int64),
        )


def _padded(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lengths to which targets of these lengths are padded."""
    lengths: NDArray[np.int64] = np.array(TARGET_LENGTHS)
    padded: NDArray[np.int64] = lengths[np.searchsorted(lengths, tokens)]
    return padded


def _ordered(sides: NDArray[np.int64], direction: DirectedPairs) -> NDArray[np.int64]:
    """Return (n, 2): source, target."""
    return sides.reshape(-1, 2)[:, ::-1] if direction.swapped else sides.reshape(-1, 2)
