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
from service.domain.review import MADE_BY_PEOPLE
from service.usecases.request_translation import source_edition


def request_alignment(
    session: Session, *, key: str, target: Language, source: Language | None = None
) -> Job:
    """Queue the alignment of two editions, in the caller's transaction.

    Asking again for the same two revisions returns the job that made (or makes) their alignment,
    unless it failed; then a new one is queued. Links that stand stay current until the job has
    made those that replace them.

    Raises:
        ArticleNotFoundError: If there is no such article.
        EditionNotFoundError: If it lacks either edition.
        SameLanguageError: If source and target are the same.
    """
    article = ArticleRepository(session).get(key)
    editions, alignments = EditionRepository(session), AlignmentRepository(session)
    source_id = source_edition(session, article.id, key, source).id
    found = editions.find(article.id, target, MADE_BY_PEOPLE)
    if found is None:
        raise EditionNotFoundError(key, target)
    target_side, source_side = editions.lock(found.id), editions.by_id(source_id)
    Direction(source_side.language, target)

    alignment = alignments.current(source_edition_id=source_id, target_edition_id=found.id)
    if alignment is None:
        alignment = alignments.add(
            source_revision_id=source_side.revision_id,
            target_edition_id=target_side.id,
            target_revision_id=target_side.revision_id,
            signature=None,
        )
    jobs = JobRepository(session)
    if active := jobs.active(alignment.id):
        return active
    last = jobs.latest([alignment.id]).get(alignment.id)
    if last is not None and _joins(alignment, source_side, target_side):
        return last
    job = jobs.add(JobKind.ALIGN, article_id=article.id, alignment_id=alignment.id, total=1)
    defer(session, "align_editions", job_id=str(job.id))
    return job


def _joins(alignment: Alignment, source: Edition, target: Edition) -> bool:
    """Tell whether the alignment is made, and of the revisions at which both editions stand."""
    revisions = (source.revision_id, target.revision_id)
    made_of = (alignment.source_revision_id, alignment.target_revision_id)
    return alignment.signature is not None and made_of == revisions
