"""The findings of a run put together: two questions, two answers, and what they rest on.

A function of the run alone: two cohorts with the same findings get the same words, whatever made
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised

__all__ = ["CAUSAL", "DESCRIPTIVE", "RANKING", "Answer", "verdict"]

CAUSAL = {
    "target trial": "how controls and treated patients came to be such",
    "propensity": "how well treatment could be foreseen",
    "overlap": "patients who have no counterpart in the other arm",
    "balance": "measured differences between the arms that weighting leaves",
    "average effect": "estimates of the average that disagree",
    "agreement": "an average that the models do not reproduce",
    "E-value": "how weak a hidden factor would be enough",
    "marginal sensitivity": "how small a hidden tilt of treatment would be enough",
    "Rosenbaum bounds": "how small a hidden difference within matched pairs would be enough",
    "partial R2": "how weak a hidden covariate would be enough",
    "negative control": "a difference between the arms where treatment cannot make one",
    "published trials": "what published studies found",
    "missing data and the average effect": "what missing values do to the average",
}
"""Findings on whether the average difference can be an effect of the treatment, and what each looks
at in words."""

RANKING = "ranking"
"""The finding of the one test that is declared in advance; no other decides its line."""

DESCRIPTIVE = {
    "heterogeneity": "a share above the threshold that one odds ratio for all would show too",
    "comparison of learners": "learners that disagree",
    "coherence": "outcomes predicted in contradiction to each other",
    "ordinal outcome": "an ordinal model that says otherwise",
    "stability": "predictions that change from refit to refit",
    "centres": "differences between centres",
    "support": "patients unlike those the models learnt from",
    "missing data": "values that are missing more often in one arm or with one outcome",
}
"""Findings that decide neither line: they tell what the predictions are like."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the verdict.

    Attributes
    ----------
    question : str
    verdict : str
        `supports`, `questions` or `cannot tell`. On causality never `supports`, unless treatment
        was drawn by lot.
    text : str
        The answer in words.
    rests_on : tuple of str
        Names of the findings that decided.
    """

    question: str
    verdict: Verdict
    text: str
    rests_on: tuple[str, ...]


def verdict(findings: Sequence[Finding], study: Study) -> tuple[Answer, ...]:
    """Answer from the findings whether the benefit can be causal, and whether the ranking is real.

    Parameters
    ----------
    findings : sequence of Finding
        Of one run, each name at most once but for negative controls and missing data.
    study : Study

    Returns
    -------
    tuple of Answer
        On causality, on the ranking (where its test was made), and on the predictions (where a
        finding questions them).

    Notes
    -----
    No measured quantity tells an effect from a hidden difference between the arms, so without
    randomisation the first line is `cannot tell` at best, however many checks pass.
    """
    doubts = _names(findings, DESCRIPTIVE, "questions", "refutes")
    answers = [_causal(findings, study), *_ranking(findings, study)]
    if doubts:
        answers.append(_predictions(doubts))
    return tuple(answers)


def _names(
    findings: Sequence[Finding], group: Mapping[str, str], *verdicts: Verdict
) -> tuple[str, ...]:
    """Give the names of the findings of a group with one of these verdicts, each once."""
    found = (each.name for each in findings if each.name in group and each.verdict in verdicts)
    return tuple(dict.fromkeys(found))


def _causal(findings: Sequence[Finding], study: Study) -> Answer:
    question = "Is the average difference an effect of the treatment?"
    made = _names(findings, CAUSAL, "supports", "questions", "cannot tell", "refutes")
    against = _names(findings, CAUSAL, "questions", "refutes")
    if against:
        reasons = _listed([CAUSAL[name] for name in against])
        text = f"There is reason for doubt: {reasons}. {_no_proof(study)}"
        return Answer(question, "questions", text, against)
    if is_randomised(study) and "average effect" in _names(findings, CAUSAL, "supports"):
        text = (
            "Treatment was drawn by lot, nothing that was checked speaks against the comparison, "
            "and the interval of the average difference excludes 0."
        )
        return Answer(question, "supports", text, ("average effect",))
    text = f"These data cannot tell. {_no_proof(study)}"
    return Answer(question, "cannot tell", text, made)


def _no_proof(study: Study) -> str:
    if is_randomised(study):
        return "Treatment was drawn by lot; what chance left is in the interval."
    return (
        "Treatment was not drawn by lot: a hidden difference between the arms could produce all of "
        "it, and no check on measured data can exclude that."
    )


def _ranking(findings: Sequence[Finding], study: Study) -> list[Answer]:
    own = next((each for each in findings if each.name == RANKING), None)
    if own is None:
        return []
    said = own.text.removeprefix(f"{study.file.primary.title}: ")
    text = f"By the one test declared in advance, of a ranking by penalized interactions: {said}"
    if own.verdict == "supports" and not is_randomised(study):
        text += (
            " What they gain is a difference between the arms, with the doubts of the line above."
        )
    question = "Do patients who are ranked first gain more than others?"
    return [Answer(question, own.verdict, text, (RANKING,))]


def _predictions(doubts: tuple[str, ...]) -> Answer:
    text = f"Not as it stands: {_listed([DESCRIPTIVE[name] for name in doubts])}."
    return Answer("Can a single patient's number be relied on?", "questions", text, doubts)


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names)
