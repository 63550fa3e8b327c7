"""The parts of a model file that a predictor follows blindly: sizes, positions, finite numbers.

Looked at before anything is computed, so that a damaged file ends in one sentence: no tree can be
walked in a circle, no position lies outside, no number is infinite.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.errors import ModelFileError

__all__ = ["check_schema", "damaged", "from_json"]

_COMBINE = ("convex_loglik", "nnls", "discrete")
_LONGEST_SAID = 300  # pydantic says more, on many lines
_DEEPEST = 40
_FEWEST_KNOTS = 3
_ARMS = ("control", "treated")


def from_json(text: str) -> Any:
    """Read JSON in which no key stands twice: readers differ in which of the two they take.

    Raises
    ------
    ValueError
        If the text is no such JSON, or too large or too deeply nested to be read.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except MemoryError as error:
        raise ValueError("it is too large") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def check_schema(content: Mapping[str, Any], encoding: EncodingSpec) -> None:
    """Raise ModelFileError unless members fit the encoded columns and each other.

    Parameters
    ----------
    content : mapping
        The file's content.
    encoding : EncodingSpec
        Made of the file's codebook and fill values.
    """
    try:
        _require_depth(content)
        width = len(encoding.names)
        _require_finite(np.array(encoding.fill, dtype=np.float64), "what replaces missing values")
        _check_member(content["overlap"]["treatment"], width, "the model of treatment")
        _require(set(content["arms"]) == set(_ARMS), "its arms are not control and treated")
        for arm in _ARMS:
            stacks = content["arms"][arm]
            _require(
                set(stacks) == set(content["outcomes"]),
                f"it is incomplete or damaged: {arm} lacks an outcome's model",
            )
            for outcome, stack in stacks.items():
                _check_stack(stack, width, f"{arm}, {outcome}")
        _check_support(content, encoding)
        _check_joint(content["joint_support"], width)
        _check_recommended(content, width)
        _check_recalibration(content, width)
    except ModelFileError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged(error) from error


def damaged(error: Exception) -> ModelFileError:
    """Say that a file lacks something, or holds something else, by what met it."""
    said = " ".join(str(error).split())[:_LONGEST_SAID]
    return ModelFileError(
        f"it is incomplete or damaged ({type(error).__name__}: {said}). Ask for a new copy, or "
        "write it anew with twoarm run."
    )


def _require(held: bool, what: str) -> None:
    if not held:
        raise ModelFileError(f"{what}. Ask for a new copy, or write it anew with twoarm run.")


def _require_depth(content: Any) -> None:
    """Refuse what is nested so deeply that other readers of it would run out of stack."""
    level: list[Any] = [content]
    for _ in range(_DEEPEST):
        level = [inside for each in level for inside in _nested(each)]
        if not level:
            return
    _require(False, f"it is nested more than {_DEEPEST} deep")


def _nested(value: Any) -> Iterator[Any]:
    inside = value.values() if isinstance(value, Mapping) else value
    return (each for each in inside if isinstance(each, Mapping | list | tuple))


def _numbers(values: Any, what: str) -> NDArray[np.float64]:
    """Give a list of numbers as an array; text, gaps and lists within are refused."""
    _require(isinstance(values, list | tuple), f"{what} is no list")
    plain = all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
    _require(plain, f"{what} holds something that is no number")
    found = np.array(values, dtype=np.float64)
    _require_finite(found, what)
    return found


def _require_finite(values: NDArray[np.float64], what: str) -> None:
    _require(bool(np.isfinite(values).all()), f"{what} holds a number that is not finite")


def _check_stack(stack: Mapping[str, Any], width: int, where: str) -> None:
    _require(stack["combine"] in _COMBINE, f"{where}: 'combine' is none of {', '.join(_COMBINE)}")
    _require(len(stack["members"]) > 0, f"{where}: there is no member")
    for number, member in enumerate(stack["members"], 1):
        place = f"{where}, member {number}"
        _numbers([member["weight"]], f"{place}: the weight")
        _check_member(member, width, place)


def _check_member(member: Mapping[str, Any], width: int, where: str) -> None:
    kind = member["kind"]
    _require(isinstance(kind, str) and kind in _CHECKS, f"{where}: its kind is unknown")
    _CHECKS[kind](member, width, where)


def _check_mean(member: Mapping[str, Any], _: int, where: str) -> None:
    share = float(_numbers([member["share"]], f"{where}: the share")[0])
    _require(0.0 <= share <= 1.0, f"{where}: the share is no probability")


def _check_logistic(member: Mapping[str, Any], width: int, where: str) -> None:
    _numbers([member["intercept"]], f"{where}: the intercept")
    slopes = _numbers(member["slopes"], f"{where}: 'slopes'")
    _require(len(member["knots"]) == width, f"{where}: knots are not those of {width} columns")
    terms = 0
    for given in member["knots"]:
        knots = _numbers(given, f"{where}: 'knots'")
        if knots.size:
            in_order = knots.size >= _FEWEST_KNOTS and bool((np.diff(knots) > 0).all())
            _require(in_order, f"{where}: knots are not {_FEWEST_KNOTS} or more in order")
            terms += knots.size - 2
    _require(slopes.size == width + terms, f"{where}: slopes and knots do not fit each other")


def _check_forest(member: Mapping[str, Any], width: int, where: str) -> None:
    _check_trees(member["trees"], width, where)


def _check_boosting(member: Mapping[str, Any], width: int, where: str) -> None:
    _numbers([member["start"]], f"{where}: the start")
    _check_trees(member["trees"], width, where)


def _check_trees(trees: Any, width: int, where: str) -> None:
    _require(isinstance(trees, list | tuple) and len(trees) > 0, f"{where}: there is no tree")
    for number, tree in enumerate(trees, 1):
        _check_tree(tree, width, f"{where}, tree {number}")


