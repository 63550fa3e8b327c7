"""Whatever stands in the files: an answer or an error of ours, each problem on one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, lists, sampled_from, tuples

from twoarm.cohort import EncodingSpec, check_cohort, load_study, table_one
from twoarm.errors import UserError

ODD_CELLS = [
    "", "0", "1", "2", "9", "99", "-9", "-1", "1.5", "1,5", "1,000", "1e3", "1e400", "9" * 30,
    "nan", "inf", "NA", "−5", "5 %", "<5", "2024-01-31", "12:30", "TRUE", "yes",
    "P", "A", "C", "M1", "m1",
    '"', '"x', 'x"y', "a,b", "a;b", "a\nb", "a\r\nb", "\t", "é", "\ufeff", "\u2028", "x" * 5000,
    "'; DROP TABLE", "=1+1", "__import__('os')", "²", "٣",
]  # fmt: skip
ODD_VALUES = [
    "1", "-1", "0.5", "1e400", "nan", "inf", "true", '""', '"x"', '"1"', '"a b"', r'"a\nb"', "[]",
    "[1]", '["a", "a"]', "[[1]]", "{}", "{ a = 1 }", "[{}]", "2024-01-31", "12:30:00", "9" * 30,
    '"🙂"', '"x == 1"', "[true]", "",
]  # fmt: skip
PLACES = tuples(integers(0, 10**6), integers(0, 10**6), sampled_from(ODD_CELLS))
SETTINGS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def answer(study, data):
    """Load, check and summarise; a cohort must be usable to the end."""
    try:
        cohort, problems = check_cohort(load_study(study), data)
    except UserError:
        return
    assert all("\n" not in str(problem) for problem in problems)
    assert (cohort is None) == any(problem.level == "error" for problem in problems)
    if cohort is not None:
        table_one(cohort)
        spec = EncodingSpec.learn(cohort.codebook, cohort.predictors)
        assert np.isfinite(spec.encode(cohort.predictors)).all()


@SETTINGS
@given(changes=lists(PLACES, min_size=1, max_size=5))
@pytest.mark.parametrize("quoted", [True, False])
def test_any_cell(study_file, data_file, csv_text, rows, quoted, changes):
    if quoted:
        changed = [dict(row) for row in rows]
        for row, column, cell in changes:
            changed[row % len(rows)][list(rows[0])[column % len(rows[0])]] = cell
        text = csv_text(changed)
    else:
        text = csv_text(rows)
        for start, length, cell in changes:
            at = start % len(text)
            text = text[:at] + cell + text[at + length % 12 :]
    answer(study_file(), data_file(text))


@SETTINGS
@given(changes=lists(tuples(integers(0, 10**6), sampled_from(ODD_VALUES)), min_size=1, max_size=3))
def test_any_value_in_the_study_file(study_file, data_file, rows, changes):
    lines = study_file().read_text(encoding="utf-8").splitlines()
    keys = [k for k, line in enumerate(lines) if " = " in line]
    for place, value in changes:
        k = keys[place % len(keys)]
        lines[k] = f"{lines[k].split(' = ')[0]} = {value}"
    answer(study_file(text="\n".join(lines)), data_file(rows))
