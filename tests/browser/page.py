"""Where things are on the review page."""

from playwright.sync_api import Locator, Page


def cell(page: Page, row: int, column: int = 0) -> Locator:
    """Return the cells of a row (from 1) in a column (from 0); mostly one."""
    return page.locator(f'#row-{row} .target[data-column="{column}"] .cell[data-link]')


def text(cell: Locator) -> Locator:
    """Return what a cell shows."""
    return cell.locator(":scope > .text")


def field(page: Page) -> Locator:
    """Return the live field."""
    return page.locator("textarea")


def saved(cell: Locator) -> Locator:
    """Return what a cell says of its saving."""
    return cell.locator(".save")


def badge(cell: Locator) -> Locator:
    """Return what a cell says of its state."""
    return cell.locator(".badge")


def dialog(page: Page) -> Locator:
    """Return the dialog of a conflict."""
    return page.locator("#conflict")


def press_code(page: Page, *, code: str, key: str, modifiers: int = 0) -> None:
    """Press the key at a place of the keyboard on which a layout prints another letter.

    ``modifiers``: 1 Alt, 2 Ctrl, 4 Meta, 8 Shift, added up.
    """
    session = page.context.new_cdp_session(page)
    event = {"code": code, "key": key, "modifiers": modifiers}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    session.detach()


def pull_the_plug(page: Page) -> None:
    """Close a page that gets no chance to send anything, as where the power fails."""
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()
