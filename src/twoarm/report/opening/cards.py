"""The three answers, each with a mark, a word, one sentence and where the evidence is."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.diagnostics.finding import Verdict, is_randomised
from twoarm.report.opening.content import Card
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.judge.verdict import Answer
from twoarm.study.result import StudyResult

__all__ = ["cards"]

_LOOKS: dict[Verdict, tuple[str, str, str]] = {
    "supports": ("supported", "●", "supported"),
    "questions": ("question", "◆", "in question"),
    "cannot tell": ("open", "○", "open"),
}
_MOST_DOUBTS = 2
_PATIENT = "Can a single patient's number be relied on?"
_SHORT = {
    "Is the average difference an effect of the treatment?": "Is it an effect of the treatment?",
    "Do patients who are ranked first gain more than others?": "Do those ranked first gain more?",
    _PATIENT: "Can one patient's number be relied on?",
}


def cards(result: StudyResult) -> tuple[Card, ...]:
    """Give causality, ranking and the single patient; nothing in an interim result."""
    if not result.verdict:
        return ()
    causal, *others = result.verdict
    ranking = next((each for each in others if each.question != _PATIENT), None)
    patient = next((each for each in others if each.question == _PATIENT), None)
    found = [_card(causal, _causal(result, causal), "findings", "causal")]
    if ranking is not None:
        found.append(_card(ranking, _ranking(result, ranking), "ranking", "whom"))
    return (*found, _patient(result, patient))


def _card(answer: Answer, text: str, link: str, answers: str) -> Card:
    state, mark, word = _LOOKS[answer.verdict]
    return Card(
        question=_SHORT.get(answer.question, answer.question),
        state=state,
        mark=mark,
        word=word,
        text=text,
        link=link,
        answers=answers,
    )


def _doubts(result: StudyResult, names: Sequence[str]) -> str:
    """Name the first doubts, and count the others."""
    words = {each.name: each.doubt for each in result.answers.questions}
    said = [words[name] for name in names[:_MOST_DOUBTS]]
    more = len(names) - len(said)
    return "; ".join(said) + (f"; and {more} more" if more else "")


def _causal(result: StudyResult, answer: Answer) -> str:
    lot = is_randomised(result.plan.study)
    if answer.verdict == "questions":
        hidden = "" if lot else " A hidden difference between the arms could produce all of it."
        return f"Doubts: {_doubts(result, answer.rests_on)}.{hidden}"
    if answer.verdict == "supports":
        return "Treatment was drawn by lot, and nothing that was checked speaks against it."
    if lot:
        return "Treatment was drawn by lot; whether it does anything, chance still hides."
    return (
        "Treatment was not drawn by lot: a hidden difference between the arms could produce all of "
        "it, and no check on measured data can exclude that."
    )


def _ranking(result: StudyResult, answer: Answer) -> str:
    test = result.value(RANKING)
    if test is None:
        return f"The one test declared in advance was not made: {result.why_absent(RANKING)}."
    if answer.verdict == "supports":
        gain = "By the one test declared in advance they do."
        if result.value(HETEROGENEITY) is None:
            return gain
        return (
            f"{gain} One odds ratio for everybody would rank them, too: absolute benefit differs "
            "with risk."
        )
    if answer.verdict == "questions":
        return "By the one test declared in advance they gain less than others."
    return "By the one test declared in advance that is not shown."


def _patient(result: StudyResult, answer: Answer | None) -> Card:
    """Give the third answer: in question where a finding doubts the predictions, else open."""
    if answer is not None:
        text = f"Doubts: {_doubts(result, answer.rests_on)}."
        return _card(answer, text, "findings", "patient")
    text = "No check made here speaks against it; none can show that one patient's number is right."
    if not result.primary.has_models:
        text = "There are none: the study names no predictors."
    return _card(Answer(_PATIENT, "cannot tell", text, ()), text, "findings", "patient")
