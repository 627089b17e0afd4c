"""Reading, editing and approving with the keyboard."""

import re

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy.orm import Session, sessionmaker

from service.domain.review import DraftOrigin, State
from service.usecases.write_link import write_link
from tests.browser.article import FRENCH, Article, draft_nothing, stored
from tests.browser.conftest import Desk
from tests.browser.page import badge, cell, field, press_code, saved, text

pytestmark = pytest.mark.browser


def writes(page: Page) -> list[str]:
    """Return a list that grows with every request that the page writes with."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            seen.append(f"{request.method} {request.url.rsplit('/', 1)[-1]}")

    page.on("request", note)
    return seen


@pytest.mark.parametrize("opening", ["click", "Enter", "F2"])
def test_one_field_at_a_time_stands_where_a_cell_is_activated(
    desk: Desk, article: Article, opening: str
) -> None:
    page = desk.open(article.path)
    expect(field(page)).to_have_count(0)

    for row in (3, 5):
        target = cell(page, row)
        if opening == "click":
            text(target).click()
        else:
            page.keyboard.press("Escape")
            target.focus()
            page.keyboard.press(opening)

        expect(field(page)).to_have_count(1)
        expect(target.locator("textarea")).to_be_focused()
        expect(field(page)).to_have_value(FRENCH[row - 1])
        expect(field(page)).to_have_attribute("lang", "fr")


def test_field_is_as_high_as_its_text(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    before = field(page).bounding_box()

    field(page).fill("mot " * 400)

    after = field(page).bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > 5 * before["height"]
    assert field(page).evaluate("it => it.scrollHeight <= it.clientHeight + 1")


def test_control_enter_approves_the_edited_text_and_goes_on(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("Le ferry est reparti lundi.")
    seen = writes(page)

    page.keyboard.press("Control+Enter")

    expect(cell(page, 4).locator("textarea")).to_be_focused()
    expect(badge(cell(page, 3))).to_have_text("approved")
    expect(saved(cell(page, 3))).to_have_text("saved")
    expect(page.get_by_role("status")).to_have_text("French, paragraph 3 of 8: approved")
    expect(page.locator("[data-alignment] .approved").first).to_have_text("1")
    link = stored(sessions, article.french, 2)
    assert link.draft is not None
    assert (link.state, link.draft.text) == (State.APPROVED, "Le ferry est reparti lundi.")
    assert link.draft.origin is DraftOrigin.HUMAN
    assert len([one for one in seen if "working-copy" not in one]) == 1


def test_approving_goes_past_what_is_approved_and_from_the_end_to_the_top(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    cell(page, 7).focus()
    for _ in FRENCH:
        page.keyboard.press("Control+Enter")

    expect(page.locator("[data-alignment] .approved").first).to_have_text("7")
    expect(cell(page, 6)).to_be_focused()
    assert [stored(sessions, article.french, i).state for i in range(7)] == [State.APPROVED] * 7
    assert stored(sessions, article.russian, 0).state is State.DRAFT


def test_approving_an_untouched_draft_keeps_it_the_machines(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()

    page.keyboard.press("Control+Enter")

    expect(badge(cell(page, 1))).to_have_text("approved")
    link = stored(sessions, article.french, 0)
    assert link.draft is not None
    assert (link.draft.origin, link.draft.seq) == (DraftOrigin.MT, 1)


def test_command_enter_approves_as_well(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()

    page.keyboard.press("Meta+Enter")

    expect(badge(cell(page, 1))).to_have_text("approved")


def test_that_a_paragraph_has_no_counterpart_can_be_approved(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(f"{article.path}?column={article.human}")
    cell(page, 5).focus()

    page.keyboard.press("Control+Enter")

    expect(badge(cell(page, 5))).to_have_text("approved")
    link = stored(sessions, article.human, 4)
    assert (link.state, link.draft) == (State.APPROVED, None)


def test_a_paragraph_that_is_not_translated_yet_is_not_approved(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    draft_nothing(sessions, article.french)
    page = desk.open(f"{article.path}?column={article.french}")
    seen = writes(page)
    cell(page, 1).focus()

    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text("no text to approve")
    assert seen == []


def test_control_shift_enter_saves_a_draft_and_stays(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("Un brouillon.")

    page.keyboard.press("Control+Shift+Enter")

    expect(page.get_by_role("status")).to_have_text("French, paragraph 3 of 8: draft saved")
    expect(cell(page, 3).locator("textarea")).to_be_focused()
    expect(cell(page, 3).locator(".mine")).to_be_hidden()
    expect(badge(cell(page, 3))).to_have_text("draft")
    link = stored(sessions, article.french, 2)
    assert link.draft is not None
    assert (link.state, link.draft.text) == (State.DRAFT, "Un brouillon.")


def test_alt_and_arrows_move_the_focus_and_bring_the_field_along(
    desk: Desk, article: Article
) -> None:
    page = desk.open(article.path)

    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, 1)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    expect(cell(page, 2, 1)).to_be_focused()
    expect(field(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, 1, 1).locator("textarea")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(cell(page, 1, 0).locator("textarea")).to_be_focused()
    # At the edge nothing moves, and the browser does not go back in its history.
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, 1, 0).locator("textarea")).to_be_focused()


def test_arrows_between_columns_go_to_the_nearest_row(desk: Desk, article: Article) -> None:
    page = desk.open(f"{article.path}?column={article.french}&column={article.human}")
    # Row 3 joins two paragraphs: two machine cells stand beside one human cell.
    cell(page, 3).nth(1).focus()

    page.keyboard.press("Alt+ArrowRight")
    expect(cell(page, 3, 1)).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(cell(page, 3).first).to_be_focused()


def test_furniture_is_dimmed_and_cannot_be_edited(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    row = page.locator("#row-8")

    expect(row.locator(".aside")).to_have_text("set aside, not translated")
    expect(row.locator(".cell[tabindex]")).to_have_count(0)
    cell(page, 7).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, 7)).to_be_focused()


def test_escape_leaves_the_field_and_keeps_what_was_typed(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("À moitié")

    page.keyboard.press("Escape")

    expect(field(page)).to_have_count(0)
    expect(cell(page, 3)).to_be_focused()
    expect(text(cell(page, 3))).to_have_text("À moitié")
    expect(cell(page, 3).locator(".mine")).to_be_visible()
    expect(cell(page, 3)).to_have_accessible_name(re.compile("edited, not committed"))
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("À moitié")


def test_a_text_that_is_typed_back_is_no_change(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    seen = writes(page)
    text(cell(page, 3)).click()
    page.keyboard.press("End")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")

    page.keyboard.press("Control+Shift+Enter")
    expect(page.get_by_role("status")).to_contain_text("nothing to save")
    page.keyboard.press("Escape")

    page.wait_for_timeout(1000)
    assert seen == []
    expect(cell(page, 3).locator(".mine")).to_be_hidden()
    page.reload()
    assert seen == []


def test_undo_in_the_field_does_not_bring_another_cells_text(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    page.keyboard.type("Un mot. ")
    page.keyboard.press("Alt+ArrowDown")

    page.keyboard.press("Control+z")

    expect(field(page)).to_have_value(FRENCH[3])


def test_an_edit_can_be_discarded_and_brought_back(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    expect(page.get_by_role("button", name="Discard edit")).to_be_hidden()
    field(page).fill("À moitié")

    page.get_by_role("button", name="Discard edit").click()
    expect(field(page)).to_have_value(FRENCH[2])
    page.get_by_role("button", name="Bring it back").click()

    expect(field(page)).to_have_value("À moitié")


def test_an_approval_can_be_taken_back(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()
    page.keyboard.press("Control+Enter")
    text(cell(page, 1)).click()

    page.get_by_role("button", name="Needs work").click()

    expect(badge(cell(page, 1))).to_have_text("needs work")
    expect(page.locator("[data-alignment] .approved").first).to_have_text("0")
    assert stored(sessions, article.french, 0).state is State.NEEDS_WORK


def test_what_the_server_refuses_is_said_and_stays_typed(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()
    field(page).fill("   ")

    page.keyboard.press("Control+Shift+Enter")

    expect(saved(cell(page, 3))).to_contain_text("not saved: the text is blank")
    expect(field(page)).to_have_value("   ")


def test_holding_the_keys_down_approves_once(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()
    page.keyboard.down("Control")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")

    expect(badge(cell(page, 1))).to_have_text("approved")
    expect(cell(page, 2)).to_be_focused()
    page.wait_for_timeout(300)
    assert stored(sessions, article.french, 1).state is State.DRAFT


@pytest.mark.parametrize("key", ["Enter", "Control+Enter"])
def test_key_that_opened_a_field_and_is_held_types_nothing_into_it(
    desk: Desk, article: Article, key: str
) -> None:
    page = desk.open(article.path)
    text(cell(page, 1)).click()
    if key == "Enter":
        page.keyboard.press("Escape")
    *modifiers, last = key.split("+")
    for one in modifiers:
        page.keyboard.down(one)
    for _ in range(4):
        page.keyboard.down(last)

    opened = 1 if key == "Enter" else 2
    expect(cell(page, opened).locator("textarea")).to_be_focused()
    expect(field(page)).to_have_value(FRENCH[opened - 1])


def test_button_held_down_with_enter_types_nothing_into_the_next_field(
    desk: Desk, article: Article
) -> None:
    page = desk.open(article.path)
    text(cell(page, 1)).click()
    page.get_by_role("button", name="Approve").focus()

    for _ in range(4):
        page.keyboard.down("Enter")

    expect(cell(page, 2).locator("textarea")).to_be_focused()
    expect(field(page)).to_have_value(FRENCH[1])


def test_arrows_held_down_go_on(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()
    page.keyboard.down("Alt")
    for _ in range(3):
        page.keyboard.down("ArrowDown")

    expect(cell(page, 4)).to_be_focused()


def test_what_was_rejected_goes_back_to_draft(
    desk: Desk, article: Article, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        link = stored(sessions, article.french, 2)
        write_link(session, link.id, expected_version=1, actor="bob", state=State.REJECTED)
    page = desk.open(article.path)
    text(cell(page, 2)).click()
    expect(page.get_by_role("button", name="Back to draft")).to_be_hidden()
    text(cell(page, 3)).click()

    page.get_by_role("button", name="Back to draft").click()

    expect(badge(cell(page, 3))).to_have_text("draft")
    expect(page.get_by_role("button", name="Back to draft")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 3))).to_have_text("approved")


def test_keys_work_on_a_cyrillic_layout(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    keys = page.locator("#keys")

    # The question mark is on the seventh digit there; its American place prints a comma.
    press_code(page, code="Digit7", key="?", modifiers=8)
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    press_code(page, code="Slash", key=",", modifiers=8)
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    text(cell(page, 3, 1)).click()
    field(page).fill("Паром ушёл в понедельник, в 6:40?")
    press_code(page, code="Enter", key="Enter", modifiers=2)

    expect(badge(cell(page, 3, 1))).to_have_text("approved")
    expect(text(cell(page, 3, 1))).to_have_text("Паром ушёл в понедельник, в 6:40?")


def test_a_question_mark_in_the_field_is_a_question_mark(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 1)).click()
    page.keyboard.press("End")

    page.keyboard.type(" ?")

    expect(field(page)).to_have_value(f"{FRENCH[0]} ?")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_can_be_asked_for_with_a_button(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)

    page.get_by_role("button", name="Keys").click()

    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 1))).to_have_text("machine draft")


def test_an_input_methods_enter_is_left_to_it(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    text(cell(page, 3)).click()

    for code, ctrl in (("Enter", True), ("Escape", False)):
        field(page).dispatch_event(
            "keydown", {"code": code, "ctrlKey": ctrl, "isComposing": True, "bubbles": True}
        )

    expect(cell(page, 3).locator("textarea")).to_be_focused()
    expect(badge(cell(page, 3))).to_have_text("machine draft")


def test_text_can_be_selected_without_opening_the_field(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    box = text(cell(page, 3)).bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 10)
    page.mouse.up()

    expect(field(page)).to_have_count(0)
    assert page.evaluate("getSelection().toString().length") > 3


def test_columns_are_chosen_in_the_address(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    page.get_by_label("French, machine draft").uncheck()
    page.get_by_label("French, human edition").check()
    page.get_by_role("button", name="Show").click()

    heads = page.locator("[data-alignment] h2")
    expect(heads).to_have_text(["Russian, machine draft", "French, human edition"])
    assert str(article.human) in page.url
    assert str(article.french) not in page.url


def test_links_of_a_human_edition_show_what_they_join_and_how_surely(
    desk: Desk, article: Article
) -> None:
    page = desk.open(f"{article.path}?column={article.human}")

    joined = cell(page, 3)
    expect(joined).to_contain_text("doubtful: match 31 %")
    expect(joined).to_contain_text("for source paragraphs 3 and 4")
    expect(page.locator("#row-3 .source .text")).to_have_count(2)
    expect(badge(cell(page, 5))).to_have_text("no counterpart")
    alone = page.locator(".row", has_text="Traduit par nos soins")
    expect(alone.locator(".source")).to_have_text(re.compile("nothing in the English"))
    expect(alone).to_contain_text("not in the English")
