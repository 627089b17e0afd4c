"""What is kept of what a reviewer typed, on the server and in the browser."""

import time
from collections.abc import Callable

from playwright.sync_api import APIResponse, Page
from sqlalchemy.orm import Session, sessionmaker

from service.db.links import WorkingCopyRepository
from service.web.dependencies import REVIEWER_COOKIE, browser_name
from tests.browser.article import Article
from tests.browser.conftest import Desk
from tests.browser.page import cell

Sessions = sessionmaker[Session]
WAIT_SECONDS = 5


def kept_text(desk: Desk, sessions: Sessions, article: Article) -> list[str]:
    """Return what the database keeps for the reviewer of the French draft."""
    cookie = {one["name"]: one["value"] for one in desk.context.cookies()}[REVIEWER_COOKIE]
    with sessions.begin() as session:
        copies = WorkingCopyRepository(session).of_reviewer([article.french], browser_name(cookie))
        return [copy.text for copy in copies.values()]


def keep_elsewhere(desk: Desk, page: Page, row: int, text: str) -> APIResponse:
    """Type a first text into a French paragraph in another browser of the same reviewer."""
    link = cell(page, row).get_attribute("data-link")
    origin = page.url.partition("/review")[0]
    return desk.context.request.put(
        f"{origin}/v1/links/{link}/working-copy",
        data={"text": text, "base_version": 1},
        headers={"If-None-Match": "*"},
    )


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that no page shows."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holds()
