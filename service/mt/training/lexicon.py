"""Word translation probabilities from the pairs themselves, to guide the alignment head.

IBM model 1 (Brown et al., 1993, https://aclanthology.org/J93-2003) over pieces, one table for all
directions; the tag in front of the source plays the empty word.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from service.mt.training.errors import UNREADABLE, RunDamagedError
from service.mt.training.packing import Batches

ITERATIONS: Final = 4
MOST_TOKENS_SEEN: Final = 8_000_000
"""Target tokens looked at in an iteration: enough, and a minute of work."""
FLOOR: Final = 1e-6
"""Least probability in the table; it holds for pieces that were never seen together."""


def learn_lexicon(
    batches: Batches,
    *,
    vocabulary: int,
    pad: int,
    progress: Callable[[int, int], None],
) -> Tensor:
    """Return (V, V) probabilities t(target piece | source piece), none below ``FLOOR``.

    Takes ``8 V ** 2`` bytes: half a gigabyte for 8,000 pieces.

    Args:
        batches: The pairs of all directions.
        vocabulary: V, the padding included.
        pad: The padding.
        progress: Called with the iterations done and all iterations.
    """
    table = torch.ones(vocabulary * vocabulary)
    for iteration in range(ITERATIONS):
        progress(iteration, ITERATIONS)
        counts, seen = torch.zeros(vocabulary * vocabulary), 0
        for batch in batches.once():
            source, target = torch.from_numpy(batch.source), torch.from_numpy(batch.target)
            keys = source[:, None, :] * vocabulary + target[:, :, None]
            shares = table[keys]
            shares /= shares.sum(-1, keepdim=True).clamp_min(FLOOR)
            shares *= (target != pad)[:, :, None]
            counts.index_add_(0, keys.flatten(), shares.flatten())
            seen += int((target != pad).sum())
            if seen > MOST_TOKENS_SEEN:
                break
        grid = counts.view(vocabulary, vocabulary)
        table = (grid / grid.sum(1, keepdim=True).clamp_min(FLOOR)).clamp_min_(FLOOR).view(-1)
    progress(ITERATIONS, ITERATIONS)
    return table.view(vocabulary, vocabulary)


def save_lexicon(table: Tensor, path: Path) -> None:
    """Write the entries above the floor, which are few."""
    flat = table.flatten()
    places = torch.nonzero(flat > FLOOR).flatten()
    np.savez_compressed(
        path,
        places=places.numpy().astype(np.uint32),
        logs=flat[places].log().to(torch.float16).numpy(),
        size=len(table),
    )


def load_lexicon(path: Path) -> Tensor:
    """Return (V, V) log probabilities in float16.

    Raises:
        RunDamagedError: If the file is missing or damaged.
    """
    try:
        with path.open("rb") as stream, np.load(stream) as arrays:
            size, logs = int(arrays["size"]), torch.from_numpy(arrays["logs"])
            places = torch.from_numpy(arrays["places"].astype(np.int64))
    except UNREADABLE as error:
        raise RunDamagedError(path.parent, path.name) from error
    table = torch.full((size * size,), float(np.log(FLOOR)), dtype=torch.float16)
    table[places] = logs
    return table.view(size, size)
