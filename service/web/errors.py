"""Every error leaves the service as an RFC 9457 problem document, with no trace of the inside."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from service.db.connect import unavailable
from service.db.errors import DatabaseGoneError
from service.domain.errors import (
    BusyError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    TriptychError,
    UnavailableError,
)
from service.domain.link import StaleLinkError
from service.web.api.responses import FieldError, LinkOut, Problem
from service.web.pages.problems import readable

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = "2"

_Handler = Callable[[Request, Exception], Response]

MAX_FIELDS_TOLD: Final = 20
"""Members of a body that an answer finds fault with: a hostile one has thousands."""

MAX_FIELD_CHARACTERS: Final = 80
"""Of a member's name, which may be as long as the body."""


class PreconditionRequiredError(TriptychError):
    """A write without ``If-Match`` could overwrite what its writer never saw."""

    def __init__(self) -> None:
        super().__init__(
            "send the version you have seen as If-Match, as the ETag of GET gave it, "
            'for instance If-Match: "3"'
        )


class AnyVersionError(PreconditionRequiredError):
    """``If-Match: *`` would overwrite whatever stands there, seen or not."""

    def __init__(self) -> None:
        TriptychError.__init__(
            self,
            "If-Match: * names no version: send the one you have seen, as the ETag of GET gave "
            'it, for instance If-Match: "3"',
        )


class InvalidIfMatchError(InvalidInputError):
    """``If-Match`` holds no tag of ours."""

    def __init__(self) -> None:
        super().__init__(
            "If-Match is a version in quotation marks, as the ETag of GET gave it, for instance "
            'If-Match: "3"; several are separated by commas'
        )


class MisdirectedError(TriptychError):
    """Without a key, the request names another host than this machine."""

    def __init__(self) -> None:
        super().__init__(
            "without a key Triptych answers only to localhost: set TRIPTYCH_API_KEY to serve "
            "other names"
        )


class ForbiddenError(TriptychError):
    """The request comes from another site's page."""

    def __init__(self) -> None:
        super().__init__("requests from other sites' pages may not change anything")


class UnauthorizedError(TriptychError):
    """The service has a key and the request does not carry it."""

    def __init__(self) -> None:
        super().__init__("send the key as `Authorization: Bearer KEY`, or as a password")


_STATUS: Final[dict[type[TriptychError], HTTPStatus]] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    StaleLinkError: HTTPStatus.PRECONDITION_FAILED,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BusyError: HTTPStatus.TOO_MANY_REQUESTS,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    PreconditionRequiredError: HTTPStatus.PRECONDITION_REQUIRED,
    MisdirectedError: HTTPStatus.MISDIRECTED_REQUEST,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
}
"""The first that fits counts: a stale write is a conflict, too."""


def triptych_problem(error: TriptychError) -> JSONResponse:
    """Return the problem document of one of our own errors."""
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    if isinstance(error, StaleLinkError):
        current = LinkOut.of(error.current)
        return problem(
            status,
            str(error),
            headers={"ETag": current.etag},
            current=current.model_dump(mode="json"),
        )
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Triptych", charset="UTF-8"'
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    return problem(status, str(error), headers=headers)


def problem(
    status: HTTPStatus | int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    """Return a problem document; ``extra`` members stand beside the standard ones."""
    status = HTTPStatus(status)
    body = Problem(title=status.phrase, status=status.value, detail=_printable(detail)).model_dump()
    return JSONResponse(
        body | extra, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def add_error_handlers(app: FastAPI) -> None:
    """Make problem documents of everything that a route may raise, but for mistakes of ours."""
    handlers: dict[type[Exception], _Handler] = {
        TriptychError: _triptych_error,
        RequestValidationError: _validation_error,
        HTTPException: _http_exception,
        DBAPIError: _database_error,
        PoolTimeoutError: _database_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, _readable(handler))


def _readable(handler: _Handler) -> _Handler:
    return lambda request, error: readable(request, handler(request, error))


def unexpected_problem(error: Exception) -> JSONResponse:
    """Log a mistake of ours, and return the problem document that tells nothing of the inside."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the log has the details"
    )


def _triptych_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TriptychError):
        raise error
    return triptych_problem(error)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # What was sent is left out: it may be a whole article, or no text at all.
    fields = [
        FieldError(
            field=_printable(".".join(str(part)[:MAX_FIELD_CHARACTERS] for part in one["loc"])),
            message=_printable(one["msg"]),
        )
        for one in error.errors()[:MAX_FIELDS_TOLD]
    ]
    detail = "; ".join(f"{one.field}: {one.message}" for one in fields)
    errors = [one.model_dump() for one in fields]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _http_exception(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, str(error.detail), headers=error.headers)


def _database_error(_: Request, error: Exception) -> JSONResponse:
    named = unavailable(error)
    if named is None:
        return unexpected_problem(error)
    log.error("database_unavailable", error=type(named).__name__, detail=str(named))
    if isinstance(named, DatabaseGoneError):
        named = DatabaseGoneError("the log says why")  # the driver names host and role
    return triptych_problem(named)
