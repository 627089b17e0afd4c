"""Paragraphs of editions are aligned; what was set aside takes no part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from alignment import (
    Alignment,
    Bead,
    Edition,
    Pin,
    SentenceEncoder,
    align_editions,
    describe,
    find_reason,
)
from alignment.reasons import ALIKE_NATS
from service.domain.language import Direction, Language
from service.domain.paragraph import Kind, Paragraph

_KINDS = {
    Kind.TITLE: "heading",
    Kind.HEADING: "heading",
    Kind.LIST_ITEM: "item",
    Kind.PARA: "paragraph",
}
"""As the aligner's weights know them; other kinds go by their own name."""


MARKED_UP = "html"
"""The format of a document whose kinds are those of its markup."""
TIED = 0.5
"""Probability over which a third edition is named as the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionText:
    """An edition to be aligned.

    ``marked_up`` says that its kinds are those of its markup, and not guessed from plain text.
    """

    language: Language
    paragraphs: Sequence[Paragraph]
    marked_up: bool = False
    set_aside: Collection[int] = ()
    """Indexes, from 0, of paragraphs that take no part; furniture never does."""


def align_paragraphs(
    editions: Sequence[EditionText],
    encoder: SentenceEncoder,
    *,
    pins: Mapping[tuple[int, int], Sequence[Pin]] | None = None,
    kept: Mapping[tuple[int, int], Sequence[Bead]] | None = None,
) -> dict[tuple[int, int], Alignment]:
    """Return the beads of each pair of two or three editions, by their places.

    What was set aside comes back as paragraphs without counterpart.

    Raises:
        SameLanguageError: If two editions are in the same language.
    """
    for one, other in combinations(editions, 2):
        Direction(one.language, other.language)
    with_kinds = all(edition.marked_up for edition in editions)
    return align_editions(
        [
            Edition(
                texts=[paragraph.text for paragraph in edition.paragraphs],
                language=edition.language.value,
                kinds=[_kind(paragraph) for paragraph in edition.paragraphs]
                if with_kinds
                else None,
                skip=[
                    place
                    for place, paragraph in enumerate(edition.paragraphs)
                    if paragraph.kind is Kind.FURNITURE or place in edition.set_aside
                ],
            )
            for edition in editions
        ],
        encoder=encoder,
        pins=pins,
        kept=kept,
    )


def _kind(paragraph: Paragraph) -> str:
    return _KINDS.get(paragraph.kind, paragraph.kind.value)


def reason_of(bead: Bead, pair: tuple[int, int], editions: Sequence[EditionText]) -> str | None:
    """Return in a few words why a bead's sides stand together, where it has two."""
    if not bead.source or not bead.target:
        return None
    source, target = (editions[place] for place in pair)
    others = [place for place in range(len(editions)) if place not in pair]
    by_third = bead.tied > TIED and bead.gain < ALIKE_NATS
    reason = find_reason(
        [source.paragraphs[place].text for place in bead.source],
        [target.paragraphs[place].text for place in bead.target],
        source_language=source.language.value,
        target_language=target.language.value,
        score=bead.gain,
        through=others[0] if others and by_third else None,
        pinned=bead.pinned,
    )
    return describe(reason, [edition.language.english_name for edition in editions])
