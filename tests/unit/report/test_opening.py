"""The first screen where something is absent, and the one number to quote everywhere."""

import csv
import dataclasses
import re

import numpy as np
import pytest

from twoarm.diagnostics import Absent
from twoarm.report import write_report
from twoarm.report.glossary import Glossary, Term, glossary
from twoarm.report.opening import opening
from twoarm.report.opening.care import MOST
from twoarm.report.opening.drawn import Scale, label, svg
from twoarm.report.sections import sections
from twoarm.report.sentences import sentences
from twoarm.report.terminal import terminal_summary
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING

pytestmark = pytest.mark.usefixtures("unrendered")

ASKED = (AVERAGE_EFFECT, HETEROGENEITY, E_VALUE, RANKING, BASELINE_RISK, COMPARISON)


def texts_of(found):
    """Give every text of the first screen, without tags."""
    parts = [found.lead, *(card.text for card in found.cards)]
    parts += [each.said for each in found.outcomes] + [each.said for each in found.numbers]
    parts += [text for each in found.lines for text in each.texts]
    parts += [panel.note for panel in found.panels]
    return [re.sub(r"<[^>]+>", "", str(each)) for each in parts]


def test_an_interim_result_has_a_first_screen_without_answers(interim, tmp_path):
    found = opening(interim)
    assert found.cards == ()
    assert all("not computed in an interim result" in text for text in texts_of(found)[1:5])
    page = write_report(interim, tmp_path).read_text(encoding="utf-8")
    assert "The questions are asked when the run is finished." in page


@pytest.mark.parametrize("question", ASKED, ids=lambda each: each.name)
def test_whatever_is_absent_leaves_its_reason_and_no_blank(small_result, question, tmp_path):
    reason = "too few patients to tell, for a test"
    changed = without(small_result, question, reason)
    found = opening(changed)
    assert any(reason in text for text in texts_of(found))
    assert all(each.drawing or reason in str(each.said) for each in found.numbers)
    assert all(panel.drawing or reason in panel.note for panel in found.panels)
    for text in texts_of(found):
        assert text.strip()
        assert not re.search(r"\bnan\b|\bNone\b(?! is given|:)|\binf\b", text)
    page = write_report(changed, tmp_path).read_text(encoding="utf-8")
    assert "could not be written" not in page


def without(result, question, reason):
    """Give the result without the answers to a question."""
    values = {name: dict(each) for name, each in result.answers.values.items()}
    values[question.name] = dict.fromkeys(values[question.name], Absent(reason))
    return dataclasses.replace(result, answers=dataclasses.replace(result.answers, values=values))


def test_at_most_five_lines_of_care_and_all_of_them_one_click_away(small_result):
    found = opening(small_result)
    assert 1 <= len(found.cautions) <= MOST
    assert len(found.more) > len(found.cautions)
    assert all(len(each) <= 100 for each in found.cautions)


def test_a_harm_is_called_harm(small_result, with_average):
    found = opening(with_average(small_result, -0.09, -0.146, -0.035))
    assert found.outcomes[0].kind == "harm"
    assert "harm 9.0 (3.5 to 14.6)" in found.outcomes[0].said
    assert "a harm beyond what chance makes" in found.lead
    assert found.numbers[0].name == "Average harm"


def test_where_the_interval_holds_0_neither_is_claimed(small_result, with_average):
    found = opening(with_average(small_result, 0.02, -0.03, 0.07))
    assert found.outcomes[0].kind == "open"
    assert "neither benefit nor harm is shown" in found.lead
    assert "benefits above 7.0 and harms above 3.0 in 100 are excluded" in found.lead
    assert found.numbers[0].name == "Average difference"


@pytest.fixture
def with_average():
    """Give a result whose quoted average is another one."""

    def changed(result, estimate, low, high):
        values = {name: dict(each) for name, each in result.answers.values.items()}
        own = values[AVERAGE_EFFECT.name]["mrs_0_2"]
        aipw = dataclasses.replace(own.ate.aipw, estimate=estimate, low=low, high=high)
        values[AVERAGE_EFFECT.name]["mrs_0_2"] = dataclasses.replace(
            own, ate=dataclasses.replace(own.ate, aipw=aipw)
        )
        answers = dataclasses.replace(result.answers, values=values)
        return dataclasses.replace(result, answers=answers)

    return changed


