"""What a hidden factor would have to be, in one place; outcomes that treatment cannot change."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import BenefitEValue, CovariateStrength, PartialR2
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Table
from twoarm.study.hidden import Hidden
from twoarm.study.judge.hidden.negative_controls import ControlRun
from twoarm.study.result import StudyResult

__all__ = [
    "benchmarks_table",
    "controls_table",
    "hidden_table",
    "hidden_tables",
    "rosenbaum_table",
    "sensitivity_table",
]

Row = tuple[Value, ...]


def hidden_tables(result: StudyResult) -> Iterator[Table]:
    """Give the tables there are: none on hidden factors where treatment was drawn by lot."""
    found = result.diagnostics.hidden
    if found is not None:
        yield hidden_table(result, found)
        yield sensitivity_table(result, found)
        yield rosenbaum_table(found)
        yield benchmarks_table(result, found)
    if result.negative_controls:
        yield controls_table(result)


def hidden_table(result: StudyResult, found: Hidden) -> Table:
    """Give every measure of hidden confounding of the primary outcome, beside a yardstick."""
    spec = result.primary.spec
    threshold = f"{100 * (spec.threshold or 0.0):g} points"
    rows = (
        *_e_value_rows(result, found),
        *_odds_rows(found),
        *_linear_rows(result, found.partial_r2),
    )
    columns = (
        Column("measure", "Measure"),
        Column("unit", "What must be this large"),
        Column("to_zero", "For no benefit", "number"),
        Column("to_threshold", f"For {threshold}", "number"),
        Column("yardstick", "Strongest measured covariate"),
    )
    note = (
        "How strong one hidden factor would have to be to bring the average benefit down to "
        f"nothing, or to {threshold}; smaller numbers mean that less is enough. The data do not "
        "say whether there is such a factor: a large number is no proof of an effect. The measures "
        "make different assumptions; their numbers are not comparable with each other. The "
        "yardstick is the measured covariate that does most; what decides about a treatment and is "
        "not recorded can be stronger. Marginal sensitivity and the E-value of the estimate leave "
        "sampling error aside."
    )
    title = f"What a hidden factor would have to be, {spec.title}"
    return Table("hidden_confounding", title, note, columns, rows)


def _e_value_rows(result: StudyResult, found: Hidden) -> Iterator[Row]:
    value = found.e_value
    if value is None:
        yield "E-value", found.errors["e_value"], None, None, ""
        return
    yardstick = "" if value.measured is None else _pair(result, value.measured)
    unit = "risk ratio with treatment, and with the outcome"
    for name, which in (("E-value of the estimate", "estimate"), ("of its 95 % limit", "limit")):
        yield name, unit, *_e_values(value, which), yardstick


def _e_values(value: BenefitEValue, which: str) -> tuple[Value, Value]:
    threshold = None if value.to_threshold is None else getattr(value.to_threshold, which)
    return getattr(value.to_zero, which), threshold


def _pair(result: StudyResult, strongest: CovariateStrength) -> str:
    ratios = (strongest.with_treatment, strongest.with_outcome)
    both = " and ".join(shown(each, "number") for each in ratios)
    return f"{result.plan.file.column_title(strongest.name)}: {both}"


def _odds_rows(found: Hidden) -> Iterator[Row]:
    curve, pairs = found.curve, found.rosenbaum
    unit = "odds ratio of treatment, for patients alike in all that was measured"
    yield "Marginal sensitivity", unit, curve.to_zero, curve.to_threshold, ""
    if pairs is None:
        yield "Rosenbaum bounds", found.errors["rosenbaum"], None, None, ""
    else:
        unit = f"odds ratio of treatment within {pairs.pairs} matched pairs, until p reaches 5 %"
        yield "Rosenbaum bounds", unit, pairs.tipping, None, ""


def _linear_rows(result: StudyResult, value: PartialR2 | None) -> Iterator[Row]:
    if value is None:
        return
    unit = "share of what is left of treatment, and of the outcome (linear probability model)"
    yardstick = ""
    if value.benchmarks:
        one = value.benchmarks[0]
        shares = " and ".join(shown(each, "number") for each in (one.r2_treatment, one.r2_outcome))
        yardstick = f"{result.plan.file.column_title(one.name)}: {shares}"
    yield "Robustness value", unit, value.robustness, None, yardstick
    yield "until not significant", unit, value.robustness_significance, None, yardstick


def sensitivity_table(result: StudyResult, found: Hidden) -> Table:
    """Give what is left of average and share as hidden confounding grows."""
    spec, curve = result.primary.spec, found.curve
    numbers = (curve.strength, curve.low, curve.high, curve.share)
    rows = tuple(tuple(float(each) for each in row) for row in zip(*numbers, strict=True))
    threshold = f"{100 * (spec.threshold or 0.0):g} points"
    columns = (
        Column("odds_ratio", "Odds of treatment changed up to", "number"),
        Column("benefit_low", "Average benefit, low", "points"),
        Column("benefit_high", "high", "points"),
        Column("share_at_threshold", f"Patients still at {threshold}", "percent"),
    )
    note = (
        "Marginal sensitivity model: hidden factors may change a patient's odds of treatment by up "
        "to this factor, either way; 1 is no hidden confounding. The range holds every average "
        "benefit that is then possible (weighted estimate, sampling error aside). The last column: "
        f"patients whose lowest possible benefit is still {threshold}; it starts at the predicted "
        "share and has all the noise of the predictions in it."
    )
    title = f"What is left under hidden confounding, {spec.title}"
    return Table("sensitivity", title, note, columns, rows)


def rosenbaum_table(found: Hidden) -> Table:
    """Give the bounds of McNemar's p-value in matched pairs."""
    value = found.rosenbaum
    rows: tuple[Row, ...] = ()
    note = found.errors.get("rosenbaum", "")
    if value is not None:
        numbers = zip(value.gamma, value.p_low, value.p_high, strict=True)
        rows = tuple(tuple(float(each) for each in row) for row in numbers)
        note = (
            f"{value.pairs} pairs of a treated and an untreated patient with like propensity. In "
            f"{value.treated_better} only the treated fared well, in {value.control_better} only "
            "the other. Smallest and largest one-sided p-value if hidden factors change the odds "
            "of treatment within a pair up to this factor."
        )
    columns = (
        Column("gamma", "Odds ratio within a pair", "number"),
        Column("p_low", "p, smallest", "probability"),
        Column("p_high", "p, largest", "probability"),
    )
    return Table("rosenbaum", "Rosenbaum bounds in matched pairs", note, columns, rows)


