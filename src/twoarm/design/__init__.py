"""How many patients a model needs, and what a given number supports."""

from twoarm.design.cox_snell import cox_snell_of_c, cox_snell_of_nagelkerke, largest_cox_snell
from twoarm.design.sample_size import SampleSize, sample_size_prediction
from twoarm.design.support import (
    Support,
    expected_shrinkage,
    parameters_supported,
    supported_by,
)

__all__ = [
    "SampleSize",
    "Support",
    "cox_snell_of_c",
    "cox_snell_of_nagelkerke",
    "expected_shrinkage",
    "largest_cox_snell",
    "parameters_supported",
    "sample_size_prediction",
    "supported_by",
]
