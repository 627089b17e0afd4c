"""What bears on a group being right: its links, what stands around it, and its texts as wholes."""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np

from alignment.beads import Bead, Link
from alignment.chances import Chances
from alignment.edition import Indexes, Matrix, Sentences
from alignment.features import length_mismatch
from alignment.graph import Group

FEW_OTHERS: Final = 1e-3
"""Ties with other groups that are as good as none."""
AROUND: Final = ("log_odds", "beside_alone", "alone_share", "sentences", "other_ties")
"""Signs of every group: log odds that its weakest paragraph is tied, or that none is; the share of
the paragraphs beside it that are alone, and of all; log of its sentences; log of the ties that it
may have with others."""
OF_LINKS: Final = (
    *("left_over", "left_over_doubt", "several", "moved"),
    *("gain", "least_gain", "tied", "least_log_odds"),
)
"""Of a group with two sides: the share of its sentences that are left over, and how doubtful that
is; whether it has several paragraphs on a side; whether it moved; the nats of all of its links
and of the weakest; how likely a third edition ties it; log odds of its least likely link."""
OF_TEXTS: Final = ("mismatch", "cosine", "least_cosine", "outside", "chars")
"""Of the same: the worst mismatch of lengths in a link; the cosine of its sides, of the sentence
with the least in its link, and of the sentence just outside that is closest to the other side; log
of its length in characters of English."""
OF_PAIRS: Final = (*AROUND, *OF_LINKS, *OF_TEXTS)
_SUREST: Final = 1e-6
"""Probabilities are taken to be at least this far from 0 and 1."""
_GROUPS_AT_ONCE: Final = 1_000
_MOST_GAIN: Final = 10.0
"""Nats of a link that is beyond doubt."""


def find_signs(
    groups: Sequence[Group],
    chances: Chances,
    source: Sentences,
    target: Sentences,
    settled: Sequence[Bead] = (),
) -> tuple[Matrix, Matrix]:
    """Return the signs of the groups with two sides, and those of the groups with one.

    Rows are in the order of the groups, columns are `OF_PAIRS` and `AROUND`. ``settled`` beads
    stand around the groups.
    """
    around = _signs_around(groups, chances, source, target, settled)
    two_sided = np.array([bool(group.pairs) for group in groups], np.bool_)
    pairs = [group for group in groups if group.pairs]
    of_links = np.array([_signs_of_links(group) for group in pairs], np.float32)
    of_texts = _signs_of_texts(pairs, source, target)
    return (
        np.hstack([around[two_sided], of_links.reshape(len(pairs), len(OF_LINKS)), of_texts]),
        around[~two_sided],
    )


def _signs_around(
    groups: Sequence[Group],
    chances: Chances,
    source: Sentences,
    target: Sentences,
    settled: Sequence[Bead],
) -> Matrix:
    """Return the signs `AROUND` of each group."""
    everything: list[Group | Bead] = [*groups, *settled]
    alone = (
        {paragraph for group in everything if not group.target for paragraph in group.source},
        {paragraph for group in everything if not group.source for paragraph in group.target},
    )
    paragraphs = sum(len(group.source) + len(group.target) for group in everything)
    share = (len(alone[0]) + len(alone[1])) / max(1, paragraphs)
    of_source, of_target = source.paragraphs.tolist(), target.paragraphs.tolist()
    rows = []
    for group, others in zip(groups, _other_ties(groups, chances, source, target), strict=True):
        beside = [
            paragraph in alone[side]
            for side, members in enumerate((group.source, group.target))
            if members
            for paragraph in (members[0] - 1, members[-1] + 1)
        ]
        rows.append(
            (
                _log_odds(_weakest(group, of_source, of_target)),
                sum(beside) / len(beside),
                share,
                math.log(len(group.links)),
                math.log(others + FEW_OTHERS),
            )
        )
    return np.array(rows, np.float32).reshape(len(groups), len(AROUND))


def _signs_of_links(group: Group) -> tuple[float, ...]:
    """Return the signs `OF_LINKS` of a group with two sides."""
    left_over = [link for link in group.links if not (link.source and link.target)]
    gains = [link.gain for link in group.pairs]
    return (
        len(left_over) / len(group.links),
        sum(1 - link.probability for link in left_over),
        float(max(len(group.source), len(group.target)) > 1),
        float(group.moved),
        math.log1p(max(sum(gains), 0.0)),
        min(*gains, _MOST_GAIN),
        max(link.tied for link in group.pairs),
        _log_odds(min(link.probability for link in group.links)),
    )


