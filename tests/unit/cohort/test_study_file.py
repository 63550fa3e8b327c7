from __future__ import annotations

import pytest

from twoarm.cohort import load_study
from twoarm.cohort.load import shipped_studies
from twoarm.errors import StudyFileError
from twoarm.learners import Stack
from twoarm.learners.stack import MEMBERS
from twoarm.report.protocol import protocol_line


@pytest.fixture
def refusal(study_file):
    """Load the study file with some text replaced, and give the message."""

    def refuse(*replacements, extra=""):
        with pytest.raises(StudyFileError) as caught:
            load_study(study_file(*replacements, extra=extra))
        return str(caught.value)

    return refuse


def line_of(path, part):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


@pytest.mark.parametrize("name", ["ist-aspirin", "ist-heparin", "nhefs", "rescue-stenting"])
def test_a_shipped_study_loads_by_its_name(name):
    study = load_study(name)
    assert study.name == study.path.stem == name
    assert study.file.primary.threshold is not None


def test_every_shipped_study_is_one_of_the_four():
    assert list(shipped_studies()) == ["ist-aspirin", "ist-heparin", "nhefs", "rescue-stenting"]


def test_the_cohort_is_looked_for_beside_the_study_file(study_file):
    study = load_study(study_file(("seed = 7", 'seed = 7\ncohort = "data/x.csv"')))
    assert study.cohort_source == str(study.path.parent / "data" / "x.csv")


def test_a_single_code_of_an_arm_is_a_list_of_one(study_file):
    treatment = load_study(study_file()).file.treatment
    assert treatment.control == ("P",)
    assert treatment.treated == ("A", "B")


def test_a_member_without_a_table_is_the_learner_with_its_own_defaults(study_file):
    model = load_study(study_file()).file.model
    assert model.members == tuple(MEMBERS)
    settings = ("combine", "inner_folds", "inner")
    assert [getattr(model, name) for name in settings] == [
        getattr(Stack(), name) for name in settings
    ]
    for name, learner in MEMBERS.items():
        given = getattr(model, name).model_dump() if hasattr(model, name) else {}
        assert {"seed": 0} | given == learner().get_params(), name


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(study_file):
    path = study_file()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_study(path).name == "tiny"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("rescue-stentng", "rescue-stenting"),
        ("IST-Heparin.toml", "ist-heparin"),
        ("studies/nhef", "nhefs"),
    ],
)
def test_an_unknown_study_gets_the_nearest_shipped_one(name, nearest):
    with pytest.raises(StudyFileError, match=f"No study file '{name}'.*mean '{nearest}'"):
        load_study(name)


@pytest.mark.parametrize("name", ["x" * 5000, "zzz", ""])
def test_an_unknown_study_that_resembles_none_gets_the_list(name):
    with pytest.raises(StudyFileError, match="ist-aspirin, ist-heparin, nhefs, rescue-stenting"):
        load_study(name)


