"""Which word of the source each word of a draft came from."""

import bisect
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from alignment.beads import Span
from service.mt.drafts import Draft

WORD: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\w)|\w+(?:[’'-]\w+)*|[^\w\s]+")
"""A number with its thousands, a word, or a run of signs."""
SHORTEST_TWIN: Final = 4
"""Letters from which a word without capitals that both texts have is the same word."""


def find_origins(source: str, draft: Draft, words: Sequence[Span]) -> list[int | None]:
    """Return for each word of a draft a character of the source word that it came from, if any.

    Words that stand once in a sentence and once in its draft came from one another. What else
    seems to come from such a word is an article or preposition that the target language has
    before it: it came from nowhere. All else is as the model's attention has it.

    Args:
        source: The source's text.
        draft: Its draft.
        words: The places of the draft's words, in order.
    """
    origins: list[int | None] = [_most_common(draft, word) for word in words]
    starts = [word.start for word in words]
    for piece in draft.pieces:
        if piece.copied:
            continue
        matches = WORD.finditer(source, piece.source.start, piece.source.end)
        own = [(match[0], Span(*match.span())) for match in matches]
        first = bisect.bisect_left(starts, piece.target.start)
        last = bisect.bisect_left(starts, piece.target.end)
        numbers = range(first, last)
        twins = _twins(own, [(draft.text[words[n].start : words[n].end], n) for n in numbers])
        taken = [(place.start, place.end) for place, _ in twins]
        for number in numbers:
            origin = origins[number]
            if origin is not None and _is_inside(origin, taken):
                origins[number] = None
        for place, number in twins:
            origins[number] = place.start
    return origins


def _most_common(draft: Draft, word: Span) -> int:
    ((origin, _),) = Counter(draft.origins[word.start : word.end]).most_common(1)
    return origin


def _twins(
    source: Sequence[tuple[str, Span]], target: Sequence[tuple[str, int]]
) -> list[tuple[Span, int]]:
    """Return the words that stand once on either side: places in the source, in order, and numbers.

    Neither signs nor short words are: "a" is an article here and a verb there.
    """
    counts = [Counter(word for word, _ in side) for side in (source, target)]
    numbers = dict(target)
    return [
        (place, numbers[word])
        for word, place in source
        if counts[0][word] == counts[1][word] == 1 and _is_telling(word)
    ]


def _is_telling(word: str) -> bool:
    is_name = word[0].isupper() and len(word) > 1
    return word[0].isdigit() or (word[0].isalpha() and (is_name or len(word) >= SHORTEST_TWIN))


def _is_inside(at: int, runs: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a character is in one of the runs, which are in order and disjoint."""
    index = bisect.bisect_left(runs, (at + 1, 0)) - 1
    return index >= 0 and at < runs[index][1]
