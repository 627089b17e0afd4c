"""One model's work on all paragraphs of a call: prepare, translate, restore."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Final

from alignment.beads import Span
from service.domain.glossary import Glossary
from service.domain.language import Direction
from service.domain.translation import Flag, FlagCode, Priority
from service.mt.casing import restore_case
from service.mt.catalogue import Step
from service.mt.checks.loops import is_loop
from service.mt.checks.sentence import CheckSentence, check_sentence
from service.mt.drafts import Draft, DraftBuilder
from service.mt.engine import Decoding, Hypothesis, is_cut_off
from service.mt.glossary import check_terms
from service.mt.masks import MASK_LIKE, spoils_masks
from service.mt.model_folder import CheckedModel
from service.mt.notation import find_numbers
from service.mt.preparation import Preparation, Sentence
from service.mt.retries import Answer, try_again
from service.mt.sentence_queue import SentenceQueue
from service.mt.tokenizer import END, TokenizedText, Tokenizer, decode
from service.mt.typography import restore_typography

TRYING_AGAIN: Final = 8
"""Sentences of a call that are tried again at a time; the queue merges what they ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model ready to work."""

    checked: CheckedModel
    tokenizer: Tokenizer
    queue: SentenceQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph on its way, with what markup demands of it."""

    text: str
    kept: Sequence[Span] = ()
    """Places that must come back as they are."""
    breaks: Sequence[int] = ()
    """Places that no sentence goes across."""
    has_tags: bool = False
    """Whether tags must find their words, for which the model's attention is needed."""
    joined: Sequence[Span] = ()
    """Line breaks that are spaces; after one model only those between sentences are left."""

    def after(self, draft: Draft) -> "Paragraph":
        """Return the draft as the next model's paragraph, with the same demands."""
        copies = (draft.find_copy(span, self.text[span.start : span.end]) for span in self.kept)
        return Paragraph(
            text=draft.text,
            kept=[copy for copy in copies if copy is not None],
            breaks=[draft.locate(place).start for place in self.breaks],
            has_tags=self.has_tags,
        )


def translate_step(
    paragraphs: Sequence[Paragraph],
    step: Step,
    model: LoadedModel,
    *,
    beam: int,
    glossary: Glossary | None,
    check: CheckSentence = check_sentence,
    priority: Priority,
    is_taken: bool = False,
    report: Callable[[int], None],
) -> list[Draft]:
    """Translate paragraphs with one model.

    Sentences of all paragraphs are translated together, each distinct one once; a sentence whose
    mask the model lost is translated again in parts, around the mask. What fails a check is tried
    again.

    Args:
        paragraphs: In any number and order.
        step: The model and its direction.
        model: The same model, loaded.
        beam: Width of the beam.
        glossary: A sentence that does not follow it fails a check.
        check: The other checks.
        priority: Whose turn it is, if others ask as well.
        is_taken: Whether a part of the same request is done already, so that it cannot be refused.
        report: Called now and then with the number of paragraphs that are done.
    """
    preparations = [
        Preparation(
            paragraph.text,
            language=step.direction.source.value,
            tokenizer=model.tokenizer,
            max_tokens=step.model.max_source_tokens,
            kept=paragraph.kept,
            breaks=paragraph.breaks,
            joined=paragraph.joined,
        )
        for paragraph in paragraphs
    ]
    drafts: dict[int, Draft] = {}
    for has_tags in (False, True):
        places = [n for n, paragraph in enumerate(paragraphs) if paragraph.has_tags is has_tags]
        run = _Run(
            step=step,
            model=model,
            # All that the beam has cost nothing more, and are there if the first fails a check.
            decoding=Decoding(beam=beam, hypotheses=beam, attention=has_tags),
            glossary=glossary,
            check=check,
            priority=priority,
            is_taken=is_taken or any(draft.pieces for draft in drafts.values()),
        )

        def report_more(more: int, done: int = len(drafts)) -> None:
            report(done + more)

        made = run.draft(
            [preparations[place] for place in places],
            [paragraphs[place].text for place in places],
            report_more,
        )
        drafts |= zip(places, made, strict=True)
    return [drafts[place] for place in range(len(paragraphs))]


