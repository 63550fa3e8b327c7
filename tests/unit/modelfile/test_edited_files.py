"""A model file in which anything was changed is refused, by its test vectors or by its digest."""

import copy
import datetime as dt
import json

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.errors import ModelFileError
from twoarm.modelfile import digest, parse_model
from twoarm.study import run
from twoarm.study.files.model import model_content

DAY = dt.date(2026, 2, 28)

pytestmark = pytest.mark.seconds


@pytest.fixture(scope="module")
def content(study_file, tmp_path_factory):
    study = load_study(study_file)
    result = run(study, read_cohort(study), out=tmp_path_factory.mktemp("run") / "run",
                 replicates=2, executor="serial")  # fmt: skip
    return json.loads(json.dumps(model_content(result, result.models, created=DAY)))


@pytest.fixture(scope="module")
def study_file(small_study_file):
    """The small study, with a number and a level that may be missing."""
    text = small_study_file.read_text(encoding="utf-8")
    for column in ("glucose_mmol", "site"):
        entry = f'[[predictors]]\ncolumn = "{column}"\n'
        assert entry in text
        text = text.replace(entry, f"{entry}may_be_missing = true\n")
    path = small_study_file.with_name("gaps.toml")
    path.write_text(text, encoding="utf-8")
    return path


def leaves(value, path=()):
    """Give the path of every leaf; of a long list only some, the first and the last among them."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from leaves(inside, (*path, key))
    elif isinstance(value, list):
        for k in np.unique(np.linspace(0, len(value) - 1, min(len(value), 3)).astype(int)):
            yield from leaves(value[k], (*path, int(k)))
    else:
        yield path


def other(value):
    """Give another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "x" if value is None else f"{value}x"


def edited(content, path, change=other):
    """Give a copy in which one leaf is another; only what leads to it is copied."""
    top = inside = dict(content)
    for key in path[:-1]:
        inside[key] = copy.copy(inside[key])
        inside = inside[key]
    inside[path[-1]] = change(inside[path[-1]])
    return top


def shortened(content):
    """Leave out most of what is many times alike: what is read is the rule, not the file."""
    short = copy.deepcopy(content)
    short["test_vectors"] = short["test_vectors"][:3]
    for arm in short["arms"].values():
        for stack in arm.values():
            for member in stack["members"]:
                if "trees" in member:
                    member["trees"] = member["trees"][:3]
    for model in short["recommended"]["outcomes"].values():
        model["fits"] = model["fits"][:2]
    for block in (*short["uncertainty"]["outcomes"].values(), short["joint_support"]):
        block["root"] = block["root"][:2]
    return short


def test_every_leaf_that_is_changed_is_noticed(content):
    assert digest(content) == content["digest"]
    short = shortened(content)
    paths = list(leaves(short))
    assert len(paths) > 500
    before = digest(short)
    for path in paths:
        if path != ("digest",):
            assert digest(edited(short, path)) != before, path


def test_no_file_with_a_changed_leaf_is_loaded(content):
    """Of what there is little of every leaf, and some of the rest."""
    few = ("codebook", "preprocessing", "outcomes", "overlap", "labels", "expires")
    paths = [path for path in leaves(content) if path[0] in few]
    paths += [path for path in leaves(content) if path[0] not in few][::40]
    for path in paths:
        with pytest.raises(ModelFileError):
            parse_model(edited(content, path))


def as_javascript_spells_it(text):
    return int(float(text)) if float(text).is_integer() else float(text)


def test_layout_and_the_spelling_of_numbers_do_not_matter(content):
    shuffled = dict(sorted(content.items()))
    again = json.loads(json.dumps(shuffled, indent=7), parse_float=as_javascript_spells_it)
    assert parse_model(again).content["digest"] == content["digest"]


# --- changed on purpose: with a digest that fits again, the test vectors still refuse -----------


def predictor(content, column):
    return next(each for each in content["codebook"] if each["column"] == column)


def swap_levels(content):
    levels = predictor(content, "site")["levels"]
    levels[0], levels[1] = levels[1], levels[0]


def swap_labels(content):
    levels = predictor(content, "premrs")["levels"]
    levels[0]["label"], levels[1]["label"] = levels[1]["label"], levels[0]["label"]


def swap_columns(content):
    age, nihss = predictor(content, "age"), predictor(content, "nihss")
    age["column"], nihss["column"] = "nihss", "age"


def move_a_weight(content):
    content["arms"]["control"]["mrs_0_2"]["members"][0]["weight"] += 1e-6


def move_a_leaf(content):
    for member in content["arms"]["control"]["death"]["members"]:
        for tree in member.get("trees", []):
            tree["value"] = [value + 0.01 if value else value for value in tree["value"]]


def swap_arms(content):
    arms = content["arms"]
    arms["control"], arms["treated"] = arms["treated"], arms["control"]


ON_PURPOSE = {
    "levels swapped": swap_levels,
    "labels of levels swapped": swap_labels,
    "columns swapped": swap_columns,
    "unit": lambda c: predictor(c, "glucose_mmol").update(unit="mg/dL"),
    "gaps forbidden": lambda c: predictor(c, "site").update(may_be_missing=False),
    "whole numbers": lambda c: predictor(c, "glucose_mmol").update(type="integer"),
    "narrower limits": lambda c: predictor(c, "age").update(range={"min": 18, "max": 70}),
    "fill of a number": lambda c: c["preprocessing"]["fill"].update(glucose_mmol=20.0),
    "fill of a level": lambda c: c["preprocessing"]["fill"].update(site=1),
    "a weight": move_a_weight,
    "a tree": move_a_leaf,
    "arms swapped": swap_arms,
    "who is treated": lambda c: c["overlap"]["treatment"].update(intercept=0.0),
} | {
    f"direction of {name}": lambda c, name=name: c["outcomes"][name].update(
        desirable=not c["outcomes"][name]["desirable"]
    )
    for name in ("mrs_0_2", "mrs_0_3", "sich", "death")
}  # fmt: skip


@pytest.mark.parametrize("change", ON_PURPOSE.values(), ids=ON_PURPOSE.keys())
def test_test_vectors_refuse_a_file_that_answers_otherwise(content, change):
    other_file = copy.deepcopy(content)
    change(other_file)
    other_file["digest"] = digest(other_file)
    with pytest.raises(ModelFileError, match="test vectors"):
        parse_model(other_file)


def test_test_vectors_hold_every_level_a_gap_where_one_may_be_and_both_directions(content):
    vectors = content["test_vectors"]
    for each in parse_model(content).codebook:
        cells = {vector["cells"][each.column] for vector in vectors}
        assert {str(level.code) for level in each.all_levels} <= cells
        assert ("" in cells) == each.may_be_missing
        for vector in vectors:
            assert (each.column in vector["reads"]) == (vector["cells"][each.column] != "")
    directions = {outcome["desirable"] for outcome in content["outcomes"].values()}
    assert directions == {True, False}
    assert all(set(vector["benefit"]) == set(content["outcomes"]) for vector in vectors)
