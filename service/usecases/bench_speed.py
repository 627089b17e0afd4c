"""How fast the pipeline is, against the way a first script would use the same model."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from alignment.sentences import split_sentences
from service.domain.errors import InvalidInputError
from service.domain.language import Direction
from service.domain.paragraph import Kind, ReadText
from service.domain.translation import SourceText
from service.mt.catalogue import Catalogue
from service.mt.naive import load_naive
from service.mt.translator import EngineName, Translator

ENGINES: Final[tuple[EngineName, ...]] = ("ctranslate2", "transformers")
WARM_UP: Final = "This sentence loads the model."


class NothingToTimeError(InvalidInputError):
    """The text has no sentence."""

    def __init__(self) -> None:
        super().__init__("there is no sentence to translate in this text: choose another file")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRun:
    """One way to translate the text, with the model loaded beforehand."""

    name: str
    seconds: float
    sentences_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedResult:
    """All runs over the same sentences."""

    runs: tuple[TimedRun, ...]
    sentences: int
    ratio_to_naive: float
    """How many times as fast the pipeline with CTranslate2 is as naive transformers."""


def bench_speed(
    document: ReadText,
    direction: Direction,
    *,
    models_dir: Path,
    cache_dir: Path,
    threads: int,
) -> SpeedResult:
    """Translate a document with each engine, and naively, in one run.

    Naive is what a first script does: transformers' tokenizer and ``generate`` with its defaults,
    one sentence at a time, by the same model and on as many threads.

    Args:
        document: What to translate; its furniture is left out.
        direction: From which language to which.
        models_dir: The user's models.
        cache_dir: Where converted models are kept.
        threads: Cores for each run.

    Raises:
        NothingToTimeError: If the document has no sentence.
        TriptychError: Whatever the translator raises.
    """
    texts = [p.text for p in document.paragraphs if p.kind is not Kind.FURNITURE]
    sentences = [
        text[span.start : span.end]
        for text in texts
        for span in split_sentences(text, direction.source.value)
    ]
    if not sentences:
        raise NothingToTimeError
    catalogue = Catalogue(models_dir)
    paragraphs = [SourceText(text=text) for text in texts]
    runs: list[TimedRun] = []
    for engine in ENGINES:
        translator = Translator(catalogue, engine=engine, cache_dir=cache_dir, threads=threads)
        translator.translate([SourceText(text=WARM_UP)], direction)
        work = partial(translator.translate, paragraphs, direction)
        runs.append(_time(engine, sentences, work))
    naive = load_naive(catalogue.find(direction), threads=threads)
    naive([WARM_UP])
    runs.append(_time("naive", sentences, partial(naive, sentences)))
    return SpeedResult(
        runs=tuple(runs),
        sentences=len(sentences),
        ratio_to_naive=runs[-1].seconds / runs[0].seconds,
    )


def _time(name: str, sentences: Sequence[str], work: Callable[[], object]) -> TimedRun:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return TimedRun(name=name, seconds=seconds, sentences_per_second=len(sentences) / seconds)
