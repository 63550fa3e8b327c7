"""The verdict is put together from the findings alone, and never says more than they do."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis.strategies import dictionaries, sampled_from

from twoarm.cohort import load_study
from twoarm.diagnostics import Absent, AverageEffect, Finding
from twoarm.diagnostics.average.average_effect import finding
from twoarm.diagnostics.finding import Verdict
from twoarm.metrics import wald
from twoarm.study.judge.answers import Answers
from twoarm.study.judge.average.effects import AverageEffects
from twoarm.study.judge.question import Line
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.judge.verdict import verdict

OBSERVATIONAL = load_study("rescue-stenting")
RANDOMISED = load_study("ist-aspirin")
DOUBTS = {
    line: {each.name: each.doubt for each in QUESTIONS if each.line is line and each.finding}
    for line in Line
}
CAUSAL, DESCRIPTIVE = DOUBTS[Line.CAUSAL], DOUBTS[Line.DESCRIPTIVE]
(RANKING,) = DOUBTS[Line.RANKING]
VERDICTS = get_args(Verdict)


def found(**verdicts):
    return [said(name.replace("_", " "), each) for name, each in verdicts.items()]


def said(name, given_verdict, text="It is so."):
    return Finding(name, given_verdict, text)


def average(estimate, se):
    """The answer to the average effect, of which the verdict reads the doubly robust estimate."""
    return AverageEffect(*[wald(estimate, se)] * 6)


def lines_of(findings, study, effect=None):
    """The verdict of a run of the registry's questions that found this."""
    values = (
        {}
        if effect is None
        else {"average effect": {study.file.primary.name: AverageEffects(*[effect] * 3)}}
    )
    return verdict(Answers(study, QUESTIONS, values, tuple(findings), {}))


def causal_line(study, effect, *others):
    """The first line of a run with this average."""
    return lines_of([finding(effect, study), *others], study, effect)[0]


ANY_FINDINGS = dictionaries(
    sampled_from([*CAUSAL, *DESCRIPTIVE, RANKING]), sampled_from(VERDICTS), min_size=1
)


def test_a_ranking_that_was_not_tested_is_a_line_with_the_reason():
    values = {RANKING: {OBSERVATIONAL.file.primary.name: Absent("the arms do not overlap")}}
    answers = Answers(OBSERVATIONAL, QUESTIONS, values, (said("overlap", "questions"),), {})
    line = verdict(answers)[1]
    assert (line.verdict, line.rests_on) == ("cannot tell", ())
    assert line.text == "The test declared in advance was not made: the arms do not overlap."


def test_nothing_found_nothing_said():
    assert lines_of([], OBSERVATIONAL) == ()


@given(ANY_FINDINGS)
def test_without_a_lottery_the_causal_line_never_supports(verdicts):
    findings = [said(*pair) for pair in verdicts.items()]
    causal = lines_of(findings, OBSERVATIONAL)[0]
    doubted = any(each == "questions" for name, each in verdicts.items() if name in CAUSAL)
    assert causal.verdict == ("questions" if doubted else "cannot tell")


@given(ANY_FINDINGS)
def test_the_ranking_line_rests_on_the_one_declared_test(verdicts):
    lines = lines_of([said(*pair) for pair in verdicts.items()], OBSERVATIONAL)
    ranking = [line for line in lines if line.rests_on == (RANKING,)]
    assert [line.verdict for line in ranking] == [verdicts[k] for k in verdicts if k == RANKING]


@given(ANY_FINDINGS)
def test_the_order_of_the_findings_changes_no_verdict(verdicts):
    findings = [said(*pair) for pair in verdicts.items()]
    there, back = lines_of(findings, OBSERVATIONAL), lines_of(findings[::-1], OBSERVATIONAL)
    assert [line.verdict for line in there] == [line.verdict for line in back]


def test_a_lottery_and_an_interval_off_0_support():
    findings = found(average_effect="supports", balance="supports")
    clear = average(0.09, 0.028)
    assert lines_of(findings, RANDOMISED, clear)[0].verdict == "supports"
    assert lines_of(findings, OBSERVATIONAL, clear)[0].verdict == "cannot tell"
    assert lines_of(found(balance="supports"), RANDOMISED, clear)[0].verdict == "cannot tell"


def test_harm_in_a_trial_is_answered_as_clearly_as_benefit():
    harm = causal_line(RANDOMISED, average(-0.09, 0.028))
    assert harm.verdict == "supports"
    assert harm.rests_on == ("average effect",)
    assert (
        "the treatment harms (a harm of 9.0 points, 95 % interval 3.5 to 14.5), the interval "
        "excludes 0." in harm.text
    )
    benefit = causal_line(RANDOMISED, average(0.09, 0.028))
    assert harm.text.replace("harms", "helps").replace("harm", "benefit") == benefit.text


def test_an_interval_around_0_says_what_it_excludes():
    line = causal_line(RANDOMISED, average(-0.0085, 0.034))
    assert line.verdict == "cannot tell"
    assert "excludes a benefit above 5.8 points and a harm above 7.5" in line.text


@pytest.mark.parametrize("se", [0.028, 0.2])
def test_without_a_lottery_benefit_and_harm_have_the_same_words(se):
    doubt = said("overlap", "questions")
    for others in ([], [doubt]):
        harm, benefit = (causal_line(OBSERVATIONAL, average(x, se), *others) for x in (-0.2, 0.2))
        assert harm.verdict == benefit.verdict
        assert swapped(harm.text) == swapped(benefit.text)
        assert "a harm of 20.0 points" in harm.text


def swapped(text):
    """The words without their direction, and without the order of an interval around 0."""
    return sorted(re.findall(r"[a-z]+|[0-9.]+\d", text.lower().replace("harm", "benefit")))


def test_every_verdict_of_a_finding_can_be_reached():
    effects = (average(0.2, 0.01), average(0.0, 0.1))
    reached = {finding(each, RANDOMISED).verdict for each in effects}
    lost = AverageEffect(wald(0.2, 0.01), *[wald(0.0, 0.1)] * 5)  # adjustment takes it away
    assert reached | {finding(lost, OBSERVATIONAL).verdict} == set(VERDICTS)


def test_every_doubt_is_named_once():
    findings = [
        said("negative control", "questions"),
        said("negative control", "questions"),
        said("balance", "cannot tell"),
    ]
    causal = lines_of(findings, OBSERVATIONAL)[0]
    assert causal.rests_on == ("negative control",)
    assert causal.text.count(CAUSAL["negative control"]) == 1
    assert CAUSAL["balance"] not in causal.text


def test_the_ranking_line_says_what_the_test_said():
    text = f"{OBSERVATIONAL.file.primary.title}: patients ranked first gain more than the average."
    line = lines_of([said(RANKING, "supports", text)], OBSERVATIONAL)[1]
    assert "interactions: patients ranked first gain more" in line.text
    assert "doubts" in line.text  # in observational data it inherits those of the first line
    alone = lines_of([said(RANKING, "supports", text)], RANDOMISED)[1]
    assert "doubts" not in alone.text


@pytest.mark.parametrize("name", DESCRIPTIVE)
def test_descriptive_findings_question_single_predictions_only(name):
    lines = lines_of([said(name, "questions")], OBSERVATIONAL)
    assert [line.verdict for line in lines] == ["cannot tell", "questions"]
    assert DESCRIPTIVE[name] in lines[1].text


def test_no_doubt_no_line_on_predictions():
    assert len(lines_of(found(stability="cannot tell"), OBSERVATIONAL)) == 1
