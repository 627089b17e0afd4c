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
from alignment.evidence import Evidence, Side, Weights, score_beads
from alignment.neighbours import find_neighbours
from alignment.search import best_path, path_posteriors

MOVED_PASSES = 3
"""Blocks may have moved past each other, too."""
WHOLE_HANDICAP = 1.5
"""Nats that a bead out of order must be better than one in order, between paragraphs none of whose
sentences has a counterpart."""
PART_HANDICAP = 3.0
"""The same for sentences of any other paragraph."""
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
    for whole in (True, False):
        for _ in range(MOVED_PASSES):
            moved = _find_moved(evidence, links, weights, whole=whole)
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


def _find_moved(
    evidence: Evidence, links: Sequence[Link], weights: Weights, *, whole: bool
) -> list[Link]:
    """Return links between what has no counterpart yet; with ``whole``, of whole paragraphs."""
    source = _alone([(link.source, link.target) for link in links], evidence.source, whole=whole)
    target = _alone([(link.target, link.source) for link in links], evidence.target, whole=whole)
    if not len(source) or not len(target):
        return []
    rest = evidence.take(source, target)
    near = find_neighbours(rest.source.sentences.vectors, rest.target.sentences.vectors)
    handicap = WHOLE_HANDICAP if whole else PART_HANDICAP
    return [
        replace(
            link,
            source=[int(source[row]) for row in link.source],
            target=[int(target[row]) for row in link.target],
            moved=True,
        )
        for link in _match(rest, find_corridor(*near), weights, handicap=handicap)
        if link.source and link.target and link.probability > MOVED_LEAST
    ]


def _alone(
    links: Sequence[tuple[Sequence[int], Sequence[int]]], side: Side, *, whole: bool
) -> Indexes:
    """Return the rows of one side that have no counterpart, rising; links begin with that side."""
    paragraphs = side.sentences.paragraphs
    taken = {int(paragraphs[row]) for here, there in links if there for row in here}
    rows = sorted(row for here, there in links if not there for row in here)
    kept = [row for row in rows if not (whole and int(paragraphs[row]) in taken)]
    return np.array(kept, np.intp)


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
