"""An article of any length in English and French, with gold: for measuring how work grows.

Its sentences are put together of phrases written for Triptych, so that no two of them say the same
and each has its exact translation. Then both editions are edited as editors do: paragraphs are
dropped, neighbours merged, a block is moved.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from random import Random
from typing import Final, TypeAlias

Phrase: TypeAlias = tuple[str, str]
"""English and French."""
Paragraph: TypeAlias = tuple[int, ...]
"""The paragraphs of the original that one of an edition is made of, by number."""

SENTENCES: Final = (2, 4)
"""Of a paragraph: the fewest and the most."""
DROPPED: Final = 0.05
"""Share of the paragraphs that an edition leaves out."""
MERGED: Final = 0.10
"""Share of those of the French edition that are run together with the next."""
BLOCK: Final = 3
"""Paragraphs of the block that is moved, by a tenth of the article."""
SHORTEST: Final = 20
"""With fewer paragraphs there is no room for all that."""
LONGEST: Final = 100_000
"""With more the phrases would give out: they make 491,520 sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongArticle:
    """Two editions, and which of their paragraphs belong together."""

    english: Sequence[str]
    french: Sequence[str]
    groups: Sequence[tuple[Sequence[int], Sequence[int]]]
    """Each paragraph is in one; a side without counterpart is empty."""


def make_long_article(paragraphs: int, *, seed: int = 7) -> LongArticle:
    """Return an article whose editions have about so many paragraphs each.

    The same number and seed give the same article. ``paragraphs`` is from ``SHORTEST`` to
    ``LONGEST``.
    """
    random = Random(seed)  # noqa: S311 - it keeps no secret
    sentences = iter(random.sample(_sentence_phrases(), paragraphs * SENTENCES[1]))
    original = [
        [_sentence(next(sentences)) for _ in range(random.randint(*SENTENCES))]
        for _ in range(paragraphs)
    ]
    english = [(number,) for number in _kept(paragraphs, random)]
    french = _merged(_moved(_kept(paragraphs, random), random), random)
    return LongArticle(
        english=[_text(original, paragraph, 0) for paragraph in english],
        french=[_text(original, paragraph, 1) for paragraph in french],
        groups=_groups(english, french),
    )


@cache
def _sentence_phrases() -> Sequence[tuple[Phrase, ...]]:
    """Return all that a sentence can be made of: when, who, did what, where."""
    phrases = json.loads(
        files("service.examples").joinpath("phrases.json").read_text(encoding="utf-8")
    )
    return list(product(*phrases.values()))


def _sentence(phrases: tuple[Phrase, ...]) -> Phrase:
    english, french = (
        f"{time}, {who} {did} {where}." for time, who, did, where in zip(*phrases, strict=True)
    )
    return english, french


def _kept(paragraphs: int, random: Random) -> list[int]:
    """Return the paragraphs that an edition keeps."""
    return [number for number in range(paragraphs) if random.random() >= DROPPED]


def _moved(kept: list[int], random: Random) -> list[int]:
    """Return them with a block moved towards the end."""
    start = random.randrange(len(kept) // 2)
    block, rest = kept[start : start + BLOCK], kept[:start] + kept[start + BLOCK :]
    goal = start + len(kept) // 10
    return rest[:goal] + block + rest[goal:]


def _merged(kept: Sequence[int], random: Random) -> list[Paragraph]:
    """Return them with some run together with the next, never three."""
    made: list[Paragraph] = []
    for number in kept:
        if made and len(made[-1]) == 1 and random.random() < MERGED:
            made[-1] = (*made[-1], number)
        else:
            made.append((number,))
    return made


def _text(original: Sequence[Sequence[Phrase]], paragraph: Paragraph, language: int) -> str:
    return " ".join(sentence[language] for number in paragraph for sentence in original[number])


def _groups(
    english: Sequence[Paragraph], french: Sequence[Paragraph]
) -> list[tuple[list[int], list[int]]]:
    """Return the paragraphs that are made of the same; an English one is made of one alone."""
    place_of = {number: index for index, (number,) in enumerate(english)}
    groups = [
        ([place_of[number] for number in paragraph if number in place_of], [index])
        for index, paragraph in enumerate(french)
    ]
    placed = {index for members, _ in groups for index in members}
    return groups + [([index], []) for index in range(len(english)) if index not in placed]
