"""The page of a plan: what the report's template shows, and the slider."""

from __future__ import annotations

import json
from dataclasses import dataclass

from twoarm.planning.trial_plan import TrialPlan
from twoarm.report.design.topics import topics
from twoarm.report.design.words import basis_words, kind_title, sentences_of
from twoarm.report.html import Page

__all__ = ["Slider", "page_of_plan", "slider_of"]


@dataclass(frozen=True, slots=True)
class Slider:
    """The haircut's slider: every position is computed beforehand.

    Attributes
    ----------
    names : tuple of str
        Designs.
    values : str
        JSON: for each position the haircut in points and the assurances in percent.
    start, last : int
        Position of the default haircut, and the last one.
    """

    names: tuple[str, ...]
    values: str
    start: int
    last: int


def page_of_plan(plan: TrialPlan) -> Page:
    """Put the content of a plan's page together."""
    basis = plan.basis
    return Page(
        title=f"The next trial: {basis.title}" if basis.patients else basis.title,
        subtitle=f"What it would take to test this, and what it rests on. {basis.label}.",
        synthetic=basis.synthetic,
        sentences=tuple(sentences_of(plan)),
        sections=topics(plan),
        provenance=basis_words(plan),
    )


def slider_of(plan: TrialPlan) -> Slider | None:
    """Give the slider, where there is an assurance."""
    if not plan.haircut_designs:
        return None
    values = [
        [round(100 * row.haircut, 1), [round(100 * (each or 0.0)) for each in row.assurance]]
        for row in plan.haircuts
    ]
    cut = plan.basis.haircut or 0.0
    start = min(range(len(values)), key=lambda k: abs(plan.haircuts[k].haircut - cut))
    names = tuple(kind_title(name.partition(",")[0]) for name in plan.haircut_designs)
    return Slider(names, json.dumps(values), start, len(values) - 1)
