"""The report in a real browser, from the disk, without a network: first screen, phone, print."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.unit.conftest import SHIPPED, small_study_text

from twoarm.cohort import load_study, read_cohort
from twoarm.report import write_report
from twoarm.study import run

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}
SIZES = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
RULES = {
    "resultTypes": ["violations"],  # of the others axe names one place each
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

ASKED = {
    "compared": "what was compared",
    "how-many": "how many",
    "mean": "mean benefit, and how sure",
    "auc": "does the AUC hold",
    "threshold": "how many above the threshold, how many by chance",
    "causal": "can it be causal",
    "harms": "harms",
    "whom": "whom",
    "missing": "what is missing",
    "now": "what now",
}
"""The ten questions of a reader, by the mark of the part that answers."""

MOST_BYTES = 5_000_000
MOST_PAGES = 60


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    published = SHIPPED.parent / "rescue_stenting_published.csv"
    text = small_study_text() + f'\n[benchmark]\nfile = "{published}"\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    return write_report(run(study, read_cohort(study), out=folder / "run", executor="serial"))


@pytest.fixture
def page_of(opened, report):
    def page(fragment="", **options):
        return opened(fragment, path=report, **options)

    return page


@pytest.mark.parametrize(("size", "screens"), [(WIDE, 1), (PHONE, 3)], ids=["wide", "phone"])
def test_ten_questions_are_answered_at_the_start(page_of, size, screens):
    page = page_of(size=size)
    ends = page.evaluate(
        "[...document.querySelectorAll('[data-answers]')].map((each) => {"
        "  const box = each.getBoundingClientRect();"
        "  return [each.dataset.answers, box.bottom + scrollY, each.innerText.length]; })"
    )
    first = {}
    for name, bottom, length in ends:
        assert length > 10
        first[name] = min(bottom, first.get(name, 1e9))
    assert first.keys() >= ASKED.keys()
    late = {ASKED[name]: first[name] for name in ASKED if first[name] > screens * size["height"]}
    assert late == {}


def violations(page):
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 15
    return [
        (each["id"], node["target"], node["failureSummary"])
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (WIDE, "dark")])
def test_axe_finds_nothing(page_of, size, scheme):
    assert violations(page_of(size=size, scheme=scheme)) == []


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (WIDE, "light")])
def test_axe_finds_nothing_where_all_is_unfolded_and_a_word_explained(page_of, size, scheme):
    page = page_of(size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.locator(".term").first.click()
    assert violations(page) == []


@SIZES
@SCHEMES
def test_nothing_is_wider_than_the_screen(page_of, size, scheme):
    page = page_of(size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')]"
        ".filter((each) => !each.closest('.scroll, svg'))"
        ".filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)"
        ".map((each) => each.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_a_wide_table_is_cards_on_a_phone(page_of):
    page = page_of(size=PHONE)
    table = page.locator("#table-auc")
    assert table.locator("tbody tr").count() == 8
    for row in table.locator("tbody tr").all():
        assert row.locator("td").first.is_visible()  # also where a wide table joins equal cells
        assert row.bounding_box()["width"] <= 330
    cell = "document.querySelector('#table-auc td:nth-child(3)')"
    assert page.evaluate(f"getComputedStyle({cell}, '::before').content") == '"Events"'


@SIZES
def test_words_of_statistics_explain_themselves_with_the_keyboard(page_of, size):
    page = page_of(size=size)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('term')"):
            break
    word = page.evaluate("document.activeElement.getAttribute('popovertarget')")
    explained = page.locator(f"#{word}")
    assert page.evaluate("document.activeElement.title") in explained.inner_text()
    assert not explained.is_visible()
    page.keyboard.press("Enter")
    assert explained.is_visible()
    box = explained.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    page.keyboard.press("Escape")
    assert not explained.is_visible()


def test_every_explained_word_leads_to_its_explanation(page_of):
    page = page_of()
    targets = page.evaluate(
        "[...document.querySelectorAll('.term')].map((each) => each.getAttribute('popovertarget'))"
    )
    words = page.evaluate("[...document.querySelectorAll('.word')].map((each) => each.id)")
    assert set(targets) == set(words)
    assert len(words) > 10


@SIZES
def test_the_navigation_stays_in_sight_and_no_heading_hides_behind_it(page_of, size):
    page = page_of(size=size)
    for link in page.locator("nav a").all():
        target = link.get_attribute("href")
        page.evaluate("(target) => { location.hash = target; }", target)
        bar = page.locator("nav").bounding_box()
        assert bar["y"] <= 30  # below the banner at the very top, else at the edge
        top = page.locator(target).bounding_box()["y"]
        assert top >= bar["y"] + bar["height"] - 1


def test_whatever_is_folded_is_printed(page_of):
    hidden = (
        "[...document.querySelectorAll('details > :not(summary)')]"
        ".filter((each) => each.checkVisibility({ contentVisibilityAuto: true }) === false"
        "  || each.getBoundingClientRect().height === 0)"
        ".map((each) => each.outerHTML.slice(0, 80))"
    )
    assert page_of().evaluate(hidden) != []
    page = page_of()
    page.emulate_media(media="print")
    assert page.locator("details").count() > 10
    assert page.evaluate(hidden) == []
    assert page.locator("nav").is_hidden()
    assert page.locator("#words").is_visible()
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert 15 < pages < MOST_PAGES


def test_the_page_is_one_small_file_without_script(report):
    page = report.read_text(encoding="utf-8")
    assert len(page.encode("utf-8")) < MOST_BYTES
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
