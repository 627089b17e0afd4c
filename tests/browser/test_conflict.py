"""Two reviewers write the same paragraph: both texts are shown, and none is lost."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from service.db.tables import DraftRow
from service.domain.review import State
from tests.browser.article import FRENCH, Article, stored
from tests.browser.conftest import NewDesk
from tests.browser.page import badge, cell, dialog, field, saved, text

pytestmark = pytest.mark.browser

THEIRS = "Après 214 jours, le bac pour Lind est reparti lundi."
MINE = "Après 214 jours, le ferry pour Lind est enfin reparti lundi."


@dataclass(frozen=True, slots=True)
class Conflict:
    """A page on which my text was just refused, as theirs came first."""

    page: Page
    article: Article
    sessions: sessionmaker[Session]

    def answer(self, name: str) -> None:
        dialog(self.page).get_by_role("button", name=name).click()

    def stored(self) -> tuple[State, str]:
        link = stored(self.sessions, self.article.french, 2)
        assert link.draft is not None
        return link.state, link.draft.text

    def drafts(self) -> list[str]:
        """Return every text that the link ever had."""
        link = stored(self.sessions, self.article.french, 2)
        with self.sessions.begin() as session:
            query = select(DraftRow.text).where(DraftRow.link_id == link.id).order_by(DraftRow.seq)
            return list(session.scalars(query))


@pytest.fixture
def conflict(new_desk: NewDesk, article: Article, sessions: sessionmaker[Session]) -> Conflict:
    """Two reviewers open the page; they approve their text, then I approve mine."""
    mine, theirs = new_desk().open(article.path), new_desk().open(article.path)
    for page, words in ((theirs, THEIRS), (mine, MINE)):
        text(cell(page, 3)).click()
        field(page).fill(words)
        page.keyboard.press("Control+Enter")
        if page is theirs:
            expect(badge(cell(page, 3))).to_have_text("approved")
    expect(dialog(mine)).to_be_visible()
    return Conflict(mine, article, sessions)


def test_dialog_shows_both_texts_with_the_words_that_differ(conflict: Conflict) -> None:
    box = dialog(conflict.page)

    expect(box.locator('[data-side="mine"]')).to_have_text(MINE)
    expect(box.locator('[data-side="theirs"]')).to_have_text(THEIRS)
    expect(box.locator('[data-side="mine"] mark')).to_have_text(["ferry", "enfin "])
    expect(box.locator('[data-side="theirs"] mark')).to_have_text(["bac"])
    expect(box.locator('[data-side="mine"]')).to_have_attribute("lang", "fr")
    expect(box.get_by_role("alert")).to_contain_text("French, paragraph 3 of 8")
    expect(box.get_by_role("heading", name="Theirs (approved)")).to_be_visible()


def test_a_key_meant_for_the_text_chooses_nothing(conflict: Conflict) -> None:
    for key in ("Enter", "Space", "Control+Enter", "Alt+ArrowDown"):
        conflict.page.keyboard.press(key)

    expect(dialog(conflict.page)).to_be_visible()
    assert conflict.stored() == (State.APPROVED, THEIRS)


def test_keep_mine_writes_mine_on_top_of_theirs(conflict: Conflict) -> None:
    conflict.answer("Keep mine")

    expect(saved(cell(conflict.page, 3))).to_have_text("saved")
    expect(text(cell(conflict.page, 3))).to_have_text(MINE)
    assert conflict.stored() == (State.APPROVED, MINE)
    assert conflict.drafts() == [FRENCH[2], THEIRS, MINE]


def test_take_theirs_shows_theirs_and_mine_can_be_brought_back(conflict: Conflict) -> None:
    conflict.answer("Take theirs")

    expect(text(cell(conflict.page, 3))).to_have_text(THEIRS)
    expect(badge(cell(conflict.page, 3))).to_have_text("approved")
    conflict.page.get_by_role("button", name="Bring it back").click()
    expect(field(conflict.page)).to_have_value(MINE)
    assert conflict.stored() == (State.APPROVED, THEIRS)


def test_edit_puts_mine_into_the_field_and_theirs_above_it(conflict: Conflict) -> None:
    conflict.answer("Edit")

    expect(cell(conflict.page, 3).locator("textarea")).to_be_focused()
    expect(field(conflict.page)).to_have_value(MINE)
    expect(conflict.page.locator(".reference .text")).to_have_text(THEIRS)
    field(conflict.page).fill("Les deux.")
    conflict.page.keyboard.press("Control+Enter")
    expect(saved(cell(conflict.page, 3))).to_have_text("saved")
    expect(conflict.page.locator(".reference")).to_have_count(0)
    assert conflict.stored() == (State.APPROVED, "Les deux.")


def test_closing_the_dialog_keeps_mine_within_reach_even_after_a_reload(
    conflict: Conflict,
) -> None:
    page = conflict.page
    page.keyboard.press("Escape")
    expect(text(cell(page, 3))).to_have_text(THEIRS)
    expect(cell(page, 3)).to_contain_text("This draft changed after you typed.")
    expect(saved(cell(page, 3))).to_have_text("your text is kept")
    expect(page.locator("[data-alignment] .approved").first).to_have_text("1")

    for clean in ("", "localStorage.clear()"):
        expect(saved(cell(page, 3))).not_to_have_text("saving…")
        page.evaluate(clean)
        page.reload()
        expect(text(cell(page, 3))).to_have_text(THEIRS)
        # Editing begins with the decision: nothing is typed over the text that waits.
        text(cell(page, 3)).click()
        expect(dialog(page).locator('[data-side="mine"]')).to_have_text(MINE)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Compare").click()
    conflict.answer("Keep mine")

    expect(saved(cell(page, 3))).to_have_text("saved")
    assert conflict.stored()[1] == MINE


def test_a_draft_that_moved_while_i_was_away_is_offered_not_overwritten(
    new_desk: NewDesk, article: Article, sessions: sessionmaker[Session]
) -> None:
    desk = new_desk()
    mine, theirs = desk.open(article.path), new_desk().open(article.path)
    text(cell(mine, 3)).click()
    field(mine).fill(MINE)
    expect(saved(cell(mine, 3))).to_have_text("saved")
    mine.close()
    text(cell(theirs, 3)).click()
    field(theirs).fill(THEIRS)
    theirs.keyboard.press("Control+Shift+Enter")
    expect(badge(cell(theirs, 3))).to_have_text("draft")

    mine = desk.open(article.path)

    expect(text(cell(mine, 3))).to_have_text(THEIRS)
    expect(cell(mine, 3)).to_have_accessible_name(
        "French, paragraph 3 of 8, draft, changed since you typed"
    )
    cell(mine, 3).focus()
    mine.keyboard.press("Control+Enter")
    expect(dialog(mine)).to_be_visible()
    link = stored(sessions, article.french, 2)
    assert link.draft is not None
    assert (link.state, link.draft.text) == (State.DRAFT, THEIRS)


def test_approving_what_somebody_rewrote_asks_first(new_desk: NewDesk, article: Article) -> None:
    mine, theirs = new_desk().open(article.path), new_desk().open(article.path)
    text(cell(theirs, 3)).click()
    field(theirs).fill(THEIRS)
    theirs.keyboard.press("Control+Shift+Enter")
    expect(badge(cell(theirs, 3))).to_have_text("draft")

    cell(mine, 3).focus()
    mine.keyboard.press("Control+Enter")

    expect(dialog(mine).locator('[data-side="mine"]')).to_have_text(FRENCH[2])
    expect(dialog(mine).locator('[data-side="theirs"]')).to_have_text(THEIRS)


def test_the_same_decision_twice_is_no_conflict(new_desk: NewDesk, article: Article) -> None:
    pages = [new_desk().open(article.path), new_desk().open(article.path)]

    for page in pages:
        cell(page, 3).focus()
        page.keyboard.press("Control+Enter")
        expect(badge(cell(page, 3))).to_have_text("approved")

    expect(dialog(pages[1])).to_be_hidden()


def test_conflicts_are_decided_one_after_another(new_desk: NewDesk, article: Article) -> None:
    mine, theirs = new_desk().open(article.path), new_desk().open(article.path)
    for row in (3, 4):
        text(cell(theirs, row)).click()
        field(theirs).fill(f"Eux {row}")
        theirs.keyboard.press("Control+Shift+Enter")
        expect(badge(cell(theirs, row))).to_have_text("draft")

    cell(mine, 3).focus()
    # Both at once: between two real keys the first dialog could already be open.
    mine.evaluate(
        """() => {
          const keys = { key: "Enter", code: "Enter", ctrlKey: true };
          for (let i = 0; i < 2; i++) {
            const options = { ...keys, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
          }
        }"""
    )

    # Which refusal comes back first is not ours to say.
    shown = dialog(mine).locator('[data-side="theirs"]')
    expect(shown).to_have_text(re.compile("Eux [34]"))
    other = {"Eux 3": "Eux 4", "Eux 4": "Eux 3"}[shown.inner_text()]
    dialog(mine).get_by_role("button", name="Take theirs").click()
    expect(shown).to_have_text(other)
    dialog(mine).get_by_role("button", name="Take theirs").click()
    for row in (3, 4):
        expect(text(cell(mine, row))).to_have_text(f"Eux {row}")


PAIRS = (
    ("", ""),
    ("un", ""),
    ("un deux trois", "un trois deux"),
    ("même", "même"),
    ("a\u00a0: b", "a : b"),
    ("мир и труд", "мир, труд"),
    ("x " * 3000, "y " * 3000),
)
COMPARE = """
async (pairs) => {
  const { compareWords } = await import("/static/review/words.js");
  return pairs.map(([mine, theirs]) => compareWords(mine, theirs));
}
"""


def test_marked_runs_are_the_whole_texts(new_desk: NewDesk) -> None:
    page = new_desk().open("/review")

    compared = page.evaluate(COMPARE, [list(pair) for pair in PAIRS])

    for (mine, theirs), (left, right) in zip(PAIRS, compared, strict=True):
        assert "".join(run["text"] for run in left) == mine
        assert "".join(run["text"] for run in right) == theirs
        shared = ["".join(run["text"] for run in runs if run["same"]) for runs in (left, right)]
        assert shared[0] == shared[1]
        assert all(run["same"] for run in left + right) == (mine == theirs)
    marked = ["".join(run["text"] for run in runs if not run["same"]) for runs in compared[4]]
    assert marked == ["\u00a0", " "]
