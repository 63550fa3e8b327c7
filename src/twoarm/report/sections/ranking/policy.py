"""What treating by the predicted benefit would do, and numbers needed to treat."""

from __future__ import annotations

from twoarm.diagnostics import present
from twoarm.metrics import Estimate, NumberNeeded
from twoarm.report.formats import shown
from twoarm.report.needed import needed_text
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import (
    LIMITS,
    adjusted,
    limits,
    models_of,
)
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.plan.plan import Plan
from twoarm.study.result import StudyResult

__all__ = ["needed_table", "part", "policy_table"]


def part(result: StudyResult) -> Part | None:
    """Fold the policies away; nothing where there is no cross-fit."""
    evidence, plan = result.value(COMPARISON), result.plan
    if evidence is None:
        return None
    tables = (policy_table(plan, evidence), needed_table(plan, evidence))
    return Part(details=(Details(summary="Policies, and numbers needed to treat", tables=tables),))


def policy_table(plan: Plan, found: BenefitEvidence) -> Table:
    """Give the event rate if all followed one policy, and what it gains over the others."""
    threshold = shown(100 * found.patients.threshold, "number")
    policies = {"Nobody treated": found.treat_none, "Everybody treated": found.treat_all}
    policies |= {f"From {threshold} points on, {title}": m.policy for title, m in models_of(found)}
    rows = tuple(
        (
            name,
            each.share_treated,
            each.value.estimate,
            *limits(each.over_none),
            *limits(each.over_all),
        )
        for name, each in policies.items()
    )
    columns = (
        Column("policy", "Policy"),
        Column("share_treated", "Treated", "percent"),
        Column("value", "With the outcome", "percent"),
        Column("over_none", "Gain over nobody, points", "points"),
        *LIMITS,
        Column("over_all", "Gain over everybody, points", "points"),
        Column("over_all_low", "95 % low", "points"),
        Column("over_all_high", "95 % high", "points"),
    )
    note = (
        f"{plan.file.primary.title} had all patients followed the policy; learners' "
        "policies treat from the threshold on. A gain is positive "
        "where the policy is better. No cost of treatment is counted here; net benefit counts it. "
        "Intervals take the predictions as given." + adjusted(plan.study)
    )
    return Table("policy", "What treating by the prediction would do", note, columns, rows)


def needed_table(plan: Plan, found: BenefitEvidence) -> Table:
    """Give numbers needed to treat with their limits."""
    threshold = shown(100 * found.patients.threshold, "number")
    rows = [_needed_row("All patients", found.average, found.needed)]
    rows += [
        _needed_row(f"From {threshold} points on, {title}", present(m.reaching), m.needed)
        for title, m in models_of(found)
    ]
    columns = (
        Column("patients", "Patients"),
        Column("benefit", "Benefit, points", "points"),
        *LIMITS,
        Column("nnt", "Number needed to treat"),
    )
    note = (
        "Learners' rows are the patients predicted to reach the threshold. "
        "NNTB: patients to treat for one more to benefit; NNTH: for one more to be harmed. Where "
        "the interval of the benefit holds 0, the numbers run through infinity (Altman 1998). The "
        "threshold is a benefit, not a number needed." + adjusted(plan.study)
    )
    return Table("number_needed", "Numbers needed to treat", note, columns, tuple(rows))


def _needed_row(patients: str, benefit: Estimate | None, needed: NumberNeeded | None) -> Row:
    if benefit is None or needed is None:
        return patients, None, None, None, None
    return patients, *limits(benefit), needed_text(needed)
