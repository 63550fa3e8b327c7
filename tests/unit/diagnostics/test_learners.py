"""The finding on several learners: what it says, and when it questions."""

import numpy as np
import pytest

from twoarm.cohort import load_study
from twoarm.diagnostics.ranking.learners import finding
from twoarm.metalearners import compare

STUDY = load_study("rescue-stenting")
T = np.linspace(0.0, 0.29, 30)


def compared(**benefits):
    return compare(benefits, T, threshold=0.15)


def said(**benefits):
    return finding(compared(**benefits), STUDY)


def test_learners_that_agree_prove_nothing():
    assert said(t=T, dr=T + 0.001).verdict == "cannot tell"


def test_shares_far_apart_are_a_question():
    found = said(t=T, risk=T + 0.1)  # ranks alike
    assert found.verdict == "questions"
    assert "a benefit of 14.5 to 24.5 points" in found.text
    assert "between 47 % and 83 % of the patients to gain 15 points" in found.text


def test_opposite_ranks_are_a_question():
    found = said(t=T, s=T[::-1])
    assert found.verdict == "questions"
    assert "correlation of no more than -1.00" in found.text


def test_a_learner_that_ranks_nobody_is_left_out_of_the_ranks():
    found = compared(t=T, risk=np.full(30, 0.1))
    assert "No two of them rank" in finding(found, STUDY).text
    assert np.isnan(found.learners[1].slope.estimate)


def test_the_learners_stay_in_order_each_with_its_slope():
    t, dr = compared(t=T, dr=2 * T).learners
    assert (t.name, dr.name) == ("t", "dr")
    assert dr.slope.estimate == pytest.approx(t.slope.estimate / 2)
