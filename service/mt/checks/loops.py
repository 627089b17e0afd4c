"""Repetition: a draft that goes in circles where its source does not."""

import operator
import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from alignment.beads import Span
from service.domain.translation import Flag, FlagCode

LONGEST_LOOP_TOKENS: Final = 8
MIN_LOOP_REPEATS: Final = 3
MIN_LOOP_TOKENS: Final = 6
"""A loop of tokens is at least three times the same run, and six tokens: "ha ha ha" is none."""

WORD: Final = re.compile(r"\w+")
LONGEST_LOOP_WORDS: Final = 12
MIN_ECHO_WORDS: Final = 4
"""Words that are a loop already when they come twice in a row."""
MOST_OF_SOURCE: Final = 1.5
"""How many times as long as a loop of the source one of the draft may be."""
LETTERS: Final = re.compile(r"(\w{1,4}?)\1{5,}|(\w[-–])\2{3,}|([^\w\s.…_=*~—–-])\3{5,}")
"""The same one to four letters six times in a row."""


def is_loop(tokens: Sequence[str]) -> bool:
    """Tell whether a run of tokens stands three times in a row or more."""
    for size in range(1, LONGEST_LOOP_TOKENS + 1):
        least = max(MIN_LOOP_REPEATS * size, MIN_LOOP_TOKENS) - size
        same = [*map(operator.eq, tokens, tokens[size:])]
        if sum(same) >= least and any(
            is_same and len([*run]) >= least for is_same, run in groupby(same)
        ):
            return True
    return False


def check_loops(source: str, target: str) -> list[Flag]:
    """Return a flag with the places where words or letters go in circles, if the source has none.

    "A-a-a-ah!" is one in the source, too: there a loop has to be much longer. Time is linear in the
    texts.
    """
    said = [source[loop.start : loop.end] for loop in _loops(source)]
    loops = [loop for loop in _loops(target) if not _is_said(target[loop.start : loop.end], said)]
    if not loops:
        return []
    return [Flag(code=FlagCode.REPETITION, note="the draft repeats itself", target=tuple(loops))]


def _is_said(loop: str, said: Sequence[str]) -> bool:
    """Tell whether a loop is hardly longer than one of the source, in letters or in words."""
    words = len(WORD.findall(loop))
    return any(
        len(loop) <= MOST_OF_SOURCE * len(other)
        or 1 < words <= MOST_OF_SOURCE * len(WORD.findall(other))
        for other in said
    )


def _loops(text: str) -> list[Span]:
    """Return the runs of words that come again and again, or those of letters."""
    return _word_loops(text) or [Span(*match.span()) for match in LETTERS.finditer(text)]


def _word_loops(text: str) -> list[Span]:
    """Return the runs of words that come three times in a row, or twice if they are long."""
    places = list(WORD.finditer(text))
    words = [match[0].lower() for match in places]
    if len(set(words)) == len(words):
        return []
    found: list[Span] = []
    done = 0
    for size in range(1, LONGEST_LOOP_WORDS + 1):
        least = size if size >= MIN_ECHO_WORDS else size * (MIN_LOOP_REPEATS - 1)
        same = 0
        for index in range(size, len(words) + 1):
            if index < len(words) and words[index] == words[index - size]:
                same += 1
                continue
            start = index - same - size
            if same >= least and start >= done and not _are_figures(words[start : start + size]):
                found.append(Span(places[start].start(), places[index - 1].end()))
                done = index
            same = 0
    return found


def _are_figures(words: Sequence[str]) -> bool:
    return all(word.isdigit() for word in words)
