"""An answer from below the routes: a problem in JSON, as `problems` gives them above."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Send

__all__ = ["PROBLEM_TYPE", "plain_answer", "problem"]

PROBLEM_TYPE = "application/problem+json"
"""RFC 9457."""


def problem(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """Give the body of an answer that says what is wrong with a call."""
    return {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}


async def plain_answer(
    send: Send, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> None:
    """Send a whole answer."""
    body = json.dumps(problem(status, detail)).encode("ascii")
    named = {
        "content-type": PROBLEM_TYPE,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **(headers or {}),
    }
    lines = [(name.encode("ascii"), value.encode("ascii")) for name, value in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