def test_a_folder_is_no_study_file(tmp_path):
    with pytest.raises(StudyFileError, match="No study file"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title = Réanimation".encode("latin-1"), "must be UTF-8 text.*Save it as UTF-8"),
        ("[study]".encode("utf-16"), "must be UTF-8 text"),
        (b"[study\n", "not valid TOML.*line 1"),
        (b"seed = 1\nseed = 2\n", "not valid TOML.*line 2"),
        (b"seed = " + b"9" * 5000, "not valid TOML"),
        (b"a = " + b"[" * 5000, "not valid TOML"),
        (b"a = 1\rb = 2", "not valid TOML"),
    ],
)
def test_what_is_no_toml_is_refused(content, message, tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(StudyFileError, match=message):
        load_study(path)


@pytest.mark.parametrize(
    ("old", "new", "path", "nearest"),
    [
        ("seed = 7", "sed = 7", "study.sed", "seed"),
        ("max = 27", "mxa = 27", "predictors.nihss.usual.mxa", "max"),
        ('unit = "mmol/L"', 'unti = "mmol/L"', "predictors.glucose.unti", "unit"),
        ("desirable = false", "desirable = false\nrole_ = 1", "outcomes.bleed.role_", "role"),
        ("equals = 1", "equal = 1", "outcomes.bleed.event.equal", "equals"),
        ('label = "not', 'lable = "not', "predictors.site.levels.3.lable", "label"),
        ("[ordinal]", "[ordinals]", "ordinals", "ordinal"),
        ('reason = "pre', 'raeson = "pre', "eligibility.1.raeson", "reason"),
        ("before_decision", "before_descision", "columns.tici.before_descision", "before_decision"),
    ],
)
def test_an_unknown_key_gets_its_path_its_line_and_the_nearest_key(
    refusal, study_file, old, new, path, nearest
):
    message = refusal((old, new))
    line = line_of(study_file((old, new)), new.split("\n")[-1])
    assert f"{path} (line {line}) | unknown key | did you mean '{nearest}'?" in message


@pytest.mark.parametrize(
    ("extra", "path", "nearest"),
    [
        ("[model.forest]\ntree = 5", "model.forest.tree", "trees"),
        ("[published]\nsource='s'\n[published.outcomes.good]\nauc_contol = 1",
         "published.outcomes.good.auc_contol", "auc_control"),
        ("[model]\n[[model.plugins]]\nname='a'\npath='b:C'\nparams={}",
         "model.plugins.a.params", "parameters"),
    ],
)  # fmt: skip
def test_so_does_one_in_a_section_of_a_section(refusal, study_file, extra, path, nearest):
    line = line_of(study_file(extra=extra), extra.split("\n")[-1])
    wanted = f"{path} (line {line}) | unknown key | did you mean '{nearest}'?"
    assert wanted in refusal(extra=extra)


def test_an_unknown_key_in_the_table_of_an_entry_is_found_in_the_right_one(refusal, study_file):
    old = 'unit = "points"\nrange = { min = 0, max = 42 }\nusual = { min = 5, max = 27 }\n'
    new = "[predictors.range]\nmin = 0\nmacs = 42\n"
    line = line_of(study_file((old, new)), "macs")
    wanted = f"predictors.nihss.range.macs (line {line}) | unknown key | did you mean 'max'?"
    assert wanted in refusal((old, new))


def test_lines_are_found_in_a_file_that_is_indented_and_commented(refusal, study_file):
    changed = ("seed = 7\n", "  # sed = 6\n    sed = 7  # seed = 8\n")
    line = line_of(study_file(changed), "    sed")
    assert f"study.sed (line {line}) | unknown key" in refusal(changed)


def test_an_unknown_key_that_resembles_none_gets_the_list(refusal):
    message = refusal(("seed = 7", "zzzz = 7"))
    assert "study.zzzz (line 6) | unknown key | known keys: centre, cohort, cohort_help" in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('type = "integer"', 'type = "int"',
         ["predictors.nihss.type", "'number', 'integer', 'ordinal', 'binary' or 'nom", "'int'"]),
        ("threshold = 0.15", "threshold = 15",
         ["outcomes.good.threshold", "less than 1 (for 15 % write 0.15)", "found 15"]),
        ("threshold = 0.15", 'threshold = "15%"', ["outcomes.good.threshold", "number", "'15%'"]),
        ("threshold = 0.15", 'threshold = "15"', ["good.threshold", "less than 1 | found '15'"]),
        ("threshold = 0.15", "threshold = -0.1", ["greater than 0", "found -0.1"]),
        ("desirable = true", 'desirable = "maybe"', ["outcomes.good.desirable", "found 'maybe'"]),
        ("seed = 7", "seed = -1", ["study.seed", "greater than or equal to 0", "found -1"]),
        ('name = "tiny"', 'name = "a tiny trial"', ["study.name", "letters, digits", "tiny trial"]),
        ('name = "tiny"', 'name = "../x"', ["study.name", "letters, digits", "'../x'"]),
        ('name = "bleed"', 'name = "sICH 36h"', ["letters, digits and _", "found 'sICH 36h'"]),
        ('title = "A tiny trial"', "title = 2020-01-31", ["study.title", "found 2020-01-31"]),
        ('column = "arm"', 'column = ""', ["treatment.column", "must not be empty"]),
        ("range = { min = 0, max = 42 }", "range = [0, 42]", ["table with the keys min, max"]),
        ("range = { min = 0, max = 42 }", "range = { min = 42, max = 0 }",
         ["predictors.nihss.range", "min must not exceed max"]),
        ("range = { min = 0, max = 42 }", "range = { max = inf }", ["range.max", "finite"]),
        ('{ code = "ICA" }', '"ICA"', ["predictors.site.levels.2", "keys code, label", "'ICA'"]),
        ('{ code = "ICA" }', '{ code = "M1" }', ["predictors.site", "more than once: 'M1'"]),
        ("missing_codes = [9]", "missing_codes = 9", ["outcomes.good.missing_codes", "a list"]),
        ("missing_codes = [9]", "missing_codes = { a = 9 }", ["missing_codes", "a list in [ ]"]),
        ("levels = [{ code = 0 }, { code = 1 }, { code = 2 }]", "levels = { code = 0 }",
         ["predictors.premrs.levels", "a list of tables, each written [[predictors.levels]]"]),
        ('name = "bleed"', r'name = "a\nb"', ["outcomes.a b.name", "found 'a b'"]),
        ('control = "P"', "control = []", ["treatment.control", "must not be an empty list"]),
        ('control = "P"', "control = false", ["treatment.control (", '"TRUE"', "found false"]),
        ('control = "P"', 'control = ""', ["treatment", "an empty cell", "not recorded"]),
        ('control = "P"', 'control = "A"', ["treatment", "same value stands for both arms: A"]),
        ("{ at_most = 2 }", "{ at_most = 2, above = 3 }",
         ["outcomes.good.event", "exactly one of at_most", "found above, at_most"]),
        ("{ at_most = 2 }", "{ }", ["outcomes.good.event", "exactly one of", "found none"]),
        ("{ at_most = 2 }", "{ one_of = [] }", ["event.one_of", "must not be an empty list"]),
        ("{ at_most = 2 }", '{ equals = "" }', ["outcomes.good.event", "an empty cell"]),
        ("{ at_most = 2 }", "{ at_most = nan }", ["event.at_most", "finite number"]),
        ("{ at_most = 2 }", '{ one_of = [1, "9"] }', ["outcomes.good", "event and missing: 9"]),
        ("threshold = 0.15\n", "", ["outcomes.good", "primary outcome needs a threshold"]),
        ("primary = true", 'primary = true\nrole = "negative_control"', ["cannot be the primary"]),
        ("[ordinal]", "[[ordinal]]", ["ordinal", "one table, written [ordinal]"]),
    ],
)  # fmt: skip
def test_an_impossible_value_gets_what_is_allowed_and_what_was_found(refusal, old, new, words):
    message = refusal((old, new))
    assert "1 problem(s)" in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("[model]\ninner_folds = 1", ["model.inner_folds", "greater than or equal to 2"]),
        ('[model]\ninner = "bags"', ["model.inner", "'out_of_bag' or 'folds'"]),
        ('[model.forest]\nmax_features = "all"', ["'sqrt' or", "integer", "found 'all'"]),
        ("[validation]\nreplicates = 1", ["validation.replicates", "equal to 2", "found 1"]),
        ("[validation]\nreplicates = 10.5", ["validation.replicates", "integer", "found 10.5"]),
        ('[run]\nexecutor = "cluster"', ["run.executor", "'serial', 'processes' or 'dask'"]),
        ('[[model.plugins]]\nname = "x"\npath = "sklearn.Foo"', ["plugins.x.path", "module:Class"]),
        ("[published]\nsource = 's'\n[published.importance]\nnihss = 25",
         ["published.importance.nihss", "for 25 % write 0.25"]),
        ("[published]\nsource = 's'\n[published.outcomes.good]\nauc_control = { estimate = 90 }",
         ["auc_control.estimate", "for 90 % write 0.9"]),
    ],
)  # fmt: skip
def test_so_does_one_in_an_optional_section(refusal, extra, words):
    message = refusal(extra=extra)
    for word in words:
        assert word in message


