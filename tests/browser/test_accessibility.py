"""What people need who read with their ears, with the keyboard, in the dark, or large."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.article import Article
from tests.browser.conftest import Desk, NewDesk
from tests.browser.page import cell, field, text

pytestmark = pytest.mark.browser

UNNAMED = """
() => [...document.querySelectorAll("button, a, input, textarea, select, [tabindex='0']")]
  .filter((it) => !it.closest("dialog:not([open])"))
  .filter((it) => !(it.ariaLabel || it.textContent.trim() || it.labels?.length))
  .map((it) => it.outerHTML.slice(0, 200))
"""
WITHOUT_LANGUAGE = """
() => [...document.querySelectorAll(".text, textarea")]
  .filter((it) => !it.closest("dialog, template") && !(it.lang && it.dir === "auto"))
  .map((it) => it.outerHTML.slice(0, 200))
"""
HEADINGS = """
() => [...document.querySelectorAll("h1, h2, h3")].filter((it) => it.checkVisibility())
  .map((it) => Number(it.tagName[1]))
"""
DOUBLE_IDS = """
() => [...document.querySelectorAll("[id]")].map((it) => it.id)
  .filter((id, index, all) => all.indexOf(id) !== index)
"""
LOW_CONTRAST = """
() => {
  const channel = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (it) => {
    for (; it; it = it.parentElement) {
      const colour = rgba(getComputedStyle(it).backgroundColor);
      if (colour[3] === 255) return light(colour);
    }
    return light(rgba("Canvas"));
  };
  const low = [];
  for (const it of document.querySelectorAll("body *")) {
    const own = [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !it.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(it).color)), ground(it)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) low.push(`${contrast.toFixed(2)} ${it.className || it.tagName}`);
  }
  return low;
}
"""


def settled(page: Page) -> Page:
    """Return the page when no colour is on its way to another."""
    page.wait_for_timeout(200)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(new_desk: NewDesk, article: Article, scheme: str) -> None:
    page = new_desk(color_scheme=scheme).open(f"{article.path}?column={article.human}")
    assert settled(page).evaluate(LOW_CONTRAST) == []

    page.goto(page.url.partition("?")[0])
    cell(page, 1).focus()
    page.keyboard.press("Control+Enter")
    text(cell(page, 5)).click()
    field(page).fill("autre")
    expect(cell(page, 5).locator(".save")).to_have_text("saved")
    assert settled(page).evaluate(LOW_CONTRAST) == []
    page.locator("#show-keys").click()
    assert settled(page).evaluate(LOW_CONTRAST) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(246, 246, 243)", "dark": "rgb(22, 24, 27)"}[scheme]


def test_controls_have_names_texts_a_language_and_headings_an_order(
    desk: Desk, article: Article
) -> None:
    page = desk.open(f"{article.path}?column={article.french}&column={article.human}")
    text(cell(page, 1)).click()

    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(WITHOUT_LANGUAGE) == []
    assert page.evaluate(DOUBLE_IDS) == []
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    languages = page.locator("#row-1 .text").evaluate_all("all => all.map((it) => it.lang)")
    assert set(languages) == {"en", "fr"}


def test_a_cell_says_where_it_is_and_how_it_stands(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)

    expect(cell(page, 5)).to_have_accessible_name(
        "French, paragraph 5 of 8, machine draft, 1 warning"
    )
    expect(cell(page, 3)).to_have_accessible_name("French, paragraph 3 of 8, machine draft")
    cell(page, 3).focus()
    page.keyboard.press("Control+Enter")
    expect(cell(page, 3)).to_have_accessible_name("French, paragraph 3 of 8, approved")


def test_everything_is_reached_with_the_tab_key_and_shows_its_focus(
    desk: Desk, article: Article
) -> None:
    page = desk.open(article.path)
    outlines = []
    for _ in range(11):
        page.keyboard.press("Tab")
        outlines.append(
            page.locator(":focus").evaluate("it => [it.className, getComputedStyle(it).outline]")
        )

    names = [name for name, _ in outlines]
    assert names[0] == "skip"
    # One cell is a stop, however many there are: Alt and the arrows lead to the others.
    assert names.count("cell") == 1
    assert names.count("number") == 1
    assert all("2px" in outline or "auto" in outline for _, outline in outlines), outlines


def test_tab_key_comes_back_to_the_cell_that_was_left(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    cell(page, 1).focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")

    page.keyboard.press("Shift+Tab")
    expect(page.locator("#row-2 .number")).to_be_focused()
    page.keyboard.press("Tab")

    expect(cell(page, 2, 1)).to_be_focused()
    expect(page.locator("#rows [tabindex='0']")).to_have_count(2)


def test_field_shows_its_focus_where_colours_are_forced(
    new_desk: NewDesk, article: Article
) -> None:
    page = new_desk(forced_colors="active").open(article.path)
    text(cell(page, 3)).click()

    outline = field(page).evaluate("it => getComputedStyle(it).outlineStyle")

    assert outline == "solid"


def test_skipping_goes_to_the_paragraphs(desk: Desk, article: Article) -> None:
    page = desk.open(article.path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_columns_stand_under_each_other_on_a_narrow_screen(
    new_desk: NewDesk, article: Article
) -> None:
    page = new_desk().open(article.path)
    page.set_viewport_size({"width": 390, "height": 800})

    boxes = [box for column in (0, 1) if (box := cell(page, 3, column).bounding_box()) is not None]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(cell(page, 3).locator(".place")).to_have_text("French, machine draft")
    text(cell(page, 7, 1)).click()
    expect(field(page)).to_be_in_viewport(ratio=1)


def test_nothing_moves_for_those_who_want_no_motion(new_desk: NewDesk, article: Article) -> None:
    page = new_desk(reduced_motion="reduce").open(article.path)

    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator(".cell").first.evaluate(
        "it => getComputedStyle(it).transitionDuration"
    ) in {"0s", ""}


def test_the_list_leads_to_the_article(desk: Desk, article: Article) -> None:
    page = desk.open("/review")
    entry = page.locator(".article", has_text=article.key)

    expect(entry).to_contain_text("French, machine draft")
    expect(entry).to_contain_text("0 of 7 approved")
    entry.get_by_role("link", name="The ferry is back").click()

    expect(page).to_have_url(re.compile(article.path))
    expect(page).to_have_title(re.compile("The ferry is back"))


def test_an_unknown_article_is_a_page_that_says_so(desk: Desk) -> None:
    page = desk.open("/review/nothing-of-the-kind")

    expect(page.get_by_role("heading")).to_have_text("No such article")
    expect(page.get_by_role("link", name="All articles")).to_be_visible()


def test_it_can_be_read_without_scripts(new_desk: NewDesk, article: Article) -> None:
    page = new_desk(java_script_enabled=False).open(article.path)

    expect(cell(page, 3)).to_be_visible()
    expect(page.locator("noscript .notice")).to_contain_text("need JavaScript")
