"""What a third edition says about two: their sentences that the same sentence of it answers to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignment.beads import Link
from alignment.edition import Indexes, Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Pairs of sentences that a third text ties, and how likely it does, in [0, 1].

    The likelihood is the product of those of the two links that lead there and on.
    """

    source: Indexes
    """(k,) the source sentence of each pair, rising."""
    target: Indexes
    """(k,)."""
    likely: Matrix
    """(k,)."""
    source_known: Matrix
    """(n,) how likely each source sentence has a counterpart in the third text."""
    target_known: Matrix
    """(m,)."""

    @classmethod
    def none(cls, n_source: int, n_target: int) -> "Ties":
        """Return what is known without a third text: nothing."""
        nothing = np.zeros(0, np.intp)
        return cls(
            source=nothing,
            target=nothing,
            likely=np.zeros(0, np.float32),
            source_known=np.zeros(n_source, np.float32),
            target_known=np.zeros(n_target, np.float32),
        )

    def strongest(self) -> tuple[Matrix, Matrix]:
        """Return how likely each sentence is tied to any of the other text: (n,) and (m,)."""
        found = np.zeros_like(self.source_known), np.zeros_like(self.target_known)
        np.maximum.at(found[0], self.source, self.likely)
        np.maximum.at(found[1], self.target, self.likely)
        return found

    def take(self, source: Indexes, target: Indexes) -> "Ties":
        """Return those between some sentences of both texts, by the rows given."""
        places = _places(source, len(self.source_known)), _places(target, len(self.target_known))
        rows, columns = places[0][self.source], places[1][self.target]
        kept = (rows >= 0) & (columns >= 0)
        return Ties(
            source=rows[kept],
            target=columns[kept],
            likely=self.likely[kept],
            source_known=self.source_known[source],
            target_known=self.target_known[target],
        )

    def block(self, rows: range, columns: range) -> Matrix:
        """Return a block of the matrix of pairs; rows and columns under 0 are empty."""
        dense = np.zeros((len(rows), len(columns)), np.float32)
        if not len(self.likely):
            return dense
        first, last = np.searchsorted(self.source, (rows.start, rows.stop))
        inside = slice(first, last)
        columns_there = self.target[inside] - columns.start
        kept = (columns_there >= 0) & (columns_there < len(columns))
        there = self.source[inside][kept] - rows.start, columns_there[kept]
        dense[there] = self.likely[inside][kept]
        return dense


def find_ties(
    to_third: Sequence[Link], from_third: Sequence[Link], *, n_source: int, n_target: int
) -> Ties:
    """Return the pairs that a third text ties.

    Args:
        to_third: Links between the source and the third text.
        from_third: Links between the third text and the target.
        n_source: Sentences of the source.
        n_target: Sentences of the target.
    """
    onwards: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    known = np.zeros(n_source, np.float32), np.zeros(n_target, np.float32)
    for link in from_third:
        for there in link.target if link.source else ():
            known[1][there] = link.probability
        for middle in link.source:
            onwards[middle] += [(there, link.probability) for there in link.target]
    likely: dict[tuple[int, int], float] = {}
    for link in to_third:
        for here in link.source if link.target else ():
            known[0][here] = link.probability
            for middle in link.target:
                for there, probability in onwards[middle]:
                    through = link.probability * probability
                    likely[here, there] = max(through, likely.get((here, there), 0.0))
    pairs = sorted(likely)
    return Ties(
        source=np.array([here for here, _ in pairs], np.intp),
        target=np.array([there for _, there in pairs], np.intp),
        likely=np.array([likely[pair] for pair in pairs], np.float32),
        source_known=known[0],
        target_known=known[1],
    )


def _places(rows: Indexes, count: int) -> Indexes:
    """Return where each of ``count`` rows stands among those taken, or -1."""
    places = np.full(count, -1, np.intp)
    places[rows] = np.arange(len(rows))
    return places


def turned(links: Sequence[Link]) -> list[Link]:
    """Return links with source and target exchanged."""
    return [replace(link, source=link.target, target=link.source) for link in links]
