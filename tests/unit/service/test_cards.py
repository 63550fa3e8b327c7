"""A card says both arms and what the range does not hold; harm is called harm."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from twoarm.service.answers import Result, Risk
from twoarm.service.cards import card


def result_of(served, **risk):
    numbers = {
        "control": 0.071,
        "treated": 0.296,
        "benefit": 0.225,
        "low": 0.02,
        "high": 0.41,
    } | risk
    learner = {name: Risk(**numbers) for name in served.model.outcomes}
    return Result(status="predicted", note="", learners={"recommended": learner, "study": {}})


def test_the_range_and_what_it_does_not_hold_are_said(served):
    found = card(served, (), result_of(served), "https://x.example.org")
    assert found["summary"] == (
        "Functional independence (mRS 0-2): 7 of 100 in control, 30 treated; benefit 22 (2 to 41). "
        "Research only."
    )
    assert "The range does not hold factors that were not measured" in found["detail"]


THRESHOLDS = {
    "contains": ({"low": 0.02, "high": 0.41}, "the range contains 15."),
    "above": ({"low": 0.16, "high": 0.41}, "the range lies above 15."),
    "below": ({"low": -0.1, "high": 0.14}, "the range lies below 15."),
    "none": ({"low": None, "high": None}, "without a range nothing is said of it."),
}


@pytest.mark.parametrize(("ends", "said"), THRESHOLDS.values(), ids=THRESHOLDS.keys())
def test_the_threshold_is_said_in_words(served, ends, said):
    detail = card(served, (), result_of(served, **ends), "https://x.example.org")["detail"]
    assert f"(mRS 0-2) is 15 of 100; {said}" in detail


CHANCES = {
    0.004: "less than 1",
    0.01: "about 1",
    0.8: "about 80",
    0.99: "about 99",
    1: "more than 99",
}


@pytest.mark.parametrize(("chance", "said"), CHANCES.items())
def test_the_chance_of_a_benefit_above_the_threshold_is_said(served, chance, said):
    found = card(served, (), result_of(served, chance=chance), "https://x.example.org")
    sentence = f"The chance that the benefit is above 15, by this model alone: {said} of 100. In "
    assert f"the range contains 15. {sentence}" in found["detail"]
    assert "chance" not in found["summary"]


@pytest.mark.parametrize("ends", [{"low": None, "high": None, "chance": None}, {"chance": None}])
def test_without_a_chance_none_is_said(served, ends):
    found = card(served, (), result_of(served, **ends), "https://x.example.org")
    assert "The chance" not in found["detail"]


def test_harm_is_called_harm(served):
    said = result_of(served, control=0.296, treated=0.071, benefit=-0.225, low=-0.41, high=0.02)
    found = card(served, (), said, "https://x.example.org")
    assert "harm 22 (harm 41 to benefit 2)" in found["summary"]


def test_any_label_fits_the_summary(served):
    outcomes = {
        name: {**each, "label": "Very long " * 30} for name, each in served.model.outcomes.items()
    }
    labels = {"control": "C" * 200, "treated": "T" * 200}
    content = {**served.content, "outcomes": outcomes, "labels": labels, "title": "Title " * 60}
    longer = SimpleNamespace(
        id=served.id, title=content["title"], version="1", content=content,
        model=SimpleNamespace(outcomes=outcomes, synthetic=True), expired=lambda: False,
    )  # fmt: skip
    said = result_of(served, low=-0.41)
    assert len(card(longer, (), said, "https://x.example.org")["summary"]) < 140
    assert len(card(longer, (), said, "https://x.example.org")["source"]["label"]) < 120
