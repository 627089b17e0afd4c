"""Probability that a group is right: the links' own, put right on the development sets.

The posterior of a link knows only the alignments that a monotone path can express. Boosted trees
(Friedman, 2001, https://doi.org/10.1214/aos/1013203451) know the signs of where that is too sure or
too timid; they were fitted to the strict hits of the development sets, whose likelihood they raise,
and so need no calibration on top.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Bead
from alignment.chances import Chances
from alignment.edition import Indexes, Matrix, Sentences
from alignment.graph import Group
from alignment.signs import find_signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A regression tree; all are ``(nodes,)``, the root first."""

    sign: Indexes
    """Column that a node asks for; -1 at a leaf."""
    most: NDArray[np.float64]
    """Up to this much goes left."""
    left: Indexes
    right: Indexes
    worth: NDArray[np.float64]
    """Log odds that a leaf adds."""

    def add_to(self, log_odds: NDArray[np.float64], signs: Matrix) -> None:
        """Add what each row of signs comes to: ``(rows,)``."""
        nodes = np.zeros(len(signs), np.intp)
        rows = np.arange(len(signs))
        while (inner := self.sign[nodes] >= 0).any():
            at, here = nodes[inner], rows[inner]
            small = signs[here, self.sign[at]] <= self.most[at]
            nodes[inner] = np.where(small, self.left[at], self.right[at])
        log_odds += self.worth[nodes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """What signs say together, in log odds."""

    signs: Sequence[str]
    """Columns."""
    start: float
    """Log odds before any sign."""
    trees: Sequence[Tree]

    def judge(self, signs: Matrix) -> NDArray[np.float64]:
        """Return the probability of each row being right, in (0, 1)."""
        log_odds = np.full(len(signs), self.start)
        for tree in self.trees:
            tree.add_to(log_odds, signs)
        judged: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
        return judged


def calibrate(
    groups: Sequence[Group],
    chances: Chances,
    source: Sentences,
    target: Sentences,
    settled: Sequence[Bead] = (),
) -> list[float]:
    """Return the confidence of each group, in (0, 1); ``settled`` beads stand around them."""
    of_pairs, of_alone = find_signs(groups, chances, source, target, settled)
    trees = load_calibration()
    two_sided = np.array([bool(group.pairs) for group in groups], np.bool_)
    found = np.zeros(len(groups))
    found[two_sided] = trees["pair"].judge(of_pairs)
    found[~two_sided] = trees["alone"].judge(of_alone)
    confidences: list[float] = found.tolist()
    return confidences


@cache
def load_calibration() -> Mapping[str, Trees]:
    """Return the fitted trees of groups with two sides and of those with one."""
    text = files("alignment").joinpath("data", "confidence.json").read_text(encoding="utf-8")
    return {
        kind: Trees(
            signs=kept["signs"],
            start=kept["start"],
            trees=[
                Tree(
                    sign=np.array(tree["sign"], np.intp),
                    most=np.array(tree["most"]),
                    left=np.array(tree["left"], np.intp),
                    right=np.array(tree["right"], np.intp),
                    worth=np.array(tree["worth"]),
                )
                for tree in kept["trees"]
            ],
        )
        for kind, kept in json.loads(text)["kinds"].items()
    }
