"""A reviewer says which paragraphs belong together, and the real aligner follows."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository
from service.db.links import LinkRepository
from service.domain.link import Link
from service.domain.review import LinkOrigin
from tests.browser.article import Article
from tests.browser.conftest import Desk, NewDesk
from tests.browser.page import badge, cell, field, press_code, saved, text
from tests.browser.test_accessibility import LOW_CONTRAST, settled
from tests.service.usecases.orchard import ENGLISH, FRENCH, add_russian, aligned

pytestmark = pytest.mark.browser

Sessions = sessionmaker[Session]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orchard:
    """Six English paragraphs beside six French ones, aligned."""

    key: str
    sessions: Sessions

    @property
    def path(self) -> str:
        return f"/review/{self.key}"

    @property
    def current(self) -> UUID:
        """The alignment that holds now."""
        with self.sessions.begin() as session:
            article = ArticleRepository(session).get(self.key)
            (current,) = AlignmentRepository(session).of_articles([article.id])
            return current.id

    @property
    def links(self) -> list[Link]:
        current = self.current
        with self.sessions.begin() as session:
            return LinkRepository(session).of_alignment(current)

    @property
    def texts(self) -> list[tuple[list[str], list[str]]]:
        return [
            ([p.text for p in link.source], [p.text for p in link.target]) for link in self.links
        ]


@pytest.fixture
def orchard(sessions: Sessions, encoder: SentenceEncoder) -> Orchard:
    key = f"orchard-{uuid4().hex[:8]}"
    aligned(sessions, encoder, key)
    return Orchard(key=key, sessions=sessions)


def status(page: Page) -> Locator:
    return page.get_by_role("status")


PAIRS = [([ENGLISH[i]], [FRENCH[i]]) for i in range(6)]


def test_the_next_row_is_joined_with_a_key_and_the_focus_stays(
    desk: Desk, orchard: Orchard
) -> None:
    page = desk.open(orchard.path)
    cell(page, 2).focus()

    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_have_text("French, paragraph 2 of 5: joined")
    expect(cell(page, 2)).to_be_focused()
    expect(text(cell(page, 2))).to_have_text(f"{FRENCH[1]}\n\n{FRENCH[2]}")
    expect(page.locator("#row-2 .source .text")).to_have_text([*ENGLISH[1:3]])
    assert orchard.texts == [PAIRS[0], ([*ENGLISH[1:3]], [*FRENCH[1:3]]), *PAIRS[3:]]
    assert orchard.links[1].origin is LinkOrigin.MANUAL
    # The page goes on: the next key works on the rows as they are now.
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, 3)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 3))).to_have_text("approved")
    expect(page.locator("[data-alignment] .approved")).to_have_text("1")


def test_both_sides_of_a_link_are_separated_and_paired_with_keys(
    desk: Desk, orchard: Orchard
) -> None:
    page = desk.open(orchard.path)
    cell(page, 5).focus()

    page.keyboard.press("Alt+KeyS")

    expect(status(page)).to_have_text("French, paragraph 6 of 7: separated")
    expect(cell(page, 6)).to_be_focused()
    expect(badge(cell(page, 6))).to_have_text("no counterpart")
    expect(page.locator("#row-5 .source")).to_contain_text("nothing in the English")
    expect(text(cell(page, 5))).to_have_text(FRENCH[4])
    assert ([ENGLISH[4]], []) in orchard.texts
    assert ([], [FRENCH[4]]) in orchard.texts

    page.keyboard.press("Alt+KeyP")
    expect(cell(page, 6)).to_have_accessible_name(re.compile("marked"))
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+KeyP")

    expect(status(page)).to_have_text("French, paragraph 5 of 6: paired")
    expect(cell(page, 5)).to_be_focused()
    assert orchard.texts == PAIRS


def test_everything_is_done_with_buttons_too_and_undone(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)

    text(cell(page, 2)).click()
    page.get_by_role("button", name="Join with the next row").click()
    expect(text(cell(page, 2))).to_have_text(f"{FRENCH[1]}\n\n{FRENCH[2]}")
    expect(field(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(text(cell(page, 2))).to_have_text(FRENCH[1])
    assert orchard.texts == PAIRS
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)

    text(cell(page, 4)).click()
    page.get_by_role("button", name="Separate").click()
    expect(badge(cell(page, 5))).to_have_text("no counterpart")
    text(cell(page, 5)).click()
    page.get_by_role("button", name="Pair").click()
    text(cell(page, 4)).click()
    page.get_by_role("button", name="Pair").click()
    expect(status(page)).to_have_text("French, paragraph 4 of 6: paired")
    expect(text(cell(page, 4))).to_have_text(FRENCH[3])
    assert orchard.texts == PAIRS
    page.get_by_role("button", name="Undo").click()
    expect(badge(cell(page, 5))).to_have_text("no counterpart")


def test_what_cannot_be_meant_is_said_and_not_sent(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    cell(page, 6).focus()
    page.keyboard.press("Alt+KeyJ")
    expect(status(page)).to_contain_text("there is no row below")
    page.keyboard.press("Alt+KeyP")
    expect(status(page)).to_contain_text("marked")
    page.keyboard.press("Alt+KeyP")
    expect(status(page)).to_contain_text("no longer marked")

    assert "POST" not in sent


def test_a_paragraph_that_lacks_the_same_is_no_counterpart(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    for row in (4, 2):
        cell(page, row).focus()
        page.keyboard.press("Alt+KeyS")
        expect(badge(cell(page, row + 1))).to_have_text("no counterpart")

    # English 1 and 3 stand alone, each below its French.
    page.keyboard.press("Alt+KeyP")
    cell(page, 6).focus()
    page.keyboard.press("Alt+KeyP")

    expect(status(page)).to_contain_text("neither of the two has a counterpart")
    expect(cell(page, 3)).to_have_accessible_name(re.compile("marked"))
    expect(page.get_by_role("button", name="Unmark")).to_have_count(1)


def test_keys_are_the_same_on_a_russian_keyboard_and_letters_in_the_field(
    desk: Desk, orchard: Orchard
) -> None:
    page = desk.open(orchard.path)
    text(cell(page, 2)).click()
    press_code(page, code="KeyJ", key="о", modifiers=1)
    expect(field(page)).to_have_count(1)
    page.keyboard.press("Escape")

    press_code(page, code="KeyJ", key="о", modifiers=1)

    expect(status(page)).to_have_text("French, paragraph 2 of 5: joined")


def test_a_machines_draft_has_nothing_to_correct(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    cell(page, 2).focus()

    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_contain_text("belongs to its source")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Join with the next row")).to_be_hidden()


def test_what_was_typed_elsewhere_is_kept_and_saved_first(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    text(cell(page, 6)).click()
    field(page).fill("Au café, de la soupe.")
    cell(page, 1).focus()

    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_have_text("French, paragraph 1 of 5: joined")
    expect(text(cell(page, 5))).to_have_text("Au café, de la soupe.")
    expect(cell(page, 5).locator(".mine")).to_be_visible()
    text(cell(page, 5)).click()
    page.keyboard.press("Control+Enter")
    expect(badge(cell(page, 5))).to_have_text("approved")
    draft = orchard.links[4].draft
    assert draft is not None
    assert draft.text == "Au café, de la soupe."


def test_what_is_being_typed_is_not_taken_apart(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    text(cell(page, 2)).click()
    field(page).fill("Le gel, deux ans.")

    page.get_by_role("button", name="Join with the next row").click()

    expect(saved(cell(page, 2))).to_contain_text("not changed: somebody has written")
    expect(text(cell(page, 2))).to_have_text("Le gel, deux ans.")
    assert orchard.texts == PAIRS
    text(cell(page, 2)).click()
    page.keyboard.press("Control+Shift+Enter")
    expect(badge(cell(page, 2))).to_have_text("draft")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+KeyJ")
    expect(text(cell(page, 2))).to_have_text(f"Le gel, deux ans.\n\n{FRENCH[2]}")


def test_of_two_tabs_the_second_is_told_and_sees_the_rows_of_the_first(
    desk: Desk, orchard: Orchard
) -> None:
    address = f"{orchard.path}?column={orchard.current}"
    first, second = desk.open(address), desk.open(address)
    text(cell(second, 6)).click()
    field(second).fill("Au café, de la soupe.")
    expect(saved(cell(second, 6))).to_have_text("saved")
    cell(first, 2).focus()
    first.keyboard.press("Alt+KeyJ")
    expect(status(first)).to_have_text("French, paragraph 2 of 5: joined")

    cell(second, 3).focus()
    second.keyboard.press("Alt+KeyJ")

    expect(saved(cell(second, 3))).to_contain_text("aligned or translated anew meanwhile")
    assert len(orchard.links) == 5
    cell(second, 3).get_by_role("button", name="Reload the page").click()
    expect(text(cell(second, 2))).to_have_text(f"{FRENCH[1]}\n\n{FRENCH[2]}")
    expect(text(cell(second, 5))).to_have_text("Au café, de la soupe.")


def test_where_the_server_is_away_nothing_changes_and_it_can_be_tried_again(
    desk: Desk, orchard: Orchard
) -> None:
    page = desk.open(orchard.path)
    cell(page, 2).focus()
    desk.cut_off()
    page.keyboard.press("Alt+KeyJ")
    expect(saved(cell(page, 2))).to_have_text("not changed: the server cannot be reached")
    expect(cell(page, 2)).to_be_focused()

    desk.reconnect()
    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_have_text("French, paragraph 2 of 5: joined")


def test_a_text_that_could_not_be_saved_comes_first(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    desk.cut_off()
    text(cell(page, 6)).click()
    field(page).fill("Au café, de la soupe.")
    cell(page, 2).focus()

    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_have_text(
        "French, paragraph 6 of 6: its text is not saved yet, so no link was changed"
    )
    expect(text(cell(page, 6))).to_have_text("Au café, de la soupe.")
    desk.reconnect()
    assert orchard.texts == PAIRS


def test_another_reviewer_finds_their_text_on_the_new_rows(
    new_desk: NewDesk, orchard: Orchard
) -> None:
    mine, theirs = new_desk().open(orchard.path), new_desk().open(orchard.path)
    text(cell(theirs, 6)).click()
    field(theirs).fill("Au café, de la soupe.")
    expect(saved(cell(theirs, 6))).to_have_text("saved")
    cell(mine, 2).focus()
    mine.keyboard.press("Alt+KeyJ")
    expect(status(mine)).to_contain_text("joined")

    # Their page is behind: it says so, and what they typed waits on the new row.
    field(theirs).fill("Au café, de la soupe et du pain.")
    expect(saved(cell(theirs, 6))).to_contain_text("not saved")
    cell(theirs, 6).get_by_role("button", name="Reload the page").click()

    expect(text(cell(theirs, 5))).to_contain_text("Au café, de la soupe")


def test_a_link_says_why_it_is_there(desk: Desk, orchard: Orchard) -> None:
    page = desk.open(orchard.path)
    mark = cell(page, 3).locator(".confidence")
    reason = orchard.links[2].reason
    assert reason

    expect(mark).to_have_attribute("title", reason)
    expect(cell(page, 3)).to_have_accessible_description(re.compile(f"match .*{reason}"))

    cell(page, 3).focus()
    page.keyboard.press("Alt+KeyJ")
    expect(status(page)).to_contain_text("joined")
    expect(mark).to_have_attribute("title", "confirmed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_marked_and_what_was_done_has_contrast(
    new_desk: NewDesk, orchard: Orchard, scheme: str
) -> None:
    page = new_desk(color_scheme=scheme).open(orchard.path)
    cell(page, 2).focus()
    page.keyboard.press("Alt+KeyJ")
    expect(status(page)).to_contain_text("joined")
    page.keyboard.press("Alt+KeyP")
    expect(page.get_by_role("button", name="Unmark")).to_be_visible()

    assert settled(page).evaluate(LOW_CONTRAST) == []


def test_two_columns_keep_their_places_and_the_other_its_links(
    desk: Desk, orchard: Orchard, encoder: SentenceEncoder
) -> None:
    add_russian(orchard.sessions, encoder, orchard.key)
    page = desk.open(orchard.path)
    heads = page.locator(".head h2")
    expect(heads).to_have_text(["French, human edition", "Russian, human edition"])
    russian = page.locator("[data-alignment]").nth(1).get_attribute("data-alignment")
    text(cell(page, 6, 1)).click()
    field(page).fill("В кафе продают суп.")
    cell(page, 2).focus()

    page.keyboard.press("Alt+KeyJ")

    expect(cell(page, 2)).to_be_focused()
    expect(heads).to_have_text(["French, human edition", "Russian, human edition"])
    expect(page.locator("[data-alignment]").nth(1)).to_have_attribute(
        "data-alignment", str(russian)
    )
    expect(cell(page, 2, 1)).to_have_count(2)
    expect(text(cell(page, 5, 1))).to_have_text("В кафе продают суп.")
    expect(cell(page, 5, 1).locator(".mine")).to_be_visible()


def test_the_page_stays_where_it_is_while_rows_far_down_are_joined(
    desk: Desk, sessions: Sessions, encoder: SentenceEncoder
) -> None:
    key = f"orchard-{uuid4().hex[:8]}"
    english = [f"{text} Part {n} of 30." for n in range(30) for text in ENGLISH]
    french = [f"{text} Partie {n} sur 30." for n in range(30) for text in FRENCH]
    aligned(sessions, encoder, key, english, french)
    page = desk.open(f"/review/{key}#row-150")
    cell(page, 150).focus()
    before = cell(page, 150).bounding_box()

    page.keyboard.press("Alt+KeyJ")

    expect(status(page)).to_have_text("French, paragraph 150 of 179: joined")
    after = cell(page, 150).bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=2)
