"""What an external validation says, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate
from twoarm.report.formats import interval, points, shown
from twoarm.validation import ExternalValidation
from twoarm.validation.decision import ARMS
from twoarm.validation.result import ArmValidation, LearnerValidation, OutcomeValidation

__all__ = ["Said", "answers", "arm_label", "leading", "learner_title", "primary"]

_TITLES = {"recommended": "recommended", "study": "study's"}
_NOTABLE = 0.25  # standard deviations by which a mean differs before it is named
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A question, the answer in a word or two, and in a sentence."""

    question: str
    word: str
    text: str


def learner_title(name: str) -> str:
    """Name a learner."""
    return _TITLES[name]


def arm_label(found: ExternalValidation, arm: str) -> str:
    """Name an arm as the model does."""
    return str(found.model.content["labels"][arm])


def primary(found: ExternalValidation) -> OutcomeValidation | None:
    """Give the model's primary outcome, or the first that can be looked at here."""
    each = [outcome for outcome in found.outcomes.values() if outcome.learners]
    named = found.model.outcomes
    main = [outcome for outcome in each if named[outcome.spec.name]["primary"]]
    return next(iter(main or each), None)


def leading(outcome: OutcomeValidation) -> tuple[str, LearnerValidation]:
    """Give the learner that leads: the recommended one where it predicts the outcome."""
    return next(iter(outcome.learners.items()))


def answers(found: ExternalValidation) -> Iterator[Said]:
    """Give the questions that a page opens with, each with its answer.

    They are of the primary outcome and the learner that leads.
    """
    yield _patients(found)
    outcome = primary(found)
    if outcome is None:
        return
    _, learner = leading(outcome)
    yield _ranks(found, learner)
    yield _risks(found, learner)
    yield _benefit(found, learner)
    yield _update(found, outcome, learner)


def _patients(found: ExternalValidation) -> Said:
    mix, site = found.case_mix, found.site
    n, usable = len(site.cohort), int(site.usable.sum())
    apart = sorted(
        zip(mix.columns, mix.difference.tolist(), strict=True), key=lambda each: -abs(each[1])
    )
    named = [f"{column} {shown(by, 'number')} SD" for column, by in apart if abs(by) >= _NOTABLE]
    text = f"The model gives numbers to {usable} of {n} patients."
    if named:
        text += f" Farthest apart: {', '.join(named[:_SHOWN])}."
    else:
        text += f" No mean lies {_NOTABLE:g} SD or more from that of its own patients."
    if mix.effective is None:
        text += " No weights make them like those."
    else:
        text += f" Weighted to be like those they tell as much as {mix.effective:.0f} would."
    if not isinstance(mix.membership, Absent):
        text += f" A model tells the two cohorts apart with an AUC of {mix.membership.auc:.2f}."
    word = "they differ" if named or mix.effective is None else "alike"
    return Said("Are these patients like those that it learnt from?", word, text)


def _by_arm(
    found: ExternalValidation, learner: LearnerValidation
) -> Iterator[tuple[str, ArmValidation]]:
    for arm in ARMS:
        if arm in learner.arms:
            yield arm_label(found, arm), learner.arms[arm]


def _ranks(found: ExternalValidation, learner: LearnerValidation) -> Said:
    parts, below = [], False
    for label, arm in _by_arm(found, learner):
        if isinstance(arm.discrimination, Absent) or isinstance(arm.expected, Absent):
            parts.append(f"{label}: cannot be told, {arm.events} of {arm.n} with the event")
            continue
        auc, expected = arm.discrimination.auc, arm.expected.auc
        below |= auc.high < expected
        parts.append(
            f"{label}: AUC {_with_limits(auc, 'probability')}, expected of these patients "
            f"{shown(expected, 'probability')}"
        )
    told = "cannot tell" if _none(learner, "discrimination") else "as expected"
    word = "less than expected" if below else told
    return Said("Does it rank patients as it should?", word, f"{'; '.join(parts)}.")


def _risks(found: ExternalValidation, learner: LearnerValidation) -> Said:
    parts, off = [], False
    for label, arm in _by_arm(found, learner):
        if isinstance(arm.calibration, Absent):
            parts.append(f"{label}: cannot be told, {arm.events} of {arm.n} with the event")
            continue
        each = arm.calibration
        off |= not each.ratio.low <= 1.0 <= each.ratio.high
        parts.append(
            f"{label}: predicted {shown(each.expected, 'percent')}, observed "
            f"{shown(each.observed, 'percent')}, ratio {_with_limits(each.ratio, 'number')}"
        )
    told = "cannot tell" if _none(learner, "calibration") else "not shown to be off"
    return Said("Are its risks right here?", "off" if off else told, f"{'; '.join(parts)}.")


def _benefit(found: ExternalValidation, learner: LearnerValidation) -> Said:
    question = "Is its benefit right here?"
    if isinstance(learner.benefit, Absent):
        one = len(found.site.arms) == 1
        why = "Every patient had the same treatment." if one else learner.benefit.reason
        return Said(question, "cannot tell", why)
    each = learner.benefit
    text = (
        f"Predicted {points(each.predicted)} points on average; what happened lies "
        f"{_with_limits(each.difference, 'points')} points from that."
    )
    if not found.randomised:
        text += " Treatment was not drawn by lot: this is a difference and no effect."
        return Said(question, "cannot tell", text)
    return Said(question, "off" if each.difference.excludes_zero else "not shown to be off", text)


def _update(
    found: ExternalValidation, outcome: OutcomeValidation, learner: LearnerValidation
) -> Said:
    text = learner.decision.text
    others = sum(
        each.decision.form is not None
        for of, name, each in found.parts()
        if (of.spec.name, name) != (outcome.spec.name, leading(outcome)[0])
    )
    if others:
        text += (
            f" Of the other models, of further outcomes and the study's learner, {others} "
            f"{'is' if others == 1 else 'are'} updated."
        )
    own = "updated" if learner.decision.form is not None else "none for this outcome"
    return Said(
        "Which update does it need?", own if others or learner.decision.form else "none", text
    )


def _none(learner: LearnerValidation, part: str) -> bool:
    return all(isinstance(getattr(arm, part), Absent) for arm in learner.arms.values())


def _with_limits(each: Estimate, kind: str) -> str:
    return f"{shown(each.estimate, kind)} ({interval(each.low, each.high, kind)})"
