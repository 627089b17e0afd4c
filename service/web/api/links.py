"""One link: read with its version, written on top of the version that was read."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response, status

from service.domain.link import StaleLinkError
from service.usecases.drop_working_copy import drop_working_copy
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.read_link import read_link
from service.usecases.write_link import write_link
from service.web.api.requests import LinkIn, WorkingCopyIn
from service.web.api.responses import LinkOut, Problem
from service.web.dependencies import ReviewerDep, SessionDep
from service.web.errors import PreconditionRequiredError

router = APIRouter(prefix="/links", tags=["links"])


@router.get("/{link_id}")
def get_link(link_id: UUID, session: SessionDep, response: Response) -> LinkOut:
    """Read a link; its ``ETag`` is what a write sends as ``If-Match``."""
    link = LinkOut.of(read_link(session, link_id))
    response.headers["ETag"] = link.etag
    return link


@router.put(
    "/{link_id}",
    responses={
        412: {"model": Problem, "description": "Somebody wrote it since; `current` has it"},
        428: {"model": Problem, "description": "`If-Match` is missing"},
    },
)
def put_link(
    link_id: UUID,
    body: LinkIn,
    session: SessionDep,
    reviewer: ReviewerDep,
    response: Response,
    if_match: Annotated[str | None, Header(examples=['"3"'])] = None,
) -> LinkOut:
    """Write a link's text, state, or both, on top of the version that was read."""
    if if_match is None:
        raise PreconditionRequiredError
    version = re.fullmatch(r'"(\d{1,9})"', if_match.strip())
    if version is None:
        raise StaleLinkError(read_link(session, link_id))
    link = LinkOut.of(
        write_link(
            session,
            link_id,
            expected_version=int(version[1]),
            actor=reviewer,
            text=body.text,
            state=body.state,
            note=body.note,
        )
    )
    response.headers["ETag"] = link.etag
    return link


@router.put("/{link_id}/working-copy", status_code=status.HTTP_204_NO_CONTENT)
def put_working_copy(
    link_id: UUID, body: WorkingCopyIn, session: SessionDep, reviewer: ReviewerDep
) -> None:
    """Keep what this reviewer has typed and not committed."""
    keep_working_copy(
        session, link_id, reviewer=reviewer, text=body.text, base_version=body.base_version
    )


@router.delete("/{link_id}/working-copy", status_code=status.HTTP_204_NO_CONTENT)
def delete_working_copy(link_id: UUID, session: SessionDep, reviewer: ReviewerDep) -> None:
    """Forget what this reviewer typed."""
    drop_working_copy(session, link_id, reviewer=reviewer)
