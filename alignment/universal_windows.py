"""From tokens to sums of features, in the multilingual Universal Sentence Encoder v3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alignment.universal_batches import rounded
from alignment.universal_filter import TILE, make_filter
from alignment.universal_tokens import DIMENSIONS, SIZES, WIDTH, WINDOWS, TokenTables

Matrix = NDArray[np.float32]
Indexes = NDArray[np.int64]

FEATURES: Final = DIMENSIONS + WIDTH * len(WINDOWS)
AROUND: Final = max(max(before, size - 1 - before) for size, before in WINDOWS)
"""How many tokens the widest window sees to either side."""


class Room:
    """Memory to work in, for so many tiles.

    To ask the system for it again and again takes as long as the work itself.
    """

    def __init__(self, tiles: int) -> None:
        self.tiles = tiles
        rows = tiles * TILE
        self.embeddings = np.empty((rows, DIMENSIONS), np.float32)
        self.features = np.empty((len(WINDOWS), rows, WIDTH), np.float32)
        self.hidden = np.empty((rows + 1, WIDTH), np.float32)
        self.more = np.empty((rows, WIDTH), np.float32)
        self.seen = np.empty((max(SIZES) + TILE - 1) * tiles * WIDTH, np.float32)
        self.at_points = np.empty_like(self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the tokens of some texts lie: each text begins a tile of 4 rows, and pads its last."""

    tiles: int
    spans: Sequence[slice]
    """The rows of each text."""
    places: Indexes
    """(tokens,) the row of each token."""
    around: Indexes
    """(tiles, 8): the rows that those of a tile see together, themselves in the middle; a place
    outside their text is the row after all."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.tiles * TILE


def lay_out(lengths: Indexes) -> Layout:
    """Return where texts of such lengths, at least one, lie."""
    tiles_of = -(-lengths // TILE)
    ends = np.cumsum(tiles_of)
    filled = int(ends[-1])
    tiles = rounded(filled)
    starts = (ends - tiles_of) * TILE
    first, last = np.zeros((2, tiles, 1), np.int64)
    skipped = starts - (np.cumsum(lengths) - lengths)
    first[:filled, 0] = np.repeat(starts, tiles_of)
    last[:filled, 0] = np.repeat(starts + lengths, tiles_of)
    seen = np.arange(0, tiles * TILE, TILE)[:, None] + np.arange(-AROUND, TILE + AROUND)
    return Layout(
        tiles=tiles,
        spans=[slice(*span) for span in zip(starts, starts + lengths, strict=True)],
        places=np.arange(lengths.sum()) + np.repeat(skipped, lengths),
        around=np.where((seen >= first) & (seen < last), seen, tiles * TILE),
    )


class WindowLayers:
    """Two convolutions of each size, and the sum of normalised features over a text."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        """Take the arrays of the package's ``weights.npz``."""
        self._filters = [
            make_filter(weights[f"w2_{size}"].reshape(size, WIDTH, WIDTH)) for size in SIZES
        ]
        self._biases = [weights[f"b2_{size}"] for size in SIZES]
        self._epsilon = np.float32(weights["eps"])

    def add_up(self, tables: TokenTables, tokens: Indexes, layout: Layout, room: Room) -> Matrix:
        """Return the sum of the normalised features of each text, (texts, 1280), but for its mean.

        Args:
            tables: What depends on each token alone.
            tokens: Those of all texts, as rows of the tables.
            layout: Where they lie.
            room: Of at least as many tiles.
        """
        laid = np.full(layout.rows + 1, tables.empty)
        laid[layout.places] = tokens
        for number in range(len(WINDOWS)):
            self._convolve_once(number, tables, laid, layout, room)
            self._convolve_again(number, layout, room)
        laid = laid[:-1]
        embeddings, features = room.embeddings[: layout.rows], room.features[:, : layout.rows]
        np.take(tables.embeddings, laid, axis=0, out=embeddings, mode="clip")
        means, squares = tables.embedding_sums[laid], tables.embedding_squares[laid]
        for of_window in features:
            means += of_window @ np.ones(WIDTH, np.float32)
            squares += np.einsum("ij,ij->i", of_window, of_window)
        means /= FEATURES
        shares = 1 / np.sqrt(squares / FEATURES - np.square(means) + self._epsilon)
        # The sum of normalised rows, without a pass to write them.
        sums = np.empty((len(layout.spans), FEATURES), np.float32)
        for of_text, span in zip(sums, layout.spans, strict=True):
            share = shares[span]
            np.matmul(share, embeddings[span], out=of_text[:DIMENSIONS])
            for number, of_window in enumerate(features):
                column = DIMENSIONS + number * WIDTH
                np.matmul(share, of_window[span], out=of_text[column : column + WIDTH])
        return sums

    def _convolve_once(
        self, number: int, tables: TokenTables, tokens: Indexes, layout: Layout, room: Room
    ) -> None:
        """Write what the first convolution of a size makes of tokens; nothing where there is none.

        Its products are in the tables, so that it only adds up.
        """
        size, before = WINDOWS[number]
        hidden = room.hidden[: layout.rows + 1]
        middle, more = hidden[:-1], room.more[: layout.rows]
        given = tables.given.reshape(-1, WIDTH)
        first_of_size = tokens * sum(SIZES) + sum(SIZES[:number])
        around = first_of_size[layout.around[:, AROUND - before :]]
        for place in range(size):
            index = (around[:, place : place + TILE] + place).ravel()
            np.take(given, index, axis=0, out=more if place else middle, mode="clip")
            if place:
                middle += more
        np.maximum(middle, 0, out=middle)
        branches = tables.branches.reshape(-1, WIDTH)
        np.take(branches, tokens[:-1] * len(WINDOWS) + number, axis=0, out=more, mode="clip")
        middle += more
        hidden[np.flatnonzero(tokens == tables.empty)] = 0

    def _convolve_again(self, number: int, layout: Layout, room: Room) -> None:
        """Write the features of a size: the second convolution of what the first made."""
        _, before = WINDOWS[number]
        window = self._filters[number]
        tiles, points = layout.tiles, len(window.weights)
        more = room.more[: layout.rows]
        seen, at_points = (
            part[: tiles * points * WIDTH].reshape(tiles, points, WIDTH)
            for part in (room.seen, room.at_points)
        )
        index = layout.around[:, AROUND - before :][:, :points].ravel()
        np.take(room.hidden, index, axis=0, out=seen.reshape(-1, WIDTH), mode="clip")
        np.matmul(window.to_points, seen, out=at_points)
        np.matmul(at_points.swapaxes(0, 1), window.weights, out=seen.swapaxes(0, 1))
        np.matmul(window.to_outputs, seen, out=more.reshape(tiles, TILE, WIDTH))
        more += self._biases[number]
        np.maximum(more, 0, out=more)
        np.add(more, room.hidden[: layout.rows], out=room.features[number, : layout.rows])
