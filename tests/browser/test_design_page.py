"""The page of a trial's plan in a real browser: the slider says what the plan says."""

import json

import pytest
from tests.browser.test_report_page import SCHEMES, SIZES, violations
from typer.testing import CliRunner

from twoarm.cli.main import app

TYPED = [
    *("--benefit-mean", "0.1", "--benefit-sd", "0.08", "--slope", "0.8", "--control-risk", "0.2"),
    *("--se", "0.04", "0.2", "0.02", "--haircut", "0.05"),
]


@pytest.fixture(scope="session")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("design")
    done = CliRunner().invoke(app, ["design", *TYPED, "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def test_the_slider_says_what_the_plan_says(opened, plan):
    page = opened(path=plan / "design.html")
    steps = json.loads((plan / "design.json").read_text(encoding="utf-8"))["haircuts"]
    slider = page.locator("#haircut")
    for number in (0, len(steps) // 2, len(steps) - 1):
        slider.fill(str(number))
        step = steps[number]
        assert page.inner_text("#haircut-points") == f"{100 * step['haircut']:.1f} points"
        said = [
            float(each.removesuffix(" %"))
            for each in page.locator(".slider dd b").all_inner_texts()
        ]
        assert said == pytest.approx([100 * each for each in step["assurance"]], abs=0.51)


@SIZES
@SCHEMES
def test_the_plan_has_no_violations(opened, plan, size, scheme):
    page = opened(path=plan / "design.html", size=size, scheme=scheme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
