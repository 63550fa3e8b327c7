from __future__ import annotations

import numpy as np
import pytest

from twoarm.cohort import check_cohort, load_study, read_cohort
from twoarm.errors import CohortError

NO_RULES = ('[[eligibility]]\nrule = "premrs <= 2"\nreason = "pre-stroke mRS above 2"\n', "")


def lines(problems):
    return [str(problem) for problem in problems]


def test_the_whole_way_from_a_file_to_a_cohort(read, rows):
    cohort = read(rows)
    assert len(cohort) == 20
    assert cohort.ids.tolist() == [row["record"] for row in rows]
    assert cohort.centre.tolist() == [row["hospital"] for row in rows]
    assert cohort.treatment.tolist() == [int(row["arm"] != "P") for row in rows]
    nihss, glucose, site, premrs, af = cohort.predictors.T
    assert nihss.tolist() == [float(row["nihss"]) for row in rows]
    assert glucose.tolist() == [float(row["glucose"]) for row in rows]
    assert site.tolist() == [["M1", "ICA", ""].index(row["site"]) for row in rows]
    assert premrs.tolist() == [float(row["premrs"]) for row in rows]
    assert af.tolist() == [float(row["af"]) for row in rows]
    assert cohort.outcomes["good"].tolist() == [int(row["mrs"]) <= 2 for row in rows]
    assert cohort.outcomes["bleed"].tolist() == [int(row["bleed"]) for row in rows]
    assert cohort.ordinal.tolist() == [float(row["mrs"]) for row in rows]
    assert (cohort.flow.read, cohort.flow.excluded, cohort.flow.n) == (20, (), 20)
    assert cohort.source == "data.csv"
    assert not cohort.synthetic


def test_a_third_arm_is_an_error_with_its_rows(problems, rows):
    rows[2]["arm"], rows[9]["arm"] = "C", "c"
    (problem, *_) = lines(problems(rows))
    assert problem == (
        "error: arm rows 4, 11: found 'C', 'c'; expected two arms, coded P, A, B. Exclude these "
        "patients by an eligibility rule, or add the code to an arm"
    )


def test_a_third_arm_may_be_left_out_by_a_rule(read, rows):
    rows[2]["arm"] = "C"
    cohort = read(rows, ("premrs <= 2", "premrs <= 2 and arm != 'C'"))
    assert cohort.flow.excluded[0].n == 1
    assert "103" not in cohort.ids


@pytest.mark.parametrize("code", ["P", "p", "placebo", "1"])
def test_an_arm_without_patients_is_an_error(problems, rows, code):
    for row in rows:
        row["arm"] = code
    found = lines(problems(rows))
    assert any(
        "arm: no patient in the treated arm (Drug); expected patients in" in f for f in found
    )
    assert any("coded P, A, B" in f for f in found) == (code != "P")


def test_an_arm_in_which_all_patients_fare_alike_is_an_error(problems, rows):
    for row in rows:
        if row["arm"] != "P":
            row["bleed"] = "0"
    (problem,) = lines(problems(rows))
    assert problem == (
        "error: bleed: outcome 'bleed' has 0 events and 10 non-events in the treated arm (Drug); "
        "expected at least 2 of each. No model can be learnt; check the event rule, or drop the "
        "outcome"
    )


def test_an_outcome_known_in_nobody_is_an_error_in_both_arms(problems, rows):
    for row in rows:
        row["mrs"] = "9"
    found = lines(problems(rows))
    assert len(found) == 2
    assert all("outcome 'good' has 0 events and 0 non-events" in line for line in found)


def test_a_patient_without_an_arm_leaves_with_a_reason(read, rows):
    rows[4]["arm"], rows[5]["arm"] = "", "  "
    cohort = read(rows)
    assert [(each.reason, each.n) for each in cohort.flow.excluded] == [("arm not recorded", 2)]
    assert len(cohort) == cohort.flow.n == 18


