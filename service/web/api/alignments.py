"""The links of an alignment, a page at a time."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from service.domain.review import State
from service.usecases.correct_alignment import Correction, correct_alignment
from service.usecases.list_links import list_links
from service.web.api.cursor import decode_cursor, encode_cursor
from service.web.api.requests import CorrectionsIn
from service.web.api.responses import CorrectedOut, LinkOut, LinksOut
from service.web.dependencies import ReviewerDep, ServicesDep, SessionDep

router = APIRouter(prefix="/alignments", tags=["links"])

_POSITION_BYTES = 4


@router.get("/{alignment_id}/links")
def get_links(
    alignment_id: UUID,
    session: SessionDep,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    state: State | None = None,
) -> LinksOut:
    """List an alignment's links in order, if asked only those in one state."""
    after = int.from_bytes(decode_cursor(cursor, size=_POSITION_BYTES)) if cursor else -1
    found = list_links(session, alignment_id, after=after, limit=limit + 1, state=state)
    page = found[:limit]
    more = page[-1].position.to_bytes(_POSITION_BYTES) if len(found) > limit else None
    return LinksOut(
        links=[LinkOut.of(link) for link in page], next=encode_cursor(more) if more else None
    )


@router.post("/{alignment_id}/corrections", status_code=status.HTTP_201_CREATED)
def post_corrections(
    alignment_id: UUID, body: CorrectionsIn, services: ServicesDep, reviewer: ReviewerDep
) -> CorrectedOut:
    """Say which paragraphs belong together, or that some have no counterpart.

    The links hold from now on; only what stands around them is aligned anew. The answer names the
    alignment that takes this one's place.
    """
    corrections = [
        Correction(source=tuple(link.source), target=tuple(link.target)) for link in body.links
    ]
    corrected = correct_alignment(
        services.sessions, services.encoder, alignment_id, corrections, actor=reviewer
    )
    return CorrectedOut(alignment_id=corrected)
