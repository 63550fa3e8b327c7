"""Which answers of a model lead, and what a form of those alone costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.calculator.short_form import short_form
from twoarm.modelfile import Model
from twoarm.modelfile.reading import read_cells

__all__ = ["leading_answers"]


def leading_answers(model: Model) -> dict[str, Any] | None:
    """Give the short form of a model for its primary outcome, in the model's test patients.

    None where the full form is short enough. Test patients are drawn evenly over what was seen.
    """
    vectors = model.content["test_vectors"]
    columns = {
        predictor.column: np.array([vector["cells"][predictor.column] for vector in vectors])
        for predictor in model.codebook
    }
    coded = read_cells(model.codebook, model.encoding.fill, columns).coded
    primary = next(
        (name for name, each in model.outcomes.items() if each["primary"]), next(iter(model.outcomes))
    )

    def benefit(patients: NDArray[np.float64]) -> NDArray[np.float64]:
        return model.benefit(model.risks(patients, primary), primary)

    found = short_form(benefit, coded, model.encoding.fill)
    if found is None:
        return None
    return {
        "leading": list(found.leading),
        "mean": found.mean,
        "median": found.median,
        "p95": found.p95,
        "n": found.n,
    }