def test_an_unknown_outcome_is_kept_as_nan_with_a_notice(read, rows):
    rows[0]["mrs"], rows[7]["mrs"], rows[3]["bleed"] = "", "9", ""
    cohort = read(rows)
    assert np.flatnonzero(np.isnan(cohort.outcomes["good"])).tolist() == [0, 7]
    assert np.flatnonzero(np.isnan(cohort.ordinal)).tolist() == [0, 7]
    assert np.flatnonzero(np.isnan(cohort.outcomes["bleed"])).tolist() == [3]
    notices = [line for line in lines(cohort.notices) if "is not known" in line]
    assert "mrs rows 2, 9: outcome 'good' is not known in 2 patients (10.0%)" in notices[0]
    assert "bleed row 5: outcome 'bleed' is not known in 1 patients (5.0%)" in notices[1]
    assert cohort.missing_shares()["good"] == 0.1


def test_a_missing_predictor_is_nan_where_it_may_be(read, rows):
    rows[0]["glucose"], rows[1]["glucose"] = "", "-9"
    cohort = read(rows)
    assert np.isnan(cohort.predictors[:2, 1]).all()
    assert cohort.missing_shares()["glucose"] == 0.1
    assert cohort.missing_shares()["site"] == 0


@pytest.mark.parametrize("known", [0, 9, 10])
def test_a_predictor_known_in_next_to_nobody_is_an_error(problems, rows, known):
    for row in rows[known:]:
        row["glucose"] = "-9"
    found = lines(problems(rows))
    expected = f"error: glucose: known in {known} of 20 patients; expected at least 10, to impute"
    assert [line.startswith(expected) for line in found] == [True] * (known < 10)


def test_who_is_not_eligible_leaves_in_the_order_of_the_rules(read, rows):
    rules = NO_RULES[0] + '[[eligibility]]\nrule = "nihss >= 8"\nreason = "NIHSS below 8"\n'
    for k, premrs in enumerate(["3", "", "4", "5"]):
        rows[k]["premrs"] = premrs  # NIHSS is 6, 7, 8, 9 in these
    rows[4]["nihss"] = ""
    rows[5]["nihss"] = "7"
    rows[6]["arm"] = ""
    cohort = read(rows, (NO_RULES[0], rules))
    assert [(each.reason, each.n) for each in cohort.flow.excluded] == [
        ("not eligible: pre-stroke mRS above 2", 3),
        ("not known whether eligible: premrs missing (pre-stroke mRS above 2)", 1),
        ("not eligible: NIHSS below 8", 1),
        ("not known whether eligible: nihss missing (NIHSS below 8)", 1),
        ("arm not recorded", 1),
    ]
    assert cohort.flow.read == 20
    assert cohort.ids.tolist() == [row["record"] for row in rows[7:]]


def test_what_is_wrong_with_patients_who_leave_does_not_matter(read, rows):
    rows[0] |= {"premrs": "5", "nihss": "99", "site": "??", "arm": "C", "mrs": "dead"}
    assert len(read(rows)) == 19


def test_nobody_eligible_is_an_error_in_plain_words(problems, rows):
    for row in rows:
        row["premrs"] = "4"
    assert [line.split(";")[0] for line in lines(problems(rows))] == [
        "error: arm: no patient in the control arm (Placebo)",
        "error: arm: no patient in the treated arm (Drug)",
    ]


def test_a_rule_says_where_its_column_holds_text(problems, rows):
    rows[3]["premrs"] = "independent"
    (problem,) = lines(problems(rows))
    assert problem.startswith("error: premrs row 5: found 'independent'; expected a number")


def test_so_does_a_rule_that_compares_with_a_number_for_equality(problems, rows):
    rows[3]["premrs"] = "independent"
    found = lines(problems(rows, ("premrs <= 2", "premrs in [0, 1, 2] or premrs == 3")))
    assert found == [line for line in found if "premrs row 5: found 'independent'" in line]


