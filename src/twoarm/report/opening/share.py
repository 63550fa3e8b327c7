"""The share of patients predicted to gain the threshold, beside what one odds ratio would show."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.diagnostics import Heterogeneity
from twoarm.diagnostics.ranking.heterogeneity_summary import Band
from twoarm.report.formats import interval, shown
from twoarm.report.opening.content import NumberLine
from twoarm.report.opening.drawn import Scale, band, dot, label, ring, svg, ticks
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.result import StudyResult

__all__ = ["share_line"]

_WIDTH, _HEIGHT = 240.0, 46.0


def share_line(result: StudyResult) -> NumberLine:
    """Give the share predicted to gain the threshold, and the band of one odds ratio for all."""
    threshold, share = result.primary.spec.threshold, result.primary.benefit.share_crossfit
    name = "Predicted to gain enough"
    if threshold is not None:
        name = f"Predicted to gain {100 * threshold:g} points"
    found = result.value(HETEROGENEITY)
    drawing, said = None, Markup("Not given: {}.").format(_reason(result))
    if share is not None and result.primary.has_models:
        drawing, said = _drawn(share, found), _said(result, share, found)
    return NumberLine(
        name=name,
        unit="share of patients",
        drawing=drawing,
        said=said,
        link="ranking",
        answers="threshold",
    )


def _reason(result: StudyResult) -> str:
    if result.primary.spec.threshold is None:
        return "the study file names no smallest benefit worth treating for"
    if not result.primary.has_models:
        return NO_PREDICTORS
    path = f"outcomes.{result.primary.spec.name}.benefit.share_at_threshold.crossfit"
    return result.absent.get(path) or result.why_absent(HETEROGENEITY)


def _said(result: StudyResult, share: float, found: Heterogeneity | None) -> Markup:
    own = Markup("<b>{}</b>.").format(shown(share, "percent"))
    if found is None:
        return Markup("{} What one odds ratio for all would show is not known: {}.").format(
            own, result.why_absent(HETEROGENEITY)
        )
    null, compared, as_fitted = _null(found)
    if null.low is None or null.high is None:
        return Markup("{} What one odds ratio for all would show was not drawn.").format(own)
    told = Markup("{} If one odds ratio held for all, the same learner would say <b>{}</b>{}.")
    basis = f" of patients it has seen (here {shown(compared, 'percent')})" if as_fitted else ""
    return told.format(
        own, interval(null.low, null.high, "percent"), f"{basis}: {_verdict(null, compared)}"
    )


def _null(found: Heterogeneity) -> tuple[Band, float, bool]:
    """Give the band, what is compared with it, and whether that is of patients seen."""
    quoted = found.quoted_null
    if quoted is None:
        return found.same_effect, found.raw, True
    return quoted.gaining_band, quoted.share, False


def _verdict(null: Band, share: float) -> str:
    if null.is_rough:
        return "too few draws to compare"
    if null.high is not None and share > null.high:
        return "more than that"
    return "no more than that"


def _drawn(share: float, found: Heterogeneity | None) -> Markup:
    scale, y = Scale(0.0, 1.0, 6.0, _WIDTH - 6.0), 24.0
    parts = [ticks(scale, y, [(0.0, "0 %"), (1.0, "100 %")], _WIDTH)]
    alt = f"{shown(share, 'percent')} predicted"
    if found is not None:
        null, compared, as_fitted = _null(found)
        if null.low is not None and null.high is not None:
            parts.append(band(scale(null.low), scale(null.high), y))
            alt += f"; with one odds ratio for all {interval(null.low, null.high, 'percent')}"
        if as_fitted:
            parts.append(ring(scale(compared), y))
    parts += [
        dot(scale(share), y),
        label(scale(share), y - 12.0, shown(share, "percent"), _WIDTH, "value"),
    ]
    return svg(_WIDTH, _HEIGHT, f"{alt}.", parts)
