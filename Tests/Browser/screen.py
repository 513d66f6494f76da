"""One browser window: what it shows is looked at by axe, and kept as a picture."""

from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

# What is looked for: WCAG 2.2 up to AA, and what is good practice beside.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (320, 640), "desktop": (1280, 800)}


@dataclass
class Screen:
    page: object
    pictures: Path
    name: str

    def look(self, what: str) -> None:
        """No violation, nothing wider than the window; a picture is kept."""
        self.page.screenshot(path=self.pictures / f"{what}-{self.name}.png", full_page=True)
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert found.violations_count == 0, f"{what} {self.name}\n{found.generate_report()}"
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{what} {self.name} is {width} wide"
