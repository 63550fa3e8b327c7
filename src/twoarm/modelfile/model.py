"""A model file, read and checked: it must reproduce its own test vectors before it predicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.errors import ModelFileError
from twoarm.modelfile.predictor import member_risk, stack_risk

__all__ = ["FORMAT", "FORMAT_VERSION", "Model", "load_model", "parse_model"]

FORMAT = "twoarm-model"
FORMAT_VERSION = 1

_FEWEST_VECTORS = 50
_TOLERANCE = 1e-9
_CODEBOOK = TypeAdapter(tuple[Predictor, ...])


@dataclass(frozen=True)
class Model:
    """A released model.

    Attributes
    ----------
    content : mapping
        The file's content.
    encoding : EncodingSpec
        How predictors become columns, and what replaces a missing value.
    """

    content: Mapping[str, Any]
    encoding: EncodingSpec

    @property
    def codebook(self) -> tuple[Predictor, ...]:
        """The predictors."""
        return self.encoding.predictors

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """Label, direction and threshold of each outcome, by name."""
        outcomes: Mapping[str, Any] = self.content["outcomes"]
        return outcomes

    @property
    def synthetic(self) -> bool:
        """Whether the model was learnt from synthetic patients."""
        return bool(self.content["synthetic"])

    def risks(self, coded: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
        """Give both arms' probabilities, shape (2, n), of coded predictors (n, predictors)."""
        X = self.encoding.encode(coded)
        arms = self.content["arms"]
        return np.stack([stack_risk(arms[arm][outcome], X) for arm in ("control", "treated")])

    def outside_support(self, coded: NDArray[np.float64]) -> list[tuple[str, ...]]:
        """Name, for each patient, the predictors outside what the model has seen.

        Ranges are looked at one by one; that a combination was never seen is not noticed here.
        """
        seen = self.content["support"]
        found: list[list[str]] = [[] for _ in range(coded.shape[0])]
        for k, predictor in enumerate(self.codebook):
            values = coded[:, k]
            low, high = seen[predictor.column]["min"], seen[predictor.column]["max"]
            outside = (values < low) | (values > high)
            if not predictor.is_number:
                outside = ~np.isin(values, seen[predictor.column]["levels"]) & np.isfinite(values)
            for row in np.flatnonzero(outside):
                found[row].append(predictor.column)
        return [tuple(names) for names in found]

    def decided(self, coded: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say, for each patient, whether treatment was all but decided in patients like that.

        Their like is missing in one of the arms, so that nothing is known of the difference.
        """
        overlap = self.content["overlap"]
        score = member_risk(overlap["treatment"], self.encoding.encode(coded))
        return np.asarray((score < overlap["alpha"]) | (score > 1.0 - overlap["alpha"]))


def load_model(path: str | Path) -> Model:
    """Read a model file and check that it predicts its own test vectors.

    Raises
    ------
    ModelFileError
        If the file cannot be read, is of another format, is incomplete, or predicts other numbers
        than those written in it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        raise ModelFileError(f"Cannot read the model file {path}: {error.strerror}.") from error
    except ValueError as error:
        raise ModelFileError(f"The model file {path} is not JSON: {error}.") from error
    try:
        return parse_model(content)
    except ModelFileError as error:
        raise ModelFileError(f"The model file {path} cannot be used: {error}") from error


def parse_model(content: Any) -> Model:
    """Make a model of a file's content; see `load_model`."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelFileError(f"it is no {FORMAT} file. Export one with: twoarm run")
    if content.get("format_version") != FORMAT_VERSION:
        raise ModelFileError(
            f"it has format version {content.get('format_version')}, this twoarm reads "
            f"{FORMAT_VERSION}. Use the version of twoarm that wrote it."
        )
    try:
        codebook = _CODEBOOK.validate_python(content["codebook"])
        fill = tuple(float(content["preprocessing"]["fill"][each.column]) for each in codebook)
        model = Model(content, EncodingSpec(codebook, fill))
        _check_vectors(model)
    except (KeyError, TypeError, ValueError, IndexError, ValidationError) as error:
        raise ModelFileError(
            f"it is incomplete or damaged ({type(error).__name__}: {error}). Export it again."
        ) from error
    return model


def _check_vectors(model: Model) -> None:
    vectors = model.content["test_vectors"]
    if len(vectors) < _FEWEST_VECTORS:
        raise ModelFileError(f"it has {len(vectors)} test vectors, {_FEWEST_VECTORS} are needed.")
    inputs = np.array(
        [[np.nan if value is None else value for value in vector["inputs"]] for vector in vectors],
        dtype=np.float64,
    )
    for outcome in model.outcomes:
        expected = np.array([vector["risks"][outcome] for vector in vectors], dtype=np.float64).T
        found = model.risks(inputs, outcome)
        worst = float(np.abs(found - expected).max())
        if not worst <= _TOLERANCE:
            raise ModelFileError(
                f"its predictions of '{outcome}' differ from its test vectors by up to "
                f"{worst:.2g}. The file was changed, or this computer calculates differently; do "
                "not use it."
            )
