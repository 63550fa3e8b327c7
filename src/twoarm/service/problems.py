"""What is wrong with a call, said without anything that was submitted.

FastAPI's own answer to a call it cannot read repeats it, for a missing field the whole body.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from twoarm.service.plain import PROBLEM_TYPE, problem

__all__ = ["Refused", "answer_problems"]

_MOST_ERRORS = 20
_ELSEWHERE = "(a name not of ours)"


class Refused(HTTPException):
    """A call that ends with a problem."""

    def __init__(
        self, status: int, detail: str, errors: Sequence[str] = (), **headers: str
    ) -> None:
        super().__init__(status, detail, {k.replace("_", "-"): v for k, v in headers.items()})
        self.errors = list(errors)


def answer_problems(app: FastAPI, names: Collection[str]) -> None:
    """Make the app answer problems; `names` are the fields that an answer may speak of."""

    async def unread(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = [_error(each, names) for each in error.errors()[:_MOST_ERRORS]]
        detail = "The call does not fit what /openapi.json describes."
        return _answer(422, problem(422, detail, errors=found))

    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StarletteHTTPException)
        more = {"errors": error.errors} if isinstance(error, Refused) and error.errors else {}
        body = problem(error.status_code, str(error.detail), **more)
        return _answer(error.status_code, body, dict(error.headers or {}))

    app.add_exception_handler(RequestValidationError, unread)
    app.add_exception_handler(StarletteHTTPException, refused)


def _answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def _error(error: Any, names: Collection[str]) -> dict[str, Any]:
    """Keep where and what: pydantic's sentences name what is expected, not what was found."""
    where = [
        each if isinstance(each, int) or each in names else _ELSEWHERE for each in error["loc"]
    ]
    kept = str(error["msg"]) if error["type"] in _SAFE else "cannot be read"
    return {"where": where, "what": error["type"], "expected": kept}


_SAFE = {
    "bool_type", "dict_type", "float_type", "int_type", "list_type", "literal_error", "missing",
    "model_attributes_type", "string_pattern_mismatch", "string_too_long", "string_too_short",
    "string_type", "too_long", "too_short", "value_error",
}  # fmt: skip
"""Errors whose sentence is made of the schema alone."""
