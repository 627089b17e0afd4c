"""Two editions held against each other: each gap between what is settled is searched alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alignment.beads import Bead, Link
from alignment.chances import Chances
from alignment.confidence import calibrate
from alignment.edition import Indexes, Sentences
from alignment.evidence import Evidence, gather_evidence
from alignment.graph import Group, find_groups
from alignment.lengths_alike import with_lengths_alike
from alignment.links import Found, find_links, in_rows
from alignment.pins import Settled
from alignment.scoring import load_weights
from alignment.third import Ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The sentences of a gap, as rows of both editions' sentences."""

    source: Indexes
    target: Indexes
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two editions, what is settled between them, and what is not."""

    source: Sentences
    target: Sentences
    settled: Sequence[Bead]
    stretches: Sequence[Stretch]

    @classmethod
    def of(cls, source: Sentences, target: Sentences, settled: Settled) -> "Comparison":
        """Hold the sentences of each gap against the whole of the other edition."""
        source, target = with_lengths_alike(source, target)
        beads = list(settled.beads)
        stretches = []
        for gap in settled.gaps:
            if gap.source and gap.target:
                rows, columns = _rows_of(source, gap.source), _rows_of(target, gap.target)
                evidence = gather_evidence(source, target, rows, columns)
                stretches.append(Stretch(source=rows, target=columns, evidence=evidence))
            else:
                beads += (_unanswered(source=(paragraph,)) for paragraph in gap.source)
                beads += (_unanswered(target=(paragraph,)) for paragraph in gap.target)
        return cls(source=source, target=target, settled=beads, stretches=stretches)

    def find_links(self, ties: Ties | None = None) -> Found:
        """Return links that hold each sentence of the gaps once; ``ties`` are a third edition's."""
        return _joined([_link(stretch, ties) for stretch in self.stretches])

    def settled_links(self, *, closely: bool = False) -> list[Link]:
        """Return links between the sentences of the settled beads that have two sides.

        ``closely`` aligns the sentences of each; else they are paired one by one where both sides
        have as many, and all with all where not.
        """
        found: list[Link] = []
        for bead in self.settled:
            if bead.source and bead.target:
                rows, columns = (
                    _rows_of(self.source, bead.source),
                    _rows_of(self.target, bead.target),
                )
                if closely:
                    inside = Stretch(
                        source=rows,
                        target=columns,
                        evidence=gather_evidence(self.source, self.target, rows, columns),
                    )
                    found += _link(inside, None).links
                else:
                    found += _one_by_one(rows.tolist(), columns.tolist(), bead)
        return found

    def paragraph_beads(self, found: Found) -> list[Bead]:
        """Return the settled beads and those that the gaps' links make."""
        groups = find_groups(found.links, self.source, self.target)
        confidences = calibrate(groups, found.chances, self.source, self.target, self.settled)
        return [*self.settled, *map(_bead, groups, confidences)]

    def sentence_beads(self, links: Sequence[Link]) -> list[Bead]:
        """Return the links as beads of sentences, those inside settled beads included."""
        places = self.source.places.tolist(), self.target.places.tolist()
        return [
            Bead(
                source=tuple(places[0][row] for row in link.source),
                target=tuple(places[1][row] for row in link.target),
                cost=-link.score,
                confidence=link.probability,
                moved=link.moved,
                gain=link.gain,
                tied=link.tied,
            )
            for link in [*links, *self.settled_links(closely=True)]
        ]


def _link(stretch: Stretch, ties: Ties | None) -> Found:
    evidence = stretch.evidence
    if ties is not None:
        evidence = evidence.told(ties.take(stretch.source, stretch.target))
    return in_rows(find_links(evidence, load_weights()), stretch.source, stretch.target)


def _joined(parts: Sequence[Found]) -> Found:
    return Found(
        links=[link for part in parts for link in part.links],
        chances=Chances.together([part.chances for part in parts]),
    )


def _one_by_one(rows: Sequence[int], columns: Sequence[int], bead: Bead) -> list[Link]:
    if len(rows) == len(columns):
        pairs = [([row], [column]) for row, column in zip(rows, columns, strict=True)]
    else:
        pairs = [(list(rows), list(columns))]
    return [
        Link(
            source=here,
            target=there,
            probability=bead.confidence,
            score=0.0,
            moved=bead.moved,
        )
        for here, there in pairs
    ]


def _bead(group: Group, confidence: float) -> Bead:
    return Bead(
        source=group.source,
        target=group.target,
        cost=-sum(link.score for link in group.links),
        confidence=confidence,
        moved=group.moved,
        gain=sum(link.gain for link in group.pairs),
        tied=max((link.tied for link in group.pairs), default=0.0),
    )


def _rows_of(sentences: Sentences, paragraphs: Sequence[int]) -> Indexes:
    return np.flatnonzero(np.isin(sentences.paragraphs, paragraphs))


def _unanswered(*, source: tuple[int, ...] = (), target: tuple[int, ...] = ()) -> Bead:
    """Return the bead of a paragraph that has nothing to be held against."""
    return Bead(source=source, target=target, cost=0.0, confidence=1.0)
