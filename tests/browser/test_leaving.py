"""A page is closed, reloaded, or left behind by a new alignment: nothing is forgotten."""

import pytest
from playwright.sync_api import Dialog, expect
from sqlalchemy.orm import Session, sessionmaker

from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository, NewLink
from service.domain.link import Link, NewDraft
from service.domain.review import DraftOrigin, State
from service.usecases.write_link import write_link
from tests.browser.article import FRENCH, Article, stored
from tests.browser.conftest import Desk
from tests.browser.page import badge, cell, dialog, field, pull_the_plug, saved, text
from tests.browser.storage import kept_text, until

pytestmark = pytest.mark.browser

UNREACHABLE = "not saved: the server cannot be reached, will be tried again"


def replace_french(
    sessions: sessionmaker[Session], article: Article, *, without: int | None = None
) -> None:
    """Align the French draft anew: the same paragraphs, but for one left out."""
    with sessions.begin() as session:
        alignments, links = AlignmentRepository(session), LinkRepository(session)
        before = alignments.get(article.french)
        old = links.of_alignment(before.id)
        alignments.retire(before.id)
        new = alignments.add(
            source_revision_id=before.source_revision_id,
            target_edition_id=before.target_edition_id,
            target_revision_id=None,
            signature="anew",
        )
        links.add(new.id, [_copy(link) for link in old if link.position != without])


def _copy(link: Link) -> NewLink:
    text = link.draft.text if link.draft else ""
    draft = NewDraft(text=text, origin=DraftOrigin.MT, signature="anew", model="compact")
    return NewLink(
        source=link.source, confidence=1.0, state=link.state, draft=draft if text else None
    )


