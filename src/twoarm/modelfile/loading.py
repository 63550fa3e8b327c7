"""A model file, read and checked before it predicts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.errors import ModelFileError
from twoarm.modelfile.checks import check_digest, check_vectors
from twoarm.modelfile.model import Model
from twoarm.modelfile.schema import check_schema, damaged, from_json

__all__ = ["FORMAT", "FORMAT_VERSION", "load_model", "parse_model"]

#: What a model file calls itself.
FORMAT = "twoarm-model"
#: The version of the format that is written, and the only one that is read.
FORMAT_VERSION = 2


_CODEBOOK = TypeAdapter(tuple[Predictor, ...])


def load_model(path: str | Path) -> Model:
    """Read a model file and check that it is whole and answers its test vectors.

    Raises
    ------
    ModelFileError
        If the file cannot be read, is of another format, is incomplete, reads or predicts its test
        vectors otherwise than they were written, or was changed.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        content = from_json(text)
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
        raise ModelFileError(f"it is no {FORMAT} file, such as the model.json that a run writes.")
    if content.get("format_version") != FORMAT_VERSION:
        raise ModelFileError(
            f"it has format version {content.get('format_version')}, this twoarm reads "
            f"{FORMAT_VERSION}. Use the version of twoarm that wrote it."
        )
    try:
        codebook = _CODEBOOK.validate_python(content["codebook"])
        fill = tuple(float(content["preprocessing"]["fill"][each.column]) for each in codebook)
        model = Model(content, EncodingSpec(codebook, fill))
        check_schema(content, model.encoding)
        check_vectors(model)
        dt.date.fromisoformat(content["expires"])
        check_digest(content)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged(error) from error
    return model
