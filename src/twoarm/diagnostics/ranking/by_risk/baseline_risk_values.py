"""What is known of benefit by baseline risk."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.metrics import Estimate

__all__ = ["BaselineRisk", "GroupBenefit", "RiskGroup"]


@dataclass(frozen=True, slots=True)
class GroupBenefit:
    """The benefit of a group of patients, as one method has it.

    Attributes
    ----------
    benefit : Estimate
        By how much treatment lowers the mean risk of the undesirable outcome; below 0, harm.
    odds_ratio : Estimate or None
        Odds of the undesirable outcome with treatment over those without, of the group's mean
        risks; below 1 where treatment helps. Its `se` is that of the logarithm. None where
        estimated risks are not between 0 and 1.
    share : Estimate or None
        The group's part of everybody's summed benefit; all groups together make 1. None where the
        interval of an average includes 0.
    """

    benefit: Estimate
    odds_ratio: Estimate | None
    share: Estimate | None


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Patients of similar baseline risk.

    Attributes
    ----------
    n, events : tuple of int
        Of controls and treated: patients, and those with the undesirable outcome.
    lowest_risk, mean_risk, highest_risk : float
        Predicted risk of the undesirable outcome, blinded to the arm.
    untreated, treated : Estimate or None
        Mean risk had all been untreated, and treated, by doubly robust scores; None where these
        average to no risk, below 0 or above 1.
    aipw : GroupBenefit or None
        By doubly robust scores. Like `untreated`, `treated` and `crude` it is None where an arm has
        nobody with the undesirable outcome, or nobody without; and where it is beyond -1 to 1.
    crude : GroupBenefit or None
        Difference of the arms; only where treatment was drawn by lot.
    risk_model : GroupBenefit or None
        By one odds ratio for all; None where that cannot be estimated.
    learner : GroupBenefit
        By the predictions of the study's learner, without intervals.
    """

    n: tuple[int, int]
    events: tuple[int, int]
    lowest_risk: float
    mean_risk: float
    highest_risk: float
    untreated: Estimate | None
    treated: Estimate | None
    aipw: GroupBenefit | None
    crude: GroupBenefit | None
    risk_model: GroupBenefit | None
    learner: GroupBenefit


@dataclass(frozen=True, slots=True)
class BaselineRisk:
    """Benefit in groups of rising baseline risk.

    Attributes
    ----------
    asked : int
        How many groups were asked for. There are fewer where many patients share a risk.
    groups : tuple of RiskGroup
        From the lowest risk to the highest.
    everybody : RiskGroup
        All patients as one group; its shares are None.
    auc : float
        How well the blinded, cross-fitted risk tells who has the undesirable outcome. Near 0.5 the
        groups hardly differ in risk.
    odds_ratio : Estimate or None
        By the risk model, of patients at one risk. Its `se` is that of the logarithm.
    odds_ratio_trend : Estimate or None
        Factor by which that odds ratio changes with each standard deviation of the risk's logit: 1
        where the relative effect is the same at every risk. `se` as above.
    """

    asked: int
    groups: tuple[RiskGroup, ...]
    everybody: RiskGroup
    auc: float
    odds_ratio: Estimate | None
    odds_ratio_trend: Estimate | None
