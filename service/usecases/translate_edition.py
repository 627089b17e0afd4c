"""The worker translates what an edition still lacks, and closes the machine edition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.job_states import JobRepository
from service.db.links import LinkRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Edition
from service.domain.content_hash import content_hash
from service.domain.language import Direction
from service.domain.link import Alignment, Draft, Link, NewDraft
from service.domain.paragraph import Paragraph, ReadText
from service.domain.review import DraftOrigin, State
from service.domain.translation import SourceText, Translation, TranslationOptions
from service.mt.translator import Translator
from service.usecases.read_glossary import read_glossary

log = structlog.get_logger()

CHUNK_CHARACTERS: Final = 4000
"""Characters of source between two commits: a second or two of work that a crash could cost,
and how often the progress moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    job_id: UUID
    attempt: int
    alignment_id: UUID
    direction: Direction
    pending: list[Link]
    done: int
    options: TranslationOptions


def translate_edition(
    sessions: sessionmaker[Session], translator: Translator, *, job_id: UUID
) -> None:
    """Translate every paragraph that has no text yet; safe to run again after a crash.

    Opens short transactions of its own: none is open while the model runs. A paragraph that
    somebody wrote meanwhile keeps what they wrote. An attempt that lost its job to another, and a
    job that has ended, change nothing.

    Raises:
        GlossaryNotFoundError: If the job's glossary has been deleted meanwhile.
        TriptychError: Whatever the translator raises.
    """
    work = _begin(sessions, job_id)
    if work is None:
        return
    done = work.done
    for links in _chunks(work.pending):
        texts = [_source_text(link) for link in links]
        translations = translator.translate(texts, work.direction, options=work.options)
        done += len(links)
        if not _store(sessions, work, links, translations, done):
            log.warning("translation_lost_its_job", job_id=str(job_id), attempt=work.attempt)
            return
    with sessions.begin() as session:
        alignment = AlignmentRepository(session).get(work.alignment_id)
        edition = EditionRepository(session).lock(alignment.target_edition_id)
        if JobRepository(session).succeed(job_id, attempt=work.attempt, alignment_id=alignment.id):
            _close_edition(session, alignment, edition)
    log.info("edition_translated", job_id=str(job_id), paragraphs=len(work.pending))


def _begin(sessions: sessionmaker[Session], job_id: UUID) -> _Work | None:
    with sessions.begin() as session:
        job = JobRepository(session).begin(job_id)
        if job is None:
            return None
        alignment = AlignmentRepository(session).get(job.alignment_id)
        links = LinkRepository(session).of_alignment(alignment.id, state=State.UNTRANSLATED)
        pending = [link for link in links if not link.set_aside]
        glossary = None
        if job.glossary is not None:
            glossary = read_glossary(session, job.glossary).glossary
        return _Work(
            job_id=job_id,
            attempt=job.attempts,
            alignment_id=alignment.id,
            direction=_direction(session, alignment),
            pending=pending,
            done=max(0, job.progress_total - len(pending)),
            options=TranslationOptions(glossary=glossary),
        )


def _direction(session: Session, alignment: Alignment) -> Direction:
    editions = EditionRepository(session)
    target = editions.by_id(alignment.target_edition_id)
    source = RevisionRepository(session).get(alignment.source_revision_id).edition_id
    return Direction(editions.by_id(source).language, target.language)


def _chunks(links: Sequence[Link]) -> Iterator[list[Link]]:
    chunk: list[Link] = []
    characters = 0
    for link in links:
        chunk.append(link)
        characters += sum(len(paragraph.text) for paragraph in link.source)
        if characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _source_text(link: Link) -> SourceText:
    (paragraph,) = link.source
    return SourceText(text=paragraph.text, markup=paragraph.markup)


def _store(
    sessions: sessionmaker[Session],
    work: _Work,
    links: Sequence[Link],
    translations: Sequence[Translation],
    done: int,
) -> bool:
    with sessions.begin() as session:
        if not JobRepository(session).advance(work.job_id, attempt=work.attempt, done=done):
            return False
        repository = LinkRepository(session)
        for link, translation in zip(links, translations, strict=True):
            now = repository.lock(link.id)
            if now.state is State.UNTRANSLATED:
                repository.write(now, state=State.DRAFT, draft=_draft(translation))
        return True


def _draft(translation: Translation) -> NewDraft:
    return NewDraft(
        text=translation.text,
        markup=translation.markup,
        origin=DraftOrigin.MT,
        model=translation.model,
        signature=translation.signature,
        flags=translation.flags,
    )


def _close_edition(session: Session, alignment: Alignment, edition: Edition) -> None:
    """Make the drafts a revision of the machine edition, now that the last one is there."""
    revisions, links = RevisionRepository(session), LinkRepository(session)
    made = [
        (link.id, _target_paragraph(link.source[0], link.draft))
        for link in links.of_alignment(alignment.id)
        if link.draft is not None
    ]
    paragraphs = tuple(paragraph for _, paragraph in made)
    if not paragraphs:
        return
    known = revisions.find_by_content(edition.id, content_hash(paragraphs))
    if known is None:
        document = ReadText(paragraphs=paragraphs, format="machine")
        known = revisions.add(edition.id, document, previous=edition.current_revision_id).id
    EditionRepository(session).set_current(edition.id, known)
    if alignment.target_revision_id is None:
        stored = revisions.paragraphs(known)
        targets = {link_id: text for (link_id, _), text in zip(made, stored, strict=True)}
        links.add_targets(alignment.id, targets)
        AlignmentRepository(session).complete(
            alignment.id, target_revision_id=known, signature=alignment.signature or ""
        )


def _target_paragraph(source: Paragraph, draft: Draft) -> Paragraph:
    return Paragraph(text=draft.text, kind=source.kind, level=source.level, markup=draft.markup)
