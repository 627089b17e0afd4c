"""Which sentences of two texts say the same: the likeliest monotone path, then what moved.

What the path leaves over on both sides is aligned again as if it were all there is, at a handicap;
so a moved block is found as a block, the weak sentences in it too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignment.beads import Link, Span
from alignment.chain import Block
from alignment.chances import Chances
from alignment.edition import Indexes
from alignment.evidence import Evidence, Side
from alignment.scoring import Weights, score_beads
from alignment.search import Posteriors, best_paths, posteriors

MOVED_PASSES = 3
"""Blocks may have moved past each other, too."""
WHOLE_HANDICAP = 1.5
"""Nats that a bead out of order must be better than one in order, between paragraphs none of whose
sentences has a counterpart."""
PART_HANDICAP = 3.0
"""The same for sentences of any other paragraph."""
BATCH_POINTS = 400_000
"""Grid points, padding included, that are searched at once: some 60 MB."""
LEAST_CHANCE = 0.003
"""Probability of a bead under which it is as good as none."""
MOVED_LEAST = 0.5
"""Probability over which a bead out of order is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Links that hold every sentence of both texts once, and what else could have been."""

    links: list[Link]
    chances: Chances
    """Of two sentences being in one link, where it is at least ``LEAST_CHANCE``."""


def find_links(evidence: Evidence, weights: Weights) -> Found:
    """Return the likeliest links, first in order, then of what moved."""
    found = _match(evidence, weights, handicap=0.0)
    for whole in (True, False):
        for _ in range(MOVED_PASSES):
            moved = _find_moved(evidence, found.links, weights, whole=whole)
            if not moved.links:
                break
            placed_source = {row for link in moved.links for row in link.source}
            placed_target = {row for link in moved.links for row in link.target}
            in_order = [
                link
                for link in found.links
                if placed_source.isdisjoint(link.source) and placed_target.isdisjoint(link.target)
            ]
            chances = Chances.together([found.chances, moved.chances])
            found = Found(links=[*in_order, *moved.links], chances=chances)
    return found


def _find_moved(
    evidence: Evidence, links: Sequence[Link], weights: Weights, *, whole: bool
) -> Found:
    """Return links between what has no counterpart yet; with ``whole``, of whole paragraphs."""
    source = _alone([(link.source, link.target) for link in links], evidence.source, whole=whole)
    target = _alone([(link.target, link.source) for link in links], evidence.target, whole=whole)
    if not len(source) or not len(target):
        return Found(links=[], chances=Chances.none())
    rest = evidence.take(source, target)
    handicap = WHOLE_HANDICAP if whole else PART_HANDICAP
    found = in_rows(_match(rest, weights, handicap=handicap), source, target)
    moved = [
        replace(link, moved=True)
        for link in found.links
        if link.source and link.target and link.probability > MOVED_LEAST
    ]
    return Found(links=moved, chances=found.chances)


def in_rows(found: Found, source: Indexes, target: Indexes) -> Found:
    """Return links of some sentences as links of all: ``source`` and ``target`` are their rows."""
    rows, columns = source.tolist(), target.tolist()
    return Found(
        links=[
            replace(
                link,
                source=[rows[row] for row in link.source],
                target=[columns[column] for column in link.target],
            )
            for link in found.links
        ],
        chances=found.chances.in_rows(source, target),
    )


def _alone(
    links: Sequence[tuple[Sequence[int], Sequence[int]]], side: Side, *, whole: bool
) -> Indexes:
    """Return the rows of one side that have no counterpart, rising; links begin with that side."""
    paragraphs = side.sentences.paragraphs
    taken = {int(paragraphs[row]) for here, there in links if there for row in here}
    rows = sorted(row for here, there in links if not there for row in here)
    kept = [row for row in rows if not (whole and int(paragraphs[row]) in taken)]
    return np.array(kept, np.intp)


def _match(evidence: Evidence, weights: Weights, *, handicap: float) -> Found:
    """Return the links of the likeliest monotone path."""
    links: list[Link] = []
    chances: list[Chances] = []
    for blocks in _batches(evidence.blocks):
        scores = score_beads(evidence, blocks, weights, handicap=handicap)
        likely = posteriors(scores)
        chances.append(_chances(likely, blocks))
        for grid, path in enumerate(best_paths(scores)):
            for step in path:
                gaps = (
                    scores.source_gaps[step.source.start : step.source.end, grid].sum()
                    + scores.target_gaps[grid, step.target.start : step.target.end].sum()
                )
                source = _moved_by(step.source, blocks[grid].source.start)
                target = _moved_by(step.target, blocks[grid].target.start)
                links.append(
                    Link(
                        source=source,
                        target=target,
                        probability=likely.of(step, grid),
                        score=step.score,
                        moved=False,
                        gain=step.score - float(gaps),
                        tied=float(evidence.ties.block(source, target).max(initial=0.0)),
                    )
                )
    return Found(links=links, chances=Chances.together(chances))


def _moved_by(span: Span, start: int) -> range:
    return range(start + span.start, start + span.end)


def _chances(likely: Posteriors, blocks: Sequence[Block]) -> Chances:
    """Return the chances of the members of all beads that are likely enough to count."""
    firsts = (
        np.array([block.source.start for block in blocks], np.intp),
        np.array([block.target.start for block in blocks], np.intp),
    )
    parts = []
    for (a, b), beads in likely.beads.items():
        rows, grids, columns = ends = np.nonzero(beads >= LEAST_CHANCE)
        parts += [
            Chances(
                source=firsts[0][grids] + rows - back,
                target=firsts[1][grids] + columns - there,
                probability=beads[ends],
            )
            for back in range(1, a + 1)
            for there in range(1, b + 1)
        ]
    return Chances.together(parts)


def _batches(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks, those of about the same size together, up to ``BATCH_POINTS`` points."""
    batch: list[Block] = []
    height = width = 0
    for block in sorted(blocks, key=lambda block: (len(block.source), len(block.target))):
        height, width = max(height, len(block.source)), max(width, len(block.target))
        if batch and (len(batch) + 1) * (height + 1) * (width + 1) > BATCH_POINTS:
            yield batch
            batch, height, width = [], len(block.source), len(block.target)
        batch.append(block)
    if batch:
        yield batch
