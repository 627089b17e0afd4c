"""Editions in, beads out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal, TypeAlias

from alignment.beads import Alignment, Bead, Link
from alignment.comparison import Comparison
from alignment.edition import Edition, find_all_sentences, split_edition
from alignment.encoders import SentenceEncoder
from alignment.links import Found
from alignment.pins import Pin, settle
from alignment.third import Ties, find_ties, turned


class EditionsError(ValueError):
    """There is nothing to align, or more than can be."""

    def __init__(self, count: int) -> None:
        super().__init__(f"give two or three editions to align: there are {count}")


VERSION = "0.6"
"""Of everything that decides which beads come out, the data files included."""

Level: TypeAlias = Literal["paragraph", "sentence"]
Pair: TypeAlias = tuple[int, int]
"""Places of two editions in the order given, the first before the second."""


def align(
    source: Sequence[str],
    target: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: SentenceEncoder,
    skip_source: Collection[int] = (),
    skip_target: Collection[int] = (),
    pins: Sequence[Pin] = (),
    kept: Sequence[Bead] = (),
    level: Level = "paragraph",
    already_split: bool = False,
) -> Alignment:
    """Align the paragraphs, or the sentences, of two editions of an article.

    The same as `align_editions` of two, in plain arguments.

    Raises:
        SkippedIndexError: If an index to skip is not that of a paragraph.
        PinError: If not all pins can hold.
        EncoderError: If the encoder's vectors cannot be used.
    """
    editions = [
        Edition(texts=texts, language=language, skip=skip, already_split=already_split)
        for texts, language, skip in (
            (source, source_language, skip_source),
            (target, target_language, skip_target),
        )
    ]
    both = (0, 1)
    return align_editions(
        editions, encoder=encoder, pins={both: pins}, kept={both: kept}, level=level
    )[both]


def align_editions(
    editions: Sequence[Edition],
    *,
    encoder: SentenceEncoder,
    pins: Mapping[Pair, Sequence[Pin]] | None = None,
    kept: Mapping[Pair, Sequence[Bead]] | None = None,
    level: Level = "paragraph",
) -> dict[Pair, Alignment]:
    """Align every pair of editions of an article.

    Their sentences are aligned, first in order, then what moved; paragraphs whose sentences say
    the same make a bead, however many there are on either side. Of three editions, what each
    says about the other two is evidence; still each pair's answer is its own, and need not agree
    with what follows from the others.

    Time is that of encoding every sentence and, beyond a thousand paragraphs or so, linear in
    ``n + m``; so is memory. The same texts and encoder give the same beads.

    Args:
        editions: Two or three.
        encoder: Makes the vectors.
        pins: By pair, what a person has confirmed; it holds, and nothing is aligned across it.
        kept: By pair, beads of an alignment before, between paragraphs that have not changed:
            away from changes and new pins they stay as they are. See `alignment.pins`.
        level: ``sentence`` aligns sentences with n-m beads; indexes then count an alignment's
            ``source_sentences`` and ``target_sentences``, and nothing can be kept.

    Returns:
        For each pair beads that cover both texts exactly once.

    Raises:
        EditionsError: If there are fewer editions, or more.
        PinError: If not all pins can hold.
        EncoderError: If the encoder's vectors cannot be used.
    """
    if not 2 <= len(editions) <= 3:  # noqa: PLR2004 - as the error says
        raise EditionsError(len(editions))
    comparisons = _compare(editions, encoder, pins or {}, kept or {})
    found = _find_links(comparisons)
    signature = signature_of(encoder)
    if level == "sentence":
        return {
            (one, other): _of_sentences(
                editions[one],
                editions[other],
                comparison.sentence_beads(found[one, other].links),
                signature,
            )
            for (one, other), comparison in comparisons.items()
        }
    return {
        pair: Alignment(
            beads=_ordered(comparison.paragraph_beads(found[pair])), signature=signature
        )
        for pair, comparison in comparisons.items()
    }


def signature_of(encoder: SentenceEncoder) -> str:
    """Return what every alignment made with an encoder is signed with."""
    return f"sentences-crf|{encoder.name}|v:{VERSION}"


def _compare(
    editions: Sequence[Edition],
    encoder: SentenceEncoder,
    pins: Mapping[Pair, Sequence[Pin]],
    kept: Mapping[Pair, Sequence[Bead]],
) -> dict[Pair, Comparison]:
    """Hold every two editions against each other, where nothing is settled."""
    pairs = list(combinations(range(len(editions)), 2))
    settled = {
        (one, other): settle(
            pins.get((one, other), ()),
            kept.get((one, other), ()),
            n_source=len(editions[one].texts),
            n_target=len(editions[other].texts),
            skip_source=editions[one].skip,
            skip_target=editions[other].skip,
        )
        for one, other in pairs
    }
    sentences = find_all_sentences(
        [_with_pinned(edition, place, pins) for place, edition in enumerate(editions)], encoder
    )
    return {
        (one, other): Comparison.of(sentences[one], sentences[other], settled[one, other])
        for one, other in pairs
    }


def _find_links(comparisons: Mapping[Pair, Comparison]) -> Mapping[Pair, Found]:
    """Return the links of each pair; of three, with what the third edition says."""
    found = {pair: comparison.find_links() for pair, comparison in comparisons.items()}
    if len(comparisons) == 1:
        return found
    known = {
        pair: found[pair].links + comparison.settled_links()
        for pair, comparison in comparisons.items()
    }
    return {
        pair: comparison.find_links(_through_third(known, pair, comparison))
        for pair, comparison in comparisons.items()
    }


def _with_pinned(edition: Edition, place: int, pins: Mapping[Pair, Sequence[Pin]]) -> Edition:
    """Return the edition with only what no pin brings back left out."""
    pinned = {
        index
        for pair, confirmed in pins.items()
        if place in pair
        for pin in confirmed
        for index in (pin.target if place == pair[1] else pin.source)
    }
    return replace(edition, skip={*edition.skip} - pinned)


def _through_third(
    known: Mapping[Pair, Sequence[Link]], pair: Pair, comparison: Comparison
) -> Ties:
    """Return what the third edition says about two."""
    (third,) = {0, 1, 2} - {*pair}
    there, onwards = (
        known[place, third] if place < third else turned(known[third, place]) for place in pair
    )
    return find_ties(
        there,
        turned(onwards),
        n_source=len(comparison.source),
        n_target=len(comparison.target),
    )


def _of_sentences(
    source: Edition, target: Edition, beads: Sequence[Bead], signature: str
) -> Alignment:
    """Return the alignment of sentences; those that took no part have no counterpart."""
    places = tuple(split_edition(source)), tuple(split_edition(target))
    held = {i for bead in beads for i in bead.source}, {j for bead in beads for j in bead.target}
    nothing = Bead(source=(), target=(), cost=0.0, confidence=1.0)
    aside = [replace(nothing, source=(i,)) for i in range(len(places[0])) if i not in held[0]]
    aside += [replace(nothing, target=(j,)) for j in range(len(places[1])) if j not in held[1]]
    return Alignment(
        beads=_ordered([*beads, *aside]),
        signature=signature,
        source_sentences=places[0],
        target_sentences=places[1],
    )


def _ordered(beads: Sequence[Bead]) -> tuple[Bead, ...]:
    """Return the beads in the order of the source; see `Alignment`."""
    with_source = sorted((bead for bead in beads if bead.source), key=lambda bead: bead.source)
    after: dict[int, list[Bead]] = {-1: []}
    place_of = {index: place for place, bead in enumerate(with_source) for index in bead.target}
    place = -1
    without = {bead.target[0]: bead for bead in beads if not bead.source}
    for index in sorted([*place_of, *without]):
        if index in without:
            after.setdefault(place, []).append(without[index])
        else:
            place = place_of[index]
    ordered = after[-1]
    for place, bead in enumerate(with_source):
        ordered += [bead, *after.get(place, ())]
    return tuple(ordered)
