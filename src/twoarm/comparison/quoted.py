"""The numbers that a run is quoted by, of two runs, with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from twoarm.comparison.reading import FinishedRun, why_absent
from twoarm.diagnostics.comparability.population import NAMES
from twoarm.study import ARMS

__all__ = ["NO_SUCH_OUTCOME", "Quote", "QuotedPair", "quoted_numbers"]

NO_SUCH_OUTCOME = "no such outcome in this run"

Kind = Literal["benefit", "auc", "share", "autoc"]


@dataclass(frozen=True, slots=True)
class Quote:
    """One run's value; None where the run has none, and `absent` says why.

    Attributes
    ----------
    value, low, high : float or None
        0-1 or a difference of such; the interval is the run's own, of 95 %.
    absent : str
        Why there is no value.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    absent: str = ""


@dataclass(frozen=True, slots=True)
class QuotedPair:
    """A quoted number of both runs.

    Attributes
    ----------
    kind : str
        ``benefit``: doubly robust mean over the study's population (AIPW); ``auc``: the headline;
        ``share``: cross-fitted share of patients who reach the threshold, and its interval what
        the same learner reports where one odds ratio holds for all; ``autoc``: the ranking test.
    outcome, of : str
        Of which outcome; of which population or arm, where that matters.
    a, b : Quote
    """

    kind: Kind
    outcome: str
    of: str
    a: Quote
    b: Quote

    @property
    def change(self) -> float | None:
        """B minus A, where both have a value."""
        if self.a.value is None or self.b.value is None:
            return None
        return self.b.value - self.a.value


_Key = tuple[Kind, str, str]


def quoted_numbers(a: FinishedRun, b: FinishedRun) -> tuple[QuotedPair, ...]:
    """Give every number that either run is quoted by, in the order of A and then of B."""
    first, second = dict(_quotes(a)), dict(_quotes(b))
    return tuple(
        QuotedPair(
            *key, first.get(key) or _elsewhere(key, a), second.get(key) or _elsewhere(key, b)
        )
        for key in dict.fromkeys([*first, *second])
    )


def _elsewhere(key: _Key, run: FinishedRun) -> Quote:
    kind, outcome, _ = key
    if outcome not in run.summary["outcomes"]:
        return Quote(None, absent=NO_SUCH_OUTCOME)
    if kind == "benefit":
        return Quote(None, absent="this study averages over another population")
    return Quote(None, absent="not the primary outcome of this run")


def _quotes(run: FinishedRun) -> Iterator[tuple[_Key, Quote]]:
    population = run.result.plan.file.target_trial.population
    primary = run.result.plan.file.primary.name
    for outcome in run.summary["outcomes"]:
        path = f"outcomes.{outcome}"
        mean = _told(run, f"{path}.average_effect.{NAMES[population]}.aipw", "estimate")
        yield ("benefit", outcome, population), mean
        for arm in ARMS:
            auc = f"{path}.arms.{arm}.auc"
            yield ("auc", outcome, arm), _told(run, auc, "headline", limits="ci")
        if outcome == primary:
            share = f"{path}.benefit.share_at_threshold"
            yield (
                ("share", outcome, ""),
                _told(run, share, "crossfit", limits="same_effect_crossfit"),
            )
            yield ("autoc", outcome, ""), _told(run, f"{path}.ranking", "autoc")


def _told(run: FinishedRun, path: str, key: str, limits: str = "") -> Quote:
    """Take a value and its limits from the summary, or the reason for their absence."""
    found = _at(run.summary, path)
    value = _at(found, key) if isinstance(found, Mapping) else None
    if value is None:
        return Quote(None, absent=why_absent(run.summary, f"{path}.{key}"))
    interval = _at(found, limits) if limits else found
    return Quote(value, _at(interval, "low"), _at(interval, "high"))


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
