"""One link: read with its version, written on top of the version that was read."""

import re
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response, status

from service.domain.working_copy import StaleCopyError
from service.usecases.drop_working_copy import drop_working_copy
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.read_link import read_link
from service.usecases.write_link import write_link
from service.web.api.requests import LinkIn, WorkingCopyIn
from service.web.api.responses import LinkOut, Problem, StaleProblem
from service.web.dependencies import ReviewerDep, SessionDep
from service.web.errors import (
    AnyVersionError,
    InvalidIfMatchError,
    PreconditionRequiredError,
    problem,
)

router = APIRouter(prefix="/links", tags=["links"])

# The list of RFC 9110, 13.1.1; a weak tag fits nothing.
_TAGS: Final = re.compile(r'(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*')
_VERSION: Final = re.compile(r'(?<!W/)"(\d{1,9})"')
_OLDER_THAN_ALL: Final = 0

# Required, but described here: FastAPI would answer 422 where it is missing.
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The version that was read, as the `ETag` of GET gave it.",
    "schema": {"type": "string", "examples": ['"3"']},
}


@router.get("/{link_id}")
def get_link(link_id: UUID, session: SessionDep, response: Response) -> LinkOut:
    """Read a link; its ``ETag`` is what a write sends as ``If-Match``."""
    link = LinkOut.of(read_link(session, link_id))
    response.headers["ETag"] = link.etag
    return link


@router.put(
    "/{link_id}",
    responses={
        412: {"model": StaleProblem, "description": "Somebody wrote it since; `current` has it"},
        428: {"model": Problem, "description": "`If-Match` is missing"},
    },
    openapi_extra={"parameters": [_IF_MATCH]},
)
def put_link(
    link_id: UUID,
    body: LinkIn,
    session: SessionDep,
    reviewer: ReviewerDep,
    response: Response,
    if_match: Annotated[list[str] | None, Header(include_in_schema=False)] = None,
) -> LinkOut:
    """Write a link's text, state, or both, on top of the version that was read."""
    seen = _versions(if_match)
    now = read_link(session, link_id).version
    link = LinkOut.of(
        write_link(
            session,
            link_id,
            expected_version=now if now in seen else _OLDER_THAN_ALL,
            actor=reviewer,
            text=body.text,
            state=body.state,
            note=body.note,
        )
    )
    response.headers["ETag"] = link.etag
    return link


def _versions(if_match: list[str] | None) -> set[int]:
    """Return the versions that the header names; tags that are none of ours fit none (RFC 9110).

    Raises:
        PreconditionRequiredError: If there is no header, or one that fits any version.
        InvalidIfMatchError: If it is not a list of tags.
    """
    if if_match is None:
        raise PreconditionRequiredError
    tags = ",".join(if_match).strip()
    if tags == "*":
        raise AnyVersionError
    if not _TAGS.fullmatch(tags):
        raise InvalidIfMatchError
    return {int(number) for number in _VERSION.findall(tags)}


_COPY_RESPONSES: dict[int | str, dict[str, Any]] = {
    412: {"model": Problem, "description": "Another copy is kept; `current` has it, or is null"},
    428: {"model": Problem, "description": "`If-Match` and `If-None-Match` are missing"},
}


@router.put(
    "/{link_id}/working-copy",
    status_code=status.HTTP_204_NO_CONTENT,
    response_model=None,
    responses=_COPY_RESPONSES,
)
def put_working_copy(
    link_id: UUID,
    body: WorkingCopyIn,
    session: SessionDep,
    reviewer: ReviewerDep,
    if_match: Annotated[str | None, Header(examples=['"3-none"'])] = None,
    if_none_match: Annotated[Literal["*"] | None, Header()] = None,
) -> Response:
    """Keep what this reviewer has typed and not committed, in place of the copy last seen.

    The ``ETag`` is what the next write sends as ``If-Match``; a first copy may send
    ``If-None-Match: *``.
    """
    if if_match is None and if_none_match is None:
        raise PreconditionRequiredError
    try:
        tag = keep_working_copy(
            session,
            link_id,
            reviewer=reviewer,
            text=body.text,
            base_version=body.base_version,
            seen=_tag(if_match),
        )
    except StaleCopyError as error:
        return _stale_copy(error)
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers={"ETag": f'"{tag}"'})


@router.delete(
    "/{link_id}/working-copy",
    status_code=status.HTTP_204_NO_CONTENT,
    response_model=None,
    responses=_COPY_RESPONSES,
)
def delete_working_copy(
    link_id: UUID,
    session: SessionDep,
    reviewer: ReviewerDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Forget what this reviewer typed, if it is the copy last seen."""
    tag = _tag(if_match)
    if tag is None:
        raise PreconditionRequiredError
    try:
        drop_working_copy(session, link_id, reviewer=reviewer, seen=tag)
    except StaleCopyError as error:
        return _stale_copy(error)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _tag(if_match: str | None) -> str | None:
    return None if if_match is None else if_match.strip().strip('"')


def _stale_copy(error: StaleCopyError) -> Response:
    return problem(
        status.HTTP_412_PRECONDITION_FAILED,
        str(error),
        headers={"ETag": f'"{error.tag}"'},
        current=error.current and asdict(error.current),
    )
