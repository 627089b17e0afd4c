"""What is typed is never lost: autosave, dead servers, closed pages."""

import re

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session, sessionmaker

from service.domain.review import State
from tests.browser.article import FRENCH, Article, stored
from tests.browser.conftest import Desk, NewDesk
from tests.browser.page import badge, cell, field, saved, text
from tests.browser.storage import kept_text

pytestmark = pytest.mark.browser

UNREACHABLE = "not saved: the server cannot be reached, will be tried again"


def test_what_is_typed_is_saved_after_a_pause(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()

    field(page).fill("À moitié")

    expect(saved(cell(page, 3))).to_have_text("saved")
    expect(cell(page, 3).locator(".mine")).to_have_text("your edit, not committed")
    assert kept_text(desk, sessions, article) == ["À moitié"]
    assert stored(sessions, article.french, 2).version == 1


def test_leaving_the_field_saves_at_once(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    page.clock.install()
    text(cell(page, 3)).click()
    field(page).fill("À moitié")

    page.locator("#show-keys").focus()

    # The clock stands still: no pause has gone by.
    expect(saved(cell(page, 3))).to_have_text("saved")


def test_typing_without_a_pause_is_saved_within_five_seconds(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    page.clock.install()
    text(cell(page, 3)).click()

    for _ in range(11):
        page.keyboard.type("a")
        page.clock.run_for(500)

    expect(saved(cell(page, 3))).to_have_text("saved")


def test_a_committed_text_leaves_no_copy_behind(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("Entier")
    expect(saved(cell(page, 3))).to_have_text("saved")

    page.keyboard.press("Control+Enter")

    expect(badge(cell(page, 3))).to_have_text("approved")
    assert kept_text(desk, sessions, article) == []
    assert page.evaluate("localStorage.length") == 0


def test_another_visit_brings_back_what_the_server_kept(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("À moitié")
    expect(saved(cell(page, 3))).to_have_text("saved")
    page.evaluate("localStorage.clear()")

    page.reload()

    expect(text(cell(page, 3))).to_have_text("À moitié")
    expect(cell(page, 3).locator(".mine")).to_be_visible()
    text(cell(page, 3)).click()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 3))).to_have_text("approved")


def test_another_reviewer_does_not_see_it(desk: Desk, article: Article, new_desk: NewDesk) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("À moitié")
    expect(saved(cell(page, 3))).to_have_text("saved")

    other = new_desk().open(article.path)

    expect(text(cell(other, 3))).to_have_text(FRENCH[2])


def test_text_outlives_a_dead_server_and_a_closed_page(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("À moitié")
    expect(saved(cell(page, 3))).to_have_text(UNREACHABLE)
    expect(page.get_by_role("status")).to_have_text(f"French, paragraph 3 of 8: {UNREACHABLE}")
    page.close()

    page = desk.open(article.path)

    expect(text(cell(page, 3))).to_have_text("À moitié")
    desk.reconnect()
    expect(saved(cell(page, 3))).to_have_text("saved")
    assert kept_text(desk, sessions, article) == ["À moitié"]


def test_an_approval_is_tried_again_until_the_server_is_back(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("Entier")
    page.keyboard.press("Control+Enter")
    expect(cell(page, 4).locator("textarea")).to_be_focused()
    expect(saved(cell(page, 3))).to_have_text(UNREACHABLE)
    expect(text(cell(page, 3))).to_have_text("Entier")

    desk.reconnect()

    expect(saved(cell(page, 3))).to_have_text("saved")
    expect(page.get_by_role("status")).to_have_text("French, paragraph 3 of 8: approved")
    assert stored(sessions, article.french, 2).state is State.APPROVED


def test_an_answer_that_got_lost_is_no_conflict(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    lost: list[str] = []

    def lose_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    desk.context.route(re.compile(r"/v1/links/[^/]+$"), lose_first_answer)
    text(cell(page, 3)).click()
    field(page).fill("Entier")

    page.keyboard.press("Control+Enter")

    expect(badge(cell(page, 3))).to_have_text("approved")
    expect(page.locator("dialog[open]")).to_have_count(0)
    link = stored(sessions, article.french, 2)
    assert link.draft is not None
    assert (link.version, link.draft.seq) == (2, 2)


def test_what_is_typed_while_a_save_is_under_way_is_saved_after_it(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    desk.context.route(re.compile(r"/v1/links/[^/]+$"), hold_first)
    text(cell(page, 3)).click()
    field(page).fill("Un")
    page.keyboard.press("Control+Shift+Enter")
    expect(saved(cell(page, 3))).to_have_text("saving…")

    field(page).fill("Un, deux")
    held[0].continue_()

    expect(saved(cell(page, 3))).to_have_text("saved")
    expect(field(page)).to_have_value("Un, deux")
    expect(cell(page, 3).locator(".mine")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 3))).to_have_text("approved")
    link = stored(sessions, article.french, 2)
    assert link.draft is not None
    assert link.draft.text == "Un, deux"


def test_a_refused_copy_does_not_stop_the_commit_behind_it(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    held: list[Route] = []
    desk.context.route("**/working-copy", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given, which a method does not let it
    text(cell(page, 3)).click()
    field(page).fill("Entier")
    expect(saved(cell(page, 3))).to_have_text("saving…")
    page.keyboard.press("Control+Enter")

    held[0].fulfill(status=422, content_type="application/problem+json", body='{"detail": "no"}')

    expect(badge(cell(page, 3))).to_have_text("approved")
    expect(saved(cell(page, 3))).to_have_text("saved")


def test_another_tab_of_mine_does_not_take_away_what_i_typed(desk: Desk, article: Article) -> None:
    other = desk.open(article.path)
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("À moitié")
    expect(saved(cell(page, 3))).to_have_text("saved")
    cell(other, 3).focus()
    other.keyboard.press("Control+Enter")
    expect(badge(cell(other, 3))).to_have_text("approved")
    page.close()

    page = desk.open(article.path)

    page.get_by_role("button", name="Compare").click()
    expect(page.locator('#conflict [data-side="mine"]')).to_have_text("À moitié")


def test_an_error_of_the_server_is_tried_again(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        if failed:
            route.continue_()
            return
        failed.append(route.request.url)
        route.fulfill(
            status=503,
            content_type="application/problem+json",
            body='{"title": "Unavailable", "status": 503, "detail": "the database is gone"}',
        )

    desk.context.route("**/v1/**", fail_once)
    cell(page, 3).focus()
    page.keyboard.press("Control+Enter")

    expect(saved(cell(page, 3))).to_have_text(
        "not saved: the database is gone, will be tried again"
    )
    expect(saved(cell(page, 3))).to_have_text("saved")
    expect(badge(cell(page, 3))).to_have_text("approved")
