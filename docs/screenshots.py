"""Take the pictures of `docs/images/`: report, calculator, comparison.

``python docs/screenshots.py RUN OTHER`` takes two finished runs of `rescue-stenting` with 200
replicates and more, and needs Playwright and Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from twoarm.comparison import compare_runs
from twoarm.report import write_comparison

FOLDER = Path(__file__).parent / "images"
LARGEST, COLOURS = 200_000, 160
PATIENT = (
    "age=68&female=1&premrs=0&nihss=16&aspects=8&site=M1&lkw_to_puncture_min=357&passes=3&ivt=0"
    "&htn=1&dm=0&af=0&prior_stroke=0&glucose_mmol=7.4"
)


@contextmanager
def opened(page: Path, width: int, height: int, fragment: str = "") -> Iterator[Page]:
    """Open a page in a window of this size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        window = browser.new_page(viewport={"width": width, "height": height})
        window.goto(page.resolve().as_uri() + fragment)
        yield window
        browser.close()


def take(name: str, window: Page) -> None:
    """Save what is seen."""
    path = FOLDER / f"{name}.png"
    taken = Image.open(io.BytesIO(window.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path.name} is above {LARGEST // 1000} kB")


def main() -> None:
    """Take all of them."""
    run, other = map(Path, sys.argv[1:3])
    FOLDER.mkdir(exist_ok=True)
    with opened(run / "report.html", 1280, 800) as window:
        take("report", window)
    with opened(run / "report.html", 360, 640) as window:
        take("report-phone", window)
    with opened(run / "calculator.html", 1280, 800, f"#{PATIENT}") as window:
        take("calculator", window)
    with tempfile.TemporaryDirectory() as folder:
        page = write_comparison(compare_runs(run, other), folder)
        with opened(page, 1280, 800) as window:
            take("compare", window)


if __name__ == "__main__":
    main()
