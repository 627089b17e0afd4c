"""What people have settled between two editions, and what of an alignment before still holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from alignment import Bead, Pin
from service.domain.article import StoredParagraph
from service.domain.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLinks:
    """Links as the aligner takes them: paragraphs by their places in the present revisions."""

    pins: tuple[Pin, ...] = ()
    """Links that somebody has judged, written in, or made."""
    kept: tuple[Bead, ...] = ()
    """All links whose paragraphs still stand."""
    links: Mapping[tuple[tuple[int, ...], tuple[int, ...]], Link] = field(
        default_factory=dict, compare=False
    )
    """The same by the places of their paragraphs on both sides."""


def settled_links(
    links: Sequence[Link],
    source: Sequence[StoredParagraph],
    target: Sequence[StoredParagraph],
    *,
    in_work: Collection[UUID],
) -> SettledLinks:
    """Return what the links of an alignment settle for the paragraphs of two revisions.

    Links of which a paragraph has changed or gone settle nothing.

    Args:
        links: Those of the alignment before.
        source: The source's paragraphs as they stand now.
        target: The target's.
        in_work: Links that somebody is writing.
    """
    places = (
        {paragraph.id: paragraph.position for paragraph in source},
        {paragraph.id: paragraph.position for paragraph in target},
    )
    pins, kept, standing = [], [], {}
    for link in links:
        sides = [
            [places[side].get(paragraph.id) for paragraph in members]
            for side, members in enumerate((link.source, link.target))
        ]
        here, there = ([place for place in side if place is not None] for side in sides)
        if len(here) < len(link.source) or len(there) < len(link.target):
            continue
        bead = Bead(
            source=tuple(sorted(here)),
            target=tuple(sorted(there)),
            cost=link.cost,
            confidence=link.confidence,
            moved=link.moved,
        )
        kept.append(bead)
        standing[bead.source, bead.target] = link
        if link.confirmed or link.id in in_work:
            pins.append(Pin(source=bead.source, target=bead.target))
    return SettledLinks(pins=tuple(pins), kept=tuple(kept), links=standing)
