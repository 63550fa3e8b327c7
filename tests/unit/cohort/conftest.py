"""A small trial: its study file, its patients, and the files that may hold them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from twoarm.cohort import Cohort, Problem, check_cohort, load_study, read_cohort

STUDY = """\
[study]
name = "tiny"
title = "A tiny trial"
id = "record"
centre = "hospital"
seed = 7

[target_trial]
eligibility = "all"
time_zero = "randomisation"
strategies = { control = "nothing", treated = "something" }
control_by = "randomised"
estimand = "risk difference"

[treatment]
column = "arm"
control = "P"
treated = ["A", "B"]
labels = { control = "Placebo", treated = "Drug" }

[[eligibility]]
rule = "premrs <= 2"
reason = "pre-stroke mRS above 2"

[[outcomes]]
name = "good"
label = "Good outcome"
column = "mrs"
event = { at_most = 2 }
missing_codes = [9]
desirable = true
primary = true
threshold = 0.15

[[outcomes]]
name = "bleed"
column = "bleed"
event = { equals = 1 }
desirable = false

[[predictors]]
column = "nihss"
type = "integer"
unit = "points"
range = { min = 0, max = 42 }
usual = { min = 5, max = 27 }

[[predictors]]
column = "glucose"
type = "number"
unit = "mmol/L"
missing_codes = [-9]
may_be_missing = true

[[predictors]]
column = "site"
type = "nominal"
levels = [{ code = "M1" }, { code = "ICA" }, { code = "", label = "not recorded" }]

[[predictors]]
column = "premrs"
type = "ordinal"
levels = [{ code = 0 }, { code = 1 }, { code = 2 }]

[[predictors]]
column = "af"
label = "Atrial fibrillation"
type = "binary"

[[columns]]
column = "tici"
before_decision = false

[ordinal]
column = "mrs"
"""

COLUMNS = ("record", "hospital", "arm", "nihss", "glucose", "site", "premrs", "af", "mrs", "bleed")
TIGHT = ("P", "A", "P", "B")


def patient(k: int) -> dict[str, str]:
    """Row k + 2 of the file; every arm has both classes of both outcomes."""
    return {
        "record": f"{101 + k}",
        "hospital": f"H{k % 3}",
        "arm": TIGHT[k % 4],
        "nihss": f"{6 + k}",
        "glucose": f"{5 + k / 2:.1f}",
        "site": ("M1", "ICA", "")[k % 3],
        "premrs": f"{k % 3}",
        "af": f"{k // 2 % 2}",
        "mrs": f"{k // 2 % 7}",
        "bleed": f"{k // 4 % 2}",
    }


Rows = list[dict[str, str]]


@pytest.fixture
def rows() -> Rows:
    return [patient(k) for k in range(20)]


@pytest.fixture
def study_file(tmp_path: Path) -> Callable[..., Path]:
    """Write the study file with some text replaced, each piece found exactly once or more."""

    def write(*replacements: tuple[str, str], text: str = STUDY, extra: str = "") -> Path:
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "study.toml"
        path.write_text(text + extra, encoding="utf-8")
        return path

    return write


def as_csv(rows: Rows, separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def csv_text() -> Callable[..., str]:
    return as_csv


@pytest.fixture
def data_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a data file: rows as CSV, or a text or bytes as they are."""

    def write(content: Rows | str | bytes, name: str = "data.csv") -> Path:
        if isinstance(content, list):
            content = as_csv(content)
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture
def read(study_file, data_file) -> Callable[..., Cohort]:
    def read(content: Rows | str | bytes, *replacements: tuple[str, str], **name: str) -> Cohort:
        return read_cohort(load_study(study_file(*replacements)), data_file(content, **name))

    return read


@pytest.fixture
def problems(study_file, data_file) -> Callable[..., list[Problem]]:
    """Give the problems of a file, errors only unless `level` says otherwise."""

    def check(
        content: Rows | str | bytes,
        *replacements: tuple[str, str],
        level: str = "error",
        **name: str,
    ) -> list[Problem]:
        study = load_study(study_file(*replacements))
        cohort, found = check_cohort(study, data_file(content, **name))
        assert (cohort is None) == any(each.level == "error" for each in found)
        return [each for each in found if each.level == level]

    return check


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE = 1  # the second cell format of the styles below


class Broken(str):
    """A cell that holds an error of the spreadsheet; a formula without a result if empty."""

    __slots__ = ()


def _cell(place: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Broken):
        inside = f"<v>{value}</v>" if value else "<f>B1+C1</f>"
        return f'<c r="{place}" t="e">{inside}</c>' if value else f'<c r="{place}">{inside}</c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, complex):  # a date, counted in days as Excel does
        return f'<c r="{place}" s="{_DATE}"><v>{value.real}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


@pytest.fixture
def broken() -> type[Broken]:
    return Broken


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """Make a minimal workbook; numbers are stored as floats, a complex number as a date."""

    def make(*sheets: Sequence[Sequence[object]], merged: str = "") -> bytes:
        numbers = range(1, len(sheets) + 1)
        related = "".join(
            f'<Relationship Id="r{k}" Type="{_OFFICE}/worksheet" Target="worksheets/{k}.xml"/>'
            for k in numbers
        )
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default '
            'Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="{_TYPES}.sheet.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(f'<sheet name="Sheet{k}" sheetId="{k}" r:id="r{k}"/>' for k in numbers)
            + "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'{related}<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            "</Relationships>",
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
            '<xf numFmtId="14"/></cellXfs></styleSheet>',
        }
        for k, sheet in zip(numbers, sheets, strict=True):
            lines = "".join(
                f'<row r="{row}">'
                + "".join(_cell(f"{chr(65 + c)}{row}", value) for c, value in enumerate(values))
                + "</row>"
                for row, values in enumerate(sheet, 1)
            )
            joined = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
            parts[f"xl/worksheets/{k}.xml"] = (
                f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData>{joined}</worksheet>'
            )
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as book:
            for name, text in parts.items():
                book.writestr(name, text)
        return content.getvalue()

    return make
