"""Is treating by the predicted benefit better than treating everybody, or nobody?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from twoarm.metrics import NetBenefit
from twoarm.report.figures import GREY, INK, Panel, draw
from twoarm.report.section import Part
from twoarm.report.sections.ranking.learners import (
    LEARNER,
    LEARNER_TITLES,
    LIMITS,
    adjusted,
    models_of,
)
from twoarm.report.sections.ranking.lines import LINES, threshold_line
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.plan.plan import Plan
from twoarm.study.result import StudyResult

__all__ = ["net_benefit_curve_table", "net_benefit_curves", "net_benefit_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show net benefit over thresholds; nothing where there is no cross-fit."""
    evidence, plan = result.value(COMPARISON), result.plan
    if evidence is None:
        return None
    curves = {name: each.net_benefit for name, each in evidence.models.items()}
    figure = draw(
        "net_benefit",
        f"Net benefit of treating by the prediction, {plan.file.primary.title}",
        "Net benefit against the smallest benefit worth treating for, from 0 to 30 points: by each "
        "learner's prediction, everybody, nobody, and as many patients by lot.",
        lambda panel: net_benefit_curves(panel, curves, evidence.patients.threshold),
        legend=f"{evidence.patients.outcome.size} patients with known outcome. Good outcomes won "
        "(or bad ones avoided) per 100 patients, less the threshold for each patient treated; "
        "nobody treated is 0. By lot: as many as the T-learner selects, drawn at random. "
        "Cross-fitted predictions." + adjusted(plan.study),
        height_mm=72,
        synthetic=plan.cohort.synthetic,
    )
    return Part(
        figures=(figure,),
        tables=(net_benefit_table(plan, evidence),),
        files=(net_benefit_curve_table(evidence),),
    )


def net_benefit_table(plan: Plan, found: BenefitEvidence) -> Table:
    """Give net benefit at the study's threshold and around it."""
    rows = tuple(_net_rows([each.around_threshold for each in found.models.values()]))
    columns = (
        Column("threshold", "Threshold, points", "spread"),
        *(Column(title, f"{title}, points", "points") for title, _ in models_of(found)),
        Column("treat_all", "Everybody, points", "points"),
        Column("same_share", "As many by lot, points", "points"),
        Column("over_all", "T-learner over everybody, points", "points"),
        *LIMITS,
    )
    note = (
        "Good outcomes won (or bad ones avoided) per 100 patients, less the threshold for each "
        "patient treated; treating nobody has 0. The threshold is the smallest absolute benefit "
        "that would be worth the treatment, and different people set it differently. By lot: as "
        "many patients as the T-learner selects, drawn at random. Intervals take the "
        "predictions as given." + adjusted(plan.study)
    )
    return Table("net_benefit", "Net benefit of treating by the prediction", note, columns, rows)


def _net_rows(curves: Sequence[NetBenefit]) -> Iterator[Row]:
    own = curves[0]
    limits = own.over_all_limits
    assert limits is not None  # those of scores have a standard error
    columns = (own.treat_all, own.same_share, own.over_all, *limits)
    for k, threshold in enumerate(own.threshold.tolist()):
        models = (float(curve.model[k]) for curve in curves)
        yield threshold, *models, *(float(column[k]) for column in columns)


def net_benefit_curve_table(found: BenefitEvidence) -> Table:
    """Give the curves of the figure."""
    rows: list[Row] = []
    for title, m in models_of(found):
        curve = m.net_benefit
        parts = (
            curve.threshold, curve.model, curve.treat_all, curve.same_share, curve.share_treated,
        )  # fmt: skip
        rows += [(title, *row) for row in zip(*(x.tolist() for x in parts), strict=True)]
    columns = (
        LEARNER,
        Column("threshold", "Threshold, points", "spread"),
        Column("model", "By the prediction, points", "points"),
        Column("treat_all", "Everybody, points", "points"),
        Column("same_share", "As many by lot, points", "points"),
        Column("share_treated", "Treated", "percent"),
    )
    return Table("net_benefit_curve", "Net benefit by threshold", "", columns, tuple(rows))


def net_benefit_curves(panel: Panel, curves: Mapping[str, NetBenefit], threshold: float) -> None:
    """Show net benefit over thresholds, in points; `curves` by learner, the study's first."""
    own = next(iter(curves.values()))
    cut = 100 * own.threshold
    panel.refer(y=0)
    names = [("nobody", 0.0, GREY)]
    for name, values, colour, dash in (
        ("everybody", own.treat_all, INK, "-"),
        ("as many by lot", own.same_share, GREY, "-."),
    ):
        panel.line(name, cut, 100 * values, colour=colour, linestyle=dash, linewidth=0.9)
        names.append((name, float(100 * values[-1]), colour))
    for name, curve in curves.items():
        colour, dash = LINES[name]
        title = LEARNER_TITLES[name]
        panel.line(title, cut, 100 * curve.model, colour=colour, linestyle=dash)
        names.append((title.replace(" ", "\n"), float(100 * curve.model[-1]), colour))
    panel.axes.set_xlim(cut[0], cut[-1])
    low, high = panel.axes.get_ylim()
    panel.axes.set_ylim(low, high + 0.08 * (high - low))
    threshold_line(panel, threshold)
    panel.axes.set_xlabel("Smallest benefit worth treating for, points")
    panel.axes.set_ylabel("Net benefit, points")
    panel.name_lines(names)
