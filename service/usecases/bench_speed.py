"""How fast the pipeline is, against other ways to use the same weights, in one run."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from alignment.encoders import SentenceEncoder
from service.domain.errors import InvalidInputError
from service.domain.language import Direction
from service.domain.paragraph import Kind, ReadText
from service.domain.translation import SourceText
from service.mt.catalogue import Catalogue, Route
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.model_folder import check_model
from service.mt.naive import load_by_paragraph, load_naive, load_raw
from service.mt.preparation import Preparation
from service.mt.tokenizer import Tokenizer
from service.mt.translator import Translator

WARM_UP: Final = "This sentence loads the model."
ROUNDS: Final = 3
"""Ours and raw CTranslate2 run so often, in turns; the best time counts. The slow ways run once."""
BATCH_SIZES: Final = (4, 8, 16, 32, 64)
"""Sentences in a batch, of which raw CTranslate2 gets the best."""
FINALISTS: Final = 2
"""Batch sizes that go on after the first round."""
PIPELINE_SENTENCES: Final = 60
"""Evenly spread, that the slow way translates; its time is scaled to all."""


class NothingToTimeError(InvalidInputError):
    """The texts have no sentence."""

    def __init__(self) -> None:
        super().__init__("there is no sentence to translate in this text: choose another file")


class PivotError(InvalidInputError):
    """The direction goes through English."""

    def __init__(self, direction: Direction) -> None:
        super().__init__(f"{direction} goes through English: choose a direction with its own model")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionSpeed:
    """Seconds that each way takes for all sentences of one direction, with the model loaded."""

    sentences: int
    ours: float
    """From paragraphs to paragraphs, with preparation, restoring and all checks but meaning."""
    with_meaning: float
    """The same and the check of meaning, which an encoder makes."""
    pipeline: float
    ctranslate2: float
    batch_size: int
    """That was the best for raw CTranslate2."""
    paragraph_calls: float

    @property
    def ratio_to_pipeline(self) -> float:
        """How many times as fast ours is as transformers, a sentence at a time."""
        return self.pipeline / self.ours

    @property
    def ratio_to_ctranslate2(self) -> float:
        """The same of raw CTranslate2, which prepares, restores and checks nothing."""
        return self.ctranslate2 / self.ours

    @property
    def meaning_on_top(self) -> float:
        """Which part of ours the check of meaning takes on top."""
        return self.with_meaning / self.ours - 1

    @property
    def ratio_to_paragraph_calls(self) -> float:
        """The same of LibreTranslate's way, a call for each paragraph."""
        return self.paragraph_calls / self.ours


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """The same sentences, in the form that each way wants."""

    paragraphs: list[SourceText]
    texts: list[str]
    """Of the sentences."""
    tokens: list[list[tuple[str, ...]]]
    """Of the sentences of each paragraph."""


def bench_speed(
    documents: Sequence[ReadText],
    directions: Sequence[Direction],
    *,
    encoder: SentenceEncoder,
    models_dir: Path,
    cache_dir: Path,
    threads: int,
    progress: Callable[[int, int], None],
) -> Mapping[Direction, DirectionSpeed]:
    """Translate documents, all in one call, as we do and as others do.

    Args:
        documents: What to translate; furniture is left out.
        directions: From which language to which; each has a model of its own.
        encoder: Checks the meaning.
        models_dir: The user's models.
        cache_dir: Where converted models are kept.
        threads: Cores for each way.
        progress: Called with the directions done and all directions.

    Raises:
        NothingToTimeError: If the documents have no sentence.
        PivotError: If a direction has no model of its own.
        TriptychError: Whatever the translator raises.
    """
    texts = [p.text for d in documents for p in d.paragraphs if p.kind is not Kind.FURNITURE]
    catalogue = Catalogue(models_dir)
    found: dict[Direction, DirectionSpeed] = {}
    for number, direction in enumerate(directions):
        progress(number, len(directions))
        route = catalogue.find(direction)
        if route.is_pivot:
            raise PivotError(direction)
        found[direction] = _measure(
            texts, route, catalogue, encoder=encoder, cache_dir=cache_dir, threads=threads
        )
    progress(len(directions), len(directions))
    return found


def _measure(
    texts: Sequence[str],
    route: Route,
    catalogue: Catalogue,
    *,
    encoder: SentenceEncoder,
    cache_dir: Path,
    threads: int,
) -> DirectionSpeed:
    work = _prepare(texts, route)
    if not work.texts:
        raise NothingToTimeError
    (step,) = route.steps
    engine = CTranslate2Engine(check_model(step.model), cache_dir=cache_dir, threads=threads)
    raw = load_raw(engine, threads=threads)
    by_paragraph = load_by_paragraph(engine, threads=threads)
    sentences = [tokens for paragraph in work.tokens for tokens in paragraph]
    seconds: dict[str, float] = {}

    def keep_best(name: str, run: Callable[[], object]) -> None:
        seconds[name] = min(seconds.get(name, float("inf")), _time(run))

    sizes: Sequence[int] = BATCH_SIZES
    for _ in range(ROUNDS):
        for name, used in (("ours", None), ("with meaning", encoder)):
            # A new one remembers no answers.
            translator = Translator(catalogue, cache_dir=cache_dir, threads=threads, encoder=used)
            translator.translate([SourceText(text=WARM_UP)], route.direction)
            keep_best(name, partial(translator.translate, work.paragraphs, route.direction))
        for size in sizes:
            keep_best(f"raw {size}", partial(raw, sentences, size))
        sizes = sorted(BATCH_SIZES, key=lambda size: seconds[f"raw {size}"])[:FINALISTS]
    keep_best("paragraphs", partial(by_paragraph, work.tokens))
    sample = work.texts[:: -(-len(work.texts) // PIPELINE_SENTENCES)]
    pipeline = load_naive(route, threads=threads)
    pipeline([WARM_UP])
    best_size = min(BATCH_SIZES, key=lambda size: seconds[f"raw {size}"])
    return DirectionSpeed(
        sentences=len(work.texts),
        ours=seconds["ours"],
        with_meaning=seconds["with meaning"],
        pipeline=_time(partial(pipeline, sample)) * len(work.texts) / len(sample),
        ctranslate2=seconds[f"raw {best_size}"],
        batch_size=best_size,
        paragraph_calls=seconds["paragraphs"],
    )


def _prepare(texts: Sequence[str], route: Route) -> _Work:
    (step,) = route.steps
    tokenizer = Tokenizer(step.model.path)
    prepared = [
        Preparation(
            text,
            language=step.direction.source.value,
            tokenizer=tokenizer,
            max_tokens=step.model.max_source_tokens,
        ).sentences()
        for text in texts
    ]
    tag = step.model.tags[step.direction]
    return _Work(
        paragraphs=[SourceText(text=text) for text in texts],
        texts=[sentence.text for sentences in prepared for sentence in sentences],
        tokens=[
            [tokenizer.encode(sentence.text, tag=tag).tokens for sentence in sentences]
            for sentences in prepared
        ],
    )


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
