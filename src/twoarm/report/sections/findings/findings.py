"""What every diagnostic says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twoarm.diagnostics import Finding
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["findings_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show every finding; a target trial that cannot be emulated comes before all of them."""
    findings = result.findings
    if not findings:
        return None
    alarms = tuple(
        each for each in findings if each.name == "target trial" and each.verdict == "questions"
    )
    deciding = [each for each in findings if each.verdict != "cannot tell"]
    others = [each for each in findings if each.verdict == "cannot tell"]
    table = findings_table(deciding or others)
    if not (deciding and others):
        return Part(alarms=alarms, tables=(table,))
    rest = replace(findings_table(others), name="findings_open", title="What decides nothing")
    folded = Details(
        summary=f"{len(others)} more checks, which decide nothing either way", tables=(rest,)
    )
    return Part(
        alarms=alarms, tables=(table,), details=(folded,), files=(findings_table(findings),)
    )


def findings_table(findings: Sequence[Finding]) -> Table:
    """Give every diagnostic's verdict and sentence."""
    rows = tuple((each.name, each.verdict, each.text) for each in findings)
    columns = (Column("name", "Looked at"), Column("verdict", "Verdict"), Column("text", "Finding"))
    note = (
        "What each diagnostic does to the claim that the benefit is as predicted. No measured "
        "quantity can support a causal reading where treatment was not assigned at random: the "
        "best such a diagnostic can say is 'cannot tell'."
    )
    return Table("findings", "What the diagnostics say", note, columns, rows)