def test_one_number_to_quote_everywhere(small_result, small_report):
    """Mean, number needed, AUC and share: first screen, sentences, terminal, tables, summary."""
    average, needed = small_result.quoted().average, small_result.quoted().needed
    mean = f"{100 * average.estimate:.1f} ("
    limits = f"{100 * average.low:.1f} to {100 * average.high:.1f}"
    share = f"{100 * small_result.primary.benefit.share_crossfit:.1f} %"
    aucs = [f"{fit.auc.headline:.3f}" for fit in small_result.primary.arms.values()]
    nnt = f"NNTB {needed.estimate:.1f}"
    screen = " ".join(texts_of(opening(small_result)))
    said = " ".join(each.text for each in sentences(small_result))
    terminal = re.sub(r"\s+", " ", " ".join(terminal_summary(small_result)))
    for place in (screen, said, terminal):
        assert limits in place
        assert share in place
        assert all(auc in place for auc in aucs)
    assert f"{100 * average.estimate:.1f} more in 100 ({limits})" in screen
    assert nnt in said
    assert mean in said.replace(" points (", " (")
    summary = small_result.summary()["outcomes"]["mrs_0_2"]
    assert summary["average_effect"]["aipw"]["estimate"] == average.estimate
    assert summary["benefit"]["nnt_of_mean"]["estimate"] == 1 / average.estimate
    with (small_report / "tables" / "versions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["version"].endswith("to quote")]
    quoted = {row["quantity"]: float(row["estimate"]) for row in rows}
    assert quoted["Average benefit, points"] == average.estimate
    assert quoted["Number needed to treat"] == needed.estimate
    assert (
        quoted["Share predicted to gain the threshold"]
        == small_result.primary.benefit.share_crossfit
        == small_result.value(HETEROGENEITY).to_quote.share
    )
    assert [f"{value:.3f}" for name, value in quoted.items() if name.startswith("AUC")] == aucs


def test_every_version_says_why_it_differs(small_report):
    with (small_report / "tables" / "versions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 40
    assert all(len(row["differs"]) > 10 for row in rows)
    assert len({(row["quantity"], row["version"]) for row in rows}) == len(rows)


def test_links_of_the_first_screen_lead_to_sections(small_result):
    names = {section.name for section in sections(small_result)[0]}
    found = opening(small_result)
    links = {each.link for each in (*found.cards, *found.numbers, *found.lines, *found.panels)}
    assert links <= names


def test_the_glossary_explains_each_word_once_and_says_something():
    terms = glossary()
    words = [word for term in terms for word in term.words]
    assert len(set(words)) == len(words)
    assert len({term.id for term in terms}) == len(terms)
    assert all(40 < len(term.text) < 400 for term in terms)


def test_a_word_is_explained_where_it_first_stands_and_never_inside_a_tag():
    page = Glossary.of((Term("odds", ("odds ratio", "odds"), "What odds are."),))
    found = page.explained("One odds ratio & the odds of <odds>.")
    assert found.count("<button") == 1
    assert 'popovertarget="word-odds"' in found
    assert ">odds ratio</button> &amp; the odds of &lt;odds&gt;." in found
    assert page.explained("methods, oddsmaker").count("<button") == 0
    assert [each.name for each in page.met] == ["odds"]


def test_what_is_drawn_is_escaped_and_stays_inside():
    drawn = svg(100, 20, 'a "b" <c>', [label(2.0, 5.0, "<at the edge>", 100.0)])
    assert 'aria-label="a &#34;b&#34; &lt;c&gt;"' in drawn
    assert "&lt;at the edge&gt;" in drawn
    assert 'text-anchor="start"' in drawn
    scale = Scale(-1.0, 1.0, 0.0, 100.0)
    assert scale(np.inf) == 100.0
    assert scale(-5.0) == 0.0
