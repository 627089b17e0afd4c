"""One model's work on all paragraphs of a call: prepare, translate, restore."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from alignment.beads import Span
from service.domain.language import Language
from service.domain.translation import Priority
from service.mt.catalogue import Step
from service.mt.checks.loops import is_loop
from service.mt.drafts import Draft, DraftBuilder
from service.mt.engine import Decoding, Hypothesis, is_cut_off
from service.mt.model_folder import CheckedModel
from service.mt.preparation import MASK_LIKE, Preparation, Sentence
from service.mt.sentence_queue import SentenceQueue
from service.mt.tokenizer import TokenizedText, Tokenizer, decode
from service.mt.typography import restore_typography

RETRY_NGRAM: Final = 3
"""Token n-grams forbidden to occur twice when a sentence that went in circles is tried again."""


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

    def after(self, draft: Draft) -> "Paragraph":
        """Return the draft as the next model's paragraph, with the same demands."""
        copies = (draft.find_copy(span, self.text[span.start : span.end]) for span in self.kept)
        return Paragraph(
            text=draft.text,
            kept=[copy for copy in copies if copy is not None],
            breaks=[draft.locate(place).start for place in self.breaks],
            has_tags=self.has_tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the model made of one prepared text."""

    cells: tuple[str, ...]
    """The target's characters as typography wants them, some of them two or three characters."""
    origins: tuple[int, ...]
    """For each cell the character of the prepared text that it came from."""
    loops: bool


def translate_step(
    paragraphs: Sequence[Paragraph],
    step: Step,
    model: LoadedModel,
    *,
    beam: int,
    priority: Priority,
    report: Callable[[int], None],
) -> list[Draft]:
    """Translate paragraphs with one model.

    Sentences of all paragraphs are translated together, each distinct one once; a sentence whose
    mask the model lost is translated again in parts, around the mask.

    Args:
        paragraphs: In any number and order.
        step: The model and its direction.
        model: The same model, loaded.
        beam: Width of the beam.
        priority: Whose turn it is, if others ask as well.
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
        )
        for paragraph in paragraphs
    ]
    prepared = [preparation.sentences() for preparation in preparations]
    run = _Run(step=step, model=model, beam=beam, priority=priority)
    tagged = [paragraph.has_tags for paragraph in paragraphs]
    run.translate(prepared, tagged, report)
    split = [
        [
            part
            for sentence in sentences
            for part in (
                [sentence] if run.keeps_masks(sentence) else preparation.around_masks(sentence)
            )
        ]
        for preparation, sentences in zip(preparations, prepared, strict=True)
    ]
    run.translate(split, tagged, lambda _done: None)
    report(len(paragraphs))
    return [
        run.draft(paragraph.text, sentences)
        for paragraph, sentences in zip(paragraphs, split, strict=True)
    ]


class _Run:
    """The answers of one model in one call."""

    def __init__(self, *, step: Step, model: LoadedModel, beam: int, priority: Priority) -> None:
        self._tag = step.model.tags[step.direction]
        self._language = step.direction.target
        self._model = model
        self._beam = beam
        self._priority = priority
        self._answers: dict[str, _Answer] = {}

    def translate(
        self,
        paragraphs: Sequence[Sequence[Sentence]],
        tagged: Sequence[bool],
        report: Callable[[int], None],
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
        with_tags = {
            sentence.text
            for paragraph, has_tags in zip(paragraphs, tagged, strict=True)
            if has_tags
            for sentence in paragraph
        }
        for text, answer in chain(
            self._answer([text for text in missing if text not in with_tags], attention=False),
            self._answer([text for text in missing if text in with_tags], attention=True),
        ):
            self._answers[text] = answer
            for number in owners[text]:
                left[number] -= 1
                done += left[number] == 0
            report(min(done, len(paragraphs)))

    def keeps_masks(self, sentence: Sentence) -> bool:
        """Tell whether the answer has each mask once, and no other."""
        target = "".join(self._answers[sentence.text].cells)
        masks = {mask for mask, _ in sentence.masks}
        own = {word for word in MASK_LIKE.findall(sentence.text) if word not in masks}
        found = [word for word in MASK_LIKE.findall(target) if word not in own]
        return sorted(found) == sorted(masks)

    def draft(self, source: str, sentences: Sequence[Sentence]) -> Draft:
        """Put a paragraph's draft together from the answers."""
        builder = DraftBuilder(source=source)
        loops = empty = 0
        for sentence in sentences:
            answer = self._answers[sentence.text]
            if not "".join(answer.cells).strip():
                empty += 1
                span = sentence.span
                builder.add(span, source[span.start : span.end], range(span.start, span.end))
                continue
            loops += answer.loops
            builder.add(sentence.span, *_restore(source, sentence, answer))
        return builder.finish(loops=loops, empty=empty)

    def _answer(self, texts: Sequence[str], *, attention: bool) -> Iterator[tuple[str, _Answer]]:
        """Yield each text with its answer, in the order in which they are ready.

        What goes in circles, or on without end, gets a second try.
        """
        encoded = [self._model.tokenizer.encode(text, tag=self._tag) for text in texts]
        first_try = Decoding(beam=self._beam, attention=attention)
        again: list[int] = []
        for index, first in self._ask(encoded, first_try):
            tokens = encoded[index].tokens
            failed = _fails(first.tokens, tokens)
            if failed and not is_loop(tokens):
                again.append(index)
            else:
                yield texts[index], _read(first, encoded[index], self._language, loops=failed)
        retry = replace(first_try, no_repeat_ngram=RETRY_NGRAM)
        for place, second in self._ask([encoded[index] for index in again], retry):
            index = again[place]
            failed = _fails(second.tokens, encoded[index].tokens)
            yield texts[index], _read(second, encoded[index], self._language, loops=failed)

    def _ask(
        self, encoded: Sequence[TokenizedText], decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the place of each text with its best hypothesis, as they become known."""
        sentences = [item.tokens for item in encoded]
        for place, answer in self._model.queue.ask(sentences, decoding, priority=self._priority):
            yield place, answer[0]


def _fails(tokens: Sequence[str], source: Sequence[str]) -> bool:
    """Tell whether a hypothesis repeats itself as its source does not, or was cut off."""
    return is_cut_off(tokens, source) or (is_loop(tokens) and not is_loop(source))


def _read(
    hypothesis: Hypothesis, source: TokenizedText, language: Language, *, loops: bool
) -> _Answer:
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
    cells = restore_typography(decoded.text, language)
    return _Answer(cells=tuple(cells), origins=tuple(origins), loops=loops)


def _restore(source: str, sentence: Sentence, answer: _Answer) -> tuple[str, list[int]]:
    """Return the target of one sentence, masks replaced by what they stood for, and its origins."""
    text = "".join(answer.cells)
    origins = [
        sentence.origins[origin]
        for cell, origin in zip(answer.cells, answer.origins, strict=True)
        for _ in cell
    ]
    masks = [(_find_mask(text, mask)[0], mask, span) for mask, span in sentence.masks]
    for place, mask, span in sorted(masks, key=lambda item: -item[0]):
        text = text[:place] + source[span.start : span.end] + text[place + len(mask) :]
        origins[place : place + len(mask)] = range(span.start, span.end)
    return text, origins


def _find_mask(text: str, mask: str) -> list[int]:
    return [match.start() for match in MASK_LIKE.finditer(text) if match[0] == mask]
