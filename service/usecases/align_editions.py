"""The worker aligns two editions and lays out their links for review."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from alignment import Bead, SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.job_states import JobRepository
from service.db.links import NewLink
from service.db.revisions import RevisionRepository
from service.domain.article import Edition, StoredParagraph
from service.domain.language import Direction
from service.domain.link import Alignment, Job, NewDraft
from service.domain.review import DraftOrigin, State
from service.usecases.align_paragraphs import align_paragraphs
from service.usecases.carry_over import add_with_review

log = structlog.get_logger()

PARAGRAPH_SEPARATOR = "\n\n"
"""Between the target paragraphs of a bead that has several, in the one text that is reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Both editions as they stood when the work began."""

    source: Edition
    target: Edition
    source_paragraphs: tuple[StoredParagraph, ...]
    target_paragraphs: tuple[StoredParagraph, ...]


def align_editions(
    sessions: sessionmaker[Session], encoder: SentenceEncoder, *, job_id: UUID
) -> None:
    """Align a job's two editions and store a link for each bead; safe to run again.

    No transaction is open while the encoder runs. If an edition moves on meanwhile, it is aligned
    again. Only then the alignment before is retired; links over the same paragraphs keep their
    review.
    """
    with sessions.begin() as session:
        job = JobRepository(session).begin(job_id)
        if job is None:
            return
        asked = AlignmentRepository(session).get(job.alignment_id)
        source_id = RevisionRepository(session).get(asked.source_revision_id).edition_id
    while True:
        with sessions.begin() as session:
            pair = _read(session, source_id, asked.target_edition_id)
        links, signature = _align(pair, encoder)
        with sessions.begin() as session:
            if _still_stands(session, pair):
                _store(session, job, pair, links, signature)
                break
        log.info("editions_changed_while_aligning", job_id=str(job_id))
    log.info("editions_aligned", job_id=str(job_id), links=len(links))


def _read(session: Session, source_id: UUID, target_id: UUID) -> _Pair:
    editions, revisions = EditionRepository(session), RevisionRepository(session)
    source, target = editions.by_id(source_id), editions.by_id(target_id)
    return _Pair(
        source=source,
        target=target,
        source_paragraphs=revisions.paragraphs(source.revision_id),
        target_paragraphs=revisions.paragraphs(target.revision_id),
    )


def _align(pair: _Pair, encoder: SentenceEncoder) -> tuple[list[NewLink], str]:
    source, target = pair.source_paragraphs, pair.target_paragraphs
    direction = Direction(pair.source.language, pair.target.language)
    made = align_paragraphs(source, target, direction, encoder)
    links = [
        _link(
            bead,
            [source[index] for index in bead.source],
            [target[index] for index in bead.target],
            signature=made.signature,
        )
        for bead in made.beads
    ]
    return links, made.signature


def _still_stands(session: Session, pair: _Pair) -> bool:
    """Lock both editions, always in the same order, and tell whether neither has moved on."""
    editions = EditionRepository(session)
    return all(
        editions.lock(edition.id).revision_id == edition.revision_id
        for edition in sorted((pair.source, pair.target), key=lambda edition: edition.id)
    )


def _store(
    session: Session, job: Job, pair: _Pair, links: Sequence[NewLink], signature: str
) -> None:
    """Put the links in place of those before, unless another attempt owns the job now."""
    alignments, jobs = AlignmentRepository(session), JobRepository(session)
    before = alignments.current(source_edition_id=pair.source.id, target_edition_id=pair.target.id)
    if not jobs.advance(job.id, attempt=job.attempts, done=0):
        return
    alignment = _alignment_to_fill(session, pair, before, signature)
    add_with_review(
        session,
        alignment,
        links,
        before=before,
        source_edition_id=pair.source.id,
        by_target=True,
    )
    jobs.succeed(job.id, attempt=job.attempts, alignment_id=alignment.id)


def _alignment_to_fill(
    session: Session, pair: _Pair, before: Alignment | None, signature: str
) -> Alignment:
    """Return the one laid out by the request if it is of these revisions, else a new one."""
    alignments = AlignmentRepository(session)
    revisions = (pair.source.revision_id, pair.target.revision_id)
    if before is not None:
        unmade = before.signature is None
        if unmade and (before.source_revision_id, before.target_revision_id) == revisions:
            alignments.complete(
                before.id, target_revision_id=pair.target.revision_id, signature=signature
            )
            return before
        alignments.retire(before.id)
    return alignments.add(
        source_revision_id=pair.source.revision_id,
        target_edition_id=pair.target.id,
        target_revision_id=pair.target.revision_id,
        signature=signature,
    )


def _link(
    bead: Bead,
    source: Sequence[StoredParagraph],
    target: Sequence[StoredParagraph],
    *,
    signature: str,
) -> NewLink:
    draft = NewDraft(
        text=PARAGRAPH_SEPARATOR.join(paragraph.text for paragraph in target),
        origin=DraftOrigin.IMPORT,
        signature=signature,
    )
    return NewLink(
        source=tuple(source),
        target=tuple(target),
        confidence=bead.confidence,
        cost=bead.cost,
        state=State.DRAFT if target else State.UNTRANSLATED,
        draft=draft if target else None,
    )