def translate_raw(
    texts: Sequence[str], step: Step, model: LoadedModel, *, beam: int
) -> Iterator[tuple[int, str]]:
    """Yield what a model makes of texts as they are, with their places; only to measure by.

    Each text is one input, cut off where the model takes no more.
    """
    tag, most = step.model.tags[step.direction], step.model.max_source_tokens
    encoded = [model.tokenizer.encode(text, tag=tag).tokens for text in texts]
    inputs = [tokens if len(tokens) <= most else (*tokens[: most - 1], END) for tokens in encoded]
    decoding = Decoding(beam=beam, attention=False)
    for place, (best,) in model.queue.ask(inputs, decoding, priority=Priority.BATCH):
        yield place, decode(best.tokens).text


class _Run:
    """The answers of one model in one call."""

    def __init__(
        self,
        *,
        step: Step,
        model: LoadedModel,
        decoding: Decoding,
        glossary: Glossary | None,
        check: CheckSentence,
        priority: Priority,
        is_taken: bool,
    ) -> None:
        self._tag = step.model.tags[step.direction]
        self._direction = step.direction
        self._model = model
        self._decoding = decoding
        self._glossary = glossary
        self._check_sentence = check
        self._priority = priority
        self._is_taken = is_taken
        self._answers: dict[str, Answer] = {}

    def draft(
        self,
        preparations: Sequence[Preparation],
        sources: Sequence[str],
        report: Callable[[int], None],
    ) -> list[Draft]:
        """Return the drafts of paragraphs, which nothing but each paragraph decides."""
        prepared = [preparation.sentences() for preparation in preparations]
        self._translate(prepared, report)
        split = [
            [
                part
                for sentence in sentences
                for part in (
                    [sentence]
                    if self._keeps_masks(sentence)
                    else preparation.around_masks(sentence)
                )
            ]
            for preparation, sentences in zip(preparations, prepared, strict=True)
        ]
        self._translate(split, lambda _done: None)
        report(len(sources))
        return [self._join(*pair) for pair in zip(sources, split, strict=True)]

    def _translate(
        self, paragraphs: Sequence[Sequence[Sentence]], report: Callable[[int], None]
    ) -> None:
        """Translate every sentence that has no answer yet."""
        waiting = [{sentence.text for sentence in paragraph} for paragraph in paragraphs]
        texts = list(dict.fromkeys(s.text for paragraph in paragraphs for s in paragraph))
        missing = [text for text in texts if text not in self._answers]
        owners: dict[str, list[int]] = defaultdict(list)
        for number, paragraph in enumerate(waiting):
            for text in paragraph:
                owners[text].append(number)
        left = [len(paragraph) for paragraph in waiting]
        done = left.count(0)
        for text, answer in self._answer(missing):
            self._answers[text] = answer
            for number in owners[text]:
                left[number] -= 1
                done += left[number] == 0
            report(min(done, len(paragraphs)))

    def _keeps_masks(self, sentence: Sentence) -> bool:
        """Tell whether the answer has each mask once, no other, and each as a word."""
        target = self._answers[sentence.text].text
        masks = {mask for mask, _ in sentence.masks}
        own = {word for word in MASK_LIKE.findall(sentence.text) if word not in masks}
        found = [word for word in MASK_LIKE.findall(target) if word not in own]
        is_whole = sorted(found) == sorted(masks)
        return is_whole and not (masks and spoils_masks(target, sentence.text))

    def _join(self, source: str, sentences: Sequence[Sentence]) -> Draft:
        """Put a paragraph's draft together from the answers."""
        builder = DraftBuilder(source=source)
        loops = empty = 0
        for sentence in sentences:
            answer = self._answers[sentence.text]
            if not answer.text.strip():
                empty += 1
                span = sentence.span
                builder.add(span, source[span.start : span.end], range(span.start, span.end))
                continue
            loops += answer.loops
            builder.add(sentence.span, *_restore(source, sentence, answer, self._direction))
        return builder.finish(loops=loops, empty=empty)

    def _answer(self, texts: Sequence[str]) -> Iterator[tuple[str, Answer]]:
        """Yield each text with its answer, in the order in which they are ready.

        What fails a check is tried again while others are still being translated.
        """
        with ThreadPoolExecutor(TRYING_AGAIN, thread_name_prefix="try-again") as pool:
            failed: list[Future[dict[str, Answer]]] = []
            for place, (first,) in self._ask(texts, self._decoding, wanted=1):
                text = texts[place]
                if first.loops or self._check(text, first.text):
                    failed.append(pool.submit(self._try_again, text, first))
                else:
                    yield text, first
            for future in as_completed(failed):
                yield from future.result().items()

    def _try_again(self, text: str, first: Answer) -> dict[str, Answer]:
        def ask(
            texts: Sequence[str], *, no_repeat_ngram: int = 0, hypotheses: int = 1
        ) -> list[list[Answer]]:
            decoding = replace(self._decoding, no_repeat_ngram=no_repeat_ngram)
            found = dict(self._ask(texts, decoding, wanted=hypotheses))
            return [found[place] for place in range(len(texts))]

        beam = self._decoding.beam
        return try_again({text: first}, ask=ask, check=self._check, hypotheses=beam)

    def _ask(
        self, texts: Sequence[str], decoding: Decoding, *, wanted: int
    ) -> Iterator[tuple[int, list[Answer]]]:
        """Yield the place of each text with its best answers, in order, as they become known."""
        encoded = [self._model.tokenizer.encode(text, tag=self._tag) for text in texts]
        sentences = [item.tokens for item in encoded]
        answers = self._model.queue.ask(
            sentences, decoding, priority=self._priority, is_taken=self._is_taken
        )
        for place, found in answers:
            self._is_taken = True
            yield place, [_read(hypothesis, encoded[place]) for hypothesis in found[:wanted]]

    def _check(self, source: str, target: str) -> list[Flag]:
        """Return what is wrong with the answer to a prepared text, lost masks among it."""
        written = "".join(restore_typography(target, self._direction, source=source))
        flags = [*self._check_sentence(source, written, self._direction)]
        if sorted(MASK_LIKE.findall(source)) != sorted(MASK_LIKE.findall(target)):
            flags.append(Flag(code=FlagCode.PLACEHOLDERS, note="masks"))
        if self._glossary is not None:
            found = check_terms(source, written, self._glossary, self._direction)
            flags += [finding.flag for finding in found]
        return flags


