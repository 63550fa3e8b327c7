"""What is said of an AUC that is not given, in whole or in part."""

import dataclasses

import pytest

from twoarm.cohort.studyfile import PublishedEstimate
from twoarm.report.sections.published.claims import _auc_row
from twoarm.report.sentences import sentences
from twoarm.report.terminal import terminal_summary
from twoarm.resampling import Gate

LABEL = "Rescue stenting"
NO_HARRELL = {"harrell": None, "mcse": None, "replicates_used": 4, "failed": 8}
NO_HEADLINE = {"headline": None, "nested_cv": None, "ci": None, "headline_reason": "no repeat"}


def changed(result, outcome=None, gate=None, **auc):
    """Give the result with another AUC, or gate, of the treated arm's model."""
    own = result.outcomes[outcome or result.plan.file.primary.name]
    fit = own.arms["treated"]
    other = dataclasses.replace(fit, auc=dataclasses.replace(fit.auc, **auc), gate=gate or fit.gate)
    own = dataclasses.replace(own, arms={**own.arms, "treated": other})
    return dataclasses.replace(result, outcomes={**result.outcomes, own.spec.name: own})


def said_of(result):
    return next(s.text for s in sentences(result) if s.text.startswith(f"{LABEL}: the "))


@pytest.mark.parametrize("valid", [True, False, None])
def test_harrells_clause_is_left_out_where_there_is_no_value(small_result, valid):
    gate = Gate(valid, None, "cannot tell: the AUC is defined in 4 of 12 replicates")
    text = said_of(changed(small_result, gate=gate, **NO_HARRELL))
    assert "has an AUC of" in text
    assert "Harrell" not in text


def test_harrells_failure_is_said_in_the_gates_words(small_result):
    gate = Gate(False, 0.1, "Harrell's AUC exceeds the headline by 0.100: not valid.")
    text = said_of(changed(small_result, gate=gate, harrell=0.9))
    assert text.endswith(" Harrell's correction gives 0.900. Harrell's AUC exceeds the headline by "
                         "0.100: not valid.")  # fmt: skip


def test_the_reason_stands_in_place_of_the_number_of_every_outcome(small_result):
    assert said_of(changed(small_result, **NO_HEADLINE)).endswith("not be estimated: no repeat.")
    texts = [each.text for each in sentences(changed(small_result, "death", **NO_HEADLINE))]
    title = small_result.outcomes["death"].spec.title
    assert f"{title}, {LABEL}: the AUC could not be estimated: no repeat." in texts
    lines = list(terminal_summary(changed(small_result, "death", **NO_HEADLINE)))
    assert not any("()" in line for line in lines)


@pytest.mark.parametrize(
    ("auc", "same_procedure", "beside"),
    [
        (NO_HARRELL, "Harrell not given: defined in 4 of 12 replicates", "repeated cross"),
        (NO_HEADLINE, "Harrell 0.", "none: no repeat"),
        ({"ci": None, "headline": 0.75}, "Harrell 0.", "repeated cross-validation 0.750"),
    ],
)
def test_the_published_table_says_what_is_not_given(small_result, auc, same_procedure, beside):
    primary = changed(small_result, **auc).primary
    stated = PublishedEstimate(estimate=0.8, low=0.7, high=0.9)
    row = _auc_row(primary, "treated", LABEL, stated)
    assert row[1] == "0.800 (0.700 to 0.900)"
    assert row[2].startswith(same_procedure)
    assert row[3].startswith(beside)
