"""Columns that only the model of treatment sees: read and checked as predictors are."""

import numpy as np
import pytest

from twoarm.cohort import load_study, table_one
from twoarm.errors import CohortError, StudyFileError

COLLATERALS = """
[[columns]]
column = "coll"
label = "Collaterals"
type = "ordinal"
levels = [{ code = 0 }, { code = 1 }, { code = 2 }]
missing_codes = [9]
may_be_missing = true
propensity = true
"""
LABELLED = 'column = "tici"\nbefore_decision = false\n'


@pytest.fixture
def with_collaterals(rows):
    return [row | {"coll": str(k % 3) if k else "9"} for k, row in enumerate(rows)]


def test_they_are_coded_in_the_order_of_the_patients(read, with_collaterals):
    cohort = read(with_collaterals, (LABELLED, LABELLED + COLLATERALS))
    assert [each.column for each in cohort.propensity_codebook] == ["coll"]
    expected = [np.nan, *(k % 3 for k in range(1, 20))]
    np.testing.assert_array_equal(cohort.propensity_columns[:, 0], expected)
    assert "coll" not in [each.column for each in cohort.codebook]
    assert not cohort.propensity_columns.flags.writeable
    assert cohort.missing_shares()["coll"] == pytest.approx(1 / 20)
    assert table_one(cohort).rows[-1].predictor.title == "Collaterals"


def test_a_cohort_without_them_has_an_empty_table(read, rows):
    cohort = read(rows)
    assert cohort.propensity_columns.shape == (20, 0)
    assert cohort.propensity_codebook == ()


@pytest.mark.parametrize(
    ("cell", "change", "problem"),
    [
        ("7", ("", ""), "expected one of 0, 1, 2"),
        ("9", ("may_be_missing = true\n", ""), "expected a value"),
    ],
)
def test_what_does_not_fit_is_an_error(read, with_collaterals, cell, change, problem):
    with_collaterals[3]["coll"] = cell
    with pytest.raises(CohortError, match=problem):
        read(with_collaterals, (LABELLED, LABELLED + COLLATERALS.replace(*change)))


def test_an_absent_column_is_named(read, rows):
    with pytest.raises(CohortError, match=r"coll.*no such column"):
        read(rows, (LABELLED, LABELLED + COLLATERALS))


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("arm", "it is the treatment"),
        ("record", "it is the patients' id"),
        ("hospital", "it is the centre, which the propensity sees anyway"),
        ("bleed", "it is the column of an outcome"),
        ("mrs", "it is the column of an outcome"),
        ("synthetic", "it marks synthetic patients"),
    ],
)
def test_what_has_another_part_is_refused_by_name(study_file, column, reason):
    extra = COLLATERALS.replace('"coll"', f'"{column}"')
    with pytest.raises(StudyFileError) as error:
        load_study(study_file((LABELLED, LABELLED + extra)))
    assert f"'{column}' is refused for the propensity: {reason}" in str(error.value)


def test_what_came_after_the_decision_is_refused_by_name(study_file):
    late = LABELLED + 'type = "binary"\npropensity = true\n'
    with pytest.raises(StudyFileError) as error:
        load_study(study_file((LABELLED, late)))
    message = "'tici' is refused for the propensity: it is measured after the decision"
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("propensity = true\n", "needs a type"),
        ('type = "binary"\nunit = "points"\n', "drop type, unit, or set propensity = true"),
        ('propensity = true\ntype = "nominal"\n', "at least two levels; found 0"),
        ('propensity = true\ntype = "number"\nlevels = [{ code = 1 }]\n', "has no levels"),
    ],
)
def test_what_contradicts_itself_is_explained(study_file, lines, problem):
    described = f'{LABELLED}\n[[columns]]\ncolumn = "coll"\n{lines}'
    with pytest.raises(StudyFileError, match=problem):
        load_study(study_file((LABELLED, described)))


def test_the_shipped_study_gives_its_treatment_model_five_more_columns():
    codebook = load_study("rescue-stenting").file.propensity_codebook
    names = [each.column for each in codebook]
    assert names == ["dlp", "smoke", "sbp", "coll_tan", "icad_suspected"]
    assert [each.type for each in codebook] == ["binary", "binary", "integer", "ordinal", "binary"]
