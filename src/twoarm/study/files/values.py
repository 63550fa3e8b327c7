"""Frozen values as plain JSON and ``.npy`` files, and back by their types."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import numpy as np
from cattrs import Converter
from pydantic import BaseModel

from twoarm.diagnostics import Absent

__all__ = ["Hook", "read_value", "write_value"]

Hook = tuple[type, Callable[[Any], Any], Callable[[Any], Any]]
"""A type, how it is made plain, and how it is made again."""


def write_value(
    folder: Path, name: str, value: Any, kind: Any, hooks: tuple[Hook, ...] = ()
) -> None:
    """Write a value of a type as ``<name>.json`` and one ``<name>.<k>.npy`` for each array.

    Parameters
    ----------
    folder : Path
    name : str
    value, kind : object, type
        The value, and the type that it is read back by: a dataclass, or collections of them.
        A union with `Absent` may hold either.
    hooks : tuple of Hook
        For types that are not made of such parts.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    plain = _converter(arrays, hooks).unstructure(value, unstructure_as=kind)
    for number, array in enumerate(arrays):
        np.save(folder / f"{name}.{number}.npy", array, allow_pickle=False)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, default=_scalar)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def read_value(folder: Path, name: str, kind: Any, hooks: tuple[Hook, ...] = ()) -> Any:
    """Read a value back.

    Raises
    ------
    OSError, ValueError
        If a file is missing or broken.
    """
    text = (folder / f"{name}.json").read_text(encoding="utf-8")
    try:
        return _converter(_Stored(folder, name), hooks).structure(json.loads(text), kind)
    except OSError:
        raise
    except Exception as error:  # a damaged file: NumPy alone raises five kinds
        raise ValueError(f"{name} is damaged: {error or type(error).__name__}") from error


class _Stored:
    """The arrays of a value, read when they are asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    def __getitem__(self, number: int) -> Any:
        return np.load(self.folder / f"{self.name}.{number}.npy", allow_pickle=False)


def _converter(arrays: Any, hooks: tuple[Hook, ...]) -> Converter:
    converter = Converter(
        detailed_validation=False,
        unstruct_collection_overrides={Mapping: dict, frozenset: sorted},
    )

    def keep(array: Any) -> int:
        arrays.append(np.asarray(array))
        return len(arrays) - 1

    converter.register_unstructure_hook_func(_is_array, keep)
    converter.register_structure_hook_func(_is_array, lambda number, _: arrays[number])
    converter.register_unstructure_hook(float, _plain_float)
    converter.register_structure_hook(float, lambda value, _: float(value))
    converter.register_unstructure_hook_func(_is_model, _plain_model)
    converter.register_structure_hook_func(_is_model, _model)
    converter.register_unstructure_hook_factory(_may_be_absent, lambda kind: _give(converter, kind))
    converter.register_structure_hook_factory(_may_be_absent, lambda kind: _take(converter, kind))
    for kind, plain, made in hooks:
        converter.register_unstructure_hook(kind, plain)
        converter.register_structure_hook(kind, partial(_made, made))
    return converter


def _made(made: Callable[[Any], Any], plain: Any, _: Any) -> Any:
    return made(plain)


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no plain value")


def _plain_float(value: float) -> float | str:
    return float(value) if math.isfinite(value) else str(float(value))


def _plain_model(value: BaseModel) -> dict[str, Any]:
    return value.model_dump(mode="json", exclude_unset=True)


def _model(plain: Any, kind: type[BaseModel]) -> BaseModel:
    return kind.model_validate(plain)


def _is_array(kind: Any) -> bool:
    return kind is np.ndarray or get_origin(kind) is np.ndarray


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _may_be_absent(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and Absent in get_args(kind)


def _present(kind: Any) -> Any:
    """Give the type without `Absent`."""
    return Union[tuple(each for each in get_args(kind) if each is not Absent)]  # noqa: UP007


def _give(converter: Converter, kind: Any) -> Callable[[Any], Any]:
    def give(value: Any) -> dict[str, Any]:
        if isinstance(value, Absent):
            return {"absent": value.reason, "defect": value.defect}
        return {"value": converter.unstructure(value, unstructure_as=_present(kind))}

    return give


def _take(converter: Converter, kind: Any) -> Callable[[Any, Any], Any]:
    def take(plain: Any, _: Any) -> Any:
        if "absent" in plain:
            return Absent(plain["absent"], plain["defect"])
        return converter.structure(plain["value"], _present(kind))

    return take
