"""A model file must answer its own test patients as they were answered when it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ModelFileError
from twoarm.modelfile.model import Model
from twoarm.modelfile.reading import in_words, read_cells

__all__ = ["check_digest", "check_vectors", "digest"]

Floats = NDArray[np.float64]

_FEWEST_VECTORS = 50
_TOLERANCE = 1e-9
_NESTED = (Mapping, list, tuple)


def digest(content: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a file's content but its key "digest".

    It is that of the JSON text with sorted keys, no spaces, only ASCII characters and all numbers
    as Python spells floats; how the file itself is laid out does not matter.

    Examples
    --------
    >>> digest({"a": 1, "digest": "x"}) == digest({"a": 1.0})
    True
    """
    given = {key: value for key, value in content.items() if key != "digest"}
    found = hashlib.sha256()
    for piece in _canonical(given):
        found.update(piece.encode("ascii"))
    return found.hexdigest()


def _canonical(value: Any) -> Iterator[str]:
    """Give the text piece by piece: that of large forests would take more memory than they do."""
    if isinstance(value, Mapping):
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else '{'}{json.dumps(key)}:"
            yield from _canonical(value[key])
        yield "}" if value else "{}"
    elif isinstance(value, list | tuple) and any(isinstance(each, _NESTED) for each in value):
        for number, each in enumerate(value):
            yield "," if number else "["
            yield from _canonical(each)
        yield "]"
    else:
        plain = json.loads(json.dumps(value, allow_nan=False), parse_int=float)
        yield json.dumps(plain, separators=(",", ":"))


def check_digest(content: Mapping[str, Any]) -> None:
    """Raise ModelFileError if anything in the file is not what was written."""
    if content["digest"] != digest(content):
        raise ModelFileError(
            "its content is not what was written: it does not fit its digest. The file was changed "
            "or damaged; do not use it, and ask for a new copy."
        )


def check_vectors(model: Model) -> None:
    """Raise ModelFileError unless the model reads and answers its test patients as written."""
    vectors = model.content["test_vectors"]
    if len(vectors) < _FEWEST_VECTORS:
        raise ModelFileError(f"it has {len(vectors)} test vectors, {_FEWEST_VECTORS} are needed.")
    columns = {
        predictor.column: np.array([vector["cells"][predictor.column] for vector in vectors])
        for predictor in model.codebook
    }
    cells = read_cells(model.codebook, model.encoding.fill, columns)
    for vector, unusable, coded in zip(vectors, cells.unusable, cells.coded, strict=True):
        reads = {
            predictor.column: in_words(predictor, value)
            for predictor, value in zip(model.codebook, coded, strict=True)
            if np.isfinite(value)
        }
        if unusable or reads != vector["reads"]:
            raise ModelFileError(
                "it reads its test vectors otherwise than they were written: its codebook was "
                "changed; do not use it, and ask for a new copy."
            )
    chances = np.array([vector["propensity"] for vector in vectors], dtype=np.float64)
    _require_near(model.propensity(cells.coded), chances, "treatment")
    model.decided(cells.coded)  # its bound is there
    for outcome in model.outcomes:
        risks = model.risks(cells.coded, outcome)
        found = np.vstack([risks, model.benefit(risks, outcome)])
        expected = np.array(
            [[*vector["risks"][outcome], vector["benefit"][outcome]] for vector in vectors],
            dtype=np.float64,
        ).T
        _require_near(found, expected, f"'{outcome}'")
    _check_recommended(model, cells.coded)


def _check_recommended(model: Model, coded: Floats) -> None:
    """Raise ModelFileError unless the recommended learner and its ranges answer as written."""
    model.too_far(coded)  # its bound is there
    vectors = model.content["test_vectors"]
    ranged = model.content["uncertainty"] is not None
    for outcome, risks in model.recommended_risks(coded).items():
        ends = model.benefit_range(coded, outcome, risks)
        found = np.vstack([risks, model.benefit(risks, outcome), ends])
        expected = np.array([vector["recommended"][outcome] for vector in vectors]).T
        kept = slice(None) if ranged else slice(3)
        _require_near(found[kept], expected[kept], f"'{outcome}'")


def _require_near(found: Floats, expected: Floats, what: str) -> None:
    worst = float(np.abs(found - expected).max())
    if not worst <= _TOLERANCE:
        raise ModelFileError(
            f"its predictions of {what} differ from its test vectors by up to {worst:.2g}. The "
            "file was changed, or this computer calculates differently; do not use it."
        )