def test_leaving_a_page_that_is_seen_saves_what_was_just_typed(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    words = "ж" * 20_000
    for row, typed in ((3, "À moitié"), (5, words)):
        text(cell(page, row)).click()
        field(page).fill(typed)
    # Whether an ordinary request would arrive, too, is a matter of luck.
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = (path, options) => {
            sessionStorage.keepalive = options.keepalive;
            return real(path, options);
          };
        }"""
    )

    page.goto(page.url.partition("/review")[0] + "/review")

    assert page.evaluate("sessionStorage.keepalive") == "true"
    until(lambda: sorted(kept_text(desk, sessions, article)) == sorted([words, "À moitié"]))


def test_requests_that_outlive_the_page_stay_within_the_browsers_limit(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    for row in (1, 2, 3, 4):
        text(cell(page, row)).click()
        field(page).fill(f"{row}" + "ж" * 15_000)
    expect(saved(cell(page, 1))).to_have_text(UNREACHABLE)

    desk.reconnect()

    # Together over 64 KiB: none is refused by the browser, and so none is tried again.
    until(lambda: len(kept_text(desk, sessions, article)) == 4)


def test_approvals_that_did_not_arrive_are_sent_after_a_reload(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    cell(page, 1).focus()
    for _ in range(3):
        page.keyboard.press("Control+Enter")
    expect(saved(cell(page, 3))).to_have_text(UNREACHABLE)
    pull_the_plug(page)
    desk.reconnect()

    page = desk.open(article.path)

    for row in (1, 2, 3):
        expect(badge(cell(page, row))).to_have_text("approved")
    assert [stored(sessions, article.french, i).state for i in range(4)] == [
        State.APPROVED,
        State.APPROVED,
        State.APPROVED,
        State.DRAFT,
    ]
    until(lambda: page.evaluate("localStorage.length") == 0)


def test_approval_that_did_not_arrive_is_offered_where_the_paragraph_moved_on(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    cell(page, 3).focus()
    page.keyboard.press("Control+Enter")
    expect(saved(cell(page, 3))).to_have_text(UNREACHABLE)
    pull_the_plug(page)
    desk.reconnect()
    with sessions.begin() as session:
        link = stored(sessions, article.french, 2)
        write_link(
            session, link.id, expected_version=1, actor="bob", text="Bob", state=State.NEEDS_WORK
        )

    page = desk.open(article.path)

    page.get_by_role("button", name="Compare").click()
    expect(dialog(page).locator('[data-side="mine"]')).to_have_text(FRENCH[2])
    expect(dialog(page).locator('[data-side="theirs"]')).to_have_text("Bob")
    assert stored(sessions, article.french, 2).state is State.NEEDS_WORK
    dialog(page).get_by_role("button", name="Keep mine").click()
    expect(badge(cell(page, 3))).to_have_text("approved")
    expect(text(cell(page, 3))).to_have_text(FRENCH[2])


def test_browser_asks_before_a_page_with_open_decisions_is_closed(
    desk: Desk, article: Article
) -> None:
    page = desk.open(article.path)
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", note)
    text(cell(page, 3)).click()
    field(page).fill("Entier")
    expect(saved(cell(page, 3))).to_have_text("saved")
    page.reload()
    assert asked == []
    desk.cut_off()
    cell(page, 3).focus()
    page.keyboard.press("Control+Enter")
    expect(saved(cell(page, 3))).to_have_text(UNREACHABLE)

    page.reload()

    assert asked == ["beforeunload"]


def test_browser_asks_where_it_can_keep_nothing_itself(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", note)
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full'); }; }"
    )
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("Entier")

    page.reload()

    assert asked == ["beforeunload"]


def test_text_refused_as_its_row_was_replaced_is_on_the_new_row_after_a_reload(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("Mon texte")
    expect(saved(cell(page, 3))).to_have_text("saved")
    field(page).fill("Mon texte entier")
    replace_french(sessions, article, without=0)

    page.keyboard.press("Control+Shift+Enter")

    expect(saved(cell(page, 3))).to_contain_text("reload the page")
    expect(field(page)).to_have_value("Mon texte entier")
    page.get_by_role("button", name="Reload the page").click()
    # The column keeps its place.
    expect(page.locator("#row-1 .target").first).to_contain_text("nothing in the French")
    expect(text(cell(page, 3))).to_have_text("Mon texte entier")
    expect(page.locator("#homeless")).to_be_hidden()
    text(cell(page, 3)).click()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 3))).to_have_text("approved")
    until(lambda: page.evaluate("localStorage.length") == 0)


def test_autosave_says_at_once_that_the_row_was_replaced(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    replace_french(sessions, article)
    text(cell(page, 3)).click()

    field(page).fill("Mon texte")

    expect(saved(cell(page, 3))).to_contain_text("reload the page")
    expect(cell(page, 3).get_by_role("button", name="Reload the page")).to_be_visible()


def test_text_on_top_of_another_draft_is_offered_on_the_new_row(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("Mon texte")
    pull_the_plug(page)
    desk.reconnect()
    with sessions.begin() as session:
        link = stored(sessions, article.french, 2)
        write_link(session, link.id, expected_version=1, actor="bob", text="Bob")
    replace_french(sessions, article)

    page = desk.open(article.path)

    expect(text(cell(page, 3))).to_have_text("Bob")
    page.get_by_role("button", name="Compare").click()
    expect(dialog(page).locator('[data-side="mine"]')).to_have_text("Mon texte")


def test_text_whose_paragraph_is_gone_is_shown_until_it_is_put_away(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("Mon texte")
    pull_the_plug(page)
    desk.reconnect()
    replace_french(sessions, article, without=2)

    page = desk.open(article.path)

    homeless = page.locator("#homeless")
    expect(homeless.locator(".text")).to_have_text("Mon texte")
    expect(homeless.locator(".text")).to_have_attribute("lang", "fr")
    expect(homeless.locator("li")).to_contain_text("French, machine draft")
    homeless.get_by_role("button", name="Put it away").click()
    expect(homeless).to_be_hidden()
    page.reload()
    expect(homeless).to_be_hidden()


def test_text_in_a_column_that_is_not_shown_waits_for_it(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    desk.cut_off()
    text(cell(page, 3)).click()
    field(page).fill("Mon texte")
    pull_the_plug(page)
    desk.reconnect()

    page = desk.open(f"{article.path}?column={article.russian}")

    expect(page.locator("#homeless")).to_be_hidden()
    page.goto(page.url.partition("?")[0])
    expect(text(cell(page, 3))).to_have_text("Mon texte")
