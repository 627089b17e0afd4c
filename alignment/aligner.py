"""Two editions in, beads out."""

from collections.abc import Collection, Sequence

from alignment.beads import Alignment, Bead
from alignment.confidence import calibrate
from alignment.edition import find_sentences
from alignment.encoders import SentenceEncoder
from alignment.evidence import gather_evidence, load_weights
from alignment.graph import Group, find_groups
from alignment.links import find_links


class SkippedIndexError(ValueError):
    """An index to skip is not that of a paragraph."""

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"cannot skip paragraph {index}: there are {count}, counted from 0")


VERSION = "0.3"
"""Of everything that decides which beads come out, the data files included."""


def align(
    source: Sequence[str],
    target: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: SentenceEncoder,
    skip_source: Collection[int] = (),
    skip_target: Collection[int] = (),
) -> Alignment:
    """Align the paragraphs of two editions of an article.

    Their sentences are aligned, first in order, then what moved; paragraphs whose sentences say
    the same make a bead, however many there are on either side.

    Time is that of encoding every sentence and ``n * m`` cosines; memory is linear in ``n + m``
    for long texts. The same texts and encoder give the same beads.

    Args:
        source: Paragraphs of one edition; any text, empty or without letters too.
        target: Paragraphs of the other.
        source_language: ISO 639-1 code, for where sentences end and the length of what says the
            same; rules for many languages serve those that are not known.
        target_language: The same for the target.
        encoder: Makes the vectors.
        skip_source: Indexes, from 0, of paragraphs that take no part, such as page furniture: they
            come back unmatched, with confidence 1 and cost 0.
        skip_target: The same for the target.

    Returns:
        Beads that cover both texts exactly once.

    Raises:
        SkippedIndexError: If an index to skip is not that of a paragraph.
        EncoderError: If the encoder's vectors cannot be used.
    """
    skip_source, skip_target = frozenset(skip_source), frozenset(skip_target)
    _refuse_unknown(skip_source, len(source))
    _refuse_unknown(skip_target, len(target))
    signature = f"sentences-crf|{encoder.name}|v:{VERSION}"
    of_source = find_sentences(source, language=source_language, encoder=encoder, skip=skip_source)
    of_target = find_sentences(target, language=target_language, encoder=encoder, skip=skip_target)
    beads = [_alone(source=(index,)) for index in sorted(skip_source)]
    beads += [_alone(target=(index,)) for index in sorted(skip_target)]
    if len(of_source) and len(of_target):
        links = find_links(gather_evidence(of_source, of_target), load_weights())
        groups = find_groups(links, of_source, of_target)
        confidences = calibrate(groups, of_source, of_target)
        beads += map(_bead, groups, confidences)
    else:
        beads += [_alone(source=(index,)) for index in sorted({*of_source.paragraphs.tolist()})]
        beads += [_alone(target=(index,)) for index in sorted({*of_target.paragraphs.tolist()})]
    return Alignment(beads=tuple(_ordered(beads)), signature=signature)


def _refuse_unknown(skip: Collection[int], count: int) -> None:
    for index in skip:
        if not 0 <= index < count:
            raise SkippedIndexError(index, count)


def _alone(*, source: tuple[int, ...] = (), target: tuple[int, ...] = ()) -> Bead:
    """Return the bead of a paragraph that has nothing to be held against."""
    return Bead(source=source, target=target, cost=0.0, confidence=1.0)


def _bead(group: Group, confidence: float) -> Bead:
    return Bead(
        source=group.source,
        target=group.target,
        cost=-sum(link.score for link in group.links),
        confidence=confidence,
        moved=group.moved,
    )


def _ordered(beads: Sequence[Bead]) -> list[Bead]:
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
    return ordered
