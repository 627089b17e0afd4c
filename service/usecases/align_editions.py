"""The worker aligns two editions and lays out their links for review."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.job_states import JobRepository
from service.db.links import LinkRepository, NewLink
from service.db.revisions import RevisionRepository
from service.domain.link import Alignment, Job
from service.usecases.carry_over import add_with_review
from service.usecases.find_repeated import find_repeated
from service.usecases.paired_editions import (
    PairedEditions,
    align_pair,
    read_pair,
    read_settled,
)

log = structlog.get_logger()


def align_editions(
    sessions: sessionmaker[Session], encoder: SentenceEncoder, *, job_id: UUID
) -> None:
    """Align a job's two editions and store a link for each bead; safe to run again.

    What people have confirmed holds, and of the alignment before only what a change touches is
    aligned anew. Where there is none yet, the article's edition in the third language is evidence.
    Page furniture that repeats in the articles around is set aside first.

    No transaction is open while the encoder runs. If an edition or what is settled moves on
    meanwhile, it is aligned again. Only then the alignment before is retired; links over the same
    paragraphs keep their review.
    """
    with sessions.begin() as session:
        job = JobRepository(session).begin(job_id)
        if job is None:
            return
        asked = AlignmentRepository(session).get(job.alignment_id)
        source_id = RevisionRepository(session).get(asked.source_revision_id).edition_id
    while True:
        with sessions.begin() as session:
            pair = _read(session, source_id, asked.target_edition_id, encoder)
        links, signature = align_pair(pair, encoder)
        with sessions.begin() as session:
            if _still_stands(session, pair, encoder):
                _store(session, job, pair, links, signature)
                break
        log.info("editions_changed_while_aligning", job_id=str(job_id))
    log.info("editions_aligned", job_id=str(job_id), links=len(links), set_aside=len(pair.repeated))


def _read(
    session: Session, source_id: UUID, target_id: UUID, encoder: SentenceEncoder
) -> PairedEditions:
    editions, revisions = EditionRepository(session), RevisionRepository(session)
    source, target = editions.by_id(source_id), editions.by_id(target_id)
    of_source, of_target = revisions.get(source.revision_id), revisions.get(target.revision_id)
    repeated = find_repeated(session, source, target, (of_source.paragraphs, of_target.paragraphs))
    return read_pair(session, source, target, of_source, of_target, encoder, repeated=repeated)


def _still_stands(session: Session, pair: PairedEditions, encoder: SentenceEncoder) -> bool:
    """Lock both editions, always in the same order, and tell whether nothing has moved on."""
    editions = EditionRepository(session)
    for edition in sorted((pair.source, pair.target), key=lambda edition: edition.id):
        if editions.lock(edition.id).revision_id != edition.revision_id:
            return False
    settled = read_settled(session, pair.source_revision, pair.target_revision, encoder, lock=True)
    return settled == pair.settled and not LinkRepository(session).paired_by_people(
        list(pair.repeated),
        source_edition_id=pair.source.id,
        target_edition_id=pair.target.id,
    )


def _store(
    session: Session, job: Job, pair: PairedEditions, links: Sequence[NewLink], signature: str
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
    session: Session, pair: PairedEditions, before: Alignment | None, signature: str
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
