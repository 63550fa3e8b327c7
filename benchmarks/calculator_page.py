"""The bedside page of a run in Chromium: its size, its numbers beside Python's, its first result.

    python -m benchmarks.calculator_page runs/rescue-stenting

A thousand patients drawn within the ranges seen in training, both learners and the range; and the
time from opening the page with a patient in its address to the first result, median of nine, on a
processor slowed down four times as Chromium does it for a phone of the middle class.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks.record import keep
from twoarm.calculator.compact import compact_content
from twoarm.calculator.page import script
from twoarm.modelfile import Model, load_model

PATIENTS, LOADS, SLOWER = 1000, 9, (1, 4)
ARITHMETIC = ("evaluator", "range", "reading", "answer")
PHONE: ViewportSize = {"width": 360, "height": 640}


def drawn(model: Model) -> np.ndarray:
    """Draw patients within what was seen, each predictor alone."""
    rng = np.random.default_rng(20260)
    columns = []
    for predictor in model.codebook:
        seen = model.content["support"][predictor.column]
        if predictor.is_number:
            columns.append(rng.uniform(seen["min"], seen["max"], PATIENTS))
        else:
            columns.append(rng.choice(np.array(seen["levels"], dtype=float), PATIENTS))
    return np.column_stack(columns)


def largest_difference(browser: Browser, model: Model) -> dict[str, float]:
    """Compare the page's arithmetic with Python's, learner by learner."""
    patients = drawn(model)
    code = script(ARITHMETIC).replace("export ", "")
    content = json.dumps(compact_content(model.content, model.codebook))
    page = browser.new_page()
    told = page.evaluate(
        f"() => {{ {code}; const model = {content};"
        "const flat = (all) => Object.values(all)"
        ".flatMap((e) => [e.control, e.treated, e.benefit, ...(e.range ?? [])]);"
        f"return {json.dumps(patients.tolist())}.map((x) => [flat(answer(model, x, 'study')),"
        " flat(answer(model, x, 'recommended'))]); }"
    )
    page.close()
    study, recommended = [], []
    for name in model.outcomes:
        mu = model.risks(patients, name)
        study.append(np.vstack([mu, model.benefit(mu, name)]))
    for name, mu in model.recommended_risks(patients).items():
        ends = model.benefit_range(patients, name, mu)
        recommended.append(np.vstack([mu, model.benefit(mu, name), ends]))
    expected = (np.vstack(study).T, np.vstack(recommended).T)
    return {
        learner: float(np.abs(np.array([each[k] for each in told]) - expected[k]).max())
        for k, learner in enumerate(("study", "recommended"))
    }


def first_result(browser: Browser, page: Path, model: Model, slower: int) -> dict[str, float]:
    """Give milliseconds from opening the page to its first result, and from a key to the next."""
    cells = {
        each.column: str(each.all_levels[int(model.encoding.fill[k])].code)
        if not each.is_number
        else f"{model.encoding.fill[k]:g}"
        for k, each in enumerate(model.codebook)
    }
    address = page.as_uri() + "#" + "&".join(f"{name}={cell}" for name, cell in cells.items())
    opened, updated = [], []
    for _ in range(LOADS):
        context = browser.new_context(viewport=PHONE, offline=True)
        tab = context.new_page()
        tab_session = context.new_cdp_session(tab)
        tab_session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        tab.goto(address)
        tab.wait_for_function("document.querySelector('#say b')")
        opened.append(
            tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        )
        updated.append(
            tab.evaluate(
                "(() => { const box = document.querySelector('.box input');"
                "const start = performance.now(); box.value = '4';"
                "box.dispatchEvent(new Event('input')); return performance.now() - start; })()"
            )
        )
        context.close()
    return {"first_result_ms": float(np.median(opened)), "update_ms": float(np.median(updated))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The bedside page of a run in Chromium.")
    parser.add_argument("run", type=Path)
    asked = parser.parse_args()
    page, model = asked.run / "calculator.html", load_model(asked.run / "model.json")
    html = page.read_bytes()
    found: dict[str, Any] = {"bytes": len(html), "gzipped": len(gzip.compress(html))}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found["chromium"] = browser.version
        found["largest_difference"] = largest_difference(browser, model)
        found["slower"] = {
            str(each): first_result(browser, page.absolute(), model, each) for each in SLOWER
        }
        browser.close()
    print(json.dumps(found, indent=1))
    keep("calculator_page", found)


if __name__ == "__main__":
    main()
