"""The findings of a run put together: two questions, two answers, and what they rest on.

A function of the run alone: two cohorts with the same findings get the same words, whatever made
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twoarm.cohort.load import Study
from twoarm.diagnostics.absent import Absent
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised
from twoarm.study.judge.answers import INTERIM, Answers
from twoarm.study.judge.question import Line

__all__ = ["Answer", "verdict"]


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


def verdict(answers: Answers) -> tuple[Answer, ...]:
    """Answer from the findings whether the benefit can be causal, and whether the ranking is real.

    Returns
    -------
    tuple of Answer
        On causality, on the ranking, and on the predictions (where a finding questions them);
        none in an interim result.

    Notes
    -----
    No measured quantity tells an effect from a hidden difference between the arms, so without
    randomisation the first line is `cannot tell` at best, however many checks pass.
    """
    if not answers.findings:
        return ()
    doubts = _names(_of_line(answers, Line.DESCRIPTIVE), "questions", "refutes")
    found = [_causal(answers), *_ranking(answers)]
    if doubts:
        found.append(_predictions(doubts, answers))
    return tuple(found)


def _of_line(answers: Answers, line: Line) -> list[Finding]:
    """Give the findings that speak to a line."""
    lines = {each.name: each.line for each in answers.questions}
    return [each for each in answers.findings if lines[each.name] is line]


def _names(findings: Iterable[Finding], *verdicts: Verdict) -> tuple[str, ...]:
    """Give the names of the findings with one of these verdicts, each once."""
    return tuple(dict.fromkeys(each.name for each in findings if each.verdict in verdicts))


def _doubts(names: Sequence[str], answers: Answers) -> str:
    words = {each.name: each.doubt for each in answers.questions}
    return "; ".join(words[name] for name in names)


def _causal(answers: Answers) -> Answer:
    question = "Is the average difference an effect of the treatment?"
    findings, study = _of_line(answers, Line.CAUSAL), answers.study
    made = _names(findings, "supports", "questions", "cannot tell", "refutes")
    against = _names(findings, "questions", "refutes")
    if against:
        text = f"There is reason for doubt: {_doubts(against, answers)}. {_no_proof(study)}"
        return Answer(question, "questions", text, against)
    if is_randomised(study) and "average effect" in _names(findings, "supports"):
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


def _ranking(answers: Answers) -> list[Answer]:
    question = "Do patients who are ranked first gain more than others?"
    study = answers.study
    made = [_ranked(question, each, study) for each in _of_line(answers, Line.RANKING)]
    missing = [
        found.reason
        for each in answers.questions
        if each.line is Line.RANKING and isinstance(found := answers.of(each), Absent)
        if found != INTERIM and not found.defect
    ]
    return made + [
        Answer(question, "cannot tell", f"The test declared in advance was not made: {why}.", ())
        for why in missing
    ]


def _ranked(question: str, own: Finding, study: Study) -> Answer:
    said = own.text.removeprefix(f"{study.file.primary.title}: ")
    text = f"By the one test declared in advance, of a ranking by penalized interactions: {said}"
    if own.verdict == "supports" and not is_randomised(study):
        text += (
            " What they gain is a difference between the arms, with the doubts of the line above."
        )
    return Answer(question, own.verdict, text, (own.name,))


def _predictions(doubts: tuple[str, ...], answers: Answers) -> Answer:
    text = f"Not as it stands: {_doubts(doubts, answers)}."
    return Answer("Can a single patient's number be relied on?", "questions", text, doubts)