def test_a_missing_code_makes_a_rule_unknown(read, rows):
    for k, row in enumerate(rows):
        row["lab"] = "-9" if k == 0 else "1"
    described = '[[columns]]\ncolumn = "lab"\nmissing_codes = [-9]\n\n[ordinal]'
    (left,) = read(rows, ("premrs <= 2", "lab <= 2"), ("[ordinal]", described)).flow.excluded
    assert left.reason.startswith("not known whether eligible: lab missing")
    assert left.n == 1


def test_a_rule_on_what_happened_later_is_noticed(read, rows):
    later = [row | {"tici": "3"} for row in rows]
    found = lines(read(later, ("premrs <= 2", "tici >= 2 or mrs == 0")).notices)
    late = [line.split(";")[0] for line in found if "only after the decision" in line]
    what = "decides who is eligible, and is known only after the decision"
    assert late == [f"notice: tici: {what}", f"notice: mrs: {what}"]


@pytest.mark.parametrize(
    ("column", "late"),
    [("mTICI", True), ("post_tici_c", True), ("nihss_24h", True), ("discharge_mrs", True),
     ("proc_min", True), ("participants", False), ("particip_id", False), ("minutes", False)],
)  # fmt: skip
def test_a_predictor_whose_name_looks_late_is_noticed(read, rows, column, late):
    for row in rows:
        row[column] = row["nihss"]
    cohort = read(
        rows, ('[[predictors]]\ncolumn = "nihss"', f'[[predictors]]\ncolumn = "{column}"')
    )
    found = [line for line in lines(cohort.notices) if "the name looks like" in line]
    assert [line.startswith(f"notice: {column}:") for line in found] == [True] * late


def test_absent_columns_come_with_the_nearest_name_whatever_its_case(problems, rows):
    for row in rows:
        row["NIHSS"], row["gluc0se"] = row.pop("nihss"), row.pop("glucose")
        del row["bleed"]
    assert lines(problems(rows)) == [
        "error: bleed: the file has no such column. Add it, or correct the study file",
        "error: glucose: the file has no such column. Did you mean 'gluc0se'?",
        "error: nihss: the file has no such column. Did you mean 'NIHSS'?",
    ]


@pytest.mark.parametrize("other", ["nihss_24h", "nihsst", "Nihss2"])
def test_no_column_is_suggested_that_came_later_or_has_a_place_already(problems, rows, other):
    for row in rows:
        row[other] = row.pop("nihss")
    described = f'[[columns]]\ncolumn = "{other}"\nbefore_decision = false\n\n[ordinal]'
    (problem,) = lines(problems(rows, ("[ordinal]", described)))
    assert problem.endswith("has no such column. Add it, or correct the study file")
    (problem,) = lines(problems(rows))
    assert ("Did you mean" in problem) == (other != "nihss_24h")


def test_so_they_do_where_the_study_file_has_the_capitals(problems, rows):
    (problem,) = lines(problems(rows, ('column = "nihss"', 'column = "NIHSS"')))
    assert problem == "error: NIHSS: the file has no such column. Did you mean 'nihss'?"


def test_a_file_of_something_else_is_recognised_as_such(problems):
    (problem,) = lines(problems("country,year,gdp\nUK,2020,1\n"))
    assert "has none of the study's columns; its header reads country, year, gdp" in problem
    assert "Is it the right file" in problem


def test_all_problems_come_at_once_and_none_twice(problems, rows):
    rows[0]["nihss"], rows[1]["nihss"], rows[2]["glucose"] = "99", "7.5", "low"
    rows[3]["site"], rows[4]["af"], rows[5]["af"] = "M9", "", "2"
    rows[6]["mrs"], rows[7]["arm"], rows[9]["record"] = "dead", "X", rows[8]["record"]
    found = lines(problems(rows))
    assert [line.split(";")[0].removeprefix("error: ") for line in found] == [
        "arm row 9: found 'X'",
        "record rows 10, 11: found '109'",
        "nihss row 3: found '7.5'",
        "nihss row 2: found '99'",
        "glucose row 4: found 'low'",
        "site row 5: found 'M9'",
        "af row 7: found '2'",
        "af row 6: found an empty cell",
        "mrs row 8: found 'dead' (1): neither the event of outcome 'good' (at most 2",
    ]


