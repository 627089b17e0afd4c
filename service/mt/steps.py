"""One model's work on all paragraphs of a call: prepare, translate, restore."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Final, NamedTuple

from alignment.beads import Span
from service.domain.glossary import Glossary
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode, Priority
from service.mt.casing import restore_case
from service.mt.catalogue import Step
from service.mt.characters import TO_LATIN
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
from service.mt.sentence_queue import Question, SentenceQueue
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
    run = _Run(
        step=step,
        model=model,
        beam=beam,
        glossary=glossary,
        check=check,
        priority=priority,
        is_taken=is_taken,
    )
    return run.draft(paragraphs, preparations, report)


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
    questions = [Question(tokens, decoding) for tokens in inputs]
    for place, (best,) in model.queue.ask(questions, priority=Priority.BATCH):
        yield place, decode(best.tokens).text


class _Wanted(NamedTuple):
    """What is asked of the model: the same text may be wanted with tags to place, and without."""

    text: str
    """Of a sentence, as prepared."""
    has_tags: bool


class _Run:
    """The answers of one model in one call."""

    def __init__(
        self,
        *,
        step: Step,
        model: LoadedModel,
        beam: int,
        glossary: Glossary | None,
        check: CheckSentence,
        priority: Priority,
        is_taken: bool,
    ) -> None:
        self._tag = step.model.tags[step.direction]
        self._direction = step.direction
        self._model = model
        self._beam = beam
        self._glossary = glossary
        self._check_sentence = check
        self._priority = priority
        self._is_taken = is_taken
        self._prepared: dict[_Wanted, tuple[Preparation, Sentence]] = {}
        """Of sentences with the same text any one."""
        self._answers: dict[_Wanted, Answer] = {}

    def draft(
        self,
        paragraphs: Sequence[Paragraph],
        preparations: Sequence[Preparation],
        report: Callable[[int], None],
    ) -> list[Draft]:
        """Return the drafts of paragraphs, which nothing but each paragraph decides."""
        prepared = [preparation.sentences() for preparation in preparations]
        tagged = [paragraph.has_tags for paragraph in paragraphs]
        for preparation, sentences, has_tags in zip(preparations, prepared, tagged, strict=True):
            for sentence in sentences:
                self._prepared[_Wanted(sentence.text, has_tags)] = preparation, sentence
        self._translate(prepared, tagged, report)
        split = [
            [
                part
                for sentence in sentences
                for part in (
                    [sentence]
                    if _keeps_masks(sentence, self._answers[_Wanted(sentence.text, has_tags)])
                    else preparation.around_masks(sentence)
                )
            ]
            for preparation, sentences, has_tags in zip(preparations, prepared, tagged, strict=True)
        ]
        self._translate(split, tagged, lambda _done: None)
        report(len(paragraphs))
        return [self._join(*pair) for pair in zip(paragraphs, split, strict=True)]

    def _translate(
        self,
        paragraphs: Sequence[Sequence[Sentence]],
        tagged: Sequence[bool],
        report: Callable[[int], None],
    ) -> None:
        """Translate every sentence that has no answer yet."""
        waiting = [
            {_Wanted(sentence.text, has_tags) for sentence in paragraph}
            for paragraph, has_tags in zip(paragraphs, tagged, strict=True)
        ]
        owners: dict[_Wanted, list[int]] = defaultdict(list)
        for number, paragraph in enumerate(waiting):
            for wanted in paragraph:
                owners[wanted].append(number)
        left = [len(paragraph) for paragraph in waiting]
        done = left.count(0)
        missing = [wanted for wanted in owners if wanted not in self._answers]
        for wanted, answer in self._answer(missing):
            self._answers[wanted] = answer
            for number in owners[wanted]:
                left[number] -= 1
                done += left[number] == 0
            report(min(done, len(paragraphs)))

    def _join(self, paragraph: Paragraph, sentences: Sequence[Sentence]) -> Draft:
        """Put a paragraph's draft together from the answers."""
        source = paragraph.text
        builder = DraftBuilder(source=source)
        loops = empty = 0
        for sentence in sentences:
            answer = self._answers[_Wanted(sentence.text, paragraph.has_tags)]
            if not answer.text.strip():
                empty += 1
                span = sentence.span
                builder.add(span, source[span.start : span.end], range(span.start, span.end))
                continue
            loops += answer.loops
            builder.add(sentence.span, *_restore(source, sentence, answer, self._direction))
        return builder.finish(loops=loops, empty=empty)

    def _answer(self, missing: Sequence[_Wanted]) -> Iterator[tuple[_Wanted, Answer]]:
        """Yield answers in the order in which they are ready.

        What fails a check is tried again while others are still being translated; if its masks are
        still lost then, the parts around them are translated, and yielded as well.
        """
        with ThreadPoolExecutor(TRYING_AGAIN, thread_name_prefix="try-again") as pool:
            failed: list[Future[dict[_Wanted, Answer]]] = []
            for place, (first,) in self._ask(missing):
                wanted = missing[place]
                fails = first.loops or self._check(wanted.text, first.text)
                if fails or self._parts(wanted, first):
                    failed.append(pool.submit(self._try_again, wanted, first))
                else:
                    yield wanted, first
            for future in as_completed(failed):
                yield from future.result().items()

    def _try_again(self, wanted: _Wanted, first: Answer) -> dict[_Wanted, Answer]:
        best = self._better({wanted.text: first}, has_tags=wanted.has_tags)
        parts = [part.text for part in self._parts(wanted, best[wanted.text])]
        found = self._ask([_Wanted(part, wanted.has_tags) for part in parts])
        answers = {parts[place]: answer for place, (answer,) in found}
        best |= self._better(answers, has_tags=wanted.has_tags)
        return {_Wanted(text, wanted.has_tags): answer for text, answer in best.items()}

    def _better(self, answers: dict[str, Answer], *, has_tags: bool) -> dict[str, Answer]:
        """Return the answers, better ones where they fail a check and there are any."""

        def ask(
            texts: Sequence[str], *, no_repeat_ngram: int = 0, hypotheses: int = 1
        ) -> list[list[Answer]]:
            wanted = [_Wanted(text, has_tags) for text in texts]
            asked = self._ask(wanted, no_repeat_ngram=no_repeat_ngram, hypotheses=hypotheses)
            found = dict(asked)
            return [found[place] for place in range(len(texts))]

        return try_again(answers, ask=ask, check=self._check, hypotheses=self._beam)

    def _parts(self, wanted: _Wanted, answer: Answer) -> list[Sentence]:
        """Return the parts around the masks of a sentence whose answer lost one."""
        if wanted not in self._prepared:
            return []
        preparation, sentence = self._prepared[wanted]
        return [] if _keeps_masks(sentence, answer) else preparation.around_masks(sentence)

    def _ask(
        self, wanted: Sequence[_Wanted], *, no_repeat_ngram: int = 0, hypotheses: int = 1
    ) -> Iterator[tuple[int, list[Answer]]]:
        """Yield each place with the best answers, in order, as they become known."""
        encoded = [self._model.tokenizer.encode(text, tag=self._tag) for text, _ in wanted]
        # All that the beam has cost nothing more, and are there if the first fails a check.
        decodings = [
            Decoding(
                beam=self._beam,
                hypotheses=self._beam,
                attention=has_tags,
                no_repeat_ngram=no_repeat_ngram,
            )
            for _, has_tags in wanted
        ]
        questions = [Question(e.tokens, d) for e, d in zip(encoded, decodings, strict=True)]
        answers = self._model.queue.ask(questions, priority=self._priority, is_taken=self._is_taken)
        for place, found in answers:
            self._is_taken = True
            yield place, [_read(hypothesis, encoded[place]) for hypothesis in found[:hypotheses]]

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


def _keeps_masks(sentence: Sentence, answer: Answer) -> bool:
    """Tell whether the answer has each mask once, no other, and each as a word."""
    masks = {mask for mask, _ in sentence.masks}
    own = {word for word in MASK_LIKE.findall(sentence.text) if word not in masks}
    found = [word for word in MASK_LIKE.findall(answer.text) if word not in own]
    is_whole = sorted(found) == sorted(masks)
    return is_whole and not (masks and spoils_masks(answer.text, sentence.text))


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
    typeset = restore_typography(answer.text, direction, source=written)
    cells = restore_case(typeset, sentence.casing)
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
    """Return an amount in the target's notation: £3,150; 20 °C with a Latin letter."""
    if direction.target is not Language.RU:
        amount = amount.translate(TO_LATIN)
    changed = find_numbers(amount, amount, direction)
    return "".join(changed.get(place, sign) for place, sign in enumerate(amount))


def _find_mask(text: str, mask: str) -> list[int]:
    return [match.start() for match in MASK_LIKE.finditer(text) if match[0] == mask]
