"""The web application: API, review pages and documentation, made of what it is given."""

from importlib.metadata import version

import swagger_ui_bundle
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.mt.translator import Translator
from service.web.api import alignments, articles, glossaries, health, jobs, links, translate
from service.web.api.responses import InvalidProblem, Problem
from service.web.api.schema import DescribedApp
from service.web.dependencies import Services
from service.web.errors import add_error_handlers
from service.web.guards import Guards
from service.web.pages import review

DOCS_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Triptych API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="data:,">
</head><body><div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/static/docs.js"></script></body></html>
"""


def create_app(
    *,
    sessions: sessionmaker[Session],
    translator: Translator,
    encoder: SentenceEncoder,
    api_key: str | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        sessions: Opens transactions on a migrated database.
        translator: Serves ``/v1/translate`` and says which directions there are.
        encoder: Serves corrections of alignments.
        api_key: What every request must carry; without one only loopback host names are answered.
    """
    app = DescribedApp(
        title="Triptych",
        version=version("triptych"),
        summary="Articles in English, French and Russian: translated, aligned, reviewed.",
        docs_url=None,
        redoc_url=None,
        responses={
            "4XX": {"model": Problem},
            "422": {"model": InvalidProblem},
            "500": {"model": Problem},
            "503": {"model": Problem},
        },
    )
    app.state.services = Services(sessions=sessions, translator=translator, encoder=encoder)
    app.add_middleware(Guards, api_key=api_key)
    add_error_handlers(app)
    for resource in (articles, alignments, links, jobs, glossaries, translate):
        app.include_router(resource.router, prefix="/v1")
    app.include_router(review.router, include_in_schema=False)
    app.include_router(health.router)
    app.mount("/static", StaticFiles(packages=[("service.web", "static")]), name="static")
    app.mount("/docs/", StaticFiles(directory=swagger_ui_bundle.swagger_ui_path), name="docs")
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route("/", _home, include_in_schema=False)
    return app


def _docs() -> HTMLResponse:
    return HTMLResponse(DOCS_PAGE)


def _home() -> RedirectResponse:
    return RedirectResponse("/review")
