"""Precision, recall and F1 of an alignment against gold, as the aligners' papers define them.

A group is a pair of index sets; one of them may be empty. A predicted group is a *strict* hit when
gold has exactly it, a *lax* hit when gold links one of its source paragraphs to one of its target
ones. Groups with an empty side are taken paragraph by paragraph; they count in precision, where
only an exact match is a hit, and not in recall (Sennrich & Volk, 2010).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import groupby, pairwise
from typing import TypeAlias

from alignment.beads import Alignment, Bead

Group: TypeAlias = tuple[frozenset[int], frozenset[int]]

Judged: TypeAlias = tuple[tuple[float, bool], ...]
"""Confidences, and whether each was right."""

BINS = 10
"""Bins of the calibration error; each holds as many groups as the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A share as its two counts, so that documents can be pooled."""

    hits: int = 0
    of: int = 0

    def __add__(self, other: "Ratio") -> "Ratio":
        return Ratio(hits=self.hits + other.hits, of=self.of + other.of)

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was found of what there is, in one or several documents; add up to pool them."""

    strict_precision: Ratio = Ratio()
    strict_recall: Ratio = Ratio()
    lax_precision: Ratio = Ratio()
    lax_recall: Ratio = Ratio()
    link_precision: Ratio = Ratio()
    link_recall: Ratio = Ratio()
    unmatched_precision: Ratio = Ratio()
    unmatched_recall: Ratio = Ratio()
    moved: Ratio = Ratio()
    """Gold groups with a moved paragraph of which at least one link was found."""
    judged: Judged = ()
    """Of groups with two sides: confidence, and whether gold has exactly the group."""
    judged_unmatched: Judged = ()
    """Of paragraphs left alone: confidence, and whether gold leaves them alone, too."""

    def __add__(self, other: "Counts") -> "Counts":
        names = [part.name for part in fields(self)]
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """F1 scores, share of moved groups found, and how far confidences hold; shares in [0, 1]."""

    strict_f1: float
    lax_f1: float
    link_f1: float
    unmatched_f1: float
    moved: float
    """Share of gold groups with a moved paragraph of which a link was found; 0 without any."""
    ece: float
    """Expected calibration error of the groups with two sides."""
    auc: float | None
    """How well their confidence tells right from wrong: area under the ROC; None where all are
    right or all wrong."""
    unmatched_ece: float
    """The same of the paragraphs left alone."""
    unmatched_auc: float | None
    groups: int
    """Gold groups with two sides."""
    moved_groups: int
    """Those of them with a moved paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Groups of like confidence: their mean confidence, the share that was right, their number."""

    confidence: float
    right: float
    size: int


def count_hits(
    gold: Iterable[tuple[Collection[int], Collection[int]]],
    predicted: Alignment,
    *,
    moved_source: Collection[int] = (),
    moved_target: Collection[int] = (),
) -> Counts:
    """Compare an alignment with gold groups of paragraph indexes.

    Args:
        gold: Groups, one side of which may be empty; they may cross and have holes.
        predicted: The alignment to judge.
        moved_source: Source paragraphs that stand elsewhere in the target.
        moved_target: The same for the target.
    """
    judged = [(_group(bead), bead.confidence) for bead in predicted.beads]
    gold_paired, gold_alone = _by_paragraph((frozenset(x), frozenset(y)) for x, y in gold)
    paired, alone = _by_paragraph(group for group, _ in judged)
    gold_links, links = _links(gold_paired), _links(paired)
    moved = {
        (source, target)
        for source, target in gold_paired
        if source & set(moved_source) or target & set(moved_target)
    }
    right = len(alone & gold_alone)
    exact = len(paired & gold_paired)
    return Counts(
        strict_precision=Ratio(hits=exact + right, of=len(paired) + len(alone)),
        strict_recall=Ratio(hits=exact, of=len(gold_paired)),
        lax_precision=Ratio(
            hits=_touching(paired, gold_links) + right, of=len(paired) + len(alone)
        ),
        lax_recall=Ratio(hits=_touching(gold_paired, links), of=len(gold_paired)),
        link_precision=Ratio(hits=len(links & gold_links), of=len(links)),
        link_recall=Ratio(hits=len(links & gold_links), of=len(gold_links)),
        unmatched_precision=Ratio(hits=right, of=len(alone)),
        unmatched_recall=Ratio(hits=right, of=len(gold_alone)),
        moved=Ratio(hits=_touching(moved, links), of=len(moved)),
        judged=tuple(
            (confidence, group in gold_paired)
            for group, confidence in judged
            if group[0] and group[1]
        ),
        judged_unmatched=tuple(
            (confidence, single in gold_alone)
            for group, confidence in judged
            for single in _by_paragraph([group])[1]
        ),
    )


