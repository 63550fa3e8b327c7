"""Results that can be looked at as a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Framed"]


class Framed:
    """A frozen dataclass whose fields are the columns of a table."""

    __slots__ = ()

    def to_frame(self) -> pd.DataFrame:
        """Give the fields as columns: a row for each entry of those that have several."""
        import pandas as pd

        columns: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]
        rows = max(np.atleast_1d(value).size for value in columns.values())
        return pd.DataFrame(columns, index=pd.RangeIndex(rows))
