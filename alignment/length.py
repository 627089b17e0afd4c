"""Gale and Church's aligner: length alone, in the words of the paper.

The yardstick that every later aligner is held against, ours too. Slow and plain on purpose. Gale &
Church (1993), A Program for Aligning Sentences in Bilingual Corpora,
https://aclanthology.org/J93-1004.
"""

import math
from collections.abc import Sequence

from alignment.beads import Span
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
    n_source, n_target = len(source_chars), len(target_chars)
    total = [[math.inf] * (n_target + 1) for _ in range(n_source + 1)]
    last: dict[tuple[int, int], Step] = {}
    total[0][0] = 0.0
    for i in range(n_source + 1):
        for j in range(n_target + 1):
            for shape, penalty in PENALTY_NATS.items():
                i0, j0 = i - shape[0], j - shape[1]
                if i0 < 0 or j0 < 0:
                    continue
                chars = sum(source_chars[i0:i]), sum(target_chars[j0:j])
                cost = penalty + length_cost_nats(*chars)
                if total[i0][j0] + cost < total[i][j]:
                    total[i][j] = total[i0][j0] + cost
                    last[i, j] = Step(source=Span(i0, i), target=Span(j0, j), score=-cost)
    steps = []
    point = n_source, n_target
    while point != (0, 0):
        steps.append(last[point])
        point = last[point].source.start, last[point].target.start
    return steps[::-1]
