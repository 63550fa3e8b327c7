"""An outcome that treatment cannot change: any effect on it is bias."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import ndtri

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import welfare
from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate
from twoarm.metrics.normal import two_sided_p, z_of

__all__ = ["NegativeControl", "chance_of_any", "finding", "negative_control"]

_LEVEL = 0.05
_POWER = 0.80


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """What the effect on a negative control outcome says.

    Attributes
    ----------
    name : str
        The outcome. It must not be among the predictors of the run that estimated the effect.
    effect : Estimate
        The estimated effect on it, which is 0 if nothing is wrong.
    p : float
        Two-sided p-value of that 0.
    detects : bool
        Whether p is below 5 %.
    detectable : float
        Smallest bias that a test with this standard error finds with 80 % power.
    """

    name: str
    effect: Estimate
    p: float
    detects: bool
    detectable: float


def negative_control(name: str, effect: Estimate) -> NegativeControl:
    """Test the estimated effect on an outcome that treatment cannot change.

    Parameters
    ----------
    name : str
        The outcome.
    effect : Estimate
        Doubly robust average effect on it (`average_effect(...).aipw`), estimated as that on the
        real outcome but without the negative control among the predictors; in benefit direction.

    Raises
    ------
    ArgumentError
        If the effect has no standard error above 0.

    References
    ----------
    Lipsitch M, Tchetgen Tchetgen E, Cohen T. Epidemiology 2010;21:383-388,
    doi 10.1097/EDE.0b013e3181d61eeb.

    Examples
    --------
    >>> found = negative_control("neg_control", Estimate(0.08, 0.03, 0.021, 0.139))
    >>> round(found.p, 4), found.detects, round(found.detectable, 3)
    (0.0077, True, 0.084)
    """
    if not effect.se > 0.0:
        raise NotEstimable(f"The effect needs a standard error above 0; found {effect.se}.")
    p = two_sided_p(effect.estimate, effect.se)
    reach = z_of(1.0 - _LEVEL) + float(ndtri(_POWER))
    return NegativeControl(name, effect, p, p < _LEVEL, reach * effect.se)


def chance_of_any(controls: int) -> float:
    """Give how likely it is that one control or more shows a difference though there is no bias.

    For controls that are independent of each other.

    Examples
    --------
    >>> round(chance_of_any(3), 3)
    0.143
    """
    return 1.0 - (1.0 - _LEVEL) ** controls


@says("negative control")
def finding(value: NegativeControl, study: Study) -> Finding:
    """Say whether the arms differ where they cannot; a null excludes little."""
    title = next(
        (each.title for each in study.file.outcomes if each.name == value.name), value.name
    )
    verdict: Verdict = "questions" if value.detects else "cannot tell"
    if value.detects:
        text = (
            f"{title}, which treatment cannot change, differs between the arms: after adjustment "
            f"{welfare(value.effect.estimate)}. Bias is left."
        )
    else:
        text = (
            f"{title}: no difference found. One of {100 * value.detectable:.0f} points would be, "
            "in four of five such studies. This does not exclude confounding by factors unrelated "
            "to this outcome."
        )
    return Finding("negative control", verdict, text)
