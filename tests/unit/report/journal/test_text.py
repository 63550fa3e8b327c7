"""The paragraphs say this run's numbers, and nothing that it did not do."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twoarm.report.journal.methods import methods
from twoarm.report.journal.paragraph import Paragraph, markdown, numbered
from twoarm.report.journal.results import results
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.registry import QUESTIONS

pytestmark = pytest.mark.seconds

NOT_WRITTEN = re.compile(
    r"\bnan\b|\bNone\b|\binf\b|\(\s*\)|\[\s*\]|:\s*[.;]|\.\.|  |; ;|<\w+ |\{|\}"
)


def text_of(result):
    return "\n".join(
        f"{each.heading}\n{each.text}" for each in [*methods(result), *results(result)]
    )


def paragraph(paragraphs, heading):
    return next(each.text for each in paragraphs if each.heading == heading)


def test_the_quoted_numbers_are_those_of_the_summary(small_result):
    summary = small_result.summary()
    primary = summary["outcomes"][small_result.primary.spec.name]
    found = results(small_result)
    average = paragraph(found, "Average benefit")
    aipw = primary["average_effect"]["ate"]["aipw"]
    assert f"a benefit of {100 * aipw['estimate']:.1f} points (95 % interval " in average
    assert f"{100 * aipw['low']:.1f} to {100 * aipw['high']:.1f})" in average
    needed = primary["benefit"]["nnt_of_mean"]
    assert f"NNTB {needed['estimate']:.1f} ({needed['low']:.1f} to {needed['high']:.1f})" in average
    models = paragraph(found, "Outcome models")
    for arm in primary["arms"].values():
        auc = arm["auc"]
        assert f"AUC {auc['headline']:.3f} (95 % {auc['ci']['low']:.3f} to" in models
        assert f"Harrell-corrected {auc['harrell']:.3f}" in models
    who = paragraph(found, "Who benefits")
    share = primary["benefit"]["share_at_threshold"]
    assert f"{100 * share['crossfit']:.1f} % of the patients are predicted to gain" in who
    band = share["same_effect_crossfit"]
    assert f"{100 * band['low']:.1f} % to {100 * band['high']:.1f} %" in who
    assert f"AUTOC {100 * primary['ranking']['autoc']:+.1f} points".replace("-", "−") in who


def test_the_methods_have_the_settings_of_the_run(small_result):
    text = "\n".join(each.text for each in methods(small_result))
    file = small_result.plan.file
    for said_ in (
        f"{small_result.replicates} bootstrap replicates of patients",
        f"Cross-fitting in {file.validation.cross_fit_folds} folds of patients, repeated "
        f"{file.validation.cross_fit_repeats} times",
        f"random forest ({file.model.forest.trees} trees",
        f"gradient boosting ({file.model.boosting.trees} trees of depth",
        f"{file.model.inner_folds} inner folds",
        f"seed {small_result.plan.seed}",
        "With fewer than 200 replicates intervals and corrected values are provisional",
        "Nothing here was registered",
    ):
        assert said_ in text
    assert "splines" not in text  # that member is not in this study's stack


def test_every_decimal_of_the_results_is_one_of_the_summary(small_result):
    """Formatted as points, percent, probability or ratio; what is 1 less a share counts, too."""
    numbers = set()

    def walk(node):
        if isinstance(node, dict):
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, float | int) and not isinstance(node, bool):
            numbers.add(float(node))

    walk(small_result.summary())
    for fit in (fit for each in small_result.outcomes.values() for fit in each.arms.values()):
        numbers.add(fit.events / fit.n)
        numbers.add(fit.share_few_events)
    for groups in small_result.summary()["outcomes"]["mrs_0_2"]["benefit_metrics"]["learners"]["t"][
        "groups"
    ]:
        for k in (-1.959963984540054, 1.959963984540054):
            numbers.add(groups["estimate"] + k * groups["se"])
    for each in small_result.summary()["outcomes"].values():
        needed = each["benefit"]["nnt_of_mean"]
        numbers |= {1 / one for one in numbers if abs(one) > 1e-9} if needed else set()
    written = {
        f"{factor * value:.{digits}f}".lstrip("-")
        for value in numbers
        for factor in (1, 100)
        for digits in (1, 2, 3)
    }
    found = set(re.findall(r"\d+\.\d+", "\n".join(each.text for each in results(small_result))))
    assert found - written == set()


def test_every_kind_of_run_is_told_without_a_gap(kind_of_run, kind):
    result = kind_of_run(kind)
    text = text_of(result)
    assert NOT_WRITTEN.search(text) is None, text[NOT_WRITTEN.search(text).start() - 60 :][:160]
    json.dumps(text)


def test_kinds_are_told_apart(kind_of_run):
    missing, lot = text_of(kind_of_run("missing")), text_of(kind_of_run("by lot"))
    assert "Missing values (patients): age" in missing
    assert "dead (" in missing
    assert "assigned at random" in lot
    assert "target trial" not in lot
    assert "an elastic net alone took the stack's place" in text_of(kind_of_run("few events"))
    assert "no models of benefit" in text_of(kind_of_run("no predictors"))
    assert "T-learner" not in text_of(kind_of_run("no predictors"))
    registered = text_of(kind_of_run("overlap population"))
    assert "registered: OSF, 2026-01-15." in registered
    assert "in the overlap population" in registered
    apart = paragraph(results(kind_of_run("no overlap")), "Average benefit")
    assert "no average benefit over all patients (" in apart
    assert "NNT" not in apart


NAMES = sorted(each.name for each in QUESTIONS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(names=st.sets(st.sampled_from(NAMES)))
def test_whatever_is_absent_is_said_with_its_reason(small_result, unanswered, names):
    result = unanswered(small_result, names)
    text = text_of(result)
    assert NOT_WRITTEN.search(text) is None
    did = "\n".join(each.text for each in methods(result))
    for name, words in (
        ("E-value", "The E-value [@vanderweele2017] was"),
        ("ranking", "One test was declared in advance"),
        ("heterogeneity", "The share predicted to gain at least"),
        ("stability", "Stability was the difference"),
        ("average effect", "The average benefit to quote was"),
    ):
        assert (words in did) is (name not in names)
    if names & {"E-value", "ranking", "stability"}:
        assert "Not computed: " in did
        assert "(too few patients)" in did


def test_the_share_never_stands_without_its_band(small_result, unanswered):
    who = paragraph(results(unanswered(small_result, {HETEROGENEITY.name})), "Who benefits")
    assert "what one odds ratio for all would show is not known (too few patients)" in who


def test_a_defect_is_told_as_one_without_its_traceback(small_result, unanswered):
    fault = "a defect of twoarm, please report it (ranking: KeyError: 'x')"
    text = text_of(unanswered(small_result, {"ranking"}, fault, defect=True))
    assert "the test of the ranking (a defect of twoarm, please report it)" in text
    assert "KeyError" not in text


def test_no_verb_recommends_and_nothing_is_proved(small_result):
    text = text_of(small_result).lower()
    assert not re.search(r"\b(recommend\w*|should be treated|we advise|prove[ns]?)\b", text)


def test_every_citation_is_a_work_with_a_doi(small_result):
    paragraphs, works = numbered([*methods(small_result), *results(small_result)])
    text = markdown("All", paragraphs)
    cited = {int(each) for group in re.findall(r"\[([\d,]+)\]", text) for each in group.split(",")}
    assert cited == set(range(1, len(works) + 1))
    assert "@" not in text
    assert all(re.search(r" doi:10\.\d{4,}/\S+$", each) for each in works)
    assert len(set(works)) == len(works)


def test_what_cites_no_work_is_a_users_own_text():
    found, works = numbered([Paragraph("A", "Of nobody [@nobody] and [@nobody; @efron1997].")])
    assert found[0].text == "Of nobody [@nobody] and [@nobody; @efron1997]."
    assert works == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    texts=st.lists(
        st.text(max_size=30) | st.sampled_from(["[@x]", "[@efron1997]", "#", "a. ", "()", "|"]),
        min_size=6,
        max_size=6,
    )
)
def test_any_words_of_a_study_file_can_be_told(small_result, texts):
    plan = small_result.plan
    labels = plan.file.treatment.labels.model_copy(
        update={"control": texts[0], "treated": texts[1]}
    )
    trial = plan.file.target_trial.model_copy(
        update={"eligibility": texts[2], "time_zero": texts[3], "estimand": texts[4]}
    )
    file = plan.file.model_copy(
        update={
            "treatment": plan.file.treatment.model_copy(update={"labels": labels}),
            "target_trial": trial,
            "study": plan.file.study.model_copy(update={"registration": texts[5]}),
        }
    )
    told = replace(small_result, plan=replace(plan, study=replace(plan.study, file=file)))
    paragraphs, works = numbered([*methods(told), *results(told)])
    assert markdown("All", paragraphs)
    assert len(works) > 20
    if texts[2].split() and texts[2].strip(" .").split():
        assert "Eligibility: " in paragraphs[0].text
    assert ("Nothing here was registered" in paragraphs[0].text) is not bool(texts[5].rstrip(" ."))
