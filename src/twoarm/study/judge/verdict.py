"""The findings of a run put together: two questions, two answers, and what they rest on.

A function of the run alone: two cohorts with the same findings get the same words, whatever made
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, present
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised
from twoarm.diagnostics.harm import amount, estimated, excluded, span
from twoarm.metrics import Estimate
from twoarm.study.judge.answers import INTERIM, Answers
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
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
    """Answer whether benefit or harm can be causal, and whether the ranking is real.

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
    doubts = _names(_of_line(answers, Line.DESCRIPTIVE), "questions")
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
    average, against = _average(answers), _names(findings, "questions")
    if against:
        text = f"There is reason for doubt: {_doubts(against, answers)}."
        return Answer(question, "questions", _with_average(text, average, study), against)
    if average and is_randomised(study) and AVERAGE_EFFECT.name in _names(findings, "supports"):
        text = (
            "Treatment was drawn by lot, and nothing that was checked speaks against the "
            f"comparison: {_effect(average)}, {excluded(average)}."
        )
        return Answer(question, "supports", text, (AVERAGE_EFFECT.name,))
    made = _names(findings, "supports", "cannot tell")
    text = "These data cannot tell."
    return Answer(question, "cannot tell", _with_average(text, average, study), made)


def _average(answers: Answers) -> Estimate | None:
    """Give the average benefit that was found, by the doubly robust estimate."""
    found = answers.of(AVERAGE_EFFECT)
    if isinstance(found, Absent):
        return None
    return present(found.over(answers.study.file.target_trial.population).aipw)


def _effect(average: Estimate) -> str:
    does = "harms" if average.estimate < 0.0 else "helps"
    return (
        f"the treatment {does} ({amount(average.estimate)}, 95 % interval "
        f"{span(average.low, average.high)})"
    )


def _with_average(text: str, average: Estimate | None, study: Study) -> str:
    """Add what was found, and what is no proof of it."""
    found = f"Found is {estimated(average)}; {excluded(average)}." if average else ""
    return " ".join(each for each in (text, found, _no_proof(study)) if each)


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
