"""The picture of an article: reached, gone through and left again with the keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.article import Article
from tests.browser.conftest import Desk, NewDesk
from tests.browser.page import cell, text
from tests.browser.test_accessibility import DOUBLE_IDS, HEADINGS, LOW_CONTRAST, UNNAMED

pytestmark = pytest.mark.browser


def ribbons(page: Page) -> Locator:
    """Return all ribbons of all pictures."""
    return page.locator(".picture a.ribbon")


def tab_until(page: Page, wanted: str) -> None:
    """Press the Tab key until the focus is on what a selector finds."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").evaluate("(it, wanted) => it.matches(wanted)", wanted):
            return
    pytest.fail(f"the Tab key does not reach {wanted}")


def test_picture_is_reached_by_keyboard_and_a_ribbon_leads_back_to_its_row(
    desk: Desk, article: Article
) -> None:
    page = desk.open(f"{article.path}?column={article.human}")
    tab_until(page, ".views a:not([aria-current])")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/overview\?column="))
    expect(ribbons(page)).to_have_count(7)

    tab_until(page, "a.ribbon")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.ribbon:focus")).to_have_accessible_name(re.compile("match 31 %"))
    expect(page.locator(".picture figcaption")).to_contain_text("English, original ¶ 3, 4:")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"#row-3$"))
    expect(page.locator("#row-3")).to_be_in_viewport()
    expect(text(cell(page, 3))).to_contain_text("Lundi, après 214 jours")


def test_each_picture_is_one_stop_of_the_tab_key(desk: Desk, article: Article) -> None:
    page = desk.open(f"{article.path}/overview")
    tab_until(page, "a.ribbon")
    page.keyboard.press("End")
    last = page.locator(".picture").nth(0).locator("a.ribbon").last
    expect(last).to_be_focused()

    page.keyboard.press("Tab")
    expect(page.locator(".picture").nth(1).locator("a.ribbon").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(last).to_be_focused()


def test_a_click_on_a_paragraph_leads_to_its_row(desk: Desk, article: Article) -> None:
    page = desk.open(f"{article.path}/overview")

    page.locator("a.block", has_text="Traduit par nos soins").click()

    expect(page.locator(":target")).to_contain_text("Traduit par nos soins")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_follows_the_scheme_of_the_page(
    new_desk: NewDesk, article: Article, scheme: str
) -> None:
    page = new_desk(color_scheme=scheme).open(f"{article.path}/overview")

    ground = page.locator("rect.ground").first.evaluate("it => getComputedStyle(it).fill")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(29, 32, 36)"}[scheme]
    assert page.evaluate(LOW_CONTRAST) == []
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(DOUBLE_IDS) == []
    assert page.evaluate(HEADINGS) == [1]


def test_picture_is_wider_than_a_narrow_screen_and_the_page_is_not(
    desk: Desk, article: Article
) -> None:
    page = desk.open(f"{article.path}/overview")
    page.set_viewport_size({"width": 390, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_ribbons_can_be_followed_without_scripts(new_desk: NewDesk, article: Article) -> None:
    page = new_desk(java_script_enabled=False).open(f"{article.path}/overview")

    ribbons(page).first.click()

    expect(page).to_have_url(re.compile(r"#row-1$"))
