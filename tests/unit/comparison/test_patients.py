"""Whether two runs share patients is told by ids and values."""

from dataclasses import replace

import numpy as np
import pytest

from twoarm.comparison.columns import coded_together, only_in
from twoarm.comparison.patients import shared_patients


@pytest.fixture
def cohort(shipped):
    return shipped[1]


@pytest.fixture
def told(shipped):
    """Compare the shipped cohort with another one, as if of two files."""

    def tell(a, b, *, ids=True):
        study = shipped[0]
        if not ids:
            own = study.file.study.model_copy(update={"id": ""})
            study = replace(study, file=study.file.model_copy(update={"study": own}))
        return shared_patients((study, a), (study, replace(b, digest="another file")))

    return tell


def rows(cohort, *parts):
    chosen = np.zeros(len(cohort), dtype=bool)
    for part in parts:
        chosen[part] = True
    return cohort.subset(chosen)


def drawn_anew(cohort):
    """Other patients under the same ids: each value is somebody else's."""
    columns = cohort.predictors, cohort.propensity_columns
    order = np.roll(np.arange(len(cohort)), 101)
    return replace(
        cohort,
        predictors=columns[0][order],
        propensity_columns=columns[1][order],
        treatment=cohort.treatment[order],
    )


def test_a_further_year_keeps_the_patients(cohort, told):
    found = told(rows(cohort, slice(0, 300)), cohort)
    assert (found.shared, found.by_id, found.unchanged) == ("yes", 300, 300)
    assert found.agreement == pytest.approx(1.0)
    assert found.variables == 20 - 1  # centre is none of them


def test_corrected_values_make_no_other_patients(cohort, told):
    corrected = cohort.predictors.copy()
    corrected[:, 0] += 1.0
    found = told(cohort, replace(cohort, predictors=corrected))
    assert (found.shared, found.by_id, found.unchanged) == ("yes", len(cohort), 0)
    assert 0.9 < found.agreement < 1.0


def test_two_registries_that_count_from_one_share_nobody(cohort, told):
    found = told(cohort, drawn_anew(cohort))
    assert (found.shared, found.by_id, found.unchanged) == ("none found", len(cohort), 0)
    assert abs(found.agreement) < 0.1


def test_most_ids_taken_again_cannot_be_told(cohort, told):
    others = drawn_anew(cohort)
    kept = np.arange(len(cohort)) < 0.3 * len(cohort)
    mixed = replace(
        others,
        predictors=np.where(kept[:, None], cohort.predictors, others.predictors),
        treatment=np.where(kept, cohort.treatment, others.treatment),
    )
    found = told(cohort, mixed)
    assert 0.1 < found.agreement < 0.5
    assert found.shared == "cannot tell"


def test_without_ids_equal_values_tell(cohort, told):
    found = told(cohort, rows(cohort, slice(100, 393)), ids=False)
    assert (found.shared, found.by_id, found.alike) == ("yes", None, 293)
    found = told(rows(cohort, slice(0, 190)), rows(cohort, slice(190, 393)), ids=False)
    assert (found.shared, found.alike) == ("none found", 0)


def test_renamed_ids_are_seen_through(cohort, told):
    renamed = replace(cohort, ids=np.array([f"site-{each}" for each in cohort.ids]))
    found = told(cohort, renamed)
    assert (found.by_id, found.shared, found.alike) == (0, "yes", len(cohort))


def test_two_binary_variables_tell_nothing_without_ids(cohort, told):
    few = replace(
        cohort,
        codebook=cohort.codebook[1:2],
        predictors=cohort.predictors[:, 1:2],
        propensity_codebook=(),
        propensity_columns=cohort.propensity_columns[:, :0],
    )
    assert told(few, few, ids=False).shared == "cannot tell"


def test_one_file_is_one_file(shipped, cohort):
    study = shipped[0]
    found = shared_patients((study, rows(cohort, slice(0, 200))), (study, cohort))
    assert (found.shared, found.same_file, found.by_id) == ("yes", True, 200)
    halves = rows(cohort, slice(0, 200)), rows(cohort, slice(200, 393))
    found = shared_patients((study, halves[0]), (study, halves[1]))
    assert (found.shared, found.by_id) == ("none found", 0)


def test_levels_in_another_order_are_the_same_levels(cohort):
    site = next(k for k, each in enumerate(cohort.codebook) if each.column == "site")
    own = cohort.codebook[site]
    turned = own.model_copy(update={"levels": own.levels[::-1]})
    values = cohort.predictors.copy()
    values[:, site] = len(own.levels) - 1 - values[:, site]
    codebook = (*cohort.codebook[:site], turned, *cohort.codebook[site + 1 :])
    other = replace(cohort, codebook=codebook, predictors=values)
    pair = next(each for each in coded_together(cohort, other) if each.predictor.column == "site")
    assert pair.predictor.levels == own.levels
    assert (pair.a == pair.b).all()


def test_another_unit_is_not_compared(cohort):
    place = next(k for k, each in enumerate(cohort.codebook) if each.column == "glucose_mmol")
    changed = cohort.codebook[place].model_copy(update={"unit": "mg/dL"})
    codebook = (*cohort.codebook[:place], changed, *cohort.codebook[place + 1 :])
    other = replace(cohort, codebook=codebook)
    assert only_in(cohort, other) == {
        "glucose_mmol": f"{changed.type}, in mmol/L; in the other run {changed.type}, in mg/dL"
    }
