"""Which sentences of two texts say the same: the likeliest monotone path, then what moved.

What the path leaves over on both sides is aligned again as if it were all there is, at a handicap;
so a moved block is found as a block, the weak sentences in it too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignment.beads import Span
from alignment.corridor import find_corridor
from alignment.edition import Indexes
from alignment.evidence import Evidence, Weights, score_beads
from alignment.neighbours import find_neighbours
from alignment.search import best_path, path_posteriors

MOVED_PASSES = 2
"""Blocks may have moved past each other, too."""
MOVED_HANDICAP = 3.0
"""Nats that a bead out of order must be better than one in order."""
MOVED_LEAST = 0.5
"""Probability over which a bead out of order is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Neighbouring sentences of one text and those of the other that say the same.

    Rows of the evidence. One side is empty where a sentence has no counterpart.
    """

    source: Sequence[int]
    target: Sequence[int]
    probability: float
    score: float
    """Nats; high is good."""
    moved: bool


def find_links(evidence: Evidence, weights: Weights) -> list[Link]:
    """Return links that hold every sentence of both texts once."""
    near = evidence.source.neighbours, evidence.target.neighbours
    links = list(_match(evidence, find_corridor(*near), weights, handicap=0.0))
    for _ in range(MOVED_PASSES):
        alone = _alone(links)
        if not all(map(len, alone)):
            break
        rest = evidence.take(*alone)
        near = find_neighbours(rest.source.sentences.vectors, rest.target.sentences.vectors)
        again = _match(rest, find_corridor(*near), weights, handicap=MOVED_HANDICAP)
        moved = [
            replace(
                link,
                source=[int(alone[0][row]) for row in link.source],
                target=[int(alone[1][row]) for row in link.target],
                moved=True,
            )
            for link in again
            if link.source and link.target and link.probability > MOVED_LEAST
        ]
        if not moved:
            break
        placed_source = {row for link in moved for row in link.source}
        placed_target = {row for link in moved for row in link.target}
        links = [
            link
            for link in links
            if placed_source.isdisjoint(link.source) and placed_target.isdisjoint(link.target)
        ]
        links += moved
    return links


def _alone(links: Sequence[Link]) -> tuple[Indexes, Indexes]:
    """Return the source and the target rows that have no counterpart, rising."""
    source = sorted(row for link in links if not link.target for row in link.source)
    target = sorted(row for link in links if not link.source for row in link.target)
    return np.array(source, np.intp), np.array(target, np.intp)


def _match(
    evidence: Evidence, columns: Sequence[Span], weights: Weights, *, handicap: float
) -> Iterator[Link]:
    """Yield the links of the likeliest monotone path through a corridor."""
    scores = score_beads(evidence, columns, weights, handicap=handicap)
    path = best_path(scores)
    for step, probability in zip(path, path_posteriors(scores, path), strict=True):
        yield Link(
            source=range(step.source.start, step.source.end),
            target=range(step.target.start, step.target.end),
            probability=probability,
            score=step.score,
            moved=False,
        )
