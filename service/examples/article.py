"""An article written for Triptych in three languages, and which of its paragraphs belong together.

The French edition merges two paragraphs of the English one and drops another; the Russian splits
one in two and adds one for its own readers.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from service.domain.language import Direction, Language

_FOLDER: Final = files("service.examples")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldLink:
    """Paragraphs that say the same, by index from 0; a side without counterpart is empty."""

    source: tuple[int, ...]
    target: tuple[int, ...]


def example_text(language: Language) -> bytes:
    """Return the article's edition as a UTF-8 file, its paragraphs separated by empty lines."""
    return (_FOLDER / f"article.{language}.txt").read_bytes()


def example_gold() -> dict[Direction, tuple[GoldLink, ...]]:
    """Return the links from English to French and Russian, and from French to Russian.

    The links of a direction stand in reading order, and each paragraph is in exactly one of them.
    Titles, bylines, dates, headings and the items of a list are paragraphs too.
    """
    pairs = json.loads((_FOLDER / "gold.json").read_text(encoding="utf-8"))["pairs"]
    return {
        _direction(name): tuple(
            GoldLink(source=tuple(source), target=tuple(target)) for source, target in links
        )
        for name, links in pairs.items()
    }


def _direction(name: str) -> Direction:
    source, target = name.split("-")
    return Direction(Language(source), Language(target))
