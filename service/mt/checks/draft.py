"""What is wrong with the draft of a paragraph: the findings of its sentences, each in its place."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alignment.encoders import SentenceEncoder
from service.domain.language import Direction
from service.domain.translation import Flag, FlagCode
from service.mt.checks.meaning import CheckedPair, check_meaning
from service.mt.checks.sentence import CheckSentence, check_sentence
from service.mt.drafts import Draft, Piece


def check_draft(
    source: str, draft: Draft, direction: Direction, *, check: CheckSentence = check_sentence
) -> list[Flag]:
    """Return the findings of every sentence that was translated, in order.

    Each names characters of the whole paragraph; one that is about a whole sentence names that.
    """
    flags: list[Flag] = []
    if draft.empty:
        note = f"sentences kept because the model gave nothing: {draft.empty}"
        flags.append(Flag(code=FlagCode.LENGTH, note=note))
    for piece in _sentences(draft):
        found = check(*_texts(source, draft, piece), direction)
        flags += [_in_place(flag, piece) for flag in found]
    if draft.loops and all(flag.code is not FlagCode.REPETITION for flag in flags):
        note = f"sentences that repeat themselves: {draft.loops}"
        flags.append(Flag(code=FlagCode.REPETITION, note=note))
    return flags


def check_meanings(
    encoder: SentenceEncoder,
    sources: Sequence[str],
    drafts: Sequence[Draft],
    direction: Direction,
) -> list[list[Flag]]:
    """Return for each draft which of its sentences seem to mean something else than the source.

    The sentences of all drafts are encoded together.
    """
    places = [(number, piece) for number, draft in enumerate(drafts) for piece in _sentences(draft)]
    pairs = []
    for number, piece in places:
        source, target = _texts(sources[number], drafts[number], piece)
        pairs.append(CheckedPair(source=source, target=target, direction=direction))
    flags: list[list[Flag]] = [[] for _ in drafts]
    for (number, piece), found in zip(places, check_meaning(encoder, pairs), strict=True):
        flags[number] += [_in_place(flag, piece) for flag in found]
    return flags


def _sentences(draft: Draft) -> Iterable[Piece]:
    return (piece for piece in draft.pieces if not piece.copied)


def _texts(source: str, draft: Draft, piece: Piece) -> tuple[str, str]:
    target = draft.text[piece.target.start : piece.target.end]
    return source[piece.source.start : piece.source.end], target


def _in_place(flag: Flag, piece: Piece) -> Flag:
    if not flag.source and not flag.target:
        return replace(flag, source=(piece.source,), target=(piece.target,))
    return flag.moved(source=piece.source.start, target=piece.target.start)
