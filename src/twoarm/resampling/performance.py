"""Everything that is reported of one model's predictions, from replicates and cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import (
    CalibrationGroups,
    NullBand,
    RocCurve,
    brier_no_information,
    calibration_curve,
    calibration_groups,
    log_loss_no_information,
    roc_curve,
    roc_points,
)
from twoarm.metrics.calibration import ici_of_calibrated
from twoarm.resampling.gate import Gate, gate
from twoarm.resampling.headline_intervals import with_intervals
from twoarm.resampling.metric import CalibrationMetrics, Metric
from twoarm.resampling.model_spread import ModelSpread
from twoarm.resampling.nested_cv import CrossValidated, cv_scores
from twoarm.resampling.optimism import (
    ResampledScores,
    corrected_auc,
    corrected_calibration,
    corrected_fit,
    corrected_loss,
    scaled,
)
from twoarm.resampling.scores import SCORES, score

__all__ = ["CalibrationCurve", "Performance", "performance"]

_CALIBRATION = ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax")
_OUT_OF_BAG = ("auc", "brier", "scaled_brier", "log_loss")
_NULL_DRAWS = 200


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """The smoothed outcome over the predicted probability, each of shape (n,).

    Attributes
    ----------
    predicted : ndarray
        Predictions of the patients, sorted.
    observed : ndarray
        Share of events at each, by the smoother of `twoarm.metrics.calibration_curve`.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]


def _curve(outcome: NDArray[np.int64], risk: NDArray[np.float64]) -> CalibrationCurve:
    order = np.argsort(risk, kind="stable")
    return CalibrationCurve(risk[order], calibration_curve(outcome, risk)[order])


