"""The verdict is put together from the findings alone, and never says more than they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import dictionaries, sampled_from

from twoarm.cohort import load_study
from twoarm.diagnostics import Absent, Finding
from twoarm.study.judge.answers import Answers
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
VERDICTS = ("supports", "questions", "cannot tell", "refutes")


def found(**verdicts):
    return [said(name.replace("_", " "), each) for name, each in verdicts.items()]


def said(name, given_verdict, text="It is so."):
    return Finding(name, given_verdict, text)


def lines_of(findings, study):
    """The verdict of a run of the registry's questions that found this."""
    return verdict(Answers(study, QUESTIONS, {}, tuple(findings), {}))


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
    doubted = any(
        each in ("questions", "refutes") for name, each in verdicts.items() if name in CAUSAL
    )
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
    assert lines_of(findings, RANDOMISED)[0].verdict == "supports"
    assert lines_of(findings, OBSERVATIONAL)[0].verdict == "cannot tell"
    assert lines_of(found(balance="supports"), RANDOMISED)[0].verdict == "cannot tell"


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
