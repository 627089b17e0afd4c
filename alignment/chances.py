"""What else could have been: how likely two sentences are in one link, on or off the best path."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.edition import Indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Pairs of sentences and their chance; what is said of a pair in several places adds up."""

    source: Indexes
    """(k,) rows of the source's sentences."""
    target: Indexes
    """(k,)."""
    probability: NDArray[np.float64]
    """(k,)."""

    @classmethod
    def none(cls) -> "Chances":
        """Return no pair."""
        nothing = np.zeros(0, np.intp)
        return cls(source=nothing, target=nothing, probability=np.zeros(0))

    @classmethod
    def together(cls, parts: Sequence["Chances"]) -> "Chances":
        """Return the pairs of all parts."""
        every = [cls.none(), *parts]
        return cls(
            source=np.concatenate([part.source for part in every]),
            target=np.concatenate([part.target for part in every]),
            probability=np.concatenate([part.probability for part in every]),
        )

    def in_rows(self, source: Indexes, target: Indexes) -> "Chances":
        """Return pairs of some sentences as pairs of all: these are their rows."""
        return Chances(
            source=source[self.source], target=target[self.target], probability=self.probability
        )
