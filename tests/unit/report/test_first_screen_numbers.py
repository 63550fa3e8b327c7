"""Every number of the first screen, recomputed from the data and the stored predictions."""

import json
import re

import numpy as np
import pytest
from tests.unit.conftest import SHIPPED, small_study_text
from tests.unit.report.first_screen import FirstScreen
from tests.unit.report.recomputed import OUTCOMES, Recomputed

from twoarm.cohort import load_study, read_cohort
from twoarm.report import write_report
from twoarm.study import read_result, run
from twoarm.study.measure.draws import draws

PUBLISHED = SHIPPED.parent / "rescue_stenting_published.csv"
DATA = SHIPPED.parent / "rescue_stenting_synthetic.csv"
MINUS = "\u2212"

pytestmark = pytest.mark.seconds


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first_screen")
    text = small_study_text()
    text += f'\n[benchmark]\nfile = "{PUBLISHED}"\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    run(study, read_cohort(study), out=folder / "run", executor="serial")
    write_report(read_result(folder / "run"))
    return folder / "run"


@pytest.fixture(scope="module")
def screen(finished):
    return FirstScreen((finished / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def again(finished):
    return Recomputed(finished, DATA)


@pytest.fixture(scope="module")
def result(finished):
    """For the counts of the resamples, and the predictions of the full fit for its patients."""
    return read_result(finished)


def points(value):
    return f"{100 * value:+.1f}".replace("-", MINUS)


def size(value):
    return f"{100 * abs(value):.1f}"


def span(low, high):
    if low < 0 < high:
        return f"harm {size(low)} to benefit {size(high)}"
    return " to ".join(sorted((size(low), size(high)), key=float))


def test_patients_centres_replicates_and_events(screen, again):
    d = again.data
    centres = d.centre.nunique()
    assert f"{len(d)} patients · {centres} centres · 12 replicates" in screen.text("kicker")
    for arm in (0, 1):
        assert f"{int(again.y()[again.w == arm].sum())} of {(again.w == arm).sum()}" in screen.text(
            "how-many"
        )


def test_the_average_with_its_interval(screen, again):
    *_, benefit, low, high = again.average()
    said = f"{size(benefit)} more in 100 ({span(low, high)})"
    assert f"{said}, a benefit beyond what chance makes." in screen.text("lead")
    assert said in screen.text("mean")
    assert points(benefit) in screen.text("mean")


def test_every_outcome_in_100_patients(screen, again):
    labels, said = screen.labels["harms"], screen.text("harms")
    for label, name in zip(labels, OUTCOMES, strict=True):
        control, treated, benefit, low, high = again.average(name)
        assert f"only {size(control)}, Rescue stenting {size(treated)}." in label
        kind = "harm" if benefit < 0 else "benefit"
        assert f"{kind} {size(benefit)} ({span(low, high)})" in said


def test_published_effects_on_these_risks(screen, again):
    low, high = again.published(PUBLISHED)
    said = f"give {span(low, high)}."
    assert said.replace("harm ", "harm of ").replace("benefit ", "benefit of ") in screen.text(
        "mean"
    )


def test_the_auc_its_interval_and_harrells(screen, again, result):
    counts = draws(result.plan, np.arange(12)).astype(int)
    full = result.in_sample["mrs_0_2"]
    said = screen.text("auc")
    for arm, risk in enumerate((full.mu0, full.mu1)):
        quoted, low, high, harrell = again.auc(arm, counts, risk)
        assert f"{quoted:.3f} ({low:.3f} to {high:.3f})" in said
        assert f"{harrell:.3f}" in said.split("Harrell")[1]


def test_the_share_and_its_null(screen, again, result, finished):
    said = screen.text("threshold")
    assert f"{100 * again.share():.1f} %" in said
    null = result.value(heterogeneity()).to_quote.benefit
    stored = [np.load(path) for path in sorted((finished / "values").glob("heterogeneity.*.npy"))]
    assert any(np.array_equal(each, null) for each in stored if each.shape == null.shape)
    low, high = np.quantile((null >= 0.15).mean(axis=1), (0.025, 0.975))
    assert f"{100 * low:.1f} % to {100 * high:.1f} %: too few draws to compare" in said


def heterogeneity():
    from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY

    return HETEROGENEITY


def test_the_hidden_factor_and_the_strongest_measured(screen, again):
    said = screen.text("number").split("Hidden factor needed")[1]
    assert f"A risk ratio of {again.hidden(0.15):.1f} would bring the benefit down to 15" in said
    a, b = again.strongest()
    assert f"Strongest measured (open): {a:.1f} and {b:.1f}." in said


def test_who_gains_in_quarters_of_the_predicted_benefit(screen, again):
    benefit = again.benefit(0)
    quarters = list(again.quarters(benefit, benefit))
    said = screen.text("short")
    for name, (_, predicted, mean, low, high) in (
        ("most", quarters[-1]), ("least", quarters[0])
    ):  # fmt: skip
        limits = span(low, high).replace("harm ", "harm of ").replace("benefit ", "benefit of ")
        expected = f"predicted {name}: {points(predicted)}, by outcomes {points(mean)} ({limits})"
        assert expected in said
    (label,) = (each for each in screen.labels["panels"] if "predicted benefit." in each)
    for own, predicted, mean, *_ in quarters:
        expected = f"{own.sum()} patients: predicted {points(predicted)}, estimated {points(mean)}"
        assert expected in label


def test_quarters_of_baseline_risk(screen, again):
    risk = again.blinded_risk()
    (label,) = (each for each in screen.labels["panels"] if "baseline risk." in each)
    said = label.split(". ", 1)[1].split("; ")
    for text, (own, predicted, mean, *_) in zip(
        said, again.quarters(np.round(risk, 6), again.benefit(0)), strict=True
    ):
        cells = [((again.w == a) & (again.y() == b) & own).sum() for a in (0, 1) for b in (0, 1)]
        told = points(mean) if min(cells) and abs(mean) <= 1 else "\u2013"
        assert text.rstrip(".") == (
            f"risk {100 * risk[own].mean():.1f} %, {own.sum()} patients: predicted "
            f"{points(predicted)}, estimated {told}"
        )


def test_the_distribution(screen, again):
    (label,) = (each for each in screen.labels["panels"] if "Histogram" in each)
    benefit = again.benefit()
    assert f"{benefit.size} patients, from {points(benefit.min())} to {points(benefit.max())}" in (
        label
    )


def test_the_bars_of_the_distribution_and_its_outline_add_up(finished, again, result):
    page = (finished / "report.html").read_text(encoding="utf-8")
    svg = re.search(r'<svg class="drawn"[^>]*Histogram.*?</svg>', page, re.DOTALL)[0]
    bars = re.findall(r'<rect class="bar( pale)?" [^>]*height="([\d.]+)"', svg)
    heights = np.array([float(height) for _, height in bars])
    pale = np.array([bool(each) for each, _ in bars])
    benefit = again.benefit()
    expected = (benefit < 0.15).mean()
    assert heights[pale].sum() / heights.sum() == pytest.approx(expected, abs=0.01)
    null = result.value(heterogeneity()).to_quote
    counts = np.histogram(null.benefit.astype(float), null.edges)[0]
    assert np.abs(null.spread - counts / counts.sum()).max() < 1e-3
    path = np.array(
        [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg.split('outline"')[1])]
    )
    areas = 172.0 - path[1:-1:2]  # every step has two corners of one height
    assert areas.sum() / heights.sum() == pytest.approx(1.0, abs=0.02)


def test_what_is_missing_and_how_much_could_not_be_computed(screen, finished, again):
    reasons = json.loads((finished / "summary.json").read_text(encoding="utf-8"))["absent"]
    said = screen.text("missing")
    assert not again.data[["mrs90", "age", "nihss"]].isna().any().any()
    assert "No value is missing" in said
    assert f"({len(set(reasons.values()))} reasons)" in said


def everything(again, result):
    """Every decimal that the first screen may show, from the recomputed numbers."""
    numbers = [again.share(), 0.15, *again.published(PUBLISHED)]
    null = (result.value(heterogeneity()).to_quote.benefit >= 0.15).mean(axis=1)
    numbers += [*np.quantile(null, (0.025, 0.975)), again.benefit().min(), again.benefit().max()]
    for name in OUTCOMES:
        numbers += again.average(name)
    for by in (again.benefit(0), np.round(again.blinded_risk(), 6)):
        for own, *found in again.quarters(by, again.benefit(0)):
            numbers += [by[own].mean(), *found]
    ends = result.value(heterogeneity()).to_quote
    most = max(again.benefit().max(), ends.edges[np.flatnonzero(ends.spread >= 0.001)[-1] + 1])
    shown = {size(each) for each in [*numbers, np.ceil(20 * most - 1e-9) / 20]}
    counts, full = draws(result.plan, np.arange(12)).astype(int), result.in_sample["mrs_0_2"]
    aucs = [again.auc(arm, counts, risk) for arm, risk in enumerate((full.mu0, full.mu1))]
    return (
        shown
        | {f"{value:.3f}" for found in aucs for value in found}
        | {f"{value:.1f}" for value in (again.hidden(0.15), *again.strongest())}
    )


def test_no_number_of_the_first_screen_was_left_out(screen, again, result):
    parts = ("kicker", "lead", "answers", "per100", "numbers", "short", "panels")
    said = [text for part in parts for text in screen.texts.get(part, ())]
    said += [label for part in parts for label in screen.labels.get(part, ())]
    found = set(re.findall(r"\d+\.\d+", " ".join(said)))
    assert len(found) > 60
    assert found - everything(again, result) == set()
