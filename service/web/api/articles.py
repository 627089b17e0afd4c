"""Articles and their editions: created, listed, read; translations and alignments asked for."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from sqlalchemy.orm import Session

from service.domain.language import Language
from service.domain.link import Job
from service.domain.paragraph import ReadText
from service.domain.review import JobStatus, Provenance
from service.mt.translator import Translator
from service.usecases.import_article import Imported, import_article
from service.usecases.import_edition import import_edition
from service.usecases.list_articles import list_articles
from service.usecases.read_article import read_article
from service.usecases.read_edition import read_edition
from service.usecases.read_submission import read_submission
from service.usecases.request_alignment import request_alignment
from service.usecases.request_translation import request_translation
from service.web.api.cursor import decode_cursor, encode_cursor
from service.web.api.requests import (
    AlignmentRequestIn,
    ArticleIn,
    DocumentIn,
    EditionIn,
    TranslationRequestIn,
)
from service.web.api.responses import (
    ArticleDetailOut,
    ArticleOut,
    ArticlesOut,
    EditionOut,
    ImportedOut,
    JobOut,
)
from service.web.dependencies import SessionDep, TranslatorDep

router = APIRouter(prefix="/articles", tags=["articles"])

_CREATED: dict[int | str, dict[str, Any]] = {
    200: {"model": ImportedOut, "description": "The same content was stored already"}
}
_QUEUED: dict[int | str, dict[str, Any]] = {
    200: {"model": JobOut, "description": "Nothing was left to do; the job that did it"}
}


@router.post("", status_code=status.HTTP_201_CREATED, responses=_CREATED)
def create_article(
    body: ArticleIn, session: SessionDep, translator: TranslatorDep, response: Response
) -> ImportedOut:
    """Store a text as a new article with its original edition; the same again is a no-op.

    The translations that ``translate`` asks for are queued together with it, or nothing is stored.
    """
    document, language = _read(body)
    imported = import_article(session, document, language=language, key=body.key, title=body.title)
    jobs = _translations(session, translator, imported, body)
    return _imported(imported, jobs, response, location=f"/v1/articles/{imported.article.key}")


@router.get("")
def get_articles(
    session: SessionDep,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ArticlesOut:
    """List articles, newest first, with how far the review of each edition is."""
    after = UUID(bytes=decode_cursor(cursor, size=16)) if cursor else None
    found = list_articles(session, after=after, limit=limit + 1)
    page = found[:limit]
    more = encode_cursor(page[-1].id.bytes) if len(found) > limit else None
    return ArticlesOut(articles=[ArticleOut.of(summary) for summary in page], next=more)


@router.get("/{key}")
def get_article(key: str, session: SessionDep) -> ArticleDetailOut:
    """Read an article: its editions and its alignments."""
    return ArticleDetailOut.of(read_article(session, key))


@router.post("/{key}/editions", status_code=status.HTTP_201_CREATED, responses=_CREATED)
def create_edition(
    key: str,
    body: EditionIn,
    session: SessionDep,
    translator: TranslatorDep,
    response: Response,
) -> ImportedOut:
    """Store a text as an edition of the article, or as a new revision of one.

    Content that an older revision had is not stored again: that one is current again. The jobs
    that ``align`` and ``translate`` ask for are queued together with it, or nothing is stored.
    """
    document, language = _read(body)
    imported = import_edition(session, document, key=key, language=language)
    provenance = imported.edition.provenance
    jobs = []
    if body.align and provenance is not Provenance.ORIGINAL:
        jobs.append(request_alignment(session, key=key, target=language))
    jobs += _translations(session, translator, imported, body)
    location = f"/v1/articles/{key}/editions/{language}?provenance={provenance}"
    return _imported(imported, jobs, response, location=location)


@router.get("/{key}/editions/{language}")
def get_edition(
    key: str, language: Language, session: SessionDep, provenance: Provenance | None = None
) -> EditionOut:
    """Read an edition's present content, paragraph by paragraph."""
    edition, revision = read_edition(session, key, language, provenance)
    return EditionOut.of(edition, revision)


@router.post("/{key}/translations", status_code=status.HTTP_202_ACCEPTED, responses=_QUEUED)
def create_translation(
    key: str,
    body: TranslationRequestIn,
    session: SessionDep,
    translator: TranslatorDep,
    response: Response,
) -> JobOut:
    """Have an edition translated by the machine; what has a draft already keeps it."""
    job = request_translation(
        session,
        key=key,
        target=body.target,
        source=body.source,
        glossary=body.glossary,
        check_route=translator.catalogue.find,
    )
    return _queued(job, response)


@router.post("/{key}/alignments", status_code=status.HTTP_202_ACCEPTED, responses=_QUEUED)
def create_alignment(
    key: str, body: AlignmentRequestIn, session: SessionDep, response: Response
) -> JobOut:
    """Have an edition that people made aligned with the source."""
    job = request_alignment(session, key=key, target=body.target, source=body.source)
    return _queued(job, response)


def _read(body: DocumentIn) -> tuple[ReadText, Language]:
    return read_submission(
        body.text if body.text is not None else body.html or "",
        format="text" if body.text is not None else "html",
        language=body.language,
        check_language=body.check_language,
        repair=body.repair,
        undo=body.undo,
    )


def _translations(
    session: Session, translator: Translator, imported: Imported, body: DocumentIn
) -> list[Job]:
    return [
        request_translation(
            session,
            key=imported.article.key,
            target=target,
            glossary=body.glossary,
            check_route=translator.catalogue.find,
        )
        for target in dict.fromkeys(body.translate)
    ]


def _imported(
    imported: Imported, jobs: list[Job], response: Response, *, location: str
) -> ImportedOut:
    if imported.created:
        response.headers["Location"] = location
    else:
        response.status_code = status.HTTP_200_OK
    return ImportedOut.of(imported, jobs)


def _queued(job: Job, response: Response) -> JobOut:
    if job.status is JobStatus.SUCCEEDED:
        response.status_code = status.HTTP_200_OK
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobOut.of(job)
