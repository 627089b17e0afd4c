"""Every error leaves the service as an RFC 9457 problem document, with no trace of the inside."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from service.db.connect import unavailable
from service.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    TriptychError,
    UnavailableError,
)
from service.domain.link import StaleLinkError
from service.web.api.responses import LinkOut, Problem

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = "2"

_STATUS: Final[dict[type[TriptychError], HTTPStatus]] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class PreconditionRequiredError(TriptychError):
    """A write without ``If-Match`` could overwrite what its writer never saw."""

    def __init__(self) -> None:
        super().__init__(
            "send the version you have seen as If-Match, as the ETag of GET gave it, "
            'for instance If-Match: "3"'
        )


class ForbiddenError(TriptychError):
    """The request comes from another site's page."""

    def __init__(self) -> None:
        super().__init__("requests from other sites' pages may not change anything")


class UnauthorizedError(TriptychError):
    """The service has a key and the request does not carry it."""

    def __init__(self) -> None:
        super().__init__("send the key as `Authorization: Bearer KEY`, or as a password")


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
    """Make problem documents of everything that a route may raise."""
    app.add_exception_handler(TriptychError, _triptych_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(PoolTimeoutError, _database_error)
    app.add_exception_handler(Exception, _unexpected)


def triptych_problem(error: TriptychError) -> JSONResponse:
    """Return the problem document of one of our own errors."""
    if isinstance(error, StaleLinkError):
        current = LinkOut.of(error.current)
        return problem(
            HTTPStatus.PRECONDITION_FAILED,
            str(error),
            headers={"ETag": current.etag},
            current=current.model_dump(mode="json"),
        )
    if isinstance(error, PreconditionRequiredError):
        return problem(HTTPStatus.PRECONDITION_REQUIRED, str(error))
    if isinstance(error, ForbiddenError):
        return problem(HTTPStatus.FORBIDDEN, str(error))
    if isinstance(error, UnauthorizedError):
        challenge = {"WWW-Authenticate": 'Basic realm="Triptych", charset="UTF-8"'}
        return problem(HTTPStatus.UNAUTHORIZED, str(error), headers=challenge)
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    unavailable = status is HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if unavailable else {}
    return problem(status, str(error), headers=headers)


def _triptych_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TriptychError):
        raise error
    return triptych_problem(error)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # What was sent is left out: it may be a whole article, or no text at all.
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
        for one in error.errors()
    ]
    detail = "; ".join(f"{field['field']}: {field['message']}" for field in fields)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=_clean(fields))


def _clean(fields: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: _printable(value) for name, value in field.items()} for field in fields]


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _http_exception(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, str(error.detail), headers=error.headers)


def _database_error(request: Request, error: Exception) -> JSONResponse:
    named = unavailable(error)
    if named is None:
        return _unexpected(request, error)
    log.error("database_unavailable", error=type(named).__name__)
    return triptych_problem(named)


def _unexpected(_: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the log has the details"
    )