def test_read_cohort_raises_the_errors_and_not_the_notices(study_file, data_file, rows):
    rows[0]["nihss"], rows[1]["nihss"] = "99", "40"
    with pytest.raises(CohortError) as caught:
        read_cohort(load_study(study_file()), data_file(rows))
    head, *found = str(caught.value).splitlines()
    assert head == "The data do not fit the study file:"
    assert [line.split(";")[0] for line in found] == ["error: nihss row 2: found '99'"]


def test_a_study_without_data_asks_for_them(study_file):
    with pytest.raises(CohortError, match="'tiny' names no data; give a file with --cohort"):
        check_cohort(load_study(study_file()))


def test_absent_data_of_the_study_come_with_its_help_and_given_data_do_not(study_file, tmp_path):
    named = ("seed = 7", 'seed = 7\ncohort = "absent.csv"\ncohort_help = "Ask the registry."')
    study = load_study(study_file(named))
    with pytest.raises(CohortError, match=r"absent\.csv: No such file.*Ask the registry\."):
        check_cohort(study)
    with pytest.raises(CohortError) as caught:
        check_cohort(study, tmp_path / "other.csv")
    assert "Ask the registry" not in str(caught.value)


def with_pre(rows, cells):
    return [row | {"pre": cells[k % len(cells)]} for k, row in enumerate(rows)]


def noticed(cohort, column):
    return [str(each) for each in cohort.notices if each.column == column]


@pytest.mark.parametrize("code", ["-9", "9", "99", "-1"])
def test_a_code_for_unknown_in_a_rule_is_noticed_before_anybody_leaves(read, rows, code):
    rule = ('rule = "premrs <= 2"', 'rule = "pre <= 2"')
    cohort = read(with_pre(rows, ["0", "1", "2", code]), rule)
    (notice,) = noticed(cohort, "pre")
    assert f"found '{code}' (5), far from the others (0 to 2)" in notice
    declared = ("[ordinal]", f'[[columns]]\ncolumn = "pre"\nmissing_codes = [{code}]\n\n[ordinal]')
    cohort = read(with_pre(rows, ["0", "1", "2", code]), rule, declared)
    assert len(cohort) == 15
    assert noticed(cohort, "pre") == []


@pytest.mark.parametrize("word", ["NA", "unknown", "k.A.", "Yes", "TRUE", "yes\u200b", "n.d."])
def test_so_is_a_word_that_a_rule_compares_as_it_stands(read, rows, word):
    for rule in ("pre == 'yes'", "pre != 'yes'"):
        cohort = read(with_pre(rows, ["yes", "yes", "no", word]), ("premrs <= 2", rule))
        (notice,) = noticed(cohort, "pre")
        assert "rows 5, 9, 13, 17, 21" in notice
        assert "expected in the rule: yes. It is compared as it stands" in notice
    named = ("premrs <= 2", f"pre in ['yes', '{word}']")
    assert noticed(read(with_pre(rows, ["yes", "yes", "no", word]), named), "pre") == []


@pytest.mark.parametrize("code", ["9", "8", "7", "-9", "99"])
def test_a_value_off_the_scale_of_the_ordinal_outcome_is_an_error(problems, rows, code):
    for k, row in enumerate(rows):
        row["mrs_14"] = code if k % 5 == 0 else str(k % 7)
    changed = ('[ordinal]\ncolumn = "mrs"', '[ordinal]\ncolumn = "mrs_14"')
    (error,) = problems(rows, changed)
    assert f"found '{code}' (4), apart from the scale of the ordinal outcome" in str(error)
    declared = f'[[columns]]\ncolumn = "mrs_14"\nmissing_codes = [{code}]\n\n{changed[1]}'
    assert problems(rows, (changed[0], declared)) == []
