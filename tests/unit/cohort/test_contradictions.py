from __future__ import annotations

import re

import pytest

from twoarm.cohort import load_study
from twoarm.errors import StudyFileError

SECOND = '\n[[outcomes]]\nname = "{}"\ncolumn = "{}"\nevent = {{ above = 1 }}\ndesirable = true\n'
PREDICTOR = '\n[[predictors]]\ncolumn = "{}"\ntype = "number"\n'


@pytest.fixture
def refusal(study_file):
    """Load the study file with some text replaced; give path and problem of each line."""

    def refuse(*replacements, extra=""):
        with pytest.raises(StudyFileError) as caught:
            load_study(study_file(*replacements, extra=extra))
        head, *lines = str(caught.value).split("\n")
        assert head.endswith(f"has {len(lines)} problem(s):")
        return [re.sub(r" \(line \d+\)", "", line).strip() for line in lines]

    return refuse


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("mrs", "it is the column of an outcome"),
        ("bleed", "it is the column of an outcome"),
        ("arm", "it is the treatment"),
        ("record", "it is the patients' id"),
        ("tici", "it is measured after the decision (before_decision = false)"),
        ("synthetic", "it marks synthetic patients"),
    ],
)
def test_what_cannot_be_a_predictor_is_refused_by_name(refusal, column, reason):
    (problem,) = refusal(extra=PREDICTOR.format(column))
    assert problem == f"predictors.{column} | refused as a predictor: {reason}"


def test_a_predictor_that_says_itself_that_it_came_later_is_refused_by_name(refusal):
    (problem,) = refusal(extra=PREDICTOR.format("nihss_24h") + "before_decision = false\n")
    assert problem.startswith("predictors.nihss_24h | refused as a predictor")
    assert "measured after the decision" in problem


def test_the_ordinal_scale_is_refused_as_a_predictor(refusal):
    (problem,) = refusal(('[ordinal]\ncolumn = "mrs"', '[ordinal]\ncolumn = "nihss"'))
    assert problem == "predictors.nihss | refused as a predictor: it is the ordinal outcome"


def test_a_column_is_a_predictor_or_is_described_beside_them_but_not_both(refusal):
    (problem,) = refusal(extra='\n[[columns]]\ncolumn = "nihss"\n')
    assert problem.endswith("refused as a predictor: it is also listed under [[columns]]")


def test_a_contradiction_gets_the_line_of_its_entry(study_file):
    path = study_file(extra=PREDICTOR.format("tici"))
    last = path.read_text(encoding="utf-8").splitlines()
    line = max(number for number, text in enumerate(last, 1) if text == "[[predictors]]")
    with pytest.raises(StudyFileError, match=rf"predictors\.tici \(line {line}\)"):
        load_study(path)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("arm", "it is the treatment"),
        ("record", "it is the patients' id"),
        ("synthetic", "it marks synthetic patients"),
    ],
)
def test_what_cannot_be_an_outcome_is_refused_by_name(refusal, column, reason):
    (problem,) = refusal(extra=SECOND.format("other", column))
    assert problem == f"outcomes.other | '{column}' is refused as an outcome: {reason}"


@pytest.mark.parametrize(
    ("replacement", "found"),
    [
        (
            ("desirable = false", "desirable = false\nprimary = true\nthreshold = 0.1"),
            "good, bleed",
        ),
        (("primary = true\n", ""), "none"),
    ],
)
def test_exactly_one_outcome_is_primary(refusal, replacement, found):
    (problem,) = refusal(replacement)
    assert problem == f"outcomes | exactly one outcome has primary = true | found {found}"


@pytest.mark.parametrize(
    ("extra", "entry"),
    [
        (SECOND.format("good", "x"), "outcomes.good"),
        (PREDICTOR.format("af"), "predictors.af"),
        ('\n[[columns]]\ncolumn = "tici"\n', "columns.tici"),
    ],
)
def test_nothing_is_listed_twice(refusal, extra, entry):
    (problem,) = refusal(extra=extra)
    assert problem == f"{entry} | '{entry.split('.')[1]}' is listed more than once"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ('["mean", "forrest"]', "unknown member 'forrest' | did you mean 'forest'?"),
        ('["zzz"]', "unknown member 'zzz' | known: mean, logistic, spline_logistic, elastic_net"),
        ('["mean", "mean"]', "'mean' is listed more than once"),
        ("[]", "a stack needs at least one member | found none"),
    ],
)
def test_members_are_known_and_different(refusal, members, message):
    (problem,) = refusal(extra=f"\n[model]\nmembers = {members}\n")
    assert problem.startswith(f"model.members | {message}")


def test_a_plugin_is_a_known_member_and_does_not_take_the_name_of_another(refusal, study_file):
    plugin = '\n[model]\nmembers = ["hgb"]\n[[model.plugins]]\nname = "hgb"\npath = "a.b:C"\n'
    assert load_study(study_file(extra=plugin)).file.model.members == ("hgb",)
    (problem,) = refusal(extra=plugin.replace("hgb", "forest"))
    assert problem == "model.plugins.forest | the name 'forest' is taken by another member"


def test_published_numbers_belong_to_outcomes_and_predictors_of_the_study(refusal):
    outcome, predictor = refusal(
        extra="\n[published]\nsource = 's'\n[published.outcomes.goood]\nmean_difference = 0.1\n"
        "[published.importance]\nnihs = 0.5\n"
    )
    assert outcome == "published.outcomes.goood | no such outcome | known: good, bleed"
    assert predictor.startswith("published.importance.nihs | no such predictor | known: nihss,")


def test_a_rule_that_cannot_be_read_is_found_when_the_study_is_loaded(refusal):
    (problem,) = refusal(("premrs <= 2", "premrs =< 2"))
    assert problem.startswith("eligibility.1.rule | Eligibility rule 'premrs =< 2'")
    assert "character 8: cannot read '=< 2'" in problem


def test_all_contradictions_come_at_once_and_unknown_keys_do_not_hide_them(refusal):
    problems = refusal(
        ("seed = 7", "sed = 7"),
        ("primary = true\n", ""),
        ("premrs <= 2", "premrs"),
        extra=PREDICTOR.format("tici") + '[model]\nmembers = ["zzz"]\n',
    )
    assert [problem.split(" | ")[0] for problem in problems] == [
        "study.sed",
        "eligibility.1.rule",
        "outcomes",
        "predictors.tici",
        "model.members",
    ]
