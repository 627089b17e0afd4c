"""Somebody wants an edition made by people put beside the source: the job is queued."""

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository, EditionRepository
from service.db.job_states import JobRepository
from service.db.queue import defer
from service.db.tables import JobKind
from service.domain.article import Edition, EditionNotFoundError
from service.domain.language import Direction, Language
from service.domain.link import Alignment, Job
from service.domain.review import Provenance
from service.usecases.request_translation import source_edition


def request_alignment(
    session: Session, *, key: str, target: Language, source: Language | None = None
) -> Job:
    """Queue the alignment of two editions, in the caller's transaction.

    Asking again for the same two revisions returns the job that made (or makes) their alignment,
    unless it failed; then a new one is queued.

    Raises:
        ArticleNotFoundError: If there is no such article.
        EditionNotFoundError: If it lacks either edition.
        SameLanguageError: If source and target are the same.
    """
    article = ArticleRepository(session).get(key)
    source_side = source_edition(session, article.id, key, source)
    Direction(source_side.language, target)
    found = EditionRepository(session).find(
        article.id, target, [Provenance.HUMAN, Provenance.ORIGINAL, Provenance.POST_EDITED]
    )
    if found is None:
        raise EditionNotFoundError(key, target)
    target_side = EditionRepository(session).get_or_add(article.id, target, found.provenance)

    alignment = _alignment(session, source_side, target_side)
    jobs = JobRepository(session)
    last = jobs.latest([alignment.id]).get(alignment.id)
    if last is not None and (alignment.signature is not None or jobs.active(alignment.id)):
        return last
    job = jobs.add(JobKind.ALIGN, article_id=article.id, alignment_id=alignment.id, total=1)
    defer(session, "align_editions", job_id=str(job.id))
    return job


def _alignment(session: Session, source: Edition, target: Edition) -> Alignment:
    """Return the alignment of both current revisions, made without links if it is new."""
    alignments = AlignmentRepository(session)
    current = alignments.current(source_edition_id=source.id, target_edition_id=target.id)
    if (
        current is not None
        and current.source_revision_id == source.revision_id
        and current.target_revision_id == target.revision_id
    ):
        return current
    if current is not None:
        alignments.retire(current.id)
    return alignments.add(
        source_revision_id=source.revision_id,
        target_edition_id=target.id,
        target_revision_id=target.revision_id,
        signature=None,
    )
