"""Another try for sentences whose translation failed a check.

In this order, each only where it may help: the other hypotheses of the beam; the same without
repeated n-grams; the sentence in two parts, cut at a clause. The first answer that passes is taken,
or else the best one, which then carries its flags: what failed is never hidden.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from service.domain.translation import Flag, FlagCode

VERSION: Final = 3
"""Part of every signature; goes up whenever other answers are taken."""

NGRAM: Final = 3
"""Token n-grams forbidden to occur twice when a sentence that went in circles is tried again."""
CLAUSE_END: Final = re.compile(r"[,;:…)»”][\"')»”]{0,5}\s+|\s[—–-]\s+")
FEWEST_WORDS: Final = 4
"""Of a part of a sentence: with less the model has nothing to go by."""

COST: Final = {
    FlagCode.LEFTOVER: 4,
    FlagCode.UNTRANSLATED: 4,
    FlagCode.REPETITION: 4,
    FlagCode.LENGTH: 3,
    FlagCode.LINKS: 3,
    FlagCode.PLACEHOLDERS: 3,
    FlagCode.NUMBERS: 2,
    FlagCode.SCRIPT: 2,
    FlagCode.TERM: 2,
    FlagCode.NAMES: 1,
}
"""How bad one place with such a finding is, beside the others: what a reader cannot use at all is
worst."""
CURED_BY_BAN: Final = frozenset({FlagCode.REPETITION, FlagCode.LENGTH})
"""What n-grams that occur twice can be the reason of; elsewhere the ban changes nothing."""
NOT_CURED_BY_PARTS: Final = frozenset({FlagCode.NAMES, FlagCode.SCRIPT, FlagCode.TERM})
"""What a model does to a word, whatever stands around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model made of one prepared text."""

    text: str
    """As the model wrote it."""
    origins: tuple[int, ...]
    """For each of its characters the character of the prepared text that it came from."""
    loops: bool
    """Whether its tokens go in circles, or did not come to an end."""


class Ask(Protocol):
    """What translates prepared texts; an answer depends on its text and the decoding alone."""

    def __call__(
        self, texts: Sequence[str], *, no_repeat_ngram: int = 0, hypotheses: int = 1
    ) -> Sequence[Sequence[Answer]]:
        """Return the answers of each text, the best first; fewer than asked for if it has no more.

        Args:
            texts: As `service.mt.preparation` makes them.
            no_repeat_ngram: Forbid token n-grams of this length to occur twice; 0 allows all.
            hypotheses: How many different answers a text.
        """
        ...


Check = Callable[[str, str], Sequence[Flag]]
"""What is wrong with a target: source and target in, findings out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Best:
    """The best answer so far, and what is wrong with it."""

    answer: Answer
    codes: frozenset[FlagCode]
    cost: int


def try_again(
    answers: dict[str, Answer], *, ask: Ask, check: Check, hypotheses: int
) -> dict[str, Answer]:
    """Return the answers, those that fail a check replaced by better ones where there are.

    All sentences that fail are asked about together, at most three times, whatever their number.
    What is done for one depends on nothing but its text.

    Args:
        answers: The first answer to each prepared text.
        ask: Translates.
        check: Finds what is wrong.
        hypotheses: Of the beam: at most its width.
    """
    best = {text: _judge(text, answer, check) for text, answer in answers.items()}
    if hypotheses > 1:
        failed = [text for text, found in best.items() if found.cost]
        for text, others in _asked(failed, ask, hypotheses=hypotheses):
            best[text] = _better(text, best[text], others[1:], check)
    failed = [text for text, found in best.items() if found.codes & CURED_BY_BAN]
    for text, others in _asked(failed, ask, no_repeat_ngram=NGRAM):
        best[text] = _better(text, best[text], others, check)
    cuts = {
        text: cut
        for text, found in best.items()
        if found.codes - NOT_CURED_BY_PARTS and (cut := find_cut(text)) is not None
    }
    parts = [part for text, cut in cuts.items() for part in (text[:cut].rstrip(), text[cut:])]
    found_parts = {text: others[0] for text, others in _asked(list(dict.fromkeys(parts)), ask)}
    for text, cut in cuts.items():
        left, right = found_parts[text[:cut].rstrip()], found_parts[text[cut:]]
        joined = _join(text, cut, left, right)
        best[text] = _better(text, best[text], [joined], check)
    return {text: found.answer for text, found in best.items()}


def find_cut(text: str) -> int | None:
    """Return where the second part of a sentence begins: after the clause end nearest the middle.

    None where a part would have too few words.

    >>> find_cut("He came home late in the night, and nobody asked him anything.")
    32
    """
    ends = [match.end() for match in CLAUSE_END.finditer(text)]
    ends = [end for end in ends if min(_words(text[:end]), _words(text[end:])) >= FEWEST_WORDS]
    return min(ends, key=lambda end: abs(2 * end - len(text)), default=None)


def _words(text: str) -> int:
    return sum(any(map(str.isalpha, word)) for word in text.split())


def _asked(
    texts: Sequence[str], ask: Ask, *, no_repeat_ngram: int = 0, hypotheses: int = 1
) -> list[tuple[str, Sequence[Answer]]]:
    if not texts:
        return []
    found = ask(texts, no_repeat_ngram=no_repeat_ngram, hypotheses=hypotheses)
    return list(zip(texts, found, strict=True))


def _judge(text: str, answer: Answer, check: Check) -> _Best:
    flags = check(text, answer.text)
    codes = {flag.code for flag in flags}
    cost = sum(
        COST.get(flag.code, 1) * max(1, len(flag.source) + len(flag.target)) for flag in flags
    )
    if answer.loops and FlagCode.REPETITION not in codes:
        codes.add(FlagCode.REPETITION)
        cost += COST[FlagCode.REPETITION]
    return _Best(answer=answer, codes=frozenset(codes), cost=cost)


def _better(text: str, best: _Best, others: Sequence[Answer], check: Check) -> _Best:
    """Return the first of the others that passes, or else the best of all; of equals the first."""
    for other in others:
        if not best.cost:
            break
        found = _judge(text, other, check)
        if found.cost < best.cost:
            best = found
    return best


def _join(text: str, cut: int, left: Answer, right: Answer) -> Answer:
    """Return the answers of a text's two parts as one; inside it no word gets a capital."""
    second = right.text
    if text[cut].islower() and second[:1].isupper() and second[1:2].islower():
        second = second[0].lower() + second[1:]
    return replace(
        left,
        text=f"{left.text} {second}",
        origins=(*left.origins, cut - 1, *(origin + cut for origin in right.origins)),
        loops=left.loops or right.loops,
    )
