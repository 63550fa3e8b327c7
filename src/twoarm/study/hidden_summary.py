"""Hidden confounding and negative controls in ``summary.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.diagnostics import BenefitEValue, PartialR2, RosenbaumBounds
from twoarm.diagnostics.finding import is_randomised

if TYPE_CHECKING:
    from twoarm.diagnostics.hidden.e_value import EValue
    from twoarm.metrics import Rate
    from twoarm.study.hidden import SensitivityCurve
    from twoarm.study.judge.hidden.negative_controls import ControlRun, ControlShare
    from twoarm.study.result import StudyResult

__all__ = ["controls_block", "hidden_block"]

Null = Callable[[str, str], Any]
"""Notes why the part at a path is null, and gives the null."""

_HIDDEN, _CONTROLS = "hidden_confounding", "negative_controls"
_INTERIM = "not computed in an interim result"


def hidden_block(result: StudyResult, null: Null) -> Any:
    """Give every measure of hidden confounding of the primary outcome, in benefit direction."""
    if is_randomised(result.plan.study):
        return null(_HIDDEN, "treatment was drawn by lot: hidden factors differ by chance alone")
    if result.causal is None:
        return null(_HIDDEN, _INTERIM)
    found = result.causal.hidden
    if found is None:
        return null(_HIDDEN, "cross-fitting is not complete")

    def part(name: str, value: Any, give: Callable[[Any], Any]) -> Any:
        return null(f"{_HIDDEN}.{name}", found.errors[name]) if value is None else give(value)

    return {
        "outcome": result.primary.spec.name,
        "e_value": part("e_value", found.e_value, lambda value: _e_value(value, null)),
        "marginal_sensitivity": _curve(found.curve, null),
        "rosenbaum": part("rosenbaum", found.rosenbaum, _rosenbaum),
        "partial_r2": part("partial_r2", found.partial_r2, _partial_r2),
    }


def _e_value(value: BenefitEValue, null: Null) -> dict[str, Any]:
    path = f"{_HIDDEN}.e_value.strongest_covariate"
    strongest = value.measured
    return {
        "benefit": value.benefit,
        "to_zero": _target(value.to_zero),
        "to_threshold": None if value.to_threshold is None else _target(value.to_threshold),
        "strongest_covariate": null(path, "no covariate's risk ratios are defined")
        if strongest is None
        else {
            "column": strongest.name,
            "with_treatment": strongest.with_treatment,
            "with_outcome": strongest.with_outcome,
            "bias": strongest.bias,
        },
    }


def _target(value: EValue) -> dict[str, Any]:
    estimate, limit = value.already_below
    return {
        "estimate": value.estimate,
        "limit": value.limit,
        "estimate_already_below": estimate,
        "limit_already_below": limit,
    }


def _curve(curve: SensitivityCurve, null: Null) -> dict[str, Any]:
    columns = ("odds_ratio", "benefit_low", "benefit_high", "share_at_threshold")
    rows = zip(curve.strength, curve.low, curve.high, curve.share, strict=True)
    plain: dict[str, Any] = {
        "bounds": [dict(zip(columns, map(float, row), strict=True)) for row in rows]
    }
    for name in ("to_zero", "to_threshold"):
        plain[name] = getattr(curve, name)
        if plain[name] is None:
            null(f"{_HIDDEN}.marginal_sensitivity.{name}", "no odds ratio is large enough")
    return plain


def _rosenbaum(value: RosenbaumBounds) -> dict[str, Any]:
    rows = zip(value.gamma.tolist(), value.p_low.tolist(), value.p_high.tolist(), strict=True)
    return {
        "pairs": value.pairs,
        "treated_better": value.treated_better,
        "control_better": value.control_better,
        "tipping": value.tipping,
        "bounds": [{"gamma": gamma, "p_low": low, "p_high": high} for gamma, low, high in rows],
    }


def _partial_r2(value: PartialR2) -> dict[str, Any]:
    return {
        "benefit": value.estimate,
        "se": value.se,
        "df": value.df,
        "r2": value.r2,
        "robustness": value.robustness,
        "robustness_significance": value.robustness_significance,
        "benchmarks": [
            {
                "column": each.name,
                "times": each.times,
                "r2_treatment": each.r2_treatment,
                "r2_outcome": each.r2_outcome,
                "benefit": each.estimate,
                "se": each.se,
            }
            for each in value.leading
        ],
    }


def controls_block(result: StudyResult, null: Null) -> Any:
    """Give the run on each negative control by its name, in benefit direction."""
    if result.causal is None and result.plan.file.negative_controls:
        return null(_CONTROLS, _INTERIM)
    return {
        each.spec.name: _control(each, f"{_CONTROLS}.{each.spec.name}", null)
        for each in result.negative_controls
    }


def _control(run: ControlRun, path: str, null: Null) -> dict[str, Any]:
    def part(name: str, value: Any, give: Callable[[Any], Any]) -> Any:
        return null(f"{path}.{name}", run.errors[name]) if value is None else give(value)

    return {
        "n": run.n,
        "events": {"control": run.events[0], "treated": run.events[1]},
        "removed": list(run.removed),
        "effect": part(
            "effect",
            run.effect,
            lambda found: {**asdict(found.effect), "p": found.p, "detectable": found.detectable},
        ),
        "ranking": part("ranking", run.ranking, _ranking),
        "share_at_threshold": part(
            "share_at_threshold", run.share, lambda share: _share(share, path, null)
        ),
    }


def _ranking(rate: Rate) -> dict[str, Any]:
    own = {name: getattr(rate, name) for name in ("se", "low", "high", "p")}
    return {"autoc": rate.estimate, **own}


def _share(share: ControlShare, path: str, null: Null) -> dict[str, Any]:
    own = f"{path}.share_at_threshold"
    band, reason = share.permuted, "too many permutations failed"
    return {
        "raw": share.raw,
        "permuted": null(f"{own}.permuted", reason)
        if band.mean is None
        else {"mean": band.mean, "low": band.low, "high": band.high},
        "p": null(f"{own}.p", reason) if share.p is None else share.p,
    }
