"""How the sentence encoder's work is cut into parts: evenly, and alike on any number of threads."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.int64]

STEP: Final = 16
"""Products have a multiple of so many rows. Most of OpenBLAS's kernels then compute a row in the
same way wherever it stands and whatever stands beside it; with fewer they may take other ways."""


def rounded(count: int) -> int:
    """Return how many rows a product gets of which so many count; at least some."""
    return max(-(-count // STEP), 1) * STEP


def count_parts(total: int, *, most: int) -> int:
    """Return into how many parts to cut work of such a size for some threads, each up to ``most``.

    An even number, so that two threads have as much to do, unless the parts would be tiny.
    """
    return 1 if 4 * total <= most else 2 * -(-total // (2 * most))


def cut_rows(count: int, *, parts: int) -> list[slice]:
    """Cut a rounded number of rows into about so many parts, each a rounded number."""
    steps = count // STEP
    parts = min(parts, steps)
    edges = [steps * part // parts * STEP for part in range(parts + 1)]
    return [slice(*edge) for edge in pairwise(edges)]


def cut_texts(lengths: Indexes, *, parts: int) -> list[slice]:
    """Cut texts of so many tokens into runs of about as many; fewer runs where texts are long."""
    ends = np.cumsum(lengths)
    cuts = np.searchsorted(ends, ends[-1:] * np.arange(1, parts) / parts)
    edges = np.unique([0, *cuts, len(lengths)]).tolist()
    return [slice(*edge) for edge in pairwise(edges)]
