"""The bedside page: one HTML file that computes in the browser what the model file says."""

from twoarm.calculator.page import calculator_html
from twoarm.calculator.writing import write_calculator

__all__ = ["calculator_html", "write_calculator"]
