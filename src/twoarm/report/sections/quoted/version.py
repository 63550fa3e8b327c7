"""One version of a number: its value, how it is written, and why it differs."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, finite
from twoarm.report.formats import interval, shown
from twoarm.report.table import Row

__all__ = ["Version", "version"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a quantity.

    Attributes
    ----------
    quantity, name : str
    kind : str
        Of its values, as of a `Column`.
    estimate, low, high : float or None
    differs : str
        Why it is another number than the one to quote; or why there is none.
    """

    quantity: str
    name: str
    kind: str
    estimate: float | None
    low: float | None
    high: float | None
    differs: str

    @property
    def shown(self) -> Row:
        """The row of the page."""
        text = shown(self.estimate, self.kind)
        if self.low is not None and self.high is not None:
            limits = interval(self.low, self.high, self.kind)
            text = limits if self.estimate is None else f"{text} ({limits})"
        return self.quantity, self.name, text, self.differs

    @property
    def written(self) -> Row:
        """The row of the file: raw values."""
        values = (self.estimate, self.low, self.high)
        return self.quantity, self.name, *values, self.kind, self.differs


def version(
    quantity: str, name: str, kind: str, value: Estimate | Absent | float | None, differs: str
) -> Version:
    """Make a version of an estimate, of a number, or of what there is not."""
    if isinstance(value, Absent):
        return Version(quantity, name, kind, None, None, None, f"None: {value.reason}.")
    if isinstance(value, Estimate):
        numbers = (finite(value.estimate), finite(value.low), finite(value.high))
        return Version(quantity, name, kind, *numbers, differs)
    return Version(quantity, name, kind, finite(value), None, None, differs)
