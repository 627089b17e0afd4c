"""Two editions of an article as they stand, what is settled between them, and their links."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from alignment import Bead, Pin, SentenceEncoder, signature_of
from alignment.furniture import VERSION
from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.links import LinkRepository, NewLink, WorkingCopyRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Edition, Revision
from service.domain.link import NewDraft
from service.domain.review import MADE_BY_PEOPLE, DraftOrigin, State
from service.usecases.align_paragraphs import (
    MARKED_UP,
    EditionText,
    align_paragraphs,
    reason_of,
)
from service.usecases.settled_links import SettledLinks, settled_links

PARAGRAPH_SEPARATOR = "\n\n"
"""Between the target paragraphs of a bead that has several, in the one text that is reviewed."""
REPEATED = "repeats in other articles"
"""The reason of what was set aside as page furniture."""
BOTH = (0, 1)
"""Source and target among the editions that are aligned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedEditions:
    """Two editions at one revision each."""

    source: Edition
    target: Edition
    source_revision: Revision
    target_revision: Revision
    third: EditionText | None
    """The article's edition by people in the third language, where it can be evidence."""
    settled: SettledLinks
    repeated: frozenset[UUID]
    """Paragraphs of both that are page furniture."""


def read_pair(
    session: Session,
    source: Edition,
    target: Edition,
    source_revision: Revision,
    target_revision: Revision,
    encoder: SentenceEncoder,
    *,
    repeated: frozenset[UUID],
) -> PairedEditions:
    """Return two editions, and what their current alignment settles for the revisions named."""
    settled = read_settled(session, source_revision, target_revision, encoder)
    return PairedEditions(
        source=source,
        target=target,
        source_revision=source_revision,
        target_revision=target_revision,
        third=None if settled.kept else _third(session, source, target),
        settled=settled,
        repeated=repeated,
    )


def read_settled(
    session: Session,
    source: Revision,
    target: Revision,
    encoder: SentenceEncoder,
    *,
    lock: bool = False,
) -> SettledLinks:
    """Return what the current alignment of two editions settles for two of their revisions.

    Beads that another version of the aligner made are not kept: only what people have confirmed.
    With ``lock`` nobody changes it until the transaction ends; both editions must be locked.
    """
    before = AlignmentRepository(session).current(
        source_edition_id=source.edition_id, target_edition_id=target.edition_id, lock=lock
    )
    if before is None:
        return SettledLinks()
    settled = settled_links(
        LinkRepository(session).of_alignment(before.id),
        source.paragraphs,
        target.paragraphs,
        in_work=WorkingCopyRepository(session).in_work(before.id),
    )
    same = before.signature is not None and before.signature.startswith(signature_of(encoder))
    return settled if same else replace(settled, kept=())


def _third(session: Session, source: Edition, target: Edition) -> EditionText | None:
    taken = {source.language, target.language}
    for edition in EditionRepository(session).of_article(source.article_id):
        by_people = edition.provenance in MADE_BY_PEOPLE and edition.language not in taken
        if by_people and edition.current_revision_id is not None:
            return _text(edition, RevisionRepository(session).get(edition.current_revision_id))
    return None


def align_pair(
    pair: PairedEditions, encoder: SentenceEncoder, *, pins: Sequence[Pin] = ()
) -> tuple[list[NewLink], str]:
    """Return the links of two editions, and what made them.

    What is settled stays unless one of ``pins``, which come on top, speaks against it.
    """
    editions = [
        _text(pair.source, pair.source_revision, pair.repeated),
        _text(pair.target, pair.target_revision, pair.repeated),
    ]
    if pair.third is not None:
        editions.append(pair.third)
    taken = {i for pin in pins for i in pin.source}, {j for pin in pins for j in pin.target}
    standing = [
        pin
        for pin in pair.settled.pins
        if taken[0].isdisjoint(pin.source) and taken[1].isdisjoint(pin.target)
    ]
    made = align_paragraphs(
        editions, encoder, pins={BOTH: [*standing, *pins]}, kept={BOTH: pair.settled.kept}
    )[BOTH]
    signature = made.signature + (f"|furniture:{VERSION}" if pair.repeated else "")
    return [_link(bead, pair, editions, signature) for bead in made.beads], signature


def _text(edition: Edition, revision: Revision, repeated: Collection[UUID] = ()) -> EditionText:
    return EditionText(
        language=edition.language,
        paragraphs=revision.paragraphs,
        marked_up=revision.format == MARKED_UP,
        set_aside=[
            place for place, paragraph in enumerate(revision.paragraphs) if paragraph.id in repeated
        ],
    )


def _link(
    bead: Bead, pair: PairedEditions, editions: Sequence[EditionText], signature: str
) -> NewLink:
    source = tuple(pair.source_revision.paragraphs[index] for index in bead.source)
    target = tuple(pair.target_revision.paragraphs[index] for index in bead.target)
    before = pair.settled.links.get((bead.source, bead.target))
    stands = before is not None and (bead.pinned or bead.confidence == before.confidence)
    if before is not None and stands and not before.confirmed:
        # It stands for being kept, or in work: nobody has said that it is right.
        link = NewLink(
            source=source,
            target=target,
            confidence=before.confidence,
            cost=before.cost,
            moved=before.moved,
            reason=before.reason,
        )
    else:
        aside = not bead.pinned and {p.id for p in (*source, *target)} <= pair.repeated
        link = NewLink(
            source=source,
            target=target,
            confidence=bead.confidence,
            cost=bead.cost,
            moved=bead.moved,
            reason=REPEATED if aside else reason_of(bead, BOTH, editions),
        )
    if before is not None:
        link = replace(link, origin=before.origin)
    if not target:
        return link
    draft = NewDraft(
        text=PARAGRAPH_SEPARATOR.join(paragraph.text for paragraph in target),
        origin=DraftOrigin.IMPORT,
        signature=signature,
    )
    return replace(link, state=State.DRAFT, draft=draft)
