"""Centres that gave all their patients the same treatment: nobody there to compare with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import ArgumentError

__all__ = ["OneTreatmentCentres", "finding", "one_treatment_centres"]

_MANY = 0.05
"""`questions` if a larger share of the patients has no comparison in the centre."""


@dataclass(frozen=True, slots=True, eq=False)
class OneTreatmentCentres:
    """Patients without a comparison in their centre.

    Attributes
    ----------
    centres : tuple of str
        Centres with patients of a single arm, in order.
    control, treated : int
        Their patients in either arm.
    all_centres, patients : int
        Centres, and patients whose centre is known.
    alone : ndarray of bool, shape (n,)
        Who has no comparison in the centre.
    """

    centres: tuple[str, ...]
    control: int
    treated: int
    all_centres: int
    patients: int
    alone: NDArray[np.bool_]

    @property
    def without_comparison(self) -> int:
        """Patients of the one-treatment centres."""
        return self.control + self.treated


def one_treatment_centres(centre: ArrayLike, treatment: ArrayLike) -> OneTreatmentCentres:
    """Count the patients whose centre offers no comparison.

    Parameters
    ----------
    centre : array_like of str, shape (n,)
        An empty text where it is not known.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    In such a centre the effect of treatment cannot be told from that of the place: of its staff,
    referrals and patients. The average over everybody then rests on the other centres.

    Examples
    --------
    >>> found = one_treatment_centres(["A", "A", "B", "B", "C"], [0, 1, 1, 1, 0])
    >>> found.centres, found.without_comparison, found.patients
    (('B', 'C'), 3, 5)
    """
    codes, arm = np.asarray(centre).astype(np.str_), np.asarray(treatment)
    if codes.ndim != 1 or arm.shape != codes.shape or not np.isin(arm, (0, 1)).all():
        raise ArgumentError(
            "Centre and treatment (0 or 1) need one entry a patient; found shapes "
            f"{codes.shape} and {arm.shape}."
        )
    known = codes != ""
    names, place = np.unique(codes[known], return_inverse=True)
    counts = np.stack(
        [np.bincount(place[arm[known] == each], minlength=names.size) for each in (0, 1)]
    )
    single = (counts == 0).any(axis=0)
    control, treated = (int(row[single].sum()) for row in counts)
    centres = names[single].tolist()
    alone = np.isin(codes, centres)
    return OneTreatmentCentres(
        tuple(centres), control, treated, names.size, int(known.sum()), alone
    )


@says("one-treatment centres")
def finding(value: OneTreatmentCentres, study: Study) -> Finding:
    """Say how many patients have no comparison in their centre; `questions` above 5 %."""
    labels = study.file.treatment.labels
    share = value.without_comparison / value.patients if value.patients else 0.0
    verdict: Verdict = "questions" if share > _MANY else "cannot tell"
    text = (
        f"{len(value.centres)} of {value.all_centres} centres gave all their patients the same "
        f"treatment: {value.without_comparison} of {value.patients} patients ({value.control} "
        f"{labels.control}, {value.treated} {labels.treated}) have nobody to be compared with in "
        "their centre."
    )
    if verdict == "questions":
        text += " What treatment did there cannot be told from what the centre did."
    return Finding("one-treatment centres", verdict, text)
