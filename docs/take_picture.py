"""Take the README's picture of the review page: `make picture`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
SIZE = {"width": 1280, "height": 860}


def main() -> None:
    """Run the demonstration in a folder of its own, and photograph its page in both schemes."""
    chromium = os.environ.get("TRIPTYCH_CHROMIUM") or shutil.which("chromium")
    folder = Path(tempfile.mkdtemp(prefix="triptych-picture-"))
    folder.chmod(0o711)
    demo = subprocess.Popen(
        [sys.executable, "-m", "service", "demo", "--port", "8700"],
        env=os.environ | {"TRIPTYCH_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = next(
            found[1]
            for line in demo.stdout or []
            if (found := re.search(r"page is at (http\S+)", line))
        )
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport=SIZE, color_scheme="dark" if scheme == "dark" else "light"
                )
                page.goto(address)
                page.keyboard.press("Alt+ArrowDown")
                page.wait_for_timeout(500)
                page.screenshot(path=DOCS / f"review-{scheme}.png")
            browser.close()
    finally:
        demo.terminate()
        demo.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
