"""Five hundred paragraphs beside two drafts: quick to load, to scroll and to type in."""

import logging
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session, sessionmaker

from service.domain.review import State
from tests.browser.article import ENGLISH, Article, make_article, stored
from tests.browser.conftest import Desk
from tests.browser.page import cell, field, text

log = logging.getLogger(__name__)
pytestmark = pytest.mark.browser

COPIES = 63
"""504 paragraphs."""

TYPED = "quelques mots de plus, vite"

FRAMES = """
() => new Promise((resolve) => {
  const frames = [];
  let y = 0;
  const step = (now) => {
    frames.push(now);
    scrollTo(0, (y += 60));
    if (frames.length < 120) requestAnimationFrame(step);
    else resolve(119_000 / (frames.at(-1) - frames[0]));
  };
  requestAnimationFrame(step);
})
"""
KEY_TO_FRAME = """
() => {
  window.keyTimes = [];
  document.addEventListener("keydown", (event) => {
    const pressed = performance.now();
    requestAnimationFrame(() => setTimeout(() => keyTimes.push(performance.now() - pressed)));
  }, true);
}
"""


@pytest.fixture(scope="module")
def large(sessions: sessionmaker[Session]) -> Article:
    """Return an article of 504 paragraphs; its tests write to different ones."""
    return make_article(sessions, copies=COPIES)


def measure(page: Page, path: str) -> dict[str, float]:
    """Return milliseconds to load, frames a second while scrolling, and milliseconds a key."""
    page.goto(path, wait_until="load")
    load_ms = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    fps = page.evaluate(FRAMES)
    text(cell(page, 251)).click()
    page.evaluate(KEY_TO_FRAME)
    page.keyboard.type(TYPED)
    page.wait_for_function("count => keyTimes.length >= count", arg=len(TYPED))
    times = sorted(page.evaluate("keyTimes"))
    return {"load_ms": load_ms, "fps": fps, "key_ms": times[len(times) // 2], "key_max": times[-1]}


def test_no_key_is_lost_while_it_is_measured(desk: Desk, large: Article) -> None:
    page = desk.open(large.path)

    figures = measure(page, page.url)

    # Seen with `--log-cli-level=INFO`; for information, as another machine has other figures.
    log.info("%s", {name: round(value) for name, value in figures.items()})
    expect(field(page)).to_have_value(re.compile(re.escape(TYPED)))


def test_every_row_is_there_for_readers_and_search(desk: Desk, large: Article) -> None:
    page = desk.open(large.path)

    expect(page.get_by_role("listitem").filter(has=page.locator(".number"))).to_have_count(
        COPIES * len(ENGLISH)
    )
    assert page.evaluate("find('шесть рейсов в день')")


def test_an_address_with_a_row_opens_there_below_the_header(desk: Desk, large: Article) -> None:
    page = desk.open(f"{large.path}#row-403")

    expect(page.locator("#row-403")).to_be_in_viewport()
    bar = page.locator(".bar").bounding_box()
    row = page.locator("#row-403").bounding_box()
    assert bar is not None
    assert row is not None
    assert row["y"] >= bar["y"] + bar["height"]


def test_approving_goes_on_far_down_the_page(
    desk: Desk, large: Article, sessions: sessionmaker[Session]
) -> None:
    page = desk.open(f"{large.path}#row-499")
    text(cell(page, 499, 1)).click()
    for _ in range(3):
        page.keyboard.press("Control+Enter")

    focused = cell(page, 502, 1).locator("textarea")
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-alignment] .approved").nth(1)).to_have_text("3")
    assert stored(sessions, large.russian, 500).state is State.APPROVED
    expect(field(page)).to_have_count(1)