def test_a_missing_key_gets_its_section(refusal, study_file):
    missing = ('column = "arm"\n', "")
    line = line_of(study_file(missing), "[treatment]")
    assert f"treatment.column (line {line}) | this key is required and missing" in refusal(missing)


def test_an_empty_file_lacks_every_required_section(tmp_path):
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(StudyFileError) as caught:
        load_study(tmp_path / "empty.toml")
    for section in ("study", "target_trial", "treatment", "outcomes", "predictors"):
        assert f"  {section} | this key is required and missing" in str(caught.value)


def test_predictors_in_a_single_bracket_are_told_the_double_one(study_file):
    text = study_file().read_text(encoding="utf-8")
    text = text[: text.index("[[predictors]]")] + '[predictors]\ncolumn = "x"\ntype = "number"\n'
    with pytest.raises(StudyFileError, match=r"each written \[\[predictors\]\]"):
        load_study(study_file(text=text))


def test_all_impossible_values_come_at_once(refusal):
    message = refusal(
        ("seed = 7", "sed = 7"),
        ('column = "arm"\n', ""),
        ("desirable = true", "desirable = 3"),
        ('type = "ordinal"', 'type = "ordnial"'),
    )
    assert "4 problem(s)" in message
    for path in ("study.sed", "treatment.column", "outcomes.good.desirable", "predictors.premrs"):
        assert path in message


def test_a_registration_is_told_as_it_stands_and_its_lack_is_told_too(study_file):
    where = "OSF, https://osf.io/abcde, 2026-01-15"
    study = load_study(study_file(("seed = 7", f'seed = 7\nregistration = "{where}."')))
    assert protocol_line(study.file).endswith(f"registered: {where}.")
    for none in ("", '\nregistration = ""', '\nregistration = " "'):
        study = load_study(study_file(("seed = 7", f"seed = 7{none}")))
        assert protocol_line(study.file).startswith("Nothing here was registered")
