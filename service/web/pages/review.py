"""The review pages: the list of articles, one article side by side, and what changed in it."""

import secrets
from collections.abc import Collection
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from service.domain.article import ArticleNotFoundError
from service.domain.review import State
from service.domain.review_page import ReviewPage
from service.usecases.build_overview import build_overview
from service.usecases.build_review_page import build_review_page
from service.usecases.list_articles import list_articles
from service.web.dependencies import (
    ANONYMOUS,
    REVIEWER_COOKIE,
    ReviewerDep,
    browser_name,
    services,
)
from service.web.pages.picture import draw_overview
from service.web.pages.rendering import (
    render_article_list,
    render_cell,
    render_column_head,
    render_message,
    render_overview,
    render_reload,
    render_review_page,
)

router = APIRouter()

_ARTICLES_A_PAGE: Final = 50
_REVIEWER_SECONDS: Final = 365 * 24 * 3600

Columns = Annotated[list[UUID], Query(alias="column", default_factory=list)]


@router.get("/review")
def show_articles(request: Request, after: UUID | None = None) -> HTMLResponse:
    """List the articles, newest first, fifty at a time."""
    with services(request).sessions.begin() as session:
        articles = list_articles(session, after=after, limit=_ARTICLES_A_PAGE + 1)
    more = len(articles) > _ARTICLES_A_PAGE
    return HTMLResponse(render_article_list(articles[:_ARTICLES_A_PAGE], more=more))


@router.get("/review/{key}")
def show_article(
    key: str, request: Request, reviewer: ReviewerDep, columns: Columns
) -> HTMLResponse:
    """Show an article beside the columns that the address names."""
    known = REVIEWER_COOKIE in request.cookies
    if not known and request.headers.get("Sec-Fetch-Site") == "cross-site":
        # After a link from another site a browser holds back a strict cookie: a new one would
        # part the reviewer from what they typed. Asked again from here, it sends what it has.
        return HTMLResponse(render_reload())
    name = secrets.token_urlsafe(16)
    if not known and reviewer == ANONYMOUS:
        # The page belongs to whom its requests will come from, not to all who have no name.
        reviewer = browser_name(name)
    try:
        page = _build(request, key, reviewer, columns)
    except ArticleNotFoundError as error:
        return _no_such_article(error)
    response = HTMLResponse(render_review_page(page, reviewer=reviewer, chosen=columns))
    if not known:
        _name_reviewer(request, response, name)
    return response


@router.get("/review/{key}/overview")
def show_overview(key: str, request: Request, columns: Columns) -> HTMLResponse:
    """Show the whole article as a picture: the columns that the address names, or all."""
    try:
        with services(request).sessions.begin() as session:
            overview = build_overview(session, key, columns=columns)
    except ArticleNotFoundError as error:
        return _no_such_article(error)
    pictures = list(draw_overview(overview))
    return HTMLResponse(render_overview(overview.page, pictures, chosen=columns))


@router.get("/review/{key}/cells")
def show_cells(
    key: str,
    request: Request,
    reviewer: ReviewerDep,
    columns: Columns,
    first: Annotated[int, Query(alias="from", ge=1)] = 1,
) -> JSONResponse:
    """Return the heads of the columns, and the cells that have a text from row ``from`` on.

    What a page asks for while a job runs. ``links`` counts the links of all columns: where it
    differs from what the page holds, rows have come or gone and the page must be loaded again.
    """
    page = _build(request, key, reviewer, columns)
    return JSONResponse(
        {
            "columns": [
                {"alignment_id": str(column.alignment_id), "html": render_column_head(column)}
                for column in page.columns
            ],
            "cells": _filled_cells(page, first),
            "links": sum(len(cells) for row in page.rows for cells in row.cells),
        }
    )


def _no_such_article(error: ArticleNotFoundError) -> HTMLResponse:
    content = render_message(title="No such article", detail=str(error))
    return HTMLResponse(content, status_code=HTTPStatus.NOT_FOUND)


def _build(request: Request, key: str, reviewer: str, columns: Collection[UUID]) -> ReviewPage:
    """Return the page's content; the transaction ends before any of it is rendered."""
    with services(request).sessions.begin() as session:
        return build_review_page(session, key, reviewer=reviewer, columns=columns)


def _filled_cells(page: ReviewPage, first: int) -> list[dict[str, str | int]]:
    return [
        {
            "id": str(cell.link_id),
            "version": cell.version,
            "html": render_cell(cell, page=page, row=row, column=column),
        }
        for row, page_row in enumerate(page.rows)
        if page_row.number >= first
        for column, cells in enumerate(page_row.cells)
        for cell in cells
        if cell.state is not State.UNTRANSLATED
    ]


def _name_reviewer(request: Request, response: Response, name: str) -> None:
    response.set_cookie(
        REVIEWER_COOKIE,
        name,
        max_age=_REVIEWER_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
