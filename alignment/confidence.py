"""Probability that a bead is right: the path's own posterior, put right on the development sets.

The posterior knows only the alignments that a monotone path can express. Where texts differ much,
blocks have moved and larger groups occur, and it is too sure. A logistic model on top knows the
signs of that: gaps next to the bead, gaps everywhere, and several paragraphs in it.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from alignment.search import Step

_SUREST = 1e-6
"""Posteriors are taken to be at least this far from 0 and 1."""


def calibrate(path: Sequence[Step], posteriors: Sequence[float]) -> list[float]:
    """Return the confidence of each step of a path, in (0, 1)."""
    weights = load_calibration()
    return [
        1 / (1 + math.exp(-sum(weights[name] * value for name, value in signs.items())))
        for signs in confidence_signs(path, posteriors)
    ]


def confidence_signs(path: Sequence[Step], posteriors: Sequence[float]) -> list[dict[str, float]]:
    """Return what bears on each step being right, by name."""
    gaps = [float(not (step.source and step.target)) for step in path]
    beside = [0.0, *gaps, 0.0]
    share = sum(gaps) / len(path) if path else 0.0
    signs = []
    for place, (step, posterior) in enumerate(zip(path, posteriors, strict=True)):
        kind = "gap" if gaps[place] else "pair"
        bounded = min(max(posterior, _SUREST), 1 - _SUREST)
        signs.append(
            {
                kind: 1.0,
                f"{kind}_logit": math.log(bounded / (1 - bounded)),
                f"{kind}_beside_gaps": (beside[place] + beside[place + 2]) / 2,
                f"{kind}_gap_share": share,
                "group": float(max(len(step.source), len(step.target)) > 1),
            }
        )
    return signs


@cache
def load_calibration() -> Mapping[str, float]:
    """Return the fitted weight of each sign."""
    text = files("alignment").joinpath("data", "confidence.json").read_text(encoding="utf-8")
    weights: Mapping[str, float] = json.loads(text)["weights"]
    return weights