def _signs_of_texts(groups: Sequence[Group], source: Sentences, target: Sentences) -> Matrix:
    """Return the signs `OF_TEXTS` of each group, all of which have two sides."""
    if not groups:
        return np.zeros((0, len(OF_TEXTS)), np.float32)
    links = [link for group in groups for link in group.pairs]
    of_links = np.repeat(np.arange(len(groups)), [len(group.pairs) for group in groups])
    mismatch = np.zeros(len(groups), np.float32)
    of_source = _added_up(source.in_english, [link.source for link in links])
    of_target = _added_up(target.in_english, [link.target for link in links])
    np.maximum.at(mismatch, of_links, length_mismatch(of_source, of_target))
    rows = (
        [[row for link in group.links for row in link.source] for group in groups],
        [[row for link in group.links for row in link.target] for group in groups],
    )
    wholes = _wholes(rows[0], source), _wholes(rows[1], target)
    outside = np.maximum(_outside(rows[0], source, wholes[1]), _outside(rows[1], target, wholes[0]))
    least = _least_cosine(links, of_links, source, target)
    cosine = np.einsum("ij,ij->i", *wholes)
    length = _added_up(source.in_english, rows[0]) + _added_up(target.in_english, rows[1])
    return np.stack([mismatch, cosine, least, outside, np.log(length)], axis=1)


def _added_up(values: Matrix, members: Sequence[Sequence[int]]) -> Matrix:
    """Return the sum of the values of each group's members, of which there is at least one."""
    flat = np.fromiter(chain.from_iterable(members), np.intp)
    starts = np.cumsum([0, *(len(rows) for rows in members[:-1])])
    sums: Matrix = np.add.reduceat(values[flat], starts, axis=0)
    return sums


def _wholes(members: Sequence[Sequence[int]], sentences: Sentences) -> Matrix:
    """Return a unit vector of each group's sentences, weighted by the root of their length."""
    found = np.empty((len(members), sentences.vectors.shape[1]), np.float32)
    weighted = np.sqrt(sentences.chars)[:, np.newaxis] * sentences.vectors
    for start in range(0, len(members), _GROUPS_AT_ONCE):
        some = slice(start, start + _GROUPS_AT_ONCE)
        found[some] = _added_up(weighted, members[some])
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(_SUREST))
    return found


def _outside(members: Sequence[Sequence[int]], sentences: Sentences, others: Matrix) -> Matrix:
    """Return the higher cosine of the sentences before and after a group to its other side."""
    found = np.zeros(len(members), np.float32)
    for places in (
        np.array([min(rows) - 1 for rows in members], np.intp),
        np.array([max(rows) + 1 for rows in members], np.intp),
    ):
        there = (places >= 0) & (places < len(sentences))
        cosines = np.einsum("ij,ij->i", sentences.vectors[places[there]], others[there])
        found[there] = np.maximum(found[there], cosines)
    return found


def _least_cosine(
    links: Sequence[Link], of_links: Indexes, source: Sentences, target: Sentences
) -> Matrix:
    """Return, of the sentences of each group's links, the least cosine to the best partner."""
    pairs = [(i, j) for link in links for i in link.source for j in link.target]
    rows, columns = np.array(pairs, np.intp).T
    cosines = np.einsum("ij,ij->i", source.vectors[rows], target.vectors[columns])
    group_of = np.repeat(of_links, [len(link.source) * len(link.target) for link in links])
    found = np.ones(of_links[-1] + 1, np.float32)
    for places, count in ((rows, len(source)), (columns, len(target))):
        best = np.full(count, -1, np.float32)
        np.maximum.at(best, places, cosines)
        np.minimum.at(found, group_of, best[places])
    return found


def _other_ties(
    groups: Sequence[Group], chances: Chances, source: Sentences, target: Sentences
) -> list[float]:
    """Return how many ties each group may have with paragraphs of others: expected, each at most 1.

    Where there is one, the group is not as it should be.
    """
    of_source = _group_numbers([group.source for group in groups])
    of_target = _group_numbers([group.target for group in groups])
    rows, columns = source.paragraphs[chances.source], target.paragraphs[chances.target]
    pairs, places = np.unique(rows * len(of_target) + columns, return_inverse=True)
    likely = np.minimum(np.bincount(places, weights=chances.probability), 1.0)
    one, other = of_source[pairs // len(of_target)], of_target[pairs % len(of_target)]
    elsewhere = one != other
    found = np.zeros(len(groups))
    for ends in (one, other):
        np.add.at(found, ends[elsewhere], likely[elsewhere])
    ties: list[float] = found.tolist()
    return ties


def _group_numbers(members: Sequence[Sequence[int]]) -> Indexes:
    """Return the number of the group that each paragraph is in."""
    numbers = np.zeros(1 + max((max(some) for some in members if some), default=0), np.intp)
    for number, some in enumerate(members):
        numbers[list(some)] = number
    return numbers


def _weakest(group: Group, of_source: Sequence[int], of_target: Sequence[int]) -> float:
    """Return the least of the probabilities that each paragraph is tied, or that none is."""
    pairs = group.pairs
    if not pairs:
        return min(link.probability for link in group.links)
    untied: dict[tuple[int, int], float] = {}
    for link in pairs:
        nodes = {(0, of_source[row]) for row in link.source}
        nodes |= {(1, of_target[row]) for row in link.target}
        for node in nodes:
            untied[node] = untied.get(node, 1.0) * (1 - link.probability)
    return 1 - max(untied.values())


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _SUREST), 1 - _SUREST)
    return math.log(bounded / (1 - bounded))
