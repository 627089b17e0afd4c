"""Two or three editions are aligned pair by pair; nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alignment import SentenceEncoder
from service.domain.language import Language
from service.usecases.align_paragraphs import EditionText, align_paragraphs, reason_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedPair:
    """One bead: paragraph indexes from 0 on both sides, and how sure the aligner is of it."""

    languages: tuple[Language, Language]
    source: tuple[int, ...]
    target: tuple[int, ...]
    source_text: tuple[str, ...]
    target_text: tuple[str, ...]
    confidence: float
    moved: bool
    reason: str | None
    """Why both sides stand together, in a few words."""


def align_documents(
    editions: Sequence[EditionText], encoder: SentenceEncoder
) -> Iterator[AlignedPair]:
    """Yield the beads of each pair of editions, in the order given, covering each side once.

    Raises:
        SameLanguageError: If two editions are in the same language; before anything is aligned.
    """
    for (one, other), made in align_paragraphs(editions, encoder).items():
        source, target = editions[one], editions[other]
        for bead in made.beads:
            yield AlignedPair(
                languages=(source.language, target.language),
                source=bead.source,
                target=bead.target,
                source_text=tuple(source.paragraphs[i].text for i in bead.source),
                target_text=tuple(target.paragraphs[i].text for i in bead.target),
                confidence=bead.confidence,
                moved=bead.moved,
                reason=reason_of(bead, (one, other), editions),
            )
