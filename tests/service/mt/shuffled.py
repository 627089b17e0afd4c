"""Drafts that no model would make, to see that markup survives any."""

import random

from alignment.beads import Span
from service.mt.drafts import Draft, DraftBuilder


def shuffled_draft(text: str, seed: int) -> Draft:
    """Return a draft that cuts the text at line breaks and shuffles the words between."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    builder = DraftBuilder(source=text)
    start = 0
    for line in text.split("\n"):
        words = line.split()
        rng.shuffle(words)
        target = " ".join(words[: rng.randint(0, len(words))]) + "zz" * rng.randint(0, 1)
        if line.strip() and target:
            span = Span(start, start + len(line))
            origins = [rng.randrange(span.start, span.end) for _ in target]
            builder.add(span, target, origins)
        start += len(line) + 1
    return builder.finish(loops=0, empty=0)
