"""Bodies are taken whole, and only if they are small and flat enough."""

from __future__ import annotations

import hashlib
import hmac
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twoarm.service.access import note
from twoarm.service.plain import plain_answer

__all__ = ["BodyLimit", "nesting"]

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|$)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def nesting(body: bytes, most: int) -> int:
    """Give how deep a JSON text is nested, looking no further than `most` + 1.

    Examples
    --------
    >>> nesting(b'{"a": [[1, "]["]]}', 10), nesting(b"[" * 50, 10)
    (3, 11)
    """
    if body.count(b"[") + body.count(b"{") <= most:
        most = len(body)
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_TEXT.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, depth)
        if deepest > most:
            break
    return deepest


class BodyLimit:
    """Answer 413 to a body that is too large, and 400 to one that is nested too deeply."""

    def __init__(self, app: ASGIApp, most: int, depth: int, key: bytes | None) -> None:
        self.app, self.most, self.depth, self.key = app, most, depth, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        body = await self._whole(scope, receive)
        if body is None:
            await plain_answer(send, 413, f"The body is larger than {self.most} bytes.")
            return
        if nesting(body, self.depth) > self.depth:
            await plain_answer(send, 400, f"The body is nested more than {self.depth} deep.")
            return
        if self.key is not None:
            note(scope, inputs_hmac=hmac.new(self.key, body, hashlib.sha256).hexdigest())
        given = False

        async def whole() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, whole, send)

    async def _whole(self, scope: Scope, receive: Receive) -> bytes | None:
        """Take the body, or give None as soon as it is too large."""
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or len(said) > len(str(self.most)) or int(said) > self.most:
            return None
        pieces, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > self.most:
                return None
            more = message.get("more_body", False)
        return b"".join(pieces)
