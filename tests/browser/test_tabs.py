"""One reviewer types into one paragraph in several tabs or browsers: every text is kept."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.article import FRENCH, Article, stored
from tests.browser.conftest import Desk, NewDesk
from tests.browser.page import badge, cell, dialog, field, pull_the_plug, saved, text
from tests.browser.storage import Sessions, keep_elsewhere, kept_text, until

pytestmark = pytest.mark.browser

ELSEWHERE = "You typed another text here, in another tab or browser."


def type_in(page: Page, words: str) -> None:
    """Write a text into the third French paragraph."""
    text(cell(page, 3)).click()
    field(page).fill(words)


def compare(page: Page, mine: str, other: str) -> None:
    """Open the dialog, and look at both texts."""
    page.get_by_role("button", name="Compare").click()
    expect(dialog(page).locator('[data-side="mine"]')).to_have_text(mine)
    expect(dialog(page).locator('[data-side="theirs"]')).to_have_text(other)


@pytest.fixture
def two_texts(desk: Desk, article: Article) -> tuple[Page, Page]:
    """Return two tabs: Y was typed in the second, then X in the first."""
    first, second = desk.open(article.path), desk.open(article.path)
    type_in(second, "Y")
    expect(saved(cell(second, 3))).to_have_text("saved")
    type_in(first, "X")
    expect(cell(first, 3)).to_contain_text(ELSEWHERE)
    return first, second


def test_second_text_waits_beside_the_first_and_neither_is_overwritten(
    desk: Desk, article: Article, two_texts: tuple[Page, Page], sessions: Sessions
) -> None:
    first, _ = two_texts

    expect(saved(cell(first, 3))).to_have_text("kept in this browser only, until you have compared")
    expect(field(first)).to_have_value("X")
    field(first).press("End")
    first.keyboard.type("x")
    first.wait_for_timeout(1200)
    assert kept_text(desk, sessions, article) == ["Y"]
    expect(first.get_by_role("status")).to_contain_text("you typed another text here")
    compare(first, "Y", "Xx")
    expect(dialog(first).get_by_role("heading", name="Here (not committed)")).to_be_visible()


def test_discarding_in_one_tab_leaves_what_was_typed_in_the_other(
    desk: Desk, article: Article, two_texts: tuple[Page, Page], sessions: Sessions
) -> None:
    first, second = two_texts
    second.get_by_role("button", name="Discard edit").click()
    until(lambda: kept_text(desk, sessions, article) == [])
    first.close()
    second.close()

    page = desk.open(article.path)

    expect(text(cell(page, 3))).to_have_text("X")
    until(lambda: kept_text(desk, sessions, article) == ["X"])


def test_committing_in_one_tab_leaves_what_was_typed_in_the_other(
    desk: Desk, article: Article, two_texts: tuple[Page, Page]
) -> None:
    first, second = two_texts
    second.keyboard.press("Control+Enter")
    expect(badge(cell(second, 3))).to_have_text("approved")
    first.close()
    second.close()

    page = desk.open(article.path)

    compare(page, "X", "Y")


def test_text_that_the_server_keeps_for_the_other_tab_outlives_a_commit_in_this_one(
    desk: Desk, article: Article, sessions: Sessions
) -> None:
    first, second = desk.open(article.path), desk.open(article.path)
    type_in(first, "X")
    expect(saved(cell(first, 3))).to_have_text("saved")
    type_in(second, "Y")
    second.keyboard.press("Control+Enter")
    expect(badge(cell(second, 3))).to_have_text("approved")
    expect(saved(cell(second, 3))).to_have_text("saved")
    pull_the_plug(first)
    second.evaluate("localStorage.clear()")

    second.reload()

    assert kept_text(desk, sessions, article) == ["X"]
    compare(second, "X", "Y")


def test_text_typed_elsewhere_can_be_used_and_this_one_brought_back(
    desk: Desk, article: Article, two_texts: tuple[Page, Page], sessions: Sessions
) -> None:
    first, _ = two_texts
    compare(first, "Y", "X")

    dialog(first).get_by_role("button", name="Use the one typed elsewhere").click()

    expect(text(cell(first, 3))).to_have_text("Y")
    assert stored(sessions, article.french, 2).version == 1
    first.get_by_role("button", name="Bring it back").click()
    expect(field(first)).to_have_value("X")
    expect(cell(first, 3).get_by_role("button", name="Bring it back")).to_be_visible()
    until(lambda: kept_text(desk, sessions, article) == ["X"])


def test_what_is_here_can_be_left_and_the_other_brought_back(
    desk: Desk, article: Article, two_texts: tuple[Page, Page], sessions: Sessions
) -> None:
    first, _ = two_texts
    compare(first, "Y", "X")

    dialog(first).get_by_role("button", name="Leave what is here").click()

    until(lambda: kept_text(desk, sessions, article) == ["X"])
    expect(text(cell(first, 3))).to_have_text("X")
    first.get_by_role("button", name="Bring it back").click()
    expect(field(first)).to_have_value("Y")


def test_text_that_another_is_edited_beside_is_kept_until_the_commit(
    two_texts: tuple[Page, Page],
) -> None:
    first, second = two_texts
    second.close()
    compare(first, "Y", "X")
    dialog(first).get_by_role("button", name="Edit").click()
    expect(field(first)).to_have_value("Y")
    expect(first.locator(".reference .text")).to_have_text("X")
    expect(first.locator(".reference-name")).to_have_text("The other text that you typed")
    field(first).fill("Y et ")
    expect(saved(cell(first, 3))).to_have_text("saved")

    first.reload()

    expect(text(cell(first, 3))).to_have_text("Y et ")
    compare(first, "X", "Y et ")
    dialog(first).get_by_role("button", name="Edit").click()
    field(first).fill("Y et X")
    first.keyboard.press("Control+Enter")
    expect(badge(cell(first, 3))).to_have_text("approved")
    until(lambda: first.evaluate("localStorage.length") == 0)


def test_both_texts_are_offered_where_another_browser_kept_one_meanwhile(
    desk: Desk, article: Article, sessions: Sessions
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    type_in(page, "ancien")
    expect(saved(cell(page, 3))).to_contain_text("will be tried again")
    assert keep_elsewhere(desk, page, 3, "plus récent").status == 204
    pull_the_plug(page)
    desk.reconnect()

    page = desk.open(article.path)

    expect(text(cell(page, 3))).to_have_text("ancien")
    compare(page, "plus récent", "ancien")
    page.keyboard.press("Escape")
    page.wait_for_timeout(1200)
    assert kept_text(desk, sessions, article) == ["plus récent"]
    # Nor is anything approved before that is decided.
    cell(page, 3).focus()
    page.keyboard.press("Control+Enter")
    expect(dialog(page)).to_be_visible()


def test_copy_of_the_same_page_that_fell_behind_is_no_second_text(
    desk: Desk, article: Article, sessions: Sessions
) -> None:
    page = desk.open(article.path)
    type_in(page, "À moitié")
    expect(saved(cell(page, 3))).to_have_text("saved")
    desk.cut_off()
    field(page).fill("À moitié fait")
    expect(saved(cell(page, 3))).to_contain_text("will be tried again")
    pull_the_plug(page)
    desk.reconnect()

    page = desk.open(article.path)

    expect(text(cell(page, 3))).to_have_text("À moitié fait")
    until(lambda: kept_text(desk, sessions, article) == ["À moitié fait"])
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)


def test_answer_to_an_autosave_that_got_lost_is_no_second_text(
    desk: Desk, article: Article, sessions: Sessions
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

    desk.context.route("**/working-copy", lose_first_answer)
    type_in(page, "Un")
    expect(saved(cell(page, 3))).to_contain_text("will be tried again")
    field(page).fill("Un, deux")

    expect(saved(cell(page, 3))).to_have_text("saved")
    assert kept_text(desk, sessions, article) == ["Un, deux"]
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)


def test_autosave_that_arrives_after_the_commit_brings_nothing_back(
    desk: Desk, article: Article, sessions: Sessions
) -> None:
    page = desk.open(article.path)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
            return
        held.append(route)

    desk.context.route("**/working-copy", hold_first)
    type_in(page, "À moit")
    expect(saved(cell(page, 3))).to_have_text("saving…")
    late = held[0].request
    field(page).fill("À moitié")
    page.keyboard.press("Control+Enter")
    # The page gives up on it after twenty seconds; here, at once.
    held[0].abort()
    expect(badge(cell(page, 3))).to_have_text("approved")

    answer = desk.context.request.put(
        late.url, data=late.post_data_json, headers={"If-Match": late.headers["if-match"]}
    )

    assert answer.status == 412
    assert kept_text(desk, sessions, article) == []


def test_second_person_at_a_browser_does_not_get_the_first_ones_text(
    desk: Desk, article: Article
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    type_in(page, "À moi")
    expect(saved(cell(page, 3))).to_contain_text("will be tried again")
    first = desk.context.cookies()
    pull_the_plug(page)

    desk.context.clear_cookies()
    page = desk.open(article.path)
    expect(text(cell(page, 3))).to_have_text(FRENCH[2])
    page.close()
    desk.context.add_cookies(first)  # type: ignore[arg-type] # what cookies() gave is what it takes
    page = desk.open(article.path)
    expect(text(cell(page, 3))).to_have_text("À moi")


def test_copy_of_what_stands_there_by_now_is_forgotten(
    desk: Desk, article: Article, new_desk: NewDesk, sessions: Sessions
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    type_in(page, "Entier")
    pull_the_plug(page)
    desk.reconnect()
    other = new_desk().open(article.path)
    type_in(other, "Entier")
    other.keyboard.press("Control+Enter")
    expect(badge(cell(other, 3))).to_have_text("approved")

    page = desk.open(article.path)
    assert page.evaluate("localStorage.length") == 0

    text(cell(other, 3)).click()
    field(other).fill("Autre")
    other.keyboard.press("Control+Enter")
    expect(badge(cell(other, 3))).to_have_text("approved")
    until(lambda: stored(sessions, article.french, 2).version == 3)
    page.reload()
    expect(text(cell(page, 3))).to_have_text("Autre")
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)