def _check_tree(tree: Mapping[str, Any], width: int, where: str) -> None:
    column, threshold, left, value = (
        _numbers(tree[key], f"{where}: '{key}'") for key in ("column", "threshold", "left", "value")
    )
    n = column.size
    _require(n > 0, f"{where}: it has no node")
    _require(threshold.size == left.size == value.size == n, f"{where}: its lists differ in length")
    whole = bool((column == np.rint(column)).all() and (left == np.rint(left)).all())
    _require(whole, f"{where}: a position is no whole number")
    _require(bool(((column >= -1) & (column < width)).all()), f"{where}: it names no column")
    inner = column >= 0
    after = left[inner] > np.flatnonzero(inner)  # so that no walk returns
    _require(bool(after.all()), f"{where}: a child does not follow its parent")
    _require(bool((left[inner] + 1 < n).all()), f"{where}: a child lies outside the tree")


def _check_support(content: Mapping[str, Any], encoding: EncodingSpec) -> None:
    for predictor in encoding.predictors:
        seen = content["support"][predictor.column]
        limits = _numbers([seen["min"], seen["max"]], f"the support of {predictor.column}")
        _require(limits[0] <= limits[1], f"the support of {predictor.column} is empty")
        if not predictor.is_number:
            levels = _numbers(seen["levels"], f"the levels of {predictor.column}")
            inside = (levels >= 0) & (levels < len(predictor.all_levels))
            _require(bool(inside.all()), f"the support of {predictor.column} names no level")
    alpha = float(_numbers([content["overlap"]["alpha"]], "the bound of the overlap")[0])
    _require(0.0 <= alpha <= 0.5, "the bound of the overlap is no probability")


def _check_joint(joint: Mapping[str, Any], width: int) -> None:
    where = "the joint support"
    _require_scaled(joint, width, where)
    _numbers([joint["limit"]], f"{where}: the limit")
    _require(len(joint["root"]) == width, f"{where}: 'root' has not {width} rows")
    sizes = {_numbers(row, f"{where}: 'root'").size for row in joint["root"]}
    _require(len(sizes) == 1, f"{where}: rows of 'root' differ in length")


def _check_recommended(content: Mapping[str, Any], width: int) -> None:
    recommended, uncertainty = content["recommended"], content["uncertainty"]
    names = set(recommended["outcomes"])
    _require(names <= set(content["outcomes"]), "the recommended learner has an unknown outcome")
    for name, model in recommended["outcomes"].items():
        where = f"recommended, {name}"
        _require_scaled(model, width, where)
        _require(len(model["fits"]) > 0, f"{where}: there is no fit")
        for fit in model["fits"]:
            _numbers([fit["weight"]], f"{where}: a weight")
            _check_fit(fit, width, where)
    for each in recommended["order"]:
        _numbers([each["weight"]], "the order of outcomes")
        _require(each["weight"] > 0, "the order of outcomes has a weight that is not positive")
        _require(each["outcome"] in names, "the order of outcomes names an unknown one")
    if uncertainty is None:
        return
    _numbers([uncertainty["multiple"]], "the width of the range")
    _require(set(uncertainty["outcomes"]) >= names, "a range is missing")
    for name, fit in uncertainty["outcomes"].items():
        where = f"range, {name}"
        _require_scaled(fit, width, where)
        _check_fit(fit, width, where)
        rows = [_numbers(row, f"{where}: 'root'").size for row in fit["root"]]
        _require(rows == list(range(1, 2 * width + 3)), f"{where}: 'root' is no lower triangle")


def _check_recalibration(content: Mapping[str, Any], width: int) -> None:
    steps = content["recalibration"]
    if steps is None:
        return
    _require(isinstance(steps, list | tuple) and len(steps) > 0, "'recalibration' is no list")
    known = {"study": set(content["outcomes"])}
    known["recommended"] = set(content["recommended"]["outcomes"])
    for step in steps:
        for learner, names in known.items():
            where = f"recalibration, {learner}"
            _require(set(step[learner]) <= names, f"{where}: an outcome is unknown")
            for name, form in step[learner].items():
                _check_form(form, width, f"{where}, {name}")


def _check_form(form: Mapping[str, Any], width: int, where: str) -> None:
    _require(_numbers(form["intercept"], where).size == 2, f"{where}: not two intercepts")
    rows = [*form["log_odds"]]
    _require(len(rows) == 2, f"{where}: 'log_odds' has not two rows")
    columns = [] if form["columns"] is None else [*form["columns"]]
    _require(len(columns) in (0, 2), f"{where}: 'columns' has not two rows")
    for row in rows:
        _require(_numbers(row, where).size == 2, f"{where}: 'log_odds' has not two columns")
    for row in columns:
        _require(_numbers(row, where).size == width, f"{where}: 'columns' are not {width}")


def _require_scaled(block: Mapping[str, Any], width: int, where: str) -> None:
    for key in ("centre", "scale"):
        _require(_numbers(block[key], f"{where}: '{key}'").size == width,
                 f"{where}: '{key}' has not {width} numbers")  # fmt: skip


def _check_fit(fit: Mapping[str, Any], width: int, where: str) -> None:
    _numbers([fit["intercept"], fit["treatment"]], where)
    for key in ("main", "interaction"):
        _require(_numbers(fit[key], f"{where}: '{key}'").size == width,
                 f"{where}: '{key}' has not {width} numbers")  # fmt: skip


_CHECKS = {
    "mean": _check_mean,
    "logistic": _check_logistic,
    "forest": _check_forest,
    "boosting": _check_boosting,
}
