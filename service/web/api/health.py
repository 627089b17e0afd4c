"""Whether the service lives, whether it can work, and which models serve which direction."""

from importlib.metadata import version

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from service.usecases.check_readiness import check_readiness
from service.web.dependencies import TranslatorDep, services

log = structlog.get_logger()

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process lives."""

    status: str = "ok"
    version: str


class RouteOut(BaseModel):
    """Which models serve a direction; two of them go through English."""

    source: str
    target: str
    models: list[str]
    notice: str | None


class Readiness(BaseModel):
    """What the service needs, and whether it is there."""

    ready: bool
    database: str = Field(description="`ok` or `unavailable`; the log says why.")
    engine: str
    routes: list[RouteOut]


@router.get("/healthz")
def get_health() -> Health:
    """Say that the process lives; looks at nothing else."""
    return Health(version=version("triptych"))


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
def get_readiness(request: Request, translator: TranslatorDep) -> JSONResponse:
    """Say whether the database answers at the right version, and which models there are."""
    trouble = check_readiness(services(request).sessions)
    if trouble is not None:
        # Not for the answer, which needs no key: the driver names hosts and roles.
        log.warning("database_unavailable", detail=trouble)
    body = Readiness(
        ready=trouble is None,
        database="ok" if trouble is None else "unavailable",
        engine=translator.engine_name,
        routes=[
            RouteOut(
                source=route.direction.source,
                target=route.direction.target,
                models=[step.model.name for step in route.steps],
                notice=route.notice,
            )
            for route in translator.catalogue.routes()
        ],
    )
    return JSONResponse(body.model_dump(), status_code=200 if body.ready else 503)
