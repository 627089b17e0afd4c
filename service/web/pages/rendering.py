"""Values in, HTML out: the templates and the words they use.

Everything is escaped by the templates; the text of an article is never markup here.
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule
from markupsafe import Markup

from service.domain.review import State
from service.domain.review_page import ArticleSummary, ReviewCell, ReviewColumn, ReviewPage
from service.domain.working_copy import WorkingCopy, copy_hash
from service.web.pages import words

_ROWS_A_CHUNK: Final = 20
"""Rows whose layout the browser skips together while they are off the screen: with 20, measured
scrolling is smoothest (with each row on its own, or none, frames are dropped)."""


def render_review_page(page: ReviewPage, *, reviewer: str, chosen: Sequence[UUID] = ()) -> str:
    """Return the page of one article for a reviewer, who chose some columns or none.

    The page tells reviewers apart by a hash: the name may be a cookie that no script should read.
    """
    template = _environment().get_template("review/page.html")
    name = sha256(reviewer.encode()).hexdigest()[:16]
    return template.render(page=page, reviewer=name, view="", views=_views(page, chosen))


def render_overview(
    page: ReviewPage, pictures: Sequence[str], *, chosen: Sequence[UUID] = ()
) -> str:
    """Return the page with the pictures of an article; they are SVG, which is put in as it is."""
    template = _environment().get_template("review/overview.html")
    drawn = [Markup(picture) for picture in pictures]  # noqa: S704 - the drawing escapes
    return template.render(page=page, pictures=drawn, view="overview", views=_views(page, chosen))


def _views(page: ReviewPage, chosen: Sequence[UUID]) -> dict[str, str]:
    """Return where each view of an article is, with the columns that were chosen."""
    columns = urlencode([("column", column) for column in chosen])
    return {
        view: f"/review/{quote(page.article_key)}{path}{'?' * bool(columns)}{columns}"
        for view, path in (("", ""), ("overview", "/overview"))
    }


def render_article_list(articles: Sequence[ArticleSummary], *, more: bool) -> str:
    """Return the list of articles; ``more`` says that older ones follow."""
    return _environment().get_template("review/list.html").render(articles=articles, more=more)


def render_message(*, title: str, detail: str) -> str:
    """Return a page that only says something, such as that an article does not exist."""
    template = _environment().get_template("message.html")
    return template.render(title=title, detail=detail)


def render_reload() -> str:
    """Return a page that asks for its own address again."""
    return _environment().get_template("reload.html").render()


def render_column_head(column: ReviewColumn) -> Markup:
    """Return what stands above a column: edition, progress, models, job."""
    return Markup(_macro("column_head")(column))  # noqa: S704 - the macro escapes


def render_cell(cell: ReviewCell, *, page: ReviewPage, row: int, column: int) -> Markup:
    """Return one cell as it stands in the page; ``row`` and ``column`` count from 0."""
    return Markup(  # noqa: S704 - the macro escapes
        _macro("review_cell")(cell, page.columns[column], page.rows[row], page)
    )


def _macro(name: str) -> Callable[..., str]:
    macro: Callable[..., str] = getattr(_parts(), name)
    return macro


@cache
def _parts() -> TemplateModule:
    return _environment().get_template("review/parts.html").module


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        approved=words.approved,
        cell_copy_hash=_cell_copy_hash,
        cell_kind=words.cell_kind,
        cell_label=words.cell_label,
        choice_words=words.choice_words,
        confidence_words=words.confidence_words,
        edition_words=words.edition_words,
        is_active=words.is_active,
        is_doubtful=words.is_doubtful,
        is_numbered=words.is_numbered,
        is_unmatched=words.has_no_counterpart,
        job_words=words.job_words,
        model_words=words.model_words,
        modules=_modules(),
        place_words=words.place_words,
        rows_a_chunk=_ROWS_A_CHUNK,
        span_words=words.span_words,
        state_words=words.state_words,
        state_names={state.value: name for state, name in words.STATE_WORDS.items()},
        states=tuple(State),
        view_names=words.VIEW_WORDS,
        warnings_words=words.warnings_words,
        flag_places=words.flag_places,
        why_words=words.why_words,
    )
    return environment


def _cell_copy_hash(cell: ReviewCell) -> str:
    if cell.working_copy is None or cell.working_copy_base is None:
        return ""
    copy = WorkingCopy(text=cell.working_copy, base_version=cell.working_copy_base)
    return copy_hash(copy)


def _modules() -> list[str]:
    """Return the review page's scripts, which it names so that all are fetched at once."""
    folder = files("service.web") / "static" / "review"
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(".js"))
