"""Glossaries: stored, listed, read in the format that is asked for, deleted."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response, status

from service.domain.errors import InvalidInputError
from service.domain.glossary import GlossaryError, PlacedTerm, Term
from service.domain.language import Direction
from service.domain.plain_text import check_plain
from service.exchange.glossary_csv import DirectionNeededError
from service.exchange.glossary_file import (
    MEDIA_TYPES,
    GlossaryFormat,
    read_glossary_file,
    write_glossary_file,
)
from service.usecases.delete_glossary import delete_glossary
from service.usecases.import_glossary import import_glossary
from service.usecases.list_glossaries import list_glossaries
from service.usecases.read_glossary import read_glossary
from service.web.api.glossary_responses import (
    GlossariesOut,
    GlossaryDetailOut,
    GlossaryOut,
    TermOut,
)
from service.web.api.requests import GlossaryIn, TermIn
from service.web.dependencies import SessionDep

router = APIRouter(prefix="/glossaries", tags=["glossaries"])

_STORED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": GlossaryOut, "description": "The same terms were stored already"}
}
_AS_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}
}
_FORMATS: Final = {media_type: one for one, media_type in MEDIA_TYPES.items()} | {
    "application/xml": GlossaryFormat.TBX,
    "text/xml": GlossaryFormat.TBX,
}


@router.post("", status_code=status.HTTP_201_CREATED, responses=_STORED)
def create_glossary(body: GlossaryIn, session: SessionDep, response: Response) -> GlossaryOut:
    """Store a glossary; the same terms again are a no-op, others need ``replace``."""
    placed = _from_content(body) if body.content is not None else list(_from_terms(body))
    stored, created = import_glossary(session, placed, name=body.name, replace=body.replace)
    response.headers["Location"] = f"/v1/glossaries/{stored.name}"
    if not created:
        response.status_code = status.HTTP_200_OK
    return GlossaryOut.of(stored)


@router.get("")
def get_glossaries(session: SessionDep) -> GlossariesOut:
    """List all glossaries by name."""
    return GlossariesOut(glossaries=[GlossaryOut.of(one) for one in list_glossaries(session)])


@router.get("/{name}", response_model=GlossaryDetailOut, responses=_AS_FILE)
def get_glossary(
    name: str, session: SessionDep, accept: Annotated[str, Header()] = ""
) -> GlossaryDetailOut | Response:
    """Read a glossary by name or id: as JSON, or as the CSV, TSV or TBX that ``Accept`` names."""
    read = read_glossary(session, name)
    file_format = _wanted(accept)
    if file_format is None:
        terms = [TermOut.of(term) for term in read.glossary.terms]
        return GlossaryDetailOut(**GlossaryOut.of(read.stored).model_dump(), terms=terms)
    return Response(
        write_glossary_file(read.glossary, file_format),
        media_type=f"{MEDIA_TYPES[file_format]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{read.stored.name}.{file_format}"'},
    )


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
def remove_glossary(name: str, session: SessionDep) -> None:
    """Delete a glossary by name or id."""
    delete_glossary(session, name)


def _wanted(accept: str) -> GlossaryFormat | None:
    """Return the first format of ours that a client takes; JSON is none."""
    for part in accept.split(","):
        media_type = part.partition(";")[0].strip().lower()
        if media_type == "application/json":
            return None
        if media_type in _FORMATS:
            return _FORMATS[media_type]
    return None


def _from_content(body: GlossaryIn) -> list[PlacedTerm]:
    content = check_plain(body.content or "").encode()
    direction = _direction(body)
    return read_glossary_file(content, body.format, directions=[direction] if direction else [])


def _from_terms(body: GlossaryIn) -> Iterator[PlacedTerm]:
    direction = _direction(body)
    for index, term in enumerate(body.terms or []):
        place = f"terms.{index}"
        try:
            yield PlacedTerm(place=place, term=_term(term, direction))
        except InvalidInputError as error:
            raise GlossaryError(place, str(error)) from error


def _direction(body: GlossaryIn) -> Direction | None:
    return Direction(body.source, body.target) if body.source and body.target else None


def _term(term: TermIn, direction: Direction | None) -> Term:
    source = term.source_language or (direction and direction.source)
    target = term.target_language or (direction and direction.target)
    if not source or not target:
        raise DirectionNeededError
    return Term(
        source_language=source,
        target_language=target,
        source=term.source,
        target=term.target,
        kind=term.kind,
        case=term.case,
        part_of_speech=term.part_of_speech,
        source_forms=tuple(term.source_forms),
        target_forms=tuple(term.target_forms),
        note=term.note,
    )
