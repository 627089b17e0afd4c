"""The target editions of articles, and how far the review of each is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.job_states import JobRepository
from service.domain.link import Job
from service.domain.review_page import JobProgress, ReviewColumn


def article_columns(
    session: Session, article_ids: Sequence[UUID]
) -> dict[UUID, tuple[ReviewColumn, ...]]:
    """Return for each article its current alignments as columns, the oldest edition first."""
    repository = AlignmentRepository(session)
    alignments = repository.of_articles(article_ids)
    # Read after the alignments, so that whatever those speak of is there.
    editions = {e.id: e for e in EditionRepository(session).of_articles(article_ids)}
    ids = [alignment.id for alignment in alignments]
    counts, models = repository.counts(ids), repository.models(ids)
    jobs = JobRepository(session).latest(ids)
    columns: dict[UUID, tuple[ReviewColumn, ...]] = dict.fromkeys(article_ids, ())
    for alignment in sorted(alignments, key=lambda one: (one.target_edition_id, one.id)):
        edition = editions[alignment.target_edition_id]
        column = ReviewColumn(
            alignment_id=alignment.id,
            source_revision_id=alignment.source_revision_id,
            language=edition.language,
            provenance=edition.provenance,
            models=tuple(models[alignment.id]),
            total=sum(counts[alignment.id].values()),
            counts=counts[alignment.id],
            job=_progress(jobs.get(alignment.id)),
        )
        columns[edition.article_id] += (column,)
    return columns


def _progress(job: Job | None) -> JobProgress | None:
    if job is None:
        return None
    return JobProgress(
        id=job.id,
        status=job.status,
        done=job.progress_done,
        total=job.progress_total,
        error=job.error,
    )
