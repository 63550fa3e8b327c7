"""Methods: the outcome models and their validation, as this run's settings have them."""

from __future__ import annotations

from twoarm.cohort.studyfile import ModelSection
from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.report.labels import arm_labels
from twoarm.resampling import Metric
from twoarm.study.fit.bootstrap import PROVISIONAL_BELOW
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["models", "validation"]

_COMBINED = {
    "convex_loglik": (
        "non-negative weights with sum 1 on the logit scale, with the smallest deviance"
    ),
    "nnls": "non-negative least squares of the probabilities, scaled to sum 1",
    "discrete": "the one member with the smallest Brier score",
}
_DRAWN = {"patients": "of patients, drawn within each arm", "centres": "of whole centres"}
_INTERVALS = {
    "logit_sampling_and_learning": (
        "The 95 % interval of an AUC is on the logit scale and holds the sampling of these "
        "patients [@delong1988] and the spread between models learnt from other samples of them; "
        "it does not speak of another hospital."
    ),
}


def models(result: StudyResult) -> Paragraph:
    """Describe the learner of both arms, members and their parameters."""
    model = result.plan.file.model
    several = len(result.plan.member_names) > 1
    members = "; ".join(_member(model, name) for name in result.plan.member_names)
    parts = [
        "Outcomes were modelled separately in each arm (T-learner) [@kunzel2019]: mu0 in the "
        "control arm, mu1 in the treated arm; the predicted benefit of a patient is their "
        "difference, turned so that it is positive where the treatment helps.",
        "Each model was a stack (super learner) [@vanderlaan2007] of "
        f"{len(result.plan.member_names)} members: {members}."
        if several
        else f"Each model was {members}.",
        f"They were combined by {_COMBINED[model.combine]}, from predictions for patients that a "
        f"member has not seen: those of {model.inner_folds} inner folds of patients"
        f"{_out_of_bag(model)}. Copies of a patient stayed in one fold."
        if several
        else "",
        f"Parameters{_of_ours(model)} were fixed in the study file and not tuned; classes were not "
        "rebalanced.",
        _few(result),
    ]
    return Paragraph("Outcome models", " ".join(part for part in parts if part))


def _of_ours(model: ModelSection) -> str:
    """Restrict what is said of parameters to twoarm's own members: others may tune themselves."""
    return (
        " of twoarm's members" if {each.name for each in model.plugins} & {*model.members} else ""
    )


def _out_of_bag(model: ModelSection) -> str:
    if model.inner == "folds" or "forest" not in model.members:
        return ""
    return ", the forest's out of bag"


def _member(model: ModelSection, name: str) -> str:
    """Name a member with its parameters."""
    forest, boosting, net = model.forest, model.boosting, model.elastic_net
    depth = "" if forest.max_depth is None else f", depth at most {forest.max_depth}"
    known = {
        "mean": "the arm's event rate",
        "logistic": f"ridge logistic regression (C = {model.logistic.C:g})",
        "spline_logistic": (
            "ridge logistic regression on restricted cubic splines "
            f"({model.spline_logistic.knots} knots, C = {model.spline_logistic.C:g})"
        ),
        "elastic_net": f"elastic net (C = {net.C:g}, L1 share {net.l1_ratio:g})",
        "forest": (
            f"random forest ({forest.trees} trees, at least {forest.min_leaf} patients in a leaf, "
            f"{'square root of the' if forest.max_features == 'sqrt' else forest.max_features} "
            f"columns tried at a split{depth})"
        ),
        "boosting": (
            f"gradient boosting ({boosting.trees} trees of depth {boosting.depth}, learning rate "
            f"{boosting.learning_rate:g}, at least {boosting.min_leaf} patients in a leaf)"
        ),
    }
    plugins = {each.name: each for each in model.plugins}
    if name in plugins:
        given = plugins[name].parameters
        settings = ", ".join(f"{key} = {value}" for key, value in given.items())
        return f"{name} ({plugins[name].path}{f', {settings}' if settings else ''})"
    return known[name]


def _few(result: StudyResult) -> str:
    """Name the models that are an elastic net alone because events are few."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    alone = [
        f"{each.spec.title} in {labels[arm]} ({fit.learner.rarer})"
        for each in result.outcomes.values()
        for arm, fit in each.arms.items()
        if fit.learner.kind == "fallback"
    ]
    if not alone:
        return ""
    return (
        f"With fewer than {FEW_EVENTS} patients with, or without, the event an elastic net alone "
        f"took the stack's place: {listed(alone)}."
    )


def validation(result: StudyResult) -> Paragraph:
    """Say how the models were validated: bootstrap, cross-validation, what is quoted."""
    section, auc = result.plan.file.validation, _quoted_auc(result)
    parts = [
        f"{result.replicates} bootstrap replicates {_DRAWN[section.resample]}, shared by all "
        "outcomes, repeated every step: filling of missing values, folds, members and weights.",
        "From them came Harrell's optimism-corrected estimates [@harrell1996], out-of-bag "
        "estimates, .632 and .632+ [@efron1997].",
        f"Cross-fitting in {section.cross_fit_folds} folds of patients, "
        f"{_times(section.cross_fit_repeats)}, predicted every patient by models that had not seen "
        "them.",
        f"The AUC to quote was fixed in advance as that of {auc.headline_name}, the same for every "
        "learner; Harrell's stands beside it and is called not valid where it exceeds the quoted "
        "one by more than 0.02 plus two Monte-Carlo standard errors, or where a member sees copies "
        "of one patient on both sides of a division.",
        "" if auc.ci is None else _INTERVALS.get(auc.ci.method, ""),
        "Calibration was measured by the slope and the intercept in the large of the "
        "cross-validated predictions, and by the integrated calibration index beside its value "
        "under perfect calibration [@austin2019].",
        f"With fewer than {PROVISIONAL_BELOW} replicates intervals and corrected values are "
        "provisional."
        if result.provisional
        else "",
        f"In {result.failed_replicates} replicates a model could not be fitted; they were left "
        "out of the measures that they concern."
        if result.failed_replicates
        else "",
    ]
    return Paragraph("Validation", " ".join(part for part in parts if part))


def _times(repeats: int) -> str:
    return "made once" if repeats == 1 else f"repeated {repeats} times"


def _quoted_auc(result: StudyResult) -> Metric:
    """Give an AUC of the primary outcome, one with an interval if there is any."""
    metrics = [fit.auc for fit in result.primary.arms.values()]
    return next((each for each in metrics if each.ci is not None), metrics[0])
