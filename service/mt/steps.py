"""One model's work on all paragraphs of a call: prepare, batch, translate, restore."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction
from service.mt.casing import restore_case
from service.mt.catalogue import Step
from service.mt.drafts import Draft, DraftBuilder
from service.mt.engine import Engine, Hypothesis, is_cut_off
from service.mt.flags import is_loop
from service.mt.kept import AMOUNT
from service.mt.masks import GLUED, MASK_LIKE
from service.mt.model_folder import CheckedModel
from service.mt.notation import find_numbers
from service.mt.preparation import Preparation, Sentence
from service.mt.tokenizer import END, TokenizedText, Tokenizer, decode
from service.mt.typography import restore_typography

BATCH_TOKENS: Final = 1024
"""Source tokens of a batch. Larger ones were no faster on two cores."""
RETRY_NGRAM: Final = 3
"""Token n-grams forbidden to occur twice when a sentence that went in circles is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model ready to work."""

    checked: CheckedModel
    tokenizer: Tokenizer
    engine: Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph on its way, with what markup demands of it."""

    text: str
    kept: Sequence[Span] = ()
    """Places that must come back as they are."""
    breaks: Sequence[int] = ()
    """Places that no sentence goes across."""
    joined: Sequence[Span] = ()
    """Line breaks that are spaces; after one model only those between sentences are left."""

    def after(self, draft: Draft) -> "Paragraph":
        """Return the draft as the next model's paragraph, with the same demands."""
        copies = (draft.find_copy(span, self.text[span.start : span.end]) for span in self.kept)
        return Paragraph(
            text=draft.text,
            kept=[copy for copy in copies if copy is not None],
            breaks=[draft.locate(place).start for place in self.breaks],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the model made of one prepared text."""

    text: str
    """As the model wrote it."""
    origins: tuple[int, ...]
    """For each of its characters the character of the prepared text that it came from."""
    loops: bool


def translate_step(
    paragraphs: Sequence[Paragraph],
    step: Step,
    model: LoadedModel,
    *,
    beam: int,
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
    prepared = [preparation.sentences() for preparation in preparations]
    run = _Run(step=step, model=model, beam=beam)
    run.translate(prepared, report)
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
    run.translate(split, lambda _done: None)
    report(len(paragraphs))
    return [
        run.draft(paragraph.text, sentences)
        for paragraph, sentences in zip(paragraphs, split, strict=True)
    ]


def translate_raw(
    texts: Sequence[str], step: Step, model: LoadedModel, *, beam: int
) -> Iterator[tuple[int, str]]:
    """Yield what a model makes of texts as they are, with their places; only to measure by.

    Each text is one input, cut off where the model takes no more.
    """
    tag, most = step.model.tags[step.direction], step.model.max_source_tokens
    encoded = [model.tokenizer.encode(text, tag=tag).tokens for text in texts]
    inputs = [tokens if len(tokens) <= most else (*tokens[: most - 1], END) for tokens in encoded]
    for batch in plan_batches([len(tokens) for tokens in inputs], budget=BATCH_TOKENS):
        results = model.engine.translate([inputs[index] for index in batch], beam=beam)
        for index, hypothesis in zip(batch, results, strict=True):
            yield index, decode(hypothesis.tokens).text


class _Run:
    """The answers of one model in one call."""

    def __init__(self, *, step: Step, model: LoadedModel, beam: int) -> None:
        self._tag = step.model.tags[step.direction]
        self._direction = step.direction
        self._model = model
        self._beam = beam
        self._answers: dict[str, _Answer] = {}

    def translate(
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

    def keeps_masks(self, sentence: Sentence) -> bool:
        """Tell whether the answer has each mask once, no other, and each as a word."""
        target = self._answers[sentence.text].text
        masks = {mask for mask, _ in sentence.masks}
        own = {word for word in MASK_LIKE.findall(sentence.text) if word not in masks}
        found = [word for word in MASK_LIKE.findall(target) if word not in own]
        glued = len(GLUED.findall(target)) > len(GLUED.findall(sentence.text))
        return sorted(found) == sorted(masks) and not glued

    def draft(self, source: str, sentences: Sequence[Sentence]) -> Draft:
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

    def _answer(self, texts: Sequence[str]) -> Iterator[tuple[str, _Answer]]:
        """Yield each text with its answer, in the order in which they are ready."""
        encoded = [self._model.tokenizer.encode(text, tag=self._tag) for text in texts]
        batches = plan_batches([len(item.tokens) for item in encoded], budget=BATCH_TOKENS)
        with ThreadPoolExecutor(self._model.engine.parallel_batches) as pool:
            inputs = ([encoded[index].tokens for index in batch] for batch in batches)
            for batch, results in zip(batches, pool.map(self._translate, inputs), strict=True):
                for index, (hypothesis, loops) in zip(batch, results, strict=True):
                    answer = _read(hypothesis, encoded[index], loops=loops)
                    yield texts[index], answer

    def _translate(self, batch: Sequence[Sequence[str]]) -> list[tuple[Hypothesis, bool]]:
        """Translate a batch; what goes in circles, or on without end, gets a second try."""
        engine = self._model.engine
        results: list[tuple[Hypothesis, bool]] = []
        for tokens, first in zip(batch, engine.translate(batch, beam=self._beam), strict=True):
            failed = _fails(first.tokens, tokens)
            if not failed or is_loop(tokens):
                results.append((first, failed))
                continue
            (second,) = engine.translate([tokens], beam=self._beam, no_repeat_ngram=RETRY_NGRAM)
            results.append((second, _fails(second.tokens, tokens)))
        return results


def _fails(tokens: Sequence[str], source: Sequence[str]) -> bool:
    """Tell whether a hypothesis repeats itself as its source does not, or was cut off."""
    return is_cut_off(tokens, source) or (is_loop(tokens) and not is_loop(source))


def plan_batches(lengths: Sequence[int], *, budget: int) -> list[list[int]]:
    """Group sentences of equal length, longest first.

    Equal lengths need no padding, so nothing is computed in vain and a sentence's translation
    does not depend on its neighbours: padding changes sums in their last bits, and one sentence
    in twenty with them (measured in int8, beam 4).

    Args:
        lengths: Tokens of each sentence.
        budget: Tokens that a batch may have; a longer sentence is a batch of its own.

    Returns:
        Indexes of sentences; each exactly once.
    """
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, length in enumerate(lengths):
        by_length[length].append(index)
    batches: list[list[int]] = []
    for length in sorted(by_length, reverse=True):
        size = max(1, budget // length)
        same = by_length[length]
        batches += [same[start : start + size] for start in range(0, len(same), size)]
    return batches


def _read(hypothesis: Hypothesis, source: TokenizedText, *, loops: bool) -> _Answer:
    """Return a hypothesis as characters that know where they came from."""
    decoded = decode(hypothesis.tokens)
    real = [index for index, span in enumerate(source.spans) if len(span)]
    origins: list[int] = []
    for span, weights in zip(decoded.spans, hypothesis.attention, strict=True):
        best = max(real, key=weights.__getitem__)
        origins += [source.spans[best].end - 1] * len(span)
    return _Answer(text=decoded.text, origins=tuple(origins), loops=loops)


def _restore(
    source: str, sentence: Sentence, answer: _Answer, direction: Direction
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
        kept = _with_amount(source[span.start : span.end], direction)
        text = text[:place] + kept + text[place + len(mask) :]
        origins[place : place + len(mask)] = range(span.start, span.end)
    return text, origins


def _with_amount(kept: str, direction: Direction) -> str:
    """Return what was kept, an amount of money in the target's notation: £3,150."""
    if not AMOUNT.fullmatch(kept):
        return kept
    changed = find_numbers(kept, kept, direction)
    return "".join(changed.get(place, sign) for place, sign in enumerate(kept))


def _find_mask(text: str, mask: str) -> list[int]:
    return [match.start() for match in MASK_LIKE.finditer(text) if match[0] == mask]