def _fails(tokens: Sequence[str], source: Sequence[str]) -> bool:
    """Tell whether a hypothesis repeats itself as its source does not, or was cut off."""
    return is_cut_off(tokens, source) or (is_loop(tokens) and not is_loop(source))


def _read(hypothesis: Hypothesis, source: TokenizedText) -> Answer:
    """Return a hypothesis as characters that know where they came from.

    Without attention that is by proportion.
    """
    decoded = decode(hypothesis.tokens)
    real = [span for span in source.spans if len(span)]
    if hypothesis.attention is None:
        tokens = len(hypothesis.tokens)
        looked_at = [place * len(real) // tokens for place in range(tokens)]
    else:
        columns = [place for place, span in enumerate(source.spans) if len(span)]
        looked_at = hypothesis.attention[:, columns].argmax(axis=1).tolist()
    origins = [
        real[place].end - 1
        for span, place in zip(decoded.spans, looked_at, strict=True)
        for _ in range(len(span))
    ]
    loops = _fails(hypothesis.tokens, source.tokens)
    return Answer(text=decoded.text, origins=tuple(origins), loops=loops)


def _restore(
    source: str, sentence: Sentence, answer: Answer, direction: Direction
) -> tuple[str, list[int]]:
    """Return the target of one sentence with its signs, capitals and masked places, and origins."""
    written = source[sentence.span.start : sentence.span.end]
    cells = restore_typography(answer.text, direction, source=written)
    cells = restore_case(cells, sentence.casing)
    text = "".join(cells)
    origins = [
        sentence.origins[origin]
        for cell, origin in zip(cells, answer.origins, strict=True)
        for _ in cell
    ]
    masks = [(_find_mask(text, mask)[0], mask, span) for mask, span in sentence.masks]
    for place, mask, span in sorted(masks, key=lambda item: -item[0]):
        kept = source[span.start : span.end]
        if span in sentence.amounts:
            kept = _as_target_writes(kept, direction)
        text = text[:place] + kept + text[place + len(mask) :]
        origins[place : place + len(mask)] = range(span.start, span.end)
    return text, origins


def _as_target_writes(amount: str, direction: Direction) -> str:
    """Return an amount of money in the target's notation: £3,150."""
    changed = find_numbers(amount, amount, direction)
    return "".join(changed.get(place, sign) for place, sign in enumerate(amount))


def _find_mask(text: str, mask: str) -> list[int]:
    return [match.start() for match in MASK_LIKE.finditer(text) if match[0] == mask]