def benchmarks_table(result: StudyResult, found: Hidden) -> Table:
    """Give the benefit left by a confounder some times as strong as each covariate."""
    value = found.partial_r2
    rows: tuple[Row, ...] = ()
    note = found.errors.get("partial_r2", "")
    if value is not None:
        rows = tuple(
            (
                result.plan.file.column_title(each.name),
                each.times,
                each.r2_treatment,
                each.r2_outcome,
                each.estimate,
                each.se,
            )
            for each in value.leading
        )
        note = (
            "A linear model of a yes-or-no outcome, an approximation. Its benefit without a hidden "
            f"factor: {shown(value.estimate, 'points')} points. Each row: what would be "
            "left if a hidden factor were so many times as strong as the covariate, with treatment "
            "and with the outcome; the three covariates that move it most."
        )
    columns = (
        Column("covariate", "As strong as"),
        Column("times", "Times", "number"),
        Column("r2_treatment", "Partial R2, treatment", "probability"),
        Column("r2_outcome", "Partial R2, outcome", "probability"),
        Column("benefit", "Benefit left", "points"),
        Column("se", "SE", "spread"),
    )
    return Table("benchmarks", "A hidden factor like a measured one", note, columns, rows)


def controls_table(result: StudyResult) -> Table:
    """Give the run on each outcome that treatment cannot change."""
    chance = 1.0 - 0.95 ** len(result.negative_controls)
    columns = (
        Column("control", "Outcome"),
        Column("removed", "Left out of the models"),
        Column("n", "Patients", "count"),
        Column("effect", "Difference", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("p", "p", "probability"),
        Column("detectable", "Found 4 times in 5 from", "spread"),
        Column("ranking_p", "p of the ranking", "probability"),
        Column("share", "Share at threshold", "percent"),
        Column("share_permuted", "Share, treatment permuted", "percent"),
        Column("share_p", "p of the share", "probability"),
    )
    note = (
        "Known before the decision, so treatment cannot change them: a difference between the arms "
        "that adjustment leaves is bias. Positive: the treated fare better. The difference is the "
        "test (doubly robust, cross-fitted); ranking and share should look as they do by chance, "
        "and are described. No difference does not exclude confounding by factors unrelated to "
        f"this outcome. Without any bias, {shown(chance, 'percent')} of studies with as many "
        "controls, independent of each other, would show a difference in at least one."
    )
    title = "Outcomes that treatment cannot change"
    rows = tuple(
        (
            each.spec.title,
            ", ".join(result.plan.file.column_title(name) for name in each.removed),
            *_control(each),
        )
        for each in result.negative_controls
    )
    return Table("negative_controls", title, note, columns, rows)


def _control(run: ControlRun) -> Row:
    found, ranking, share = run.effect, run.ranking, run.share
    effect: Row = (None,) * 5
    if found is not None:
        one = found.effect
        effect = (one.estimate, one.low, one.high, found.p, found.detectable)
    shares: Row = (None,) * 3 if share is None else (share.raw, share.permuted.mean, share.p)
    return (
        run.n,
        *effect,
        None if ranking is None else ranking.p,
        *shares,
    )
