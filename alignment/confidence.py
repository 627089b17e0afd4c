"""Probability that a group is right: the links' own, put right on the development sets.

The posterior of a link knows only the alignments that a monotone path can express. A logistic model
on top knows the signs of where that is too sure or too timid: sentences of the group that are left
over, other groups beside it that are alone, several paragraphs, a move.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from alignment.beads import Bead, Chance
from alignment.edition import Sentences
from alignment.graph import Group

_SUREST = 1e-6
"""Probabilities are taken to be at least this far from 0 and 1."""
FEW_OTHERS = 1e-3
"""Ties with other groups that are as good as none."""
_LARGEST_ODDS = 30.0
"""Nats; a paragraph may have ten thousand sentences that are left over."""


def calibrate(
    groups: Sequence[Group],
    chances: Sequence[Chance],
    source: Sentences,
    target: Sentences,
    settled: Sequence[Bead] = (),
) -> list[float]:
    """Return the confidence of each group, in (0, 1); ``settled`` beads stand around them."""
    weights = load_calibration()
    return [
        _logistic(sum(weights[name] * value for name, value in signs.items()))
        for signs in confidence_signs(groups, chances, source, target, settled)
    ]


def confidence_signs(
    groups: Sequence[Group],
    chances: Sequence[Chance],
    source: Sentences,
    target: Sentences,
    settled: Sequence[Bead] = (),
) -> list[dict[str, float]]:
    """Return what bears on each group being right, by name."""
    everything: list[Group | Bead] = [*groups, *settled]
    alone = (
        {paragraph for group in everything if not group.target for paragraph in group.source},
        {paragraph for group in everything if not group.source for paragraph in group.target},
    )
    paragraphs = sum(len(group.source) + len(group.target) for group in everything)
    share = (len(alone[0]) + len(alone[1])) / max(1, paragraphs)
    of_source, of_target = source.paragraphs.tolist(), target.paragraphs.tolist()
    other_ties = _other_ties(groups, chances, of_source, of_target)
    signs = []
    for group, others in zip(groups, other_ties, strict=True):
        pairs = group.pairs
        kind = "pair" if pairs else "alone"
        beside = [
            paragraph in alone[side]
            for side, members in enumerate((group.source, group.target))
            if members
            for paragraph in (members[0] - 1, members[-1] + 1)
        ]
        left_over = [link for link in group.links if not (link.source and link.target)]
        found = {
            kind: 1.0,
            f"{kind}_logit": _logit(_weakest(group, of_source, of_target)),
            f"{kind}_beside_alone": sum(beside) / len(beside),
            f"{kind}_alone_share": share,
            f"{kind}_sentences": math.log(len(group.links)),
            f"{kind}_others": math.log(others + FEW_OTHERS),
        }
        if pairs:
            found |= {
                "left_over": len(left_over) / len(group.links),
                "left_over_doubt": sum(1 - link.probability for link in left_over),
                "group": float(max(len(group.source), len(group.target)) > 1),
                "moved": float(group.moved),
                "gain": math.log1p(max(sum(link.gain for link in pairs), 0.0)),
                "weakest_gain": min(*(link.gain for link in pairs), 10.0) / 10,
                "tied": max(link.tied for link in pairs),
            }
        signs.append(found)
    return signs


def _other_ties(
    groups: Sequence[Group],
    chances: Sequence[Chance],
    of_source: Sequence[int],
    of_target: Sequence[int],
) -> list[float]:
    """Return how many ties each group may have with paragraphs of others: expected, each at most 1.

    Where there is one, the group is not as it should be.
    """
    group_of = {(0, i): place for place, group in enumerate(groups) for i in group.source}
    group_of |= {(1, j): place for place, group in enumerate(groups) for j in group.target}
    likely: dict[tuple[int, int], float] = {}
    for chance in chances:
        pair = of_source[chance.source], of_target[chance.target]
        likely[pair] = likely.get(pair, 0.0) + chance.probability
    others = [0.0] * len(groups)
    for (source, target), probability in likely.items():
        one, other = group_of[0, source], group_of[1, target]
        if one != other:
            others[one] += min(probability, 1.0)
            others[other] += min(probability, 1.0)
    return others


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


def _logistic(log_odds: float) -> float:
    bounded = min(max(log_odds, -_LARGEST_ODDS), _LARGEST_ODDS)
    return 1 / (1 + math.exp(-bounded))


def _logit(probability: float) -> float:
    bounded = min(max(probability, _SUREST), 1 - _SUREST)
    return math.log(bounded / (1 - bounded))


@cache
def load_calibration() -> Mapping[str, float]:
    """Return the fitted weight of each sign."""
    text = files("alignment").joinpath("data", "confidence.json").read_text(encoding="utf-8")
    weights: Mapping[str, float] = json.loads(text)["weights"]
    return weights
