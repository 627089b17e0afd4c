"""What is known of two texts that are to be aligned: their sentences, held against each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alignment.chain import Block, blocks_between
from alignment.cuts import find_blocks, find_cuts
from alignment.edition import Indexes, Matrix, Sentences
from alignment.neighbours import Neighbours, find_neighbours
from alignment.runs import NUMBER_COLUMNS, Runs, find_runs
from alignment.search import SHAPES, SHAPES_OF_LINES, Shape
from alignment.third import Ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two texts, and what it has to do with the other."""

    sentences: Sentences
    runs: Runs
    neighbours: Neighbours
    numbers: NDArray[np.bool_]
    tied: Matrix
    """(n,) how likely a third text ties each sentence to one of the other."""
    known: Matrix
    """(n,) how likely each has a counterpart in the third text."""

    def take(self, rows: Indexes) -> "Side":
        """Return some of its sentences, each still held against the whole of the other text's."""
        sentences = self.sentences.take(rows)
        return Side(
            sentences=sentences,
            runs=find_runs(sentences),
            neighbours=self.neighbours.take(rows),
            numbers=self.numbers[np.concatenate([[0], rows + 1])],
            tied=self.tied[rows],
            known=self.known[rows],
        )

    def beside(self, neighbours: Neighbours) -> "Side":
        """Return the same side, each sentence also held against these neighbours."""
        return replace(self, neighbours=self.neighbours.or_nearer(neighbours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Two texts that are to be aligned, neither of them empty."""

    source: Side
    target: Side
    ties: Ties
    blocks: Sequence[Block]
    """The stretches of both, in order, that are searched one by one."""

    @property
    def in_paragraphs(self) -> bool:
        """Whether it is known where paragraphs begin and end on both sides."""
        return self.source.sentences.in_paragraphs and self.target.sentences.in_paragraphs

    @property
    def shapes(self) -> Sequence[Shape]:
        """The sizes that beads may have."""
        return SHAPES if self.in_paragraphs else SHAPES_OF_LINES

    def told(self, ties: Ties) -> "Evidence":
        """Return the same evidence with what a third text says."""
        tied = ties.strongest()
        return replace(
            self,
            source=replace(self.source, tied=tied[0], known=ties.source_known),
            target=replace(self.target, tied=tied[1], known=ties.target_known),
            ties=ties,
        )

    def take(self, source: Indexes, target: Indexes) -> "Evidence":
        """Return the evidence on some sentences of both, as if they were all there are."""
        sides = self.source.take(source), self.target.take(target)
        vectors = sides[0].sentences.vectors, sides[1].sentences.vectors
        if sides[0].neighbours.everywhere:
            blocks = find_blocks(*vectors)
        else:
            # What has no counterpart in the sections around may have one among all the others.
            found = find_neighbours(*vectors)
            sides = sides[0].beside(found[0]), sides[1].beside(found[1])
            blocks = blocks_between(find_cuts(*found))
        return Evidence(
            source=sides[0],
            target=sides[1],
            ties=self.ties.take(source, target),
            blocks=blocks,
        )


def gather_evidence(
    source: Sentences,
    target: Sentences,
    rows: Indexes | None = None,
    columns: Indexes | None = None,
) -> Evidence:
    """Return the evidence on two texts, neither of them empty.

    Args:
        source: All sentences of one text.
        target: All of the other.
        rows: Those of the source that are to be aligned, each held against the whole target; all,
            if left out.
        columns: Those of the target.
    """
    whole = all(
        chosen is None or len(chosen) == len(text)
        for chosen, text in ((rows, source), (columns, target))
    )
    if whole:
        of_source, of_target = find_neighbours(source.vectors, target.vectors)
        blocks = blocks_between(find_cuts(of_source, of_target))
    else:
        all_source, all_target = source.vectors, target.vectors
        source = source if rows is None else source.take(rows)
        target = target if columns is None else target.take(columns)
        of_source = find_neighbours(source.vectors, all_target)[0]
        of_target = find_neighbours(target.vectors, all_source)[0]
        blocks = find_blocks(source.vectors, target.vectors)
    ties = Ties.none(len(source), len(target))
    tied = ties.strongest()
    runs = find_runs(source), find_runs(target)
    different = sorted(set().union(*source.numbers, *target.numbers))
    number_columns = {number: place % NUMBER_COLUMNS for place, number in enumerate(different)}
    return Evidence(
        source=Side(
            sentences=source,
            runs=runs[0],
            neighbours=of_source,
            numbers=runs[0].number_table(number_columns),
            tied=tied[0],
            known=ties.source_known,
        ),
        target=Side(
            sentences=target,
            runs=runs[1],
            neighbours=of_target,
            numbers=runs[1].number_table(number_columns),
            tied=tied[1],
            known=ties.target_known,
        ),
        ties=ties,
        blocks=blocks,
    )
