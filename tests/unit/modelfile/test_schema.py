"""What a predictor follows blindly is checked before: no circle, nothing outside or infinite."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.errors import ModelFileError
from twoarm.modelfile.predictor import prepared, stack_risk, stacked
from twoarm.modelfile.schema import check_schema

ENCODING = EncodingSpec(
    (Predictor(column="age", type="number"), Predictor(column="dm", type="binary")), (60.0, 0.0)
)
TREE = {
    "column": [0, -1, 1, -1, -1], "threshold": [60.0, 0.0, 0.5, 0.0, 0.0], "left": [1, 0, 3, 0, 0],
    "value": [0.0, 0.25, 0.0, 0.5, 0.75],
}  # fmt: skip


def whole():
    forest = {"kind": "forest", "weight": 0.5, "trees": [TREE, TREE]}
    mean = {"kind": "mean", "weight": 0.5, "share": 0.3}
    stack = {"combine": "nnls", "members": [forest, mean]}
    logistic = {"kind": "logistic", "intercept": 0.0, "slopes": [0.1, 0.2], "knots": [[], []]}
    content = {
        "overlap": {"treatment": logistic, "alpha": 0.1},
        "outcomes": {"death": {}},
        "arms": {"control": {"death": stack}, "treated": {"death": stack}},
        "support": {"age": {"min": 40, "max": 90}, "dm": {"min": 0, "max": 1, "levels": [0, 1]}},
    }
    fit = {"intercept": 0.0, "treatment": 0.1, "main": [0.1, 0.2], "interaction": [0.0, 0.1]}
    scaled = {"centre": [60.0, 0.5], "scale": [10.0, 0.5]}
    content["joint_support"] = {**scaled, "root": [[1.0, 0.0], [0.0, 1.0]], "limit": 3.0}
    content["recommended"] = {
        "outcomes": {"death": {**scaled, "fits": [{**fit, "weight": 1.0}]}},
        "order": [{"outcome": "death", "complement": False, "weight": 2.0}],
    }
    root = [[0.1] * (k + 1) for k in range(6)]
    content["recalibration"] = None
    content["uncertainty"] = {
        "multiple": 2.5,
        "outcomes": {"death": {**scaled, **fit, "root": root}},
    }
    return copy.deepcopy(content)


FORM = {"intercept": [0.1, 0.1], "log_odds": [[1.0, 0.0], [0.0, 1.0]], "columns": None}


def adapted(content):
    content["recalibration"] = [{"study": {}, "recommended": {"death": copy.deepcopy(FORM)}}]
    return content["recalibration"][0]["recommended"]


def tree(content):
    return content["arms"]["control"]["death"]["members"][0]["trees"][1]


def member(content, number):
    return content["arms"]["treated"]["death"]["members"][number]


def recommended(content):
    return content["recommended"]["outcomes"]["death"]


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


BROKEN = {
    "a circle": (lambda c: tree(c)["left"].__setitem__(2, 0), "does not follow its parent"),
    "itself": (lambda c: tree(c)["left"].__setitem__(2, 2), "does not follow its parent"),
    "outside": (lambda c: tree(c)["left"].__setitem__(2, 4), "outside the tree"),
    "far outside": (lambda c: tree(c)["left"].__setitem__(0, 10**18), "outside the tree"),
    "half a position": (lambda c: tree(c)["left"].__setitem__(0, 1.5), "no whole number"),
    "no column": (lambda c: tree(c)["column"].__setitem__(0, 2), "names no column"),
    "column before": (lambda c: tree(c)["column"].__setitem__(0, -2), "names no column"),
    "infinite threshold": (lambda c: tree(c)["threshold"].__setitem__(0, float("inf")), "finite"),
    "nan value": (lambda c: tree(c)["value"].__setitem__(1, float("nan")), "not finite"),
    "too large for a float": (lambda c: tree(c)["value"].__setitem__(1, 10**400), "Overflow"),
    "text": (lambda c: tree(c)["value"].__setitem__(1, "0.5"), "no number"),
    "true": (lambda c: tree(c)["value"].__setitem__(1, True), "no number"),
    "list": (lambda c: tree(c)["value"].__setitem__(1, [0.5]), "no number"),
    "short": (lambda c: tree(c)["value"].pop(), "differ in length"),
    "no node": (lambda c: [each.clear() for each in tree(c).values()], "no node"),
    "no tree": (lambda c: member(c, 0)["trees"].clear(), "no tree"),
    "trees is a text": (lambda c: member(c, 0).update(trees="abc"), "no tree"),
    "no list": (lambda c: tree(c).pop("left"), "KeyError"),
    "kind": (lambda c: member(c, 1).update(kind="median"), "kind is unknown"),
    "kind is a list": (lambda c: member(c, 1).update(kind=["mean"]), "kind is unknown"),
    "share": (lambda c: member(c, 1).update(share=1.5), "no probability"),
    "weight": (lambda c: member(c, 1).update(weight=None), "no number"),
    "combine": (lambda c: c["arms"]["treated"]["death"].update(combine="max"), "combine"),
    "no member": (lambda c: c["arms"]["treated"]["death"]["members"].clear(), "no member"),
    "slopes": (lambda c: c["overlap"]["treatment"]["slopes"].pop(), "do not fit"),
    "knots": (lambda c: c["overlap"]["treatment"]["knots"].pop(), "knots are not those"),
    "order of knots": (
        lambda c: c["overlap"]["treatment"]["knots"].__setitem__(0, [1, 3, 2]), "in order"
    ),
    "alpha": (lambda c: c["overlap"].update(alpha=0.7), "bound of the overlap"),
    "third arm": (lambda c: c["arms"].update(third={}), "arms are not"),
    "outcome": (lambda c: c["arms"]["treated"].pop("death"), "lacks an outcome"),
    "support": (lambda c: c["support"]["age"].update(min=95), "is empty"),
    "level": (lambda c: c["support"]["dm"].update(levels=[0, 2]), "names no level"),
    "depth": (lambda c: c.update(note=nested(50)), "nested more than 40 deep"),
    "arms is a text": (lambda c: c.update(arms="abc"), "arms are not"),
    "joint": (lambda c: c["joint_support"]["root"].pop(), "has not 2 rows"),
    "joint row": (lambda c: c["joint_support"]["root"][0].pop(), "differ in length"),
    "joint scale": (lambda c: c["joint_support"]["scale"].pop(), "has not 2 numbers"),
    "recommended": (lambda c: recommended(c)["fits"][0]["main"].pop(), "has not 2 numbers"),
    "no fit": (lambda c: recommended(c)["fits"].clear(), "no fit"),
    "order": (lambda c: c["recommended"]["order"][0].update(outcome="x"), "unknown"),
    "weight of the order": (lambda c: c["recommended"]["order"][0].update(weight=0), "positive"),
    "unknown outcome": (lambda c: c["recommended"]["outcomes"].update(x=1), "unknown outcome"),
    "range": (lambda c: c["uncertainty"]["outcomes"]["death"]["root"].pop(), "lower triangle"),
    "range missing": (lambda c: c["uncertainty"]["outcomes"].pop("death"), "range is missing"),
    "multiple": (lambda c: c["uncertainty"].update(multiple=float("inf")), "finite"),
    "adapted, outcome": (lambda c: adapted(c).update(x=FORM), "an outcome is unknown"),
    "adapted, no step": (lambda c: c.update(recalibration=[]), "is no list"),
    "adapted, intercept": (lambda c: adapted(c)["death"]["intercept"].pop(), "two intercepts"),
    "adapted, log odds": (lambda c: adapted(c)["death"]["log_odds"].pop(), "two rows"),
    "adapted, row": (lambda c: adapted(c)["death"]["log_odds"][1].pop(), "two columns"),
    "adapted, columns": (lambda c: adapted(c)["death"].update(columns=[[1.0], [1.0]]), "are not 2"),
    "adapted, infinite": (
        lambda c: adapted(c)["death"].update(intercept=[0.0, float("inf")]), "finite"
    ),
    "no support": (lambda c: c.pop("support"), "KeyError"),
}  # fmt: skip


def test_a_whole_file_is_let_through():
    content = whole()
    check_schema(content, ENCODING)
    X = np.array([[60.0, 0.0], [61.0, 0.0], [61.0, 1.0]])
    np.testing.assert_allclose(
        stack_risk(content["arms"]["control"]["death"], X), [0.275, 0.4, 0.525], rtol=0, atol=1e-15
    )


def test_an_adapted_file_is_let_through():
    content = whole()
    adapted(content)["death"]["columns"] = [[0.1, 0.2], [0.1, 0.2]]
    check_schema(content, ENCODING)


def test_a_file_without_a_range_is_let_through():
    content = whole() | {"uncertainty": None}
    check_schema(content, ENCODING)
    assert content["uncertainty"] is None


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_would_lead_astray_is_refused(change, message):
    content = whole()
    change(content)
    with pytest.raises(ModelFileError, match=message):
        check_schema(content, ENCODING)


def test_a_tree_that_returns_to_itself_is_not_walked_for_ever():
    with pytest.raises(ValueError, match="returns to itself"):
        stacked([{**TREE, "left": [0, 0, 0, 0, 0]}])


def test_a_prepared_stack_gives_the_same_bits():
    stack = whole()["arms"]["control"]["death"]
    X = np.array([[59.0, 1.0], [60.5, 0.0], [99.0, 1.0]] * 700)  # more rows than are walked at once
    np.testing.assert_array_equal(stack_risk(prepared(stack), X), stack_risk(stack, X))
    one_by_one = [stack_risk(prepared(stack), row[None])[0] for row in X[:3]]
    np.testing.assert_array_equal(stack_risk(stack, X)[:3], one_by_one)


def test_trees_are_added_in_their_order():
    """As one after the other: another order would differ in the last digit."""
    rng_free = [0.1 * (7 * k % 10) + 1e-3 * k for k in range(57)]
    leaves = [{"column": [-1], "threshold": [0.0], "left": [0], "value": [v]} for v in rng_free]
    total = 0.0
    for value in rng_free:
        total += value
    assert stacked(leaves).total(np.zeros((1, 2)))[0] == total
    assert (stacked(leaves).total(np.zeros((50, 2))) == total).all()
