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
    """Give the questions that a page opens with, each with its answer."""
    yield _patients(found)
    outcome = primary(found)
    if outcome is None:
        return
    name, learner = leading(outcome)
    of = f"{outcome.spec.title}, {learner_title(name)} learner. "
    yield _ranks(found, learner, of)
    yield _risks(found, learner, of)
    yield _benefit(found, learner, of)
    yield _update(found, outcome)


def _patients(found: ExternalValidation) -> Said:
    mix, site = found.case_mix, found.site
    n, usable = len(site.cohort), int(site.usable.sum())
    apart = sorted(
        zip(mix.columns, mix.difference.tolist(), strict=True), key=lambda each: -abs(each[1] or 0)
    )
    named = [f"{column} {shown(by, 'number')} SD" for column, by in apart if abs(by) >= _NOTABLE]
    text = f"The model gives numbers to {usable} of {n} patients."
    if named:
        text += f" Farthest from the patients it was learnt from: {', '.join(named[:_SHOWN])}."
    else:
        text += f" No mean lies {_NOTABLE:g} SD or more from that of the patients it learnt from."
    if mix.effective is None:
        text += " No weights make them like those."
    else:
        text += f" Weighted to its means and spreads they are worth {mix.effective:.0f}."
    if not isinstance(mix.membership, Absent):
        text += f" A model tells the two cohorts apart with an AUC of {mix.membership.auc:.2f}."
    word = "differ" if named or mix.effective is None else "alike"
    return Said("Are these patients like those that it learnt from?", word, text)


def _by_arm(
    found: ExternalValidation, learner: LearnerValidation
) -> Iterator[tuple[str, ArmValidation]]:
    for arm in ARMS:
        if arm in learner.arms:
            yield arm_label(found, arm), learner.arms[arm]


def _ranks(found: ExternalValidation, learner: LearnerValidation, of: str) -> Said:
    parts, below = [], False
    for label, arm in _by_arm(found, learner):
        if isinstance(arm.discrimination, Absent) or isinstance(arm.expected, Absent):
            parts.append(f"{label}: cannot be told ({arm.events} of {arm.n} with the event)")
            continue
        auc = arm.discrimination.auc
        below |= auc.high < arm.expected.auc
        parts.append(
            f"{label}: AUC {_with_limits(auc, 'probability')}; "
            f"{arm.expected.auc:.3f} was to be expected of these patients"
        )
    word = "cannot tell" if _none(learner, "discrimination") else "less" if below else "as expected"
    return Said("Does it rank patients as it should?", word, of + "; ".join(parts) + ".")


def _risks(found: ExternalValidation, learner: LearnerValidation, of: str) -> Said:
    parts, off = [], False
    for label, arm in _by_arm(found, learner):
        if isinstance(arm.calibration, Absent):
            parts.append(f"{label}: cannot be told ({arm.events} of {arm.n} with the event)")
            continue
        each = arm.calibration
        off |= not each.ratio.low <= 1.0 <= each.ratio.high
        parts.append(
            f"{label}: predicted {shown(each.expected, 'percent')}, observed "
            f"{shown(each.observed, 'percent')}, ratio {_with_limits(each.ratio, 'number')}"
        )
    word = (
        "cannot tell" if _none(learner, "calibration") else "off" if off else "not shown to be off"
    )
    return Said("Are its risks right here?", word, of + "; ".join(parts) + ".")


def _benefit(found: ExternalValidation, learner: LearnerValidation, of: str) -> Said:
    question = "Is its benefit right here?"
    if isinstance(learner.benefit, Absent):
        one = len(found.site.arms) == 1
        why = "Every patient had the same treatment" if one else learner.benefit.reason
        return Said(question, "cannot tell", f"{of}{why}.".replace("..", "."))
    each = learner.benefit
    off = each.difference.excludes_zero
    text = (
        f"{of}Predicted {points(each.predicted)} points on average; here it is "
        f"{_with_limits(each.difference, 'points')} points from that."
    )
    if not found.randomised:
        text += " Treatment was not drawn by lot, so that this is a difference and no effect."
    word = "cannot tell" if not found.randomised else "off" if off else "not shown to be off"
    return Said(question, word, text)


def _update(found: ExternalValidation, outcome: OutcomeValidation) -> Said:
    parts = [
        f"{learner_title(name).capitalize()} learner: {learner.decision.text}"
        for name, learner in outcome.learners.items()
    ]
    any_written = any(each.decision.form is not None for each in outcome.learners.values())
    others = sum(
        learner.decision.form is not None
        for each, _, learner in found.parts()
        if each.spec.name != outcome.spec.name
    )
    if others:
        parts.append(f"Of the other outcomes' models {others} are updated.")
    return Said(
        "Which update does it need?",
        "updated" if any_written or others else "none",
        f"{outcome.spec.title}. {' '.join(parts)}",
    )


def _none(learner: LearnerValidation, part: str) -> bool:
    return all(isinstance(getattr(arm, part), Absent) for arm in learner.arms.values())


def _with_limits(each: Estimate, kind: str) -> str:
    return f"{shown(each.estimate, kind)} ({interval(each.low, each.high, kind)})"
