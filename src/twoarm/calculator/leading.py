"""Which answers of a model lead, and what a form of those alone costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.calculator.short_form import short_form
from twoarm.modelfile import Model
from twoarm.seeds import Stream, generator

__all__ = ["leading_answers"]

Floats = NDArray[np.float64]

_DRAWN = 1000


def leading_answers(model: Model) -> dict[str, Any] | None:
    """Give the short form of a model for its primary outcome; None where the full one is short.

    Errors are those in patients drawn from the model file's quantiles and counts, predictor by
    predictor, without those of whom the model says nothing: a model file holds no patient.
    """
    names = [name for name, each in model.outcomes.items() if each["primary"]]
    primary = next(iter([*names, *model.outcomes]))
    leads = primary in model.recommended_outcomes

    def benefit(patients: Floats) -> Floats:
        risks = (
            model.recommended_risks(patients)[primary] if leads else model.risks(patients, primary)
        )
        return model.benefit(risks, primary)

    drawn = _drawn(model)
    told = drawn[~(model.decided(drawn) | model.too_far(drawn))]
    found = short_form(benefit, told if len(told) else drawn, model.encoding.fill)
    if found is None:
        return None
    return {
        "leading": list(found.leading),
        "mean": found.mean,
        "median": found.median,
        "p95": found.p95,
        "n": found.n,
    }


def _drawn(model: Model) -> Floats:
    """Draw coded patients: numbers between the quantiles, levels as often as they were seen."""
    rng = generator(int(model.content["provenance"]["seed"]), Stream.TEST_VECTORS, 1)
    columns: list[Floats] = []
    for predictor in model.codebook:
        seen = model.content["support"][predictor.column]
        if predictor.is_number:
            quantiles = sorted((float(share), value) for share, value in seen["quantiles"].items())
            shares, values = zip((0.0, seen["min"]), *quantiles, (1.0, seen["max"]), strict=True)
            column = np.interp(rng.random(_DRAWN), shares, values)
            columns.append(np.rint(column) if predictor.type == "integer" else column)
        else:
            counts = np.array([seen["counts"][str(level)] for level in seen["levels"]], np.float64)
            columns.append(
                rng.choice(np.array(seen["levels"], float), _DRAWN, p=counts / counts.sum())
            )
    return np.column_stack(columns)
