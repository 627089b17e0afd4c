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
from service.domain.article import StoredParagraph
from service.domain.language import Direction
from service.domain.link import NewDraft
from service.domain.review import DraftOrigin, State
from service.usecases.align_paragraphs import align_paragraphs
from service.usecases.carry_over import reviewed_before

log = structlog.get_logger()

PARAGRAPH_SEPARATOR = "\n\n"
"""Between the target paragraphs of a bead that has several, in the one text that is reviewed."""


def align_editions(
    sessions: sessionmaker[Session], encoder: SentenceEncoder, *, job_id: UUID
) -> None:
    """Align a job's two revisions and store a link for each bead; safe to run again.

    No transaction is open while the encoder runs. Links over the same paragraphs as in the
    alignment before keep their review.
    """
    with sessions.begin() as session:
        job = JobRepository(session).begin(job_id)
        if job is None:
            return
        alignment = AlignmentRepository(session).get(job.alignment_id)
        target_edition = EditionRepository(session).by_id(alignment.target_edition_id)
        revisions = RevisionRepository(session)
        source_revision = revisions.get(alignment.source_revision_id)
        source_edition = EditionRepository(session).by_id(source_revision.edition_id)
        source = source_revision.paragraphs
        target = revisions.paragraphs(target_edition.revision_id)

    direction = Direction(source_edition.language, target_edition.language)
    made = align_paragraphs(source, target, direction, encoder)
    links = [
        _link(
            source[bead.source.start : bead.source.end],
            target[bead.target.start : bead.target.end],
            confidence=bead.confidence,
            signature=made.signature,
        )
        for bead in made.beads
    ]
    with sessions.begin() as session:
        if not JobRepository(session).succeed(job_id, attempt=job.attempts):
            return
        alignments, repository = AlignmentRepository(session), LinkRepository(session)
        previous = alignments.before(alignment)
        old = repository.of_alignment(previous.id) if previous else []
        repository.add(alignment.id, reviewed_before(old, links, by_target=True))
        alignments.complete(
            alignment.id,
            target_revision_id=target_edition.current_revision_id,
            signature=made.signature,
        )
    log.info("editions_aligned", job_id=str(job_id), links=len(links))


def _link(
    source: Sequence[StoredParagraph],
    target: Sequence[StoredParagraph],
    *,
    confidence: float,
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
        confidence=confidence,
        state=State.DRAFT if target else State.UNTRANSLATED,
        draft=draft if target else None,
    )
