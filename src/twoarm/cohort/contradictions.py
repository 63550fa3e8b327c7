"""What a study file's sections say against each other, once each of them can be read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from twoarm.cohort.rules import parse_rule
from twoarm.cohort.studyfile import StudyFile
from twoarm.errors import StudyFileError

__all__ = ["SYNTHETIC_COLUMN", "contradictions"]

SYNTHETIC_COLUMN = "synthetic"
"""Column that marks synthetic patients."""

Contradiction = tuple[tuple[str | int, ...], str]
"""Path of the entry at fault, and what is wrong with it."""

_LATE = "it is measured after the decision (before_decision = false)"
_ORDINAL = "it is the ordinal outcome"
_OUTCOME = "it is the column of an outcome"
_OWN_MEMBERS = ("mean", "logistic", "spline_logistic", "elastic_net", "forest", "boosting")


def contradictions(file: StudyFile) -> Iterator[Contradiction]:
    """Give every contradiction in a study file."""
    yield from _repeated("outcomes", [outcome.name for outcome in file.outcomes])
    yield from _repeated("predictors", [predictor.column for predictor in file.predictors])
    yield from _repeated("columns", [column.column for column in file.columns])
    yield from _rules(file)
    yield from _outcomes(file)
    yield from _nothing_measured(file)
    yield from _refused_predictors(file)
    yield from _refused_propensity(file)
    yield from _members(file)
    yield from _published(file)


def _repeated(section: str, names: Sequence[str]) -> Iterator[Contradiction]:
    for k, name in enumerate(names):
        if name in names[:k]:
            yield (section, k), f"'{name}' is listed more than once"


def _rules(file: StudyFile) -> Iterator[Contradiction]:
    for k, entry in enumerate(file.eligibility):
        try:
            parse_rule(entry.rule)
        except StudyFileError as error:
            yield ("eligibility", k, "rule"), str(error)


def _outcomes(file: StudyFile) -> Iterator[Contradiction]:
    primaries = [outcome.name for outcome in file.outcomes if outcome.primary]
    if len(primaries) != 1:
        found = ", ".join(primaries) or "none"
        yield ("outcomes",), f"exactly one outcome has primary = true | found {found}"
    taken = {
        file.treatment.column: "it is the treatment",
        file.study.id: "it is the patients' id",
        SYNTHETIC_COLUMN: "it marks synthetic patients",
    }
    for k, outcome in enumerate(file.outcomes):
        if outcome.column in taken:
            reason = taken[outcome.column]
            yield ("outcomes", k), f"'{outcome.column}' is refused as an outcome: {reason}"
    yield from _negative_controls(file)


def _negative_controls(file: StudyFile) -> Iterator[Contradiction]:
    """Refuse what is no predictor, or known late, or would leave none to adjust for."""
    predictors = {predictor.column for predictor in file.predictors}
    measured = predictors | {each.column for each in file.propensity_codebook}
    after = {column.column for column in file.columns if not column.before_decision}
    for k, outcome in enumerate(file.outcomes):
        for name in outcome.remove:
            if name not in measured:
                yield ("outcomes", k, "remove"), f"no predictor or propensity column: '{name}'"
        if outcome.role == "negative_control":
            if outcome.column in after:
                reason = f"{_LATE}, so that treatment may change it"
                at = ("outcomes", k)
                yield at, f"'{outcome.column}' is refused as a negative control: {reason}"
            if predictors <= {outcome.column, *outcome.remove}:
                yield ("outcomes", k), "no predictor would be left in the run on it"


def _nothing_measured(file: StudyFile) -> Iterator[Contradiction]:
    """Refuse a study without predictors that names nothing to adjust its averages for either."""
    if not file.predictors and not file.propensity_codebook:
        yield (
            ("predictors",),
            "an empty list asks for averages adjusted for the [[columns]] with propensity = true | "
            "found none of these",
        )


def _refused_predictors(file: StudyFile) -> Iterator[Contradiction]:
    """Refuse predictors that are known only after the decision, or are something else."""
    after = {column.column for column in file.columns if not column.before_decision}
    described = {column.column for column in file.columns}
    reasons = _taken(file)
    for k, predictor in enumerate(file.predictors):
        name = predictor.column
        reason = reasons.get(name)
        if reason in (None, _ORDINAL) and (name in after or not predictor.before_decision):
            reason = _LATE
        elif reason is None and name in described:
            reason = "it is also listed under [[columns]]"
        if reason:
            yield ("predictors", k), f"refused as a predictor: {reason}"


def _refused_propensity(file: StudyFile) -> Iterator[Contradiction]:
    """Refuse columns of the propensity known only after the decision, or something else."""
    reasons = _taken(file)
    if file.study.centre:
        reasons[file.study.centre] = "it is the centre, which the propensity sees anyway"
    for k, column in enumerate(file.columns):
        if not column.propensity:
            continue
        reason = reasons.get(column.column)
        if not column.before_decision:
            reason = _LATE
        if reason:
            yield ("columns", k), f"'{column.column}' is refused for the propensity: {reason}"


def _taken(file: StudyFile) -> dict[str, str]:
    """Say which columns have another part in the study, and which."""
    reasons = {
        file.treatment.column: "it is the treatment",
        file.study.id: "it is the patients' id",
        SYNTHETIC_COLUMN: "it marks synthetic patients",
    }
    if file.ordinal:
        reasons[file.ordinal.column] = _ORDINAL
    outcomes = [outcome.column for outcome in file.outcomes if outcome.role == "outcome"]
    return reasons | dict.fromkeys(outcomes, _OUTCOME)


def _members(file: StudyFile) -> Iterator[Contradiction]:
    plugins = [plugin.name for plugin in file.model.plugins]
    known = [*_OWN_MEMBERS, *plugins]
    for k, name in enumerate(plugins):
        if name in known[: len(_OWN_MEMBERS) + k]:
            yield ("model", "plugins", k), f"the name '{name}' is taken by another member"
    members = file.model.members
    if not members:
        yield ("model", "members"), "a stack needs at least one member | found none"
    for k, name in enumerate(members):
        if name in members[:k]:
            yield ("model", "members"), f"'{name}' is listed more than once"
        elif name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            yield ("model", "members"), f"unknown member '{name}' | {hint}"


def _published(file: StudyFile) -> Iterator[Contradiction]:
    if file.published is None:
        return
    outcomes = [outcome.name for outcome in file.outcomes if outcome.role == "outcome"]
    columns = [predictor.column for predictor in file.predictors]
    for section, given, known in (
        ("outcomes", file.published.outcomes, outcomes),
        ("importance", file.published.importance, columns),
    ):
        what = "outcome" if section == "outcomes" else "predictor"
        for name in given:
            if name not in known:
                yield ("published", section, name), f"no such {what} | known: {', '.join(known)}"
