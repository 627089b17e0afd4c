"""Lengths of sentences in languages of which nobody measured how long they are."""

from dataclasses import replace

import numpy as np

from alignment.edition import Sentences
from alignment.neighbours import find_neighbours

ENOUGH = 10
"""Pairs of sentences that are each other's nearest; fewer tell nothing."""


def with_lengths_alike(source: Sentences, target: Sentences) -> tuple[Sentences, Sentences]:
    """Return the sentences of both texts with lengths that compare.

    Those in a language that was not measured are brought to the same median, over the pairs that
    are each other's nearest: which say the same, mostly. Two such texts go half the way each.
    """
    if (source.measured and target.measured) or not len(source) or not len(target):
        return source, target
    of_source, of_target = find_neighbours(source.vectors, target.vectors)
    columns = of_source.nearest
    mutual = of_target.nearest[columns] == np.arange(len(source))
    if mutual.sum() < ENOUGH:
        return source, target
    ratios = np.log(source.in_english[mutual] / target.in_english[columns[mutual]])
    share = 1.0 if source.measured or target.measured else 0.5
    change = np.float32(np.exp(share * np.median(ratios)))
    return (
        source if source.measured else replace(source, in_english=source.in_english / change),
        target if target.measured else replace(target, in_english=target.in_english * change),
    )
