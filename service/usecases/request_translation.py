"""Somebody wants an edition translated: the links are laid out and the job is queued."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository, EditionRepository
from service.db.glossaries import GlossaryRepository
from service.db.job_states import JobRepository
from service.db.links import LinkRepository, NewLink
from service.db.queue import defer
from service.db.revisions import RevisionRepository
from service.db.tables import JobKind
from service.domain.article import Edition, EditionNotFoundError, OtherSourceError
from service.domain.language import Direction, Language
from service.domain.link import Alignment, Job, OtherGlossaryError
from service.domain.review import Provenance, State
from service.usecases.carry_over import add_with_review

SIGNATURE = "by-construction|v:0.1"
"""What made the links of a machine edition: one draft for each source paragraph."""


def request_translation(
    session: Session,
    *,
    key: str,
    target: Language,
    source: Language | None = None,
    glossary: str | None = None,
    check_route: Callable[[Direction], object],
) -> Job:
    """Queue the translation of an article's edition, in the caller's transaction.

    Only what has no draft yet will be translated; asking again while a job runs returns that job.
    Paragraphs that stand unchanged in a revision translated before keep their drafts and states.

    Args:
        session: The caller's transaction; the job is queued when it commits.
        key: The article.
        target: The language to translate to.
        source: The language to translate from; the original's if not given.
        glossary: The name or id of one that the drafts are held to, as it will be when the job
            runs.
        check_route: Raises if no model serves the direction.

    Raises:
        ArticleNotFoundError: If there is no such article.
        EditionNotFoundError: If it has no edition in the source language.
        SameLanguageError: If source and target are the same.
        GlossaryNotFoundError: If there is no such glossary.
        OtherGlossaryError: If a job with another glossary, or none, is running.
        OtherSourceError: If the article's machine edition in the target language was made from
            another language.
    """
    article = ArticleRepository(session).get(key)
    editions = EditionRepository(session)
    edition = source_edition(session, article.id, key, source)
    check_route(Direction(edition.language, target))
    named = None if glossary is None else GlossaryRepository(session).get(glossary).name
    machine = editions.get_or_add(
        article.id, target, Provenance.MACHINE, source_edition_id=edition.id
    )
    if machine.source_edition_id != edition.id and machine.source_edition_id is not None:
        raise OtherSourceError(target, editions.by_id(machine.source_edition_id).language)
    alignment = _alignment(session, editions.by_id(edition.id), machine)
    jobs = JobRepository(session)
    if active := jobs.active(alignment.id):
        if named is not None and named != active.glossary:
            raise OtherGlossaryError(active.glossary)
        return active
    pending = [
        link
        for link in LinkRepository(session).of_alignment(alignment.id, state=State.UNTRANSLATED)
        if not link.set_aside
    ]
    last = jobs.latest([alignment.id]).get(alignment.id)
    if last is not None and not pending and alignment.target_revision_id is not None:
        return last
    job = jobs.add(
        JobKind.TRANSLATE,
        article_id=article.id,
        alignment_id=alignment.id,
        total=len(pending),
        glossary=named,
    )
    defer(session, "translate_edition", job_id=str(job.id))
    return job


def source_edition(
    session: Session, article_id: UUID, key: str, language: Language | None
) -> Edition:
    """Return the edition to translate or align from: the original's, or one people made.

    Raises:
        EditionNotFoundError: If the article has none in the language.
    """
    editions = EditionRepository(session)
    if language is None:
        of_article = editions.of_article(article_id)
        return next(edition for edition in of_article if edition.provenance is Provenance.ORIGINAL)
    found = editions.find(article_id, language, [Provenance.ORIGINAL, Provenance.HUMAN])
    if found is None:
        raise EditionNotFoundError(key, language)
    return found


def _alignment(session: Session, source: Edition, machine: Edition) -> Alignment:
    """Return the alignment of the source's current revision, laid out if it is new."""
    alignments, jobs = AlignmentRepository(session), JobRepository(session)
    current = alignments.current(source_edition_id=source.id, target_edition_id=machine.id)
    if current is not None and current.source_revision_id == source.revision_id:
        return current
    if current is not None:
        if active := jobs.active(current.id):
            jobs.fail(
                active.id, error="a newer revision came in: its translation replaces this one"
            )
        alignments.retire(current.id)
    alignment = alignments.add(
        source_revision_id=source.revision_id,
        target_edition_id=machine.id,
        target_revision_id=None,
        signature=SIGNATURE,
    )
    laid_out = [
        NewLink(source=(paragraph,), confidence=1.0)
        for paragraph in RevisionRepository(session).paragraphs(source.revision_id)
    ]
    add_with_review(
        session,
        alignment,
        laid_out,
        before=current,
        source_edition_id=source.id,
        by_target=False,
    )
    return alignment