@dataclass(frozen=True, slots=True)
class Performance:
    """How well a model predicts, corrected for optimism.

    Attributes
    ----------
    n, events : int
        Patients measured, and those with the event.
    auc, brier, scaled_brier, log_loss : Metric
        See `twoarm.metrics`.
    r2, g, gp : Metric
        Nagelkerke's R2, Harrell's g and gp; they recalibrate where they are measured.
    calibration : CalibrationMetrics
    gate : Gate
        Whether Harrell's AUC can be quoted.
    spread : ModelSpread
        How differently the replicates' models perform: part of the intervals.
    outcome, risk : ndarray, shape (n,)
        The outcome, 0 or 1, and the full fit's predictions for its own patients.
    cv : CrossValidated
        Out-of-fold predictions of the same patients.
    """

    n: int
    events: int
    auc: Metric
    brier: Metric
    scaled_brier: Metric
    log_loss: Metric
    r2: Metric
    g: Metric
    gp: Metric
    calibration: CalibrationMetrics
    gate: Gate
    spread: ModelSpread
    outcome: NDArray[np.int64]
    risk: NDArray[np.float64]
    cv: CrossValidated

    @property
    def apparent_curve(self) -> CalibrationCurve:
        """Calibration of the full fit's predictions for its own patients."""
        return _curve(self.outcome, self.risk)

    @property
    def cross_validated_curves(self) -> tuple[CalibrationCurve, ...]:
        """Calibration of the out-of-fold predictions, one for each complete repeat."""
        return tuple(_curve(self.outcome, risk) for risk in self.cv.risk[self.cv.complete])

    @property
    def groups(self) -> CalibrationGroups:
        """Calibration in a few groups, of out-of-fold predictions averaged over the repeats.

        Of the full fit's predictions where no repeat is complete.
        """
        held = self.cv.risk[self.cv.complete]
        return calibration_groups(self.outcome, held.mean(axis=0) if held.size else self.risk)

    @property
    def roc(self) -> RocCurve | None:
        """Receiver operating characteristic of the out-of-fold predictions; None without any."""
        held = self.cv.risk[self.cv.complete]
        return roc_curve(self.outcome, held) if held.size else None

    @property
    def apparent_roc(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """1 - specificity and sensitivity of the full fit for its own patients."""
        return roc_points(self.outcome, self.risk)

    def metrics(self) -> dict[str, Metric]:
        """Give every measure by its name; those of calibration are ``calibration.slope`` etc."""
        own = (field.name for field in fields(Performance))
        found = {name: getattr(self, name) for name in own}
        measures = {name: each for name, each in found.items() if isinstance(each, Metric)}
        parts = {f"calibration.{name}": getattr(self.calibration, name) for name in _CALIBRATION}
        return measures | parts

    def cautions(self) -> tuple[str, ...]:
        """Name the measures that are undefined in more than 5 % of the replicates.

        And say whether a corrected value is given all the same.
        """
        often: dict[tuple[str, str], list[str]] = {}
        for name, each in self.metrics().items():
            total = each.replicates_used + each.failed
            if each.often_missing:
                found = (f"{each.failed} of {total}", _rests_on(each.harrell))
                often.setdefault(found, []).append(name)
            if name in _OUT_OF_BAG and each.often_missing_oob:
                found = (f"{total - each.oob_used} of {total}", _rests_on(each.oob))
                often.setdefault(found, []).append(f"{name} out of bag")
        return tuple(
            f"{', '.join(names)}: not defined in {count} replicates; {what}"
            for (count, what), names in often.items()
        )


def _rests_on(corrected: float | None) -> str:
    given = corrected is not None
    return "the corrected value rests on the others" if given else "no corrected value is given"


def performance(
    outcome: NDArray[np.int64],
    risk: NDArray[np.float64],
    table: NDArray[np.float64],
    spread: ModelSpread,
    cv: CrossValidated,
    rng: np.random.Generator,
    *,
    seeing_copies: Sequence[str] = (),
) -> Performance:
    """Collect every estimate of every measure.

    Parameters
    ----------
    outcome, risk : ndarray, shape (n,)
        Outcome, 0 or 1, and the full fit's predictions.
    table : ndarray, shape (replicates, measures, 3)
        From `scores.score_all`.
    spread : ModelSpread
        From the predictions of the same replicates.
    cv : CrossValidated
        Out-of-fold predictions of the same patients; without repeats the estimates are None.
    rng : numpy.random.Generator
        For the outcomes drawn for the ICI's null.
    seeing_copies : sequence of str
        Parts of the learner with copies of one patient on both sides of their own division.
    """
    own = score(risk, outcome, np.ones(outcome.size, dtype=np.int64))
    apparent = {name: float(own[k, 1]) for k, name in enumerate(SCORES)}
    resampled = {name: ResampledScores(*table[:, k].T) for k, name in enumerate(SCORES)}
    nested = cv_scores(outcome, cv)
    n, events = outcome.size, int(outcome.sum())
    auc = corrected_auc(apparent["auc"], resampled["auc"], nested=nested["auc"])
    brier, log_loss = (
        corrected_loss(
            apparent[name],
            resampled[name],
            no_information=no_information(outcome, risk),
            nested=nested[name],
        )
        for name, no_information in (
            ("brier", brier_no_information),
            ("log_loss", log_loss_no_information),
        )
    )
    r2, g, gp = (
        corrected_fit(apparent[name], resampled[name], nested=nested[name])
        for name in ("r2", "g", "gp")
    )
    parts = {
        name: corrected_calibration(apparent[name], resampled[name], nested=nested[name])
        for name in _CALIBRATION
    }
    why = _no_repeat(cv)
    auc, brier, log_loss, r2, g, gp = (
        _explained(each, why) for each in (auc, brier, log_loss, r2, g, gp)
    )
    parts = {name: _explained(each, why) for name, each in parts.items()}
    auc, brier, parts["slope"] = with_intervals(auc, brier, parts["slope"], outcome, cv, spread)
    return Performance(
        n=n,
        events=events,
        auc=auc,
        brier=brier,
        scaled_brier=scaled(brier, events / n),
        log_loss=log_loss,
        r2=r2,
        g=g,
        gp=gp,
        calibration=CalibrationMetrics(**parts, ici_null=_ici_null(risk, cv, rng)),
        gate=gate(auc, events, n - events, seeing_copies),
        spread=spread,
        outcome=outcome,
        risk=risk,
        cv=cv,
    )


def _no_repeat(cv: CrossValidated) -> str:
    """Say why no repeat predicts everybody; empty where one does."""
    if cv.complete.any():
        return ""
    if not cv.risk.shape[0]:
        return "cross-validation was not asked for"
    why = "no repeat of cross-validation is complete: in each of them a fit failed"
    return f"{why}. {cv.errors[0]}" if cv.errors else why


def _explained(metric: Metric, why: str) -> Metric:
    return replace(metric, headline_reason=why) if why and metric.headline is None else metric


def _ici_null(risk: NDArray[np.float64], cv: CrossValidated, rng: np.random.Generator) -> NullBand:
    """Draw outcomes from the predictions of each repeat in turn, or else from the full fit's."""
    predictions = cv.risk[cv.complete]
    if not predictions.size:
        predictions = risk[None]
    draws = -(-_NULL_DRAWS // predictions.shape[0])
    values = np.concatenate([ici_of_calibrated(each, draws=draws, rng=rng) for each in predictions])
    low, high = np.quantile(values, [0.025, 0.975])
    return NullBand(float(values.mean()), float(low), float(high))
