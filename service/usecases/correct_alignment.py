"""A reviewer says which paragraphs belong together, or that some have no counterpart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from alignment import Pin, SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.links import LinkRepository, NewLink, WorkingCopyRepository
from service.db.revisions import RevisionRepository
from service.domain.link import (
    Alignment,
    Link,
    NewDraft,
    RetiredLinkError,
    UnalignedError,
    UnknownParagraphError,
    UnusableCorrectionError,
    WrittenLinkError,
)
from service.domain.review import MADE_BY_PEOPLE, DraftOrigin, LinkOrigin, State
from service.usecases.carry_over import add_with_review
from service.usecases.paired_editions import (
    PARAGRAPH_SEPARATOR,
    REPEATED,
    PairedEditions,
    align_pair,
    read_pair,
    read_settled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Paragraphs of both editions that belong together, by id.

    With an empty side: each of the other has no counterpart.
    """

    source: tuple[UUID, ...]
    target: tuple[UUID, ...]


def correct_alignment(
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
    alignment_id: UUID,
    corrections: Sequence[Correction],
    *,
    actor: str,
) -> UUID:
    """Make the links that a reviewer asks for, and align what stands around them anew.

    The links hold from now on, also in later revisions, as long as their paragraphs stand; all
    links elsewhere stay as they are. A new alignment takes the place of the one named. Text that
    people have written goes along where whole links are joined. No transaction is open while the
    encoder runs.

    Returns:
        The id of the new alignment.

    Raises:
        AlignmentNotFoundError: If there is no such alignment.
        RetiredLinkError: If another has replaced it, also just now.
        UnalignedError: If it is a machine's, or not made yet.
        UnusableCorrectionError: If a correction is empty, or a paragraph is in two.
        UnknownParagraphError: If a paragraph is not in the alignment.
        WrittenLinkError: If a link would be taken apart that somebody has written, or is writing.
    """
    _check(corrections)
    with sessions.begin() as session:
        pair, links = _read(session, alignment_id, encoder)
    pins = [pin for correction in corrections for pin in _pins(correction, pair)]
    made, signature = align_pair(pair, encoder, pins=pins)
    wanted = {(pin.source, pin.target) for pin in pins}
    new_links = [_joined(link, links, actor) if _places(link) in wanted else link for link in made]
    with sessions.begin() as session:
        return _store(session, alignment_id, pair, new_links, signature, encoder)


def _check(corrections: Sequence[Correction]) -> None:
    for correction in corrections:
        if not correction.source and not correction.target:
            raise UnusableCorrectionError
    for side in ("source", "target"):
        ids = Counter(chain.from_iterable(getattr(c, side) for c in corrections))
        if any(count > 1 for count in ids.values()):
            raise UnusableCorrectionError
    if not corrections:
        raise UnusableCorrectionError


def _read(
    session: Session, alignment_id: UUID, encoder: SentenceEncoder
) -> tuple[PairedEditions, list[Link]]:
    alignment = AlignmentRepository(session).get(alignment_id)
    if not alignment.is_current:
        raise RetiredLinkError
    editions, revisions = EditionRepository(session), RevisionRepository(session)
    target = editions.by_id(alignment.target_edition_id)
    if (
        target.provenance not in MADE_BY_PEOPLE
        or alignment.signature is None
        or alignment.target_revision_id is None
    ):
        raise UnalignedError
    source_revision = revisions.get(alignment.source_revision_id)
    links = LinkRepository(session).of_alignment(alignment_id)
    pair = read_pair(
        session,
        editions.by_id(source_revision.edition_id),
        target,
        source_revision,
        revisions.get(alignment.target_revision_id),
        encoder,
        repeated=frozenset(
            paragraph.id
            for link in links
            if link.reason == REPEATED
            for paragraph in (*link.source, *link.target)
        ),
    )
    return pair, links


def _pins(correction: Correction, pair: PairedEditions) -> list[Pin]:
    """Return what is said by places: one link, or one for each paragraph that stands alone."""
    places = (
        {paragraph.id: paragraph.position for paragraph in pair.source_revision.paragraphs},
        {paragraph.id: paragraph.position for paragraph in pair.target_revision.paragraphs},
    )
    for ids, known in zip((correction.source, correction.target), places, strict=True):
        for paragraph_id in ids:
            if paragraph_id not in known:
                raise UnknownParagraphError(paragraph_id)
    source = tuple(sorted(places[0][paragraph_id] for paragraph_id in correction.source))
    target = tuple(sorted(places[1][paragraph_id] for paragraph_id in correction.target))
    if source and target:
        return [Pin(source=source, target=target)]
    return [Pin(source=(i,), target=()) for i in source] + [
        Pin(source=(), target=(j,)) for j in target
    ]


def _places(link: NewLink) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (
        tuple(paragraph.position for paragraph in link.source),
        tuple(paragraph.position for paragraph in link.target),
    )


def _joined(link: NewLink, before: Sequence[Link], actor: str) -> NewLink:
    """Return a link that a person made, with what people wrote into the links that it joins."""
    members = {paragraph.id for paragraph in (*link.source, *link.target)}
    touched = [old for old in before if members & {p.id for p in (*old.source, *old.target)}]
    link = replace(link, origin=LinkOrigin.MANUAL)
    texts = [old.draft.text for old in touched if old.draft is not None]
    written = any(old.draft and old.draft.origin is DraftOrigin.HUMAN for old in touched)
    if not written or link.draft is None:
        return link
    draft = NewDraft(
        text=PARAGRAPH_SEPARATOR.join(texts),
        origin=DraftOrigin.HUMAN,
        signature=link.draft.signature,
        author=actor,
    )
    return replace(link, draft=draft, state=State.NEEDS_WORK)


def _store(
    session: Session,
    alignment_id: UUID,
    pair: PairedEditions,
    links: Sequence[NewLink],
    signature: str,
    encoder: SentenceEncoder,
) -> UUID:
    editions, alignments = EditionRepository(session), AlignmentRepository(session)
    for edition in sorted((pair.source, pair.target), key=lambda edition: edition.id):
        editions.lock(edition.id)
    before = alignments.current(source_edition_id=pair.source.id, target_edition_id=pair.target.id)
    settled = read_settled(session, pair.source_revision, pair.target_revision, encoder)
    if before is None or before.id != alignment_id or settled != pair.settled:
        raise RetiredLinkError
    _refuse_loss(session, before, links)
    alignments.retire(before.id)
    after = alignments.add(
        source_revision_id=before.source_revision_id,
        target_edition_id=before.target_edition_id,
        target_revision_id=before.target_revision_id,
        signature=signature,
    )
    add_with_review(
        session,
        after,
        links,
        before=before,
        source_edition_id=pair.source.id,
        by_target=True,
    )
    return after.id


def _refuse_loss(session: Session, before: Alignment, links: Sequence[NewLink]) -> None:
    """Raise if what somebody has written, or is writing, would stand nowhere."""
    in_work = WorkingCopyRepository(session).in_work(before.id)
    holding = {paragraph.id: link for link in links for paragraph in (*link.source, *link.target)}
    for old in LinkRepository(session).of_alignment(before.id):
        written = old.draft is not None and old.draft.origin is DraftOrigin.HUMAN
        if not written and old.id not in in_work:
            continue
        members = [paragraph.id for paragraph in (*old.source, *old.target)]
        new = holding[members[0]]
        joined = all(holding[member] is new for member in members)
        stays = joined and len(members) == len(new.source) + len(new.target)
        if not stays and (old.id in in_work or not joined):
            raise WrittenLinkError(old.position)
