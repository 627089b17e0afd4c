"""Scores the aligner on a test set with gold, beside Gale and Church's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from alignment import Alignment, Bead, SentenceEncoder, align
from alignment.length import align_by_length
from alignment.score import Counts, Figures, count_hits, figures_of
from service.domain.errors import InvalidInputError, NotFoundError

GOLD_SUFFIX = ".gold.jsonl"


class NoGoldError(NotFoundError):
    """The folder holds no test set."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"no test set at {place}: name a folder that holds NAME.jsonl and NAME{GOLD_SUFFIX}, "
            "or NAME.jsonl itself"
        )


class BrokenGoldError(InvalidInputError):
    """A file of the test set is not as it should be."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__(
            f"{file}, line {line}: not an article of a test set; each line needs "
            '{"id", "editions"}, and in the gold {"id", "pairs"} for the same ids'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentEvaluation:
    """Figures of the aligner over all pairs, by pair of languages, and of lengths alone."""

    figures: Figures
    by_pair: Mapping[str, Figures]
    by_length: Figures
    articles: int
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Article:
    """One article with gold: texts by language, groups and moved paragraphs."""

    editions: Mapping[str, Sequence[str]]
    pairs: Mapping[str, Sequence[tuple[Sequence[int], Sequence[int]]]]
    moved: Mapping[str, Sequence[int]]


def evaluate_alignment(
    place: Path,
    encoder: SentenceEncoder,
    *,
    progress: Callable[[int, int], None],
) -> AlignmentEvaluation:
    """Align every pair of editions of a test set and compare with its gold.

    Args:
        place: A folder with ``NAME.jsonl`` and ``NAME.gold.jsonl`` (all of them are pooled), or one
            ``NAME.jsonl``, with or without its suffix.
        encoder: Makes the vectors.
        progress: Called with the articles done and the articles in all.

    Raises:
        NoGoldError: If there is no test set.
        BrokenGoldError: If a line is no article.
    """
    articles = [article for file in _sets(place) for article in _read_set(file)]
    ours: dict[str, Counts] = {}
    by_length = Counts()
    signature = ""
    for done, article in enumerate(articles, start=1):
        for pair in article.pairs:
            alignment = _align_pair(article, pair, encoder)
            signature = alignment.signature
            ours[pair] = ours.get(pair, Counts()) + _count(article, pair, alignment)
            by_length += _count(article, pair, _align_pair_by_length(article, pair))
        progress(done, len(articles))
    return AlignmentEvaluation(
        figures=figures_of(reduce(add, ours.values(), Counts())),
        by_pair={pair: figures_of(counts) for pair, counts in ours.items()},
        by_length=figures_of(by_length),
        articles=len(articles),
        signature=signature,
    )


def _sets(place: Path) -> list[Path]:
    """Return the files of texts that have gold beside them."""
    if place.is_dir():
        found = [
            file.with_name(file.name.removesuffix(GOLD_SUFFIX) + ".jsonl")
            for file in sorted(place.glob(f"*{GOLD_SUFFIX}"))
        ]
    else:
        found = [place.with_name(place.name.removesuffix(".jsonl") + ".jsonl")]
    complete = [file for file in found if file.is_file() and _gold_of(file).is_file()]
    if not complete:
        raise NoGoldError(place)
    return complete


def _gold_of(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(".jsonl") + GOLD_SUFFIX)


def _read_set(file: Path) -> Iterator[_Article]:
    gold = {line["id"]: line for line in _read_lines(_gold_of(file), "pairs")}
    for number, line in enumerate(_read_lines(file, "editions"), start=1):
        answers = gold.get(line["id"])
        if answers is None:
            raise BrokenGoldError(file, number)
        yield _Article(
            editions={
                language: [paragraph["text"] for paragraph in paragraphs]
                for language, paragraphs in line["editions"].items()
            },
            pairs=answers["pairs"],
            moved=answers.get("moved", {}),
        )


def _read_lines(file: Path, key: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file, each of which has an id and the key."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                article = json.loads(line)
            except ValueError as error:
                raise BrokenGoldError(file, number) from error
            if not isinstance(article, dict) or not {"id", key} <= article.keys():
                raise BrokenGoldError(file, number)
            yield article


def _align_pair(article: _Article, pair: str, encoder: SentenceEncoder) -> Alignment:
    source, target = pair.split("-")
    return align(
        article.editions[source],
        article.editions[target],
        source_language=source,
        target_language=target,
        encoder=encoder,
    )


def _align_pair_by_length(article: _Article, pair: str) -> Alignment:
    source, target = ([len(text) for text in article.editions[side]] for side in pair.split("-"))
    beads = [
        Bead(
            source=tuple(range(step.source.start, step.source.end)),
            target=tuple(range(step.target.start, step.target.end)),
            cost=-step.score,
            confidence=1.0,
        )
        for step in align_by_length(source, target)
    ]
    return Alignment(beads=tuple(beads), signature="length")


def _count(article: _Article, pair: str, alignment: Alignment) -> Counts:
    source, target = pair.split("-")
    return count_hits(
        article.pairs[pair],
        alignment,
        moved_source=article.moved.get(source, ()),
        moved_target=article.moved.get(target, ()),
    )
