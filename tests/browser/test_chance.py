"""The chance that the benefit exceeds the threshold, as the page says it in three languages."""

import re

import pytest
from tests.browser.test_calculator import TYPICAL, coded, fragment

from twoarm.calculator import calculator_html

CHANCES = {
    "en": r"The chance that the benefit is above ([\d.]+), by this model alone: (.*?) of 100\.",
    "de": r"der Nutzen über ([\d,]+) liegt, allein nach diesem Modell: (.*?) von 100\.",
    "es": r"el beneficio supere ([\d,]+), solo según este modelo: (.*?) de cada 100\.",
}
ENDS = {
    "en": ("more than 99", "less than 1", "about "),
    "de": ("mehr als 99", "weniger als 1", "etwa "),
    "es": ("más de 99", "menos de 1", "alrededor de "),
}


@pytest.mark.parametrize("language", CHANCES)
def test_the_chance_of_a_benefit_above_the_threshold_is_said(opened, model, language):
    page = opened(fragment(TYPICAL), locale=language)
    x = coded(model, TYPICAL)
    risks = model.recommended_risks(x)["mrs_0_2"]
    more, less, about = ENDS[language]
    page.locator("#settings summary").click()
    kinds = set()
    for points in (None, 0, 12.5, 20, 30, 45, 90):
        if points is not None:
            page.locator("#threshold").fill(str(points))
        text = page.locator(".said-threshold").inner_text()
        n, chance = re.search(CHANCES[language], text).groups()
        threshold = 15 if points is None else points
        assert float(n.replace(",", ".")) == threshold
        expected = 100 * model.chance(x, "mrs_0_2", risks, threshold / 100)[0]
        if expected > 99 or expected < 1:
            kinds.add(chance)
            assert chance == (more if expected > 99 else less)
        else:
            kinds.add(about)
            assert chance.startswith(about)
            assert float(chance.removeprefix(about)) == pytest.approx(expected, abs=0.5001)
    assert {less, about} <= kinds
    page.locator(".choice label:has([value=study])").first.click()
    text = page.locator(".said-threshold").inner_text()
    assert "90" in text
    assert not re.search(CHANCES[language], text)


def test_the_chance_is_that_of_the_sites_own_threshold(opened, model, tmp_path):
    path = tmp_path / "site.html"
    path.write_text(calculator_html(model, threshold=0.08), encoding="utf-8")
    text = opened(fragment(TYPICAL), path=path).locator(".said-threshold").inner_text()
    x = coded(model, TYPICAL)
    chance = model.chance(x, "mrs_0_2", model.recommended_risks(x)["mrs_0_2"], 0.08)[0]
    n, stated = re.search(CHANCES["en"], text).groups()
    assert n == "8"
    assert "set by this site" in text
    assert float(re.search(r"\d+", stated)[0]) == pytest.approx(100 * chance, abs=1.0)
