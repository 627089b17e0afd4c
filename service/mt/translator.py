"""The translator: paragraphs in, drafts out, by whichever models serve the direction."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from alignment.beads import Span
from alignment.encoders import SentenceEncoder
from alignment.sentences import VERSION as SPLITTER_VERSION
from service.domain.language import Direction
from service.domain.translation import (
    NO_MODEL,
    Flag,
    FlagCode,
    Priority,
    SourceText,
    Translation,
)
from service.mt.catalogue import Catalogue, Route, Step
from service.mt.checks.draft import check_draft, check_meanings
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.drafts import Draft, compose
from service.mt.engine import Engine
from service.mt.markup import Markup, parse_markup
from service.mt.model_folder import CheckedModel, check_model
from service.mt.preparation import PLACEHOLDER
from service.mt.preparation import VERSION as PREPARATION_VERSION
from service.mt.projection import render_markup
from service.mt.retries import VERSION as RETRIES_VERSION
from service.mt.sentence_queue import SentenceQueue
from service.mt.steps import LoadedModel, Paragraph, translate_step
from service.mt.tokenizer import Tokenizer
from service.mt.torch_engine import TorchEngine

EngineName = Literal["ctranslate2", "transformers"]

Progress = Callable[[int, int], None]
"""Called with the paragraphs done and all paragraphs."""


class Translator:
    """Translates with the models of a catalogue. Threads may share it.

    Models are loaded when first needed, verified then, and kept.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        engine: EngineName = "ctranslate2",
        cache_dir: Path,
        threads: int = 2,
        beam: int = 4,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        """Load nothing yet.

        Args:
            catalogue: Where models are found.
            engine: What runs them.
            cache_dir: Where models converted for CTranslate2 are kept.
            threads: Cores to use.
            beam: Width of the beam; 1 is greedy.
            encoder: Compares the meaning of source and draft; without one nobody does.
        """
        self.catalogue = catalogue
        self.engine_name: EngineName = engine
        self._cache_dir = cache_dir
        self._threads = threads
        self._beam = beam
        self._encoder = encoder
        self._loaded: dict[Path, LoadedModel] = {}
        self._loading = threading.Lock()

    def translate(
        self,
        texts: Sequence[SourceText],
        direction: Direction,
        *,
        priority: Priority = Priority.BATCH,
        progress: Progress | None = None,
    ) -> list[Translation]:
        """Translate paragraphs, in order.

        A paragraph's draft depends on nothing but the paragraph: not on the others of the call,
        nor on their order, nor on other threads.

        Raises:
            NoModelError: If no model serves the direction.
            QueueFullError: If somebody waits for it and too much is waiting already.
            BrokenModelError: If a model's folder lacks a file or has a damaged one.
            ModelCacheError: If a converted model cannot be kept.
            MarkupError: If a paragraph's markup cannot be parsed.
        """
        route = self.catalogue.find(direction)
        markups = [None if text.markup is None else parse_markup(text.markup) for text in texts]
        sources = [
            text.text if markup is None else markup.text
            for text, markup in zip(texts, markups, strict=True)
        ]
        drafts = self._draft(sources, markups, route, priority, progress)
        signature = self._signature(route)
        meanings: list[list[Flag]] = [[] for _ in drafts]
        if self._encoder is not None:
            meanings = check_meanings(self._encoder, sources, drafts, direction)
        return [
            _finish(source, markup, draft, meaning=meaning, route=route, signature=signature)
            for source, markup, draft, meaning in zip(
                sources, markups, drafts, meanings, strict=True
            )
        ]

    def _draft(
        self,
        sources: Sequence[str],
        markups: Sequence[Markup | None],
        route: Route,
        priority: Priority,
        progress: Progress | None,
    ) -> list[Draft]:
        """Send the paragraphs through each of the route's models."""
        paragraphs = [
            Paragraph(
                text=source,
                kept=() if markup is None else markup.kept,
                breaks=() if markup is None else markup.breaks,
                has_tags=markup is not None,
            )
            for source, markup in zip(sources, markups, strict=True)
        ]
        drafts: list[Draft] = []
        for number, step in enumerate(route.steps):
            report = _part_of(progress, number, len(route.steps), len(sources))
            results = translate_step(
                paragraphs,
                step,
                self._load(step),
                beam=self._beam,
                priority=priority,
                report=report,
            )
            paragraphs = [
                paragraph.after(draft) for paragraph, draft in zip(paragraphs, results, strict=True)
            ]
            drafts = (
                [compose(*pair) for pair in zip(drafts, results, strict=True)]
                if number
                else results
            )
        return drafts

    def _load(self, step: Step) -> LoadedModel:
        with self._loading:
            loaded = self._loaded.get(step.model.path)
            if loaded is None:
                checked = check_model(step.model)
                tokenizer = Tokenizer(step.model.path)
                queue = SentenceQueue(self._start(checked, tokenizer))
                loaded = LoadedModel(checked=checked, tokenizer=tokenizer, queue=queue)
                self._loaded[step.model.path] = loaded
            return loaded

    def _start(self, checked: CheckedModel, tokenizer: Tokenizer) -> Engine:
        if self.engine_name == "transformers":
            return TorchEngine(checked, tokenizer=tokenizer, threads=self._threads)
        return CTranslate2Engine(checked, cache_dir=self._cache_dir, threads=self._threads)

    def _signature(self, route: Route) -> str:
        loaded = [self._load(step) for step in route.steps]
        models = "+".join(f"{m.checked.folder.name}@{m.checked.checksum[:12]}" for m in loaded)
        engine = loaded[0].queue.engine.signature
        versions = (
            f"splitter:{SPLITTER_VERSION}|preparation:{PREPARATION_VERSION}"
            f"|retries:{RETRIES_VERSION}"
        )
        return f"{models}|{engine}|beam:{self._beam}|{versions}"


