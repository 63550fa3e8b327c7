"""What the patients at hand cannot tell of a model, in words."""

from __future__ import annotations

from twoarm.modelfile import Model
from twoarm.validation.site import Site

__all__ = ["cannot"]


def cannot(model: Model, site: Site, *, randomised: bool, development: bool) -> tuple[str, ...]:
    """Say what cannot be looked at here.

    Parameters
    ----------
    model, site : Model, Site
    randomised : bool
        Whether treatment was drawn by lot at the site.
    development : bool
        Whether the run of the model is at hand.
    """
    labels = model.content["labels"]
    said = []
    if len(site.arms) == 1:
        here, other = (
            (labels["control"], labels["treated"])
            if site.arms[0] == 0
            else (labels["treated"], labels["control"])
        )
        said.append(
            f"Every patient here had {here}. Whether the model's risks hold under {here} can be "
            f"checked: who has the event, how often, and the mix of patients. Its risks under "
            f"{other}, and so the benefit, cannot; nothing here speaks for or against them."
        )
    elif not randomised:
        said.append(
            "Treatment was not drawn by lot here. What compares the arms compares patients who "
            "were treated differently for reasons; a difference is not an effect."
        )
    said += [
        f"{model.outcomes[name]['label']} cannot be checked: {reason}."
        for name, reason in site.unknown.items()
    ]
    if not site.outcomes:
        said.append(
            "No outcome is known. What is said below of the mix of patients, and of how much a "
            "validation could find, does not need one."
        )
    if not development:
        said.append(
            "The patients that the model was learnt from are not at hand. The mix of patients is "
            "compared by means and standard deviations, which the model file holds; what "
            "predictors do together is not."
        )
    return tuple(said)
