"""The translator: paragraphs in, drafts out, by whichever models serve the direction."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from alignment.beads import Span
from alignment.encoders import SentenceEncoder
from alignment.sentences import VERSION as SPLITTER_VERSION
from service.domain.glossary import Glossary
from service.domain.language import Direction
from service.domain.translation import (
    DEFAULT_OPTIONS,
    NO_MODEL,
    Flag,
    FlagCode,
    Priority,
    SourceText,
    Translation,
    TranslationOptions,
)
from service.mt.catalogue import Catalogue, Route, Step
from service.mt.checks.draft import check_draft, check_meanings
from service.mt.checks.sentence import CheckSentence, check_sentence
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.drafts import Draft, compose
from service.mt.engine import Engine
from service.mt.glossary import VERSION as TERMS_VERSION
from service.mt.glossary import check_terms, find_kept
from service.mt.kept import TAG_PLACEHOLDER, find_literals, find_terms
from service.mt.markdown import parse_markdown, places_in_written
from service.mt.markup import Markup, parse_markup
from service.mt.model_folder import CheckedModel, check_model
from service.mt.newlines import find_joined
from service.mt.preparation import VERSION as PREPARATION_VERSION
from service.mt.projection import Rendered, render_markup
from service.mt.retries import VERSION as RETRIES_VERSION
from service.mt.sentence_queue import SentenceQueue
from service.mt.steps import LoadedModel, Paragraph, translate_raw, translate_step
from service.mt.threads import start_with_best_threads
from service.mt.tokenizer import Tokenizer
from service.mt.torch_engine import TorchEngine

MOST_CHECKED: Final = 2048
"""Sentences whose findings are remembered."""

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
        threads: int | None = None,
        beam: int = 4,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        """Load nothing yet.

        Args:
            catalogue: Where models are found.
            engine: What runs them.
            cache_dir: Where models converted for CTranslate2 are kept.
            threads: For an engine; measured once and kept in the cache if not given.
            beam: Width of the beam; 1 is greedy.
            encoder: Compares the meaning of source and draft; without one nobody does.
        """
        self.catalogue = catalogue
        self.engine_name: EngineName = engine
        self._cache_dir = cache_dir
        self._threads = threads
        self._beam = beam
        self._encoder = encoder
        # A sentence is checked when it comes from the model, and again in its draft.
        self._check = lru_cache(maxsize=MOST_CHECKED)(check_sentence)
        self._loaded: dict[Path, LoadedModel] = {}
        self._loading = threading.Lock()

    def translate(
        self,
        texts: Sequence[SourceText],
        direction: Direction,
        *,
        options: TranslationOptions = DEFAULT_OPTIONS,
        priority: Priority = Priority.BATCH,
        progress: Progress | None = None,
    ) -> list[Translation]:
        """Translate paragraphs, in order.

        A paragraph's draft depends on nothing but the paragraph and the options: not on the others
        of the call, nor on their order, nor on other threads.

        Raises:
            NoModelError: If no model serves the direction.
            QueueFullError: If somebody waits for it and too much is waiting already.
            BrokenModelError: If a model's folder lacks a file or has a damaged one.
            ModelCacheError: If a converted model cannot be kept.
            MarkupError: If a paragraph's markup cannot be parsed.
        """
        route = self.catalogue.find(direction)
        markups = [
            parse_markdown(
                text.text, keep=options.keep, joined=find_joined(text.text, options.newlines)
            )
            if text.markup is None
            else parse_markup(text.markup)
            for text in texts
        ]
        sources = [
            text.text if markup is None else markup.text
            for text, markup in zip(texts, markups, strict=True)
        ]
        paragraphs = [
            _paragraph(text, source, markup, options, direction)
            for text, source, markup in zip(texts, sources, markups, strict=True)
        ]
        drafts = self._draft(paragraphs, route, options.glossary, priority, progress)
        signature = f"{self._signature(route)}|{options.signature}"
        if options.glossary is not None:
            signature += f"|terms:{TERMS_VERSION}"
        meanings: list[list[Flag]] = [[] for _ in drafts]
        if self._encoder is not None:
            meanings = check_meanings(self._encoder, sources, drafts, direction)
        return [
            _finish(
                text,
                markup,
                draft,
                meaning=meaning,
                options=options,
                check=self._check,
                route=route,
                signature=signature,
            )
            for text, markup, draft, meaning in zip(texts, markups, drafts, meanings, strict=True)
        ]

    def translate_raw(
        self,
        texts: Sequence[str],
        direction: Direction,
        *,
        progress: Progress | None = None,
    ) -> list[Translation]:
        """Translate texts without preparing or restoring anything: a yardstick, never to serve.

        Raises:
            NoModelError: If no model serves the direction.
            BrokenModelError: If a model's folder lacks a file or has a damaged one.
            ModelCacheError: If a converted model cannot be kept.
        """
        route = self.catalogue.find(direction)
        current = list(texts)
        for number, step in enumerate(route.steps):
            report = _part_of(progress, number, len(route.steps), len(texts))
            made = translate_raw(current, step, self._load(step), beam=self._beam)
            answers: dict[int, str] = {}
            for place, text in made:
                answers[place] = text
                report(len(answers))
            current = [answers[place] for place in range(len(texts))]
        signature = f"{self._signature(route)}|raw"
        return [Translation(text=text, model=route.name, signature=signature) for text in current]

    def _draft(
        self,
        paragraphs: Sequence[Paragraph],
        route: Route,
        glossary: Glossary | None,
        priority: Priority,
        progress: Progress | None,
    ) -> list[Draft]:
        """Send the paragraphs through each of the route's models."""
        drafts: list[Draft] = []
        for number, step in enumerate(route.steps):
            report = _part_of(progress, number, len(route.steps), len(paragraphs))
            results = translate_step(
                paragraphs,
                step,
                self._load(step),
                beam=self._beam,
                # Through English no model sees a term and what is wanted for it.
                glossary=None if route.is_pivot else glossary,
                check=self._check,
                priority=priority,
                is_taken=number > 0,
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
                queue = SentenceQueue(self._start(checked, tokenizer, step.direction))
                loaded = LoadedModel(checked=checked, tokenizer=tokenizer, queue=queue)
                self._loaded[step.model.path] = loaded
            return loaded

    def _start(self, checked: CheckedModel, tokenizer: Tokenizer, direction: Direction) -> Engine:
        def start(threads: int) -> Engine:
            if self.engine_name == "transformers":
                return TorchEngine(checked, tokenizer=tokenizer, threads=threads)
            return CTranslate2Engine(checked, cache_dir=self._cache_dir, threads=threads)

        if self._threads is not None:
            return start(self._threads)
        tag = checked.folder.tags[direction]
        return start_with_best_threads(
            self._cache_dir,
            start,
            lambda sentence: tokenizer.encode(sentence, tag=tag).tokens,
            direction.source,
        )

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


def _paragraph(
    text: SourceText,
    source: str,
    markup: Markup | None,
    options: TranslationOptions,
    direction: Direction,
) -> Paragraph:
    """Return a paragraph with the demands of its markup and of the caller."""
    joined = find_joined(source, options.newlines) if text.markup is None else []
    kept = _kept(source, markup, options)
    if options.glossary is not None:
        searched = _without_literals(source, kept, text, markup, options)
        kept += find_kept(searched, options.glossary, direction)
    return Paragraph(
        text=source,
        kept=kept,
        breaks=() if markup is None else markup.breaks,
        joined=joined,
        has_tags=markup is not None,
    )


def _kept(source: str, markup: Markup | None, options: TranslationOptions) -> list[Span]:
    """Return what markup and caller keep; a mark of markup ends a term as a space does."""
    by_markup = () if markup is None else markup.kept
    return [*by_markup, *find_terms(_blank(source, by_markup), options.keep)]


def _without_literals(
    source: str,
    kept: Sequence[Span],
    text: SourceText,
    markup: Markup | None,
    options: TranslationOptions,
) -> str:
    """Return a source, as long, without what comes back as it is, and with ends of lines marked.

    No draft could have another word for a term there, and none goes across a line's end.
    """
    if text.markup is None:
        joined = {
            at
            for span in find_joined(source, options.newlines)
            for at in range(span.start, span.end)
        }
        ends = [at for at, sign in enumerate(source) if sign in "\n\r" and at not in joined]
    else:
        ends = [] if markup is None else [*markup.lines]
    return _blank(source, [*kept, *find_literals(source), *(Span(at, at + 1) for at in ends)])


def _blank(text: str, spans: Iterable[Span]) -> str:
    """Return a text, as long, with a sign that is in no term instead of some of its parts."""
    signs = [*text]
    for span in spans:
        signs[span.start : span.end] = TAG_PLACEHOLDER * len(span)
    return "".join(signs)


def _finish(
    text: SourceText,
    markup: Markup | None,
    draft: Draft,
    *,
    meaning: Sequence[Flag],
    options: TranslationOptions,
    check: CheckSentence,
    route: Route,
    signature: str,
) -> Translation:
    """Return the translation with its flags, and its markup where the source had markup."""
    flags: list[Flag] = []
    html: str | None = None
    source = text.text if markup is None else markup.text
    written = draft.text
    if markup is not None:
        rendered = render_markup(markup, draft, escaped=text.markup is not None)
        if rendered.approximate:
            note = f"tags placed by proportion: {rendered.approximate}"
            flags.append(Flag(code=FlagCode.MARKUP_APPROXIMATE, note=note))
        if text.markup is None:
            written = rendered.text
        else:
            html, written = rendered.text, markup.plain(draft.text)
    if all(piece.copied for piece in draft.pieces):
        return Translation(text=written, markup=html, model=NO_MODEL, signature=NO_MODEL)
    flags += check_draft(source, draft, route.direction, check=check)
    flags += meaning
    if options.glossary is not None:
        kept = _kept(source, markup, options)
        copies = (draft.find_copy(span, source[span.start : span.end]) for span in kept)
        found = check_terms(
            _without_literals(source, kept, text, markup, options),
            _blank(draft.text, [*find_literals(draft.text), *filter(None, copies)]),
            options.glossary,
            route.direction,
        )
        flags += [finding.flag for finding in found]
    if markup is not None and text.markup is None:
        flags = _in_written(flags, markup, rendered)
    elif markup is not None and markup.has_placeholders:
        flags = [_in_plain_texts(flag, source, draft.text) for flag in flags]
    if route.is_pivot:
        flags.append(Flag(code=FlagCode.PIVOT, note="translated through English"))
    return Translation(
        text=written, markup=html, model=route.name, signature=signature, flags=tuple(flags)
    )


def _in_written(flags: Sequence[Flag], markup: Markup, rendered: Rendered) -> list[Flag]:
    """Return the flags with their places in the texts that have the signs of Markdown."""
    source, target = places_in_written(markup.root), places_in_written(rendered.root)
    return [
        replace(
            flag, source=tuple(map(source, flag.source)), target=tuple(map(target, flag.target))
        )
        for flag in flags
    ]


def _in_plain_texts(flag: Flag, source: str, target: str) -> Flag:
    """Return the flag with its places in the texts without placeholders."""

    def moved(places: Sequence[Span], text: str) -> tuple[Span, ...]:
        ends = ((place.start, place.end) for place in places)
        return tuple(
            Span(*(end - text.count(TAG_PLACEHOLDER, 0, end) for end in pair)) for pair in ends
        )

    return replace(flag, source=moved(flag.source, source), target=moved(flag.target, target))