def figures_of(counts: Counts) -> Figures:
    """Return the figures of one or many pooled documents."""
    return Figures(
        strict_f1=_f1(counts.strict_precision, counts.strict_recall),
        lax_f1=_f1(counts.lax_precision, counts.lax_recall),
        link_f1=_f1(counts.link_precision, counts.link_recall),
        unmatched_f1=_f1(counts.unmatched_precision, counts.unmatched_recall),
        moved=counts.moved.value,
        ece=calibration_error(counts.judged),
        auc=area_under_roc(counts.judged),
        unmatched_ece=calibration_error(counts.judged_unmatched),
        unmatched_auc=area_under_roc(counts.judged_unmatched),
        groups=counts.strict_recall.of,
        moved_groups=counts.moved.of,
    )


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error of confidences, given which were right.

    The mean distance of confidence from the share that was right, over bins weighted by size
    (Naeini et al., 2015, with bins of equal mass); 0 where nothing was judged.
    """
    bins = calibration_bins(judged)
    distance = sum(members.size * abs(members.confidence - members.right) for members in bins)
    return distance / len(judged) if judged else 0.0


def calibration_bins(judged: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Return up to ``BINS`` bins of equal size, by rising confidence; none is empty."""
    ordered = sorted(judged)
    cuts = [len(ordered) * cut // BINS for cut in range(BINS + 1)]
    return [
        Bin(
            confidence=sum(confidence for confidence, _ in ordered[start:end]) / (end - start),
            right=sum(right for _, right in ordered[start:end]) / (end - start),
            size=end - start,
        )
        for start, end in pairwise(cuts)
        if start < end
    ]


def area_under_roc(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Return the probability that what was right has a higher confidence than what was wrong.

    Ties count half. None where all is right or all wrong, so that there is nothing to tell apart.
    Time is O(n log n).
    """
    right_in_all = sum(right for _, right in judged)
    pairs = right_in_all * (len(judged) - right_in_all)
    if not pairs:
        return None
    higher, wrong_below = 0.0, 0
    for _, tied in groupby(sorted(judged), key=lambda one: one[0]):
        rights = [right for _, right in tied]
        wrong = rights.count(False)
        higher += rights.count(True) * (wrong_below + wrong / 2)
        wrong_below += wrong
    return higher / pairs


def _group(bead: Bead) -> Group:
    return frozenset(bead.source), frozenset(bead.target)


def _by_paragraph(groups: Iterable[Group]) -> tuple[set[Group], set[Group]]:
    """Return the groups with two sides, and the others taken apart into single paragraphs."""
    paired: set[Group] = set()
    alone: set[Group] = set()
    nothing: frozenset[int] = frozenset()
    for source, target in groups:
        if source and target:
            paired.add((source, target))
        else:
            alone |= {(frozenset({paragraph}), nothing) for paragraph in source}
            alone |= {(nothing, frozenset({paragraph})) for paragraph in target}
    return paired, alone


def _links(groups: Iterable[Group]) -> set[tuple[int, int]]:
    return {(i, j) for source, target in groups for i in source for j in target}


def _touching(groups: Iterable[Group], links: set[tuple[int, int]]) -> int:
    """Return how many groups hold at least one of the links."""
    return sum(any((i, j) in links for i in source for j in target) for source, target in groups)


def _f1(precision: Ratio, recall: Ratio) -> float:
    total = precision.value + recall.value
    return 2 * precision.value * recall.value / total if total else 0.0
