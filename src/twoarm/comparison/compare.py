"""Two finished runs, compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twoarm.comparison.baseline import ArmCount, Variable, arm_counts, variables
from twoarm.comparison.columns import only_in
from twoarm.comparison.leaves import Difference, differing
from twoarm.comparison.patients import SharedPatients, shared_patients
from twoarm.comparison.quoted import QuotedPair, quoted_numbers
from twoarm.comparison.reading import FinishedRun, read_finished
from twoarm.comparison.settings import settings_differing
from twoarm.comparison.words import Said, changed_words

__all__ = ["Comparison", "compare_runs"]

_ELSEWHERE = {"verdict", "findings", "absent"}
"""Parts of the summary that are words: compared as such, or as the reason for a null."""


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes
    ----------
    a, b : FinishedRun
    patients : SharedPatients
        Whether the runs have patients in common.
    counts : tuple of ArmCount
        Known outcomes and events by arm.
    variables : tuple of Variable
        What both measured at the decision, by arm.
    only_a, only_b : dict
        Variables of one run alone, and why.
    settings : tuple of Difference
    quoted : tuple of QuotedPair
        The numbers to quote of both runs, differing or not.
    words : tuple of Said
        Verdict and findings that changed.
    numbers : tuple of Difference
        Every other leaf of ``summary.json`` that differs.
    """

    a: FinishedRun
    b: FinishedRun
    patients: SharedPatients
    counts: tuple[ArmCount, ...]
    variables: tuple[Variable, ...]
    only_a: dict[str, str]
    only_b: dict[str, str]
    settings: tuple[Difference, ...]
    quoted: tuple[QuotedPair, ...]
    words: tuple[Said, ...]
    numbers: tuple[Difference, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any patient of either run is synthetic."""
        return any(each.result.plan.cohort.synthetic for each in (self.a, self.b))

    @property
    def differs_nowhere(self) -> bool:
        """Whether data, settings, numbers and words are the same."""
        return not (self.differing_inputs or self.numbers or self.words)

    @property
    def differing_inputs(self) -> tuple[str, ...]:
        """Which inputs differ, in a word each: what can have moved a number.

        Two runs do not tell which of several did.
        """
        paths = [each.path for each in self.settings]
        found = {
            "the data": self.a.record["data"] != self.b.record["data"],
            "the study file": any(path.startswith("study file") for path in paths),
            "the published effects": any(path.startswith("benchmark") for path in paths),
            "the seed": "run.seed" in paths,
            "the number of replicates": "run.replicates" in paths,
            "the software": any(path.startswith(("run.versions", "run.lock")) for path in paths),
            "the processor": "run.cpu" in paths,
        }
        return tuple(name for name, differs in found.items() if differs)


def compare_runs(a: str | Path, b: str | Path) -> Comparison:
    """Compare two finished runs.

    Nothing is fitted and no difference is tested: runs that share patients are not independent,
    and what the runs store does not tell how far their estimates move together.

    Parameters
    ----------
    a, b : str or Path
        Their folders, or copies of them.

    Returns
    -------
    Comparison

    Raises
    ------
    RunFolderError
        If one of them holds no finished run that this version can read.
    """
    first, second = read_finished(a), read_finished(b)
    plans = [each.result.plan for each in (first, second)]
    cohorts = [plan.cohort for plan in plans]
    return Comparison(
        a=first,
        b=second,
        patients=shared_patients((plans[0].study, cohorts[0]), (plans[1].study, cohorts[1])),
        counts=arm_counts(*cohorts),
        variables=variables(*cohorts),
        only_a=only_in(cohorts[0], cohorts[1]),
        only_b=only_in(cohorts[1], cohorts[0]),
        settings=settings_differing(first, second),
        quoted=quoted_numbers(first, second),
        words=changed_words(first.summary, second.summary),
        numbers=differing(_numbers(first.summary), _numbers(second.summary)),
    )


def _numbers(summary: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in summary.items() if key not in _ELSEWHERE}
