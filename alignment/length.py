"""Gale and Church's aligner: length alone, in the words of the paper.

The yardstick that every later aligner is held against, ours too. Slow and plain on purpose. Gale &
Church (1993), A Program for Aligning Sentences in Bilingual Corpora,
https://aclanthology.org/J93-1004.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

from alignment.plain import cheapest_steps
from alignment.search import Shape, Step

CHARS_PER_CHAR = 1.0
"""``c`` of the paper: target characters expected for one source character."""
VARIANCE_PER_CHAR = 6.8
"""``s^2`` of the paper: variance of that number for each source character."""
PENALTY_NATS: dict[Shape, float] = {
    (1, 1): 0.0,
    (1, 0): 4.5,
    (0, 1): 4.5,
    (2, 1): 2.3,
    (1, 2): 2.3,
    (2, 2): 4.4,
}
"""What a shape costs over 1-1: ``penalty01``, ``penalty21`` and ``penalty22`` of the appendix,
which counts in hundredths of a nat. Of equally cheap shapes the earliest wins."""
FARTHEST_NATS = 25.0
"""``BIG_DISTANCE`` of the appendix: the cost where the probability is too small for a float."""


def length_cost_nats(source_chars: int, target_chars: int) -> float:
    """Return how unlikely two lengths are to translate each other, in nats.

    As in the appendix, the variance grows with the mean of both lengths (in the paper's text, with
    the source's), so that the cost is the same from either side while ``CHARS_PER_CHAR`` is 1.
    """
    mean = (source_chars + target_chars / CHARS_PER_CHAR) / 2
    if mean == 0:
        return 0.0
    deviation = (CHARS_PER_CHAR * source_chars - target_chars) / math.sqrt(VARIANCE_PER_CHAR * mean)
    probability = math.erfc(abs(deviation) / math.sqrt(2))
    return -math.log(probability) if probability > 0 else FARTHEST_NATS


def align_by_length(source_chars: Sequence[int], target_chars: Sequence[int]) -> list[Step]:
    """Return the cheapest beads for two texts, given the characters of each paragraph.

    Time and memory are O(n * m). The steps lie end to end and cover both texts; their score is the
    cost with its sign turned.
    """
    source_before, target_before = (
        [0, *accumulate(chars)] for chars in (source_chars, target_chars)
    )

    def cost_nats(shape: Shape, i: int, j: int) -> float:
        source = source_before[i] - source_before[i - shape[0]]
        target = target_before[j] - target_before[j - shape[1]]
        return PENALTY_NATS[shape] + length_cost_nats(source, target)

    return cheapest_steps(len(source_chars), len(target_chars), PENALTY_NATS, cost_nats)
