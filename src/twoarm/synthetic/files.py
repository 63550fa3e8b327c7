"""The cohort and its truth as two CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from twoarm.errors import ArgumentError
from twoarm.synthetic.cohort import SyntheticCohort

__all__ = ["cohort_csv", "truth_csv", "truth_path", "write"]


def cohort_csv(synthetic: SyntheticCohort) -> str:
    """Give the cohort as CSV text: LF line ends, glucose with one decimal, all else whole."""
    return _csv(synthetic.cohort, "%.1f")


def truth_csv(synthetic: SyntheticCohort) -> str:
    """Give the truth as CSV text: LF line ends, six decimals."""
    return _csv(synthetic.truth, "%.6f")


def truth_path(path: str | Path) -> Path:
    """Give the path of the truth file that belongs to a cohort file.

    Examples
    --------
    >>> truth_path("data/cohort.csv").name
    'cohort_truth.csv'
    """
    cohort = Path(path)
    return cohort.with_name(f"{cohort.stem}_truth.csv")


def write(synthetic: SyntheticCohort, path: str | Path) -> None:
    """Write ``<stem>.csv`` and ``<stem>_truth.csv``; existing files are replaced.

    Each file is written beside its place and renamed, so nobody ever sees half a file. The text is
    UTF-8 and the same on every system.

    Parameters
    ----------
    synthetic : SyntheticCohort
        What `generate` gave.
    path : str or Path
        Of the cohort file; ends in ``.csv``. Its folder must exist.

    Raises
    ------
    ArgumentError
        If the path does not end in ``.csv`` or its folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from twoarm.synthetic import generate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(generate("moderate", n=5, seed=1), Path(folder) / "five.csv")
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['five.csv', 'five_truth.csv']
    """
    target = Path(path)
    if target.suffix != ".csv":
        raise ArgumentError(f"A cohort file ends in .csv; found {target.name!r}. Add the ending.")
    if not target.parent.is_dir():
        raise ArgumentError(
            f"The folder of a cohort file must exist; found no folder {str(target.parent)!r}. "
            "Make it first."
        )
    replace_file(truth_path(target), truth_csv(synthetic))
    replace_file(target, cohort_csv(synthetic))


def _csv(frame: pd.DataFrame, float_format: str) -> str:
    return frame.to_csv(index=False, lineterminator="\n", float_format=float_format)


def replace_file(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.part")
    try:
        partial.write_bytes(text.encode())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
