"""How the arms came to be: only the lot supports, a control known later is questioned."""

import dataclasses

import pytest

from twoarm.diagnostics import target_trial
from twoarm.diagnostics.comparability.target_trial import finding


def declared(study, **changes):
    file = study.file
    trial = file.target_trial.model_copy(update=changes)
    return dataclasses.replace(study, file=file.model_copy(update={"target_trial": trial}))


def with_rule(study, rule):
    entry = study.file.eligibility[0].model_copy(update={"rule": rule})
    return dataclasses.replace(study, file=study.file.model_copy(update={"eligibility": (entry,)}))


@pytest.mark.parametrize(
    ("control_by", "verdict", "words"),
    [
        ("final_reperfusion", "questions", "which came after the decision"),
        ("status_at_decision", "cannot tell", "not drawn by lot"),
        ("other", "cannot tell", "does not say"),
        ("randomised", "supports", "needs no adjustment"),
    ],
)
def test_the_verdict_follows_how_controls_are_known(stenting, control_by, verdict, words):
    study = declared(stenting, control_by=control_by)
    found = finding(target_trial(study), study)
    assert found.name == "target trial"
    assert found.verdict == verdict
    assert words in found.text


def test_the_shipped_study_is_questioned_and_the_trial_is_not(stenting, aspirin):
    assert finding(target_trial(stenting), stenting).verdict == "questions"
    assert target_trial(stenting).late_rules == ()
    assert finding(target_trial(aspirin), aspirin).verdict == "supports"


@pytest.mark.parametrize("rule", ["mrs90 <= 5", "premrs <= 2 and final_mtici == 0"])
def test_eligibility_by_what_came_later_is_questioned_even_after_the_lot(stenting, rule):
    study = with_rule(declared(stenting, control_by="randomised"), rule)
    value = target_trial(study)
    assert value.late_rules == (rule,)
    found = finding(value, study)
    assert found.verdict == "questions"
    assert rule in found.text
