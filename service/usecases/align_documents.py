"""Two or three editions are aligned pair by pair; nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from alignment import SentenceEncoder
from service.domain.language import Direction, Language
from service.domain.paragraph import Paragraph
from service.usecases.align_paragraphs import align_paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionText:
    """An edition that was read."""

    language: Language
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedPair:
    """One bead: paragraph indexes from 0 on both sides, and how sure the aligner is of it."""

    languages: tuple[Language, Language]
    source: tuple[int, ...]
    target: tuple[int, ...]
    source_text: tuple[str, ...]
    target_text: tuple[str, ...]
    confidence: float


def align_documents(
    editions: Sequence[EditionText], encoder: SentenceEncoder
) -> Iterator[AlignedPair]:
    """Yield the beads of each pair of editions, in the order given, covering each side once.

    Raises:
        SameLanguageError: If two editions are in the same language; before anything is aligned.
    """
    pairs = [
        (source, target, Direction(source.language, target.language))
        for source, target in combinations(editions, 2)
    ]
    for source, target, direction in pairs:
        made = align_paragraphs(source.paragraphs, target.paragraphs, direction, encoder)
        for bead in made.beads:
            yield AlignedPair(
                languages=(source.language, target.language),
                source=bead.source,
                target=bead.target,
                source_text=tuple(source.paragraphs[i].text for i in bead.source),
                target_text=tuple(target.paragraphs[i].text for i in bead.target),
                confidence=bead.confidence,
            )
