"""Pages as people have them: Debian's Chromium by Playwright, on the house that the suite uses."""

import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="chromium is not installed"))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox does not run as root, and containers have little shared memory.
        options = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots(house) -> Path:
    folder = house.run.parent / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