def _part_of(
    progress: Progress | None, number: int, steps: int, paragraphs: int
) -> Callable[[int], None]:
    """Return what one of several steps calls with the paragraphs that are through it."""

    def report(done: int) -> None:
        if progress is not None:
            progress((number * paragraphs + done) // steps, paragraphs)

    return report


def _finish(
    source: str,
    markup: Markup | None,
    draft: Draft,
    *,
    meaning: Sequence[Flag],
    route: Route,
    signature: str,
) -> Translation:
    """Return the translation with its flags, and its markup where the source had markup."""
    flags: list[Flag] = []
    html: str | None = None
    if markup is not None:
        html, approximate = render_markup(markup, draft)
        if approximate:
            note = f"tags placed by proportion: {approximate}"
            flags.append(Flag(code=FlagCode.MARKUP_APPROXIMATE, note=note))
    text = draft.text if markup is None else markup.plain(draft.text)
    if all(piece.copied for piece in draft.pieces):
        return Translation(text=text, markup=html, model=NO_MODEL, signature=NO_MODEL)
    flags += check_draft(source, draft, route.direction)
    flags += meaning
    if markup is not None and markup.has_placeholders:
        flags = [_in_plain_texts(flag, source, draft.text) for flag in flags]
    if route.is_pivot:
        flags.append(Flag(code=FlagCode.PIVOT, note="translated through English"))
    return Translation(
        text=text, markup=html, model=route.name, signature=signature, flags=tuple(flags)
    )


def _in_plain_texts(flag: Flag, source: str, target: str) -> Flag:
    """Return the flag with its places in the texts without placeholders."""

    def moved(places: Sequence[Span], text: str) -> tuple[Span, ...]:
        ends = ((place.start, place.end) for place in places)
        return tuple(
            Span(*(end - text.count(PLACEHOLDER, 0, end) for end in pair)) for pair in ends
        )

    return replace(flag, source=moved(flag.source, source), target=moved(flag.target, target))
