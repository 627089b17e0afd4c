"""Paragraphs of two editions are aligned; what was set aside takes no part."""

from collections.abc import Sequence

from alignment import Alignment, SentenceEncoder, align
from service.domain.language import Direction
from service.domain.paragraph import Kind, Paragraph


def align_paragraphs(
    source: Sequence[Paragraph],
    target: Sequence[Paragraph],
    direction: Direction,
    encoder: SentenceEncoder,
) -> Alignment:
    """Return the beads of two editions; furniture comes back as paragraphs without counterpart."""
    return align(
        [paragraph.text for paragraph in source],
        [paragraph.text for paragraph in target],
        source_language=direction.source.value,
        target_language=direction.target.value,
        encoder=encoder,
        skip_source=_furniture(source),
        skip_target=_furniture(target),
    )


def _furniture(paragraphs: Sequence[Paragraph]) -> set[int]:
    return {i for i, paragraph in enumerate(paragraphs) if paragraph.kind is Kind.FURNITURE}
