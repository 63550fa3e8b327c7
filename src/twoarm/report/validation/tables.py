"""The tables of an external validation."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, finite
from twoarm.report.formats import Value, interval
from twoarm.report.table import Column, Row, Table
from twoarm.report.validation.words import arm_label, learner_title
from twoarm.validation import ExternalValidation
from twoarm.validation.result import ArmValidation

__all__ = [
    "auc_table",
    "benefit_table",
    "calibration_table",
    "case_mix_table",
    "flow_table",
    "needed_table",
    "net_benefit_table",
    "tests_table",
    "update_table",
]

_WHO = (Column("outcome", "Outcome"), Column("learner", "Learner"), Column("arm", "Arm"))
_LIMITS = ("95 % low", "95 % high")


def _arms(found: ExternalValidation) -> Iterator[tuple[tuple[str, str, str], ArmValidation]]:
    for outcome, name, learner in found.parts():
        for arm, each in learner.arms.items():
            yield (outcome.spec.title, learner_title(name), arm_label(found, arm)), each


def _estimate(each: Estimate | None) -> tuple[Value, Value, Value]:
    if each is None:
        return None, None, None
    return finite(each.estimate), finite(each.low), finite(each.high)


def _columns(name: str, title: str, kind: str) -> tuple[Column, Column, Column]:
    low, high = _LIMITS
    return (
        Column(name, title, kind),
        Column(f"{name}_low", low, kind),
        Column(f"{name}_high", high, kind),
    )


def flow_table(found: ExternalValidation) -> Table:
    """Give who came in, who left and why, and to whom the model gives no number."""
    cohort = found.site.cohort
    rows: list[Row] = [("Rows of the file", cohort.flow.read)]
    rows += [(each.reason, each.n) for each in cohort.flow.excluded]
    rows.append(("Eligible, arm known", len(cohort)))
    rows += [(f"No number: {reason}", n) for reason, n in found.site.without]
    rows.append(("With numbers from the model", int(found.site.usable.sum())))
    columns = (Column("step", "Patients"), Column("n", "n", "count"))
    return Table("validation_flow", "Who was looked at", "", columns, tuple(rows))


def case_mix_table(found: ExternalValidation) -> Table:
    """Give the means here and there, the farthest apart first."""
    mix = found.case_mix
    rows = [
        (column, float(here), float(there), finite(float(apart)))
        for column, here, there, apart in zip(
            mix.columns, mix.here, mix.there, mix.difference, strict=True
        )
    ]
    rows.sort(key=lambda row: -abs(row[3] or 0.0))
    columns = (
        Column("column", "Variable"),
        Column("here", "Mean here", "number"),
        Column("there", "Mean there", "number"),
        Column("difference", "Difference, SD", "probability"),
    )
    note = (
        "There: the patients that the model was learnt from, by the means and standard deviations "
        "in its file. A level of a variable is a share, 0 to 1; a missing value stands as the "
        "model fills it."
    )
    return Table("validation_case_mix", "Patients here and there", note, columns, tuple(rows))


def auc_table(found: ExternalValidation) -> Table:
    """Give the discrimination of every model beside what was to be expected."""
    rows: list[Row] = []
    for who, arm in _arms(found):
        measured = None if isinstance(arm.discrimination, Absent) else arm.discrimination
        expected = None if isinstance(arm.expected, Absent) else arm.expected
        matched = None if isinstance(arm.matched, Absent) else arm.matched
        between = None if expected is None or expected.between is None else expected.between
        rows.append(
            (
                *who,
                arm.n,
                arm.events,
                *_estimate(None if measured is None else measured.auc),
                None if expected is None else finite(expected.auc),
                None if expected is None else expected.headline,
                "" if between is None else interval(between.low, between.high, "probability"),
                None if matched is None else finite(matched.auc),
                *_estimate(None if measured is None else measured.brier),
                None if expected is None else finite(expected.brier),
            )
        )
    columns = (
        *_WHO,
        Column("n", "Patients", "count"),
        Column("events", "Events", "count"),
        *_columns("auc", "AUC here", "probability"),
        Column("auc_expected", "Expected of these patients", "probability"),
        Column("auc_development", "In development", "probability"),
        Column("auc_between", "Range between places"),
        Column("auc_matched", "Weighted to development", "probability"),
        *_columns("brier", "Brier score", "probability"),
        Column("brier_expected", "Brier score expected", "probability"),
    )
    note = (
        "Expected of these patients: the AUC if every predicted risk were right; a more uniform "
        "group has a lower one. Range between places: where the AUC lies in 95 of 100 places, from "
        "the development's own centres where its run is at hand, else with the spread over many "
        "models (SD 0.055). Weighted: these patients with the development's means and spreads. The "
        "model file holds the AUC in development of the study's learner only."
    )
    return Table("validation_auc", "Does it rank patients?", note, columns, tuple(rows))


def calibration_table(found: ExternalValidation) -> Table:
    """Give the calibration of every model."""
    rows: list[Row] = []
    for who, arm in _arms(found):
        each = None if isinstance(arm.calibration, Absent) else arm.calibration
        matched = None if isinstance(arm.matched, Absent) else arm.matched
        null = "" if each is None else interval(
            each.ici_if_calibrated.low, each.ici_if_calibrated.high, "probability"
        )  # fmt: skip
        rows.append(
            (
                *who,
                None if each is None else each.expected,
                None if each is None else each.observed,
                *_estimate(None if each is None else each.ratio),
                None if matched is None else finite(matched.ratio),
                *_estimate(None if each is None else each.in_the_large),
                *_estimate(None if each is None else each.slope),
                None if each is None else finite(each.ici),
                null,
            )
        )
    columns = (
        *_WHO,
        Column("expected", "Predicted", "percent"),
        Column("observed", "Observed", "percent"),
        *_columns("ratio", "Observed / expected", "number"),
        Column("ratio_matched", "Weighted to development", "number"),
        *_columns("in_the_large", "In the large", "probability"),
        *_columns("slope", "Slope", "probability"),
        Column("ici", "ICI", "probability"),
        Column("ici_null", "ICI if right"),
    )
    note = (
        "Observed / expected 1: as many as predicted. In the large 0: right on average, in log "
        "odds. Slope 1: risks as far apart as they should be; below 1 too far. ICI: mean distance "
        "of the prediction from a smooth curve of the outcomes, above 0 even if all are right."
    )
    return Table("validation_calibration", "Are its risks right?", note, columns, tuple(rows))


def benefit_table(found: ExternalValidation) -> Table:
    """Give predicted benefit against both arms."""
    rows: list[Row] = []
    for outcome, name, learner in found.parts():
        each = None if isinstance(learner.benefit, Absent) else learner.benefit
        if each is None:
            continue
        logit = each.logit
        rows.append(
            (
                outcome.spec.title,
                learner_title(name),
                each.predicted,
                *_estimate(each.observed),
                *_estimate(each.difference),
                *_estimate(each.slope.slope),
                *_estimate(None if logit is None else logit.slope),
                *_estimate(each.ranking),
            )
        )
    columns = (
        *_WHO[:2],
        Column("predicted", "Predicted, points", "points"),
        *_columns("observed", "Arms differ by, points", "points"),
        *_columns("difference", "More than predicted, points", "points"),
        *_columns("slope", "Slope", "number"),
        *_columns("logit_slope", "Slope, log odds", "number"),
        *_columns("autoc", "AUTOC", "points"),
    )
    note = (
        "Positive: the treated fare better. Arms differ by: crude. More than predicted: what "
        "happened beyond the predicted risks in the treated, less the same in the controls; 0 if "
        "the benefit is right on average. Slope 1: one more predicted point is one more point; 0: "
        "the predictions rank nobody. AUTOC above 0: those predicted most gain more."
    )
    if not found.randomised:
        note += " Treatment was not drawn by lot: these compare patients and are no effects."
    return Table("validation_benefit", "Is its benefit right?", note, columns, tuple(rows))


def net_benefit_table(found: ExternalValidation) -> Table:
    """Give the net benefit over thresholds, for other programs."""
    rows: list[Row] = []
    for outcome, name, learner in found.parts():
        if isinstance(learner.benefit, Absent):
            continue
        curve = learner.benefit.net_benefit
        rows += [
            (outcome.spec.title, learner_title(name), *map(float, row))
            for row in zip(
                curve.threshold, curve.model, curve.treat_all, curve.share_treated, strict=True
            )
        ]
    columns = (
        *_WHO[:2],
        Column("threshold", "Threshold", "percent"),
        Column("model", "Net benefit, model", "probability"),
        Column("treat_all", "Net benefit, all treated", "probability"),
        Column("share_treated", "Share treated", "percent"),
    )
    return Table("validation_net_benefit", "Net benefit", "", columns, tuple(rows))


def tests_table(found: ExternalValidation) -> Table:
    """Give every closed test."""
    rows: list[Row] = []
    for outcome, name, learner in found.parts():
        tests = [(arm_label(found, arm), each.test) for arm, each in learner.arms.items()]
        for who, test in [("both alike", learner.common), *tests]:
            if isinstance(test, Absent):
                continue
            p = {step.update: step.p for step in test.steps}
            rows.append(
                (
                    outcome.spec.title,
                    learner_title(name),
                    who,
                    *(p.get(update) for update in ("none", "intercept", "slope")),
                    test.most,
                    test.chosen,
                    test.intercept,
                    test.slope,
                )
            )
    columns = (
        *_WHO,
        Column("p_none", "p, none", "probability"),
        Column("p_intercept", "p, intercept", "probability"),
        Column("p_slope", "p, slope", "probability"),
        Column("most", "Against"),
        Column("chosen", "Chosen"),
        Column("intercept", "Intercept", "probability"),
        Column("slope", "Slope", "probability"),
    )
    note = (
        "Each lesser update against the most extensive one that so many events allow; the first "
        "that is not beaten at p < 0.05 is chosen (Vergouwe 2017). Both alike: one update of the "
        "prognosis that leaves the odds ratio between the treatments as it was."
    )
    return Table("validation_tests", "Closed tests", note, columns, tuple(rows))


def update_table(found: ExternalValidation) -> Table:
    """Give what is updated, in words."""
    rows = [
        (outcome.spec.title, learner_title(name), each.decision.update, each.decision.text)
        for outcome, name, each in found.parts()
    ]
    columns = (
        *_WHO[:2],
        Column("update", "Update"),
        Column("why", "Why"),
    )
    return Table("validation_update", "What is updated", "", columns, tuple(rows))


def needed_table(found: ExternalValidation) -> Table:
    """Give what so many patients can tell, and how many it would take."""
    rows: list[Row] = []
    for who, arm in _arms(found):
        at_n = None if isinstance(arm.precision, Absent) else arm.precision
        asked = None if isinstance(arm.asked, Absent) else arm.asked
        needed = None if isinstance(arm.needed, Absent) else arm.needed
        rows.append(
            (
                *who,
                arm.n,
                None if at_n is None else at_n.ratio_width,
                None if at_n is None else at_n.slope_width,
                None if at_n is None else at_n.auc_width,
                None if at_n is None else at_n.ratio_power,
                None if at_n is None else at_n.slope_power,
                None if at_n is None else at_n.auc_power,
                None if asked is None else asked.n,
                None if needed is None else needed.n,
            )
        )
    columns = (
        *_WHO,
        Column("n", "Patients", "count"),
        Column("ratio_width", "Width of O/E", "number"),
        Column("slope_width", "Width of the slope", "number"),
        Column("auc_width", "Width of the AUC", "number"),
        Column("ratio_power", "Finds O/E 1.25", "percent"),
        Column("slope_power", "Finds slope 0.8", "percent"),
        Column("auc_power", "Finds AUC 0.05 less", "percent"),
        Column("asked", "Patients for a precise validation", "count"),
        Column("needed", "Patients for an update of the benefit", "count"),
    )
    note = (
        "From the predictions alone, before any outcome. Widths are of 95 % intervals if the model "
        "is right. Precise: widths of 0.2 (O/E), 0.2 (slope), 0.1 (AUC), by Riley 2021. For an "
        "update of the benefit each arm needs an intercept and a slope by Riley's criteria for "
        "development, and a slope within 0.2."
    )
    return Table("validation_needed", "What so many patients can tell", note, columns, tuple(rows))
