"""Prose of the source that stands in the draft as it was."""

import re
from typing import Final

from alignment.beads import Span
from service.domain.translation import Flag, FlagCode

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
FEWEST_WORDS: Final = 4
"""In a row: fewer are a name, a title or words that two languages share."""
FEWEST_SMALL: Final = 3
"""Of them in small letters: the rest may be names."""


def check_untranslated(source: str, target: str) -> list[Flag]:
    """Return a flag with the runs of words that the draft copied. Time is linear in the texts."""
    theirs = list(WORD.finditer(target))
    if len(theirs) < FEWEST_WORDS:
        return []
    ours = [match[0].lower() for match in WORD.finditer(source)]
    grams = set(zip(*(ours[start:] for start in range(FEWEST_WORDS)), strict=False))
    words = [match[0].lower() for match in theirs]
    copied = [
        index
        for index, gram in enumerate(
            zip(*(words[start:] for start in range(FEWEST_WORDS)), strict=False)
        )
        if gram in grams
    ]
    spans: list[Span] = []
    run: list[re.Match[str]] = []
    for index in [*copied, -1]:
        if run and (index < 0 or theirs[index].start() > run[-1].start()):
            if sum(match[0].islower() for match in run) >= FEWEST_SMALL:
                spans.append(Span(run[0].start(), run[-1].end()))
            run = []
        if index >= 0:
            known = run[-1].start() if run else -1
            run += [m for m in theirs[index : index + FEWEST_WORDS] if m.start() > known]
    if not spans:
        return []
    note = f"left in the source language: {len(spans)} place{'s' * (len(spans) > 1)}"
    return [Flag(code=FlagCode.UNTRANSLATED, note=note, target=tuple(spans))]
