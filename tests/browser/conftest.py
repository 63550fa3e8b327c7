"""A calculator with gaps and levels, opened from the disk in a real browser without a network."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from twoarm.calculator import write_calculator
from twoarm.cohort import load_study, read_cohort
from twoarm.modelfile import load_model
from twoarm.study import run
from twoarm.study.judge.registry import QUESTIONS

SHIPPED = Path(load_study("rescue-stenting").path)

SMALL = """
[model]
members = ["mean", "spline_logistic", "elastic_net", "forest", "boosting"]
inner_folds = 3

[model.forest]
trees = 15

[model.boosting]
trees = 10

[validation]
replicates = 2
cross_fit_folds = 2
cross_fit_repeats = 1
heterogeneity_draws = 2

[importance]
repeats = 1
"""
QUICK = ("target trial", "overlap", "average effect", "ranking", "discrimination", "coherence")
UNKNOWN = ("glucose_mmol", "site", "dm")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    """A browser and a run take seconds."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.seconds)


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('cohort = "rescue', f'cohort = "{SHIPPED.parent}/rescue')
    for column in UNKNOWN:
        entry = f'[[predictors]]\ncolumn = "{column}"\n'
        assert entry in text
        text = text.replace(entry, f"{entry}may_be_missing = true\n")
    path = tmp_path_factory.mktemp("browser") / "study.toml"
    path.write_text(text[: text.index("[model]")] + SMALL, encoding="utf-8")
    study = load_study(path)
    folder = path.with_name("run")
    asked = [each for each in QUESTIONS if each.name in QUICK]
    run(study, read_cohort(study), out=folder, executor="serial", questions=asked)
    return folder / "model.json"


@pytest.fixture(scope="session")
def model(model_file):
    return load_model(model_file)


@pytest.fixture(scope="session")
def calculator(model_file):
    return write_calculator(model_file)


@pytest.fixture(scope="session")
def browser():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("these tests need Chromium, such as Debian's package chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, calculator):
    """Open the page, the network cut; a complaint of the browser or a request fails the test."""
    contexts, complaints, requests = [], [], []

    def open_page(fragment="", *, size=WIDE, scheme="light", locale="en-GB", path=calculator):
        context = browser.new_context(
            viewport=size, color_scheme=scheme, locale=locale, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith("file:")] == []
