"""The REDCap data dictionary of the raw export: 18 columns, one row a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

__all__ = ["DICTIONARY_COLUMNS", "FIELDS", "FORMS", "Field", "dictionary"]

#: The columns, in REDCap's fixed order.
DICTIONARY_COLUMNS: Final = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
#: The forms, in order; each adds a column ``<form>_complete`` to the export.
FORMS: Final = ("baseline", "procedure", "follow_up")

_YES_NO: Final = "1, Yes | 0, No | 2, Unknown | 9, Unknown"
_MRS: Final = (
    "0, No symptoms | 1, No significant disability | 2, Slight disability | "
    "3, Moderate disability | 4, Moderately severe disability | 5, Severe disability"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a text field with its validation, or a choice with its levels."""

    name: str
    form: str
    label: str
    choices: str = ""
    note: str = ""
    validation: str = ""
    minimum: str = ""
    maximum: str = ""
    shown_if: str = ""
    required: bool = False

    def row(self) -> tuple[str, ...]:
        """Give the field's 18 cells."""
        return (
            self.name,
            self.form,
            "",
            "radio" if self.choices else "text",
            self.label,
            self.choices,
            self.note,
            self.validation,
            self.minimum,
            self.maximum,
            "",
            self.shown_if,
            "y" if self.required else "",
            "",
            "",
            "",
            "",
            "",
        )


def _whole(
    name: str, form: str, label: str, minimum: int, maximum: int, *, required: bool = False
) -> Field:
    return Field(
        name,
        form,
        label,
        validation="integer",
        minimum=str(minimum),
        maximum=str(maximum),
        required=required,
    )


def _yes_no(name: str, form: str, label: str) -> Field:
    return Field(name, form, label, choices=_YES_NO)


def _time(name: str, form: str, label: str, shown_if: str = "") -> Field:
    return Field(name, form, label, note="HH:MM", validation="time", shown_if=shown_if)


#: All fields, in the order of the export.
FIELDS: Final = (
    Field("record_id", "baseline", "Record ID"),
    _whole("age", "baseline", "Age (years)", 18, 110, required=True),
    Field("female", "baseline", "Female sex", choices="1, Yes | 0, No", required=True),
    Field("premrs", "baseline", "Pre-stroke mRS", choices=_MRS),
    _whole("nihss", "baseline", "NIHSS on admission", 0, 42),
    _whole("aspects", "baseline", "ASPECTS", 0, 10),
    Field("site", "baseline", "Occlusion site", choices="ICA, Intracranial ICA | M1, M1 | M2, M2"),
    Field(
        "lkw_to_puncture_min",
        "baseline",
        "Last known well to puncture (min)",
        note="Or give both clock times",
        validation="integer",
        minimum="0",
        maximum="1440",
    ),
    _time("lkw_time", "baseline", "Last known well, clock time"),
    _time("puncture_time", "baseline", "Arterial puncture, clock time"),
    _yes_no("ivt", "baseline", "Intravenous thrombolysis"),
    _time("ivt_time", "baseline", "Thrombolysis, clock time", "[ivt] = '1'"),
    _yes_no("htn", "baseline", "Hypertension"),
    _yes_no("dm", "baseline", "Diabetes"),
    _yes_no("af", "baseline", "Atrial fibrillation"),
    _yes_no("dlp", "baseline", "Dyslipidaemia"),
    _yes_no("smoke", "baseline", "Smoking"),
    _yes_no("prior_stroke", "baseline", "Previous stroke"),
    Field(
        "glucose_mmol",
        "baseline",
        "Glucose",
        note="mmol/L",
        validation="number",
        minimum="1",
        maximum="60",
    ),
    _whole("sbp", "baseline", "Systolic blood pressure (mmHg)", 40, 300),
    Field(
        "coll_tan",
        "baseline",
        "Collateral grade (Tan)",
        choices="0, Absent | 1, Up to 50 % | 2, Above 50 % | 3, 100 %",
    ),
    _yes_no("icad_suspected", "baseline", "Intracranial atherosclerosis suspected"),
    Field("neg_control", "baseline", "Negative-control outcome", choices="1, Yes | 0, No"),
    _whole("passes", "procedure", "Thrombectomy passes before the decision", 0, 20),
    Field(
        "failed_definition",
        "procedure",
        "Definition of failed thrombectomy",
        choices=(
            "mTICI01, mTICI 0-1 | mTICI02a, mTICI 0-2a | "
            "eTICI02a_or_stenosis70, eTICI 0-2a or stenosis above 70 %"
        ),
    ),
    Field(
        "arm",
        "procedure",
        "Rescue stenting",
        choices="0, Failed thrombectomy only | 1, Rescue stenting",
        required=True,
    ),
    Field(
        "final_mtici",
        "procedure",
        "Final mTICI",
        choices="0, 0 | 1, 1 | 2a, 2a | 2b, 2b | 2c, 2c | 3, 3",
    ),
    Field(
        "stent_type",
        "procedure",
        "Stent type",
        choices=(
            "none, None | balloon_mounted, Balloon-mounted | self_expandable, Self-expandable"
        ),
    ),
    _whole("proc_min", "procedure", "Procedure time (min)", 0, 1440),
    Field("gpi", "procedure", "Glycoprotein IIb/IIIa inhibitor", choices="1, Yes | 0, No"),
    _whole("nihss_24h", "follow_up", "NIHSS at 24 hours", 0, 42),
    _yes_no("sich", "follow_up", "Symptomatic intracranial haemorrhage"),
    Field(
        "sich_definition",
        "follow_up",
        "Definition of symptomatic haemorrhage",
        choices=(
            "Heidelberg, Heidelberg | ECASS2, ECASS II | ECASS3, ECASS III | SITS, SITS-MOST | "
            "NINDS, NINDS"
        ),
    ),
    Field("mrs90", "follow_up", "mRS at 90 days", choices=f"{_MRS} | 6, Dead"),
    Field(
        "synthetic",
        "follow_up",
        "Synthetic record",
        choices="1, Yes",
        note="No row describes a person",
        required=True,
    ),
)


def dictionary() -> pd.DataFrame:
    """Give the data dictionary as text, one row a field.

    Examples
    --------
    >>> found = dictionary()
    >>> found.shape[1], found.iloc[0, 0]
    (18, 'record_id')
    """
    return pd.DataFrame([field.row() for field in FIELDS], columns=list(DICTIONARY_COLUMNS))
