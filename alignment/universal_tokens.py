"""What depends on a token alone, in the multilingual Universal Sentence Encoder v3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Indexes = NDArray[np.int64]

DIMENSIONS: Final = 512
BLOCKS: Final = 17
"""Every so many rows of the table of embeddings share a scale."""
WIDTH: Final = 256
WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
"""The convolutions: how many tokens each sees, and how many of them stand before."""
SIZES: Final = tuple(size for size, _ in WINDOWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTables:
    """A row for each different token, then one for an empty place, and some without meaning."""

    empty: int
    """The row of an empty place."""
    embeddings: Matrix
    """(rows, 512)."""
    embedding_sums: Matrix
    """(rows,)."""
    embedding_squares: Matrix
    """(rows,) sums of squares."""
    branches: Matrix
    """(rows, 768): 256 columns for each size of window."""
    given: Matrix
    """(rows, 2560): what a token gives to the first convolution of the windows that see it, for
    each size and place. The bias is in what it gives to its own; an empty place gives nothing."""


class TokenLayers:
    """Embeddings, their projections, and the products of the first convolution."""

    def __init__(self, w: Mapping[str, NDArray[Any]]) -> None:
        """Take the arrays of the package's ``weights.npz``."""
        parts = [w[f"q{part}"] for part in range(1, BLOCKS + 1)]
        self._embeddings = np.stack(parts, axis=1).reshape(-1, DIMENSIONS)
        self._steps: Matrix = w["scale"]
        self._least: Matrix = w["lo"]
        # Rows of a product have the mean 0 where those of the matrix do.
        projection = np.hstack([w[f"proj{size}"] for size in SIZES])
        self._projection = _centred(projection)
        self._bias = _centred(np.concatenate([w[f"proj_b{size}"] for size in SIZES]))
        self._scale = np.concatenate([w[f"ln_g{size}"] for size in SIZES])
        self._shift = np.concatenate([w[f"ln_b{size}"] for size in SIZES])
        self._epsilon = np.float32(w["eps"])
        # (256, size * 256): what a token gives to a window, for each place that it may have in it.
        self._to_places = [
            w[f"w1_{size}"].reshape(size, WIDTH, WIDTH).swapaxes(0, 1).reshape(WIDTH, -1)
            for size in SIZES
        ]
        self._own_biases: list[Matrix] = [w[f"b1_{size}"] for size in SIZES]

    def fill_in(self, tables: TokenTables, rows: slice, tokens: Indexes) -> None:
        """Write some rows of the tables, those of these tokens."""
        block = tokens % BLOCKS
        embeddings = tables.embeddings[rows]
        np.multiply(self._embeddings[tokens], self._steps[block, None], out=embeddings)
        embeddings += self._least[block, None]
        tables.embedding_sums[rows] = embeddings.sum(axis=1)
        tables.embedding_squares[rows] = np.einsum("ij,ij->i", embeddings, embeddings)
        branches = tables.branches[rows]
        np.matmul(embeddings, self._projection, out=branches)
        branches += self._bias
        variance = np.einsum("ij,ij->i", branches, branches) / branches.shape[1]
        branches *= (1 / np.sqrt(variance + self._epsilon))[:, None]
        branches *= self._scale
        branches += self._shift
        column = 0
        for number, (size, before) in enumerate(WINDOWS):
            given = tables.given[rows, column : column + size * WIDTH]
            branch = branches[:, number * WIDTH : (number + 1) * WIDTH]
            np.matmul(branch, self._to_places[number], out=given)
            given[:, before * WIDTH : (before + 1) * WIDTH] += self._own_biases[number]
            column += size * WIDTH


def make_tables(rows: int, *, empty: int) -> TokenTables:
    """Return tables that are to be filled in."""
    return TokenTables(
        empty=empty,
        embeddings=np.empty((rows, DIMENSIONS), np.float32),
        embedding_sums=np.empty(rows, np.float32),
        embedding_squares=np.empty(rows, np.float32),
        branches=np.empty((rows, WIDTH * len(WINDOWS)), np.float32),
        given=np.empty((rows, WIDTH * sum(SIZES)), np.float32),
    )


def _centred(rows: Matrix) -> Matrix:
    """Return rows with a mean of 0."""
    exact = rows.astype(np.float64)
    centred: Matrix = (exact - exact.mean(axis=-1, keepdims=True)).astype(np.float32)
    return centred
