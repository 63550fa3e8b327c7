"""One line of JSON for each call, without anything that was submitted; the last resort."""

from __future__ import annotations

import json
import time
import traceback
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twoarm.service.lines import ACCESS
from twoarm.service.plain import plain_answer

__all__ = ["AccessLine", "note"]

_NOTES = "twoarm.notes"


def note(scope: Scope, **values: Any) -> None:
    """Add to the call's line: the model, the caller; never a value of a patient."""
    scope.setdefault(_NOTES, {}).update(values)


class AccessLine:
    """Time every call, name it, and answer 500 without details if something in it fails."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, request, status = time.perf_counter(), uuid.uuid4().hex, 0
        scope[_NOTES] = {}

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [*message["headers"], (b"x-request-id", request.encode())]
            await send(message)

        defect = None
        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001  a caller gets no traceback, whatever fails
            defect = _where(error)
            if not status:
                await plain_answer(watched, 500, "A defect of the server. Its log says where.")
        line = {
            "time": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
            "request": request,
            "method": scope["method"] if scope["method"] in _METHODS else "other",
            "endpoint": _endpoint(scope),
            "status": status,
            "ms": round(1000.0 * (time.perf_counter() - started), 1),
            **scope[_NOTES],
        }
        ACCESS.info(json.dumps(line if defect is None else {**line, "defect": defect}))


_PLAIN = {"/", "/openapi.json"}
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def _endpoint(scope: Scope) -> str:
    """Name the route, not the address: a wrong one may hold anything."""
    path = str(scope["path"])
    return path if path in _PLAIN else str(getattr(scope.get("route"), "path", "other"))


def _where(error: BaseException) -> str:
    """Name a defect by its type and lines of code: its message may hold what was submitted."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    lines = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} in {lines}"
