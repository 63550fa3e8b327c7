"""So many calls a second from one address: a token bucket each, in memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from twoarm.service.plain import plain_answer

__all__ = ["Buckets", "RateLimit"]

_MOST_ADDRESSES = 10_000


class Buckets:
    """A bucket for each address, filled at `rate` tokens a second up to twice that, at least 1.

    Examples
    --------
    >>> buckets = Buckets(0.5, clock=lambda: 0.0)
    >>> buckets.take("192.0.2.1"), buckets.take("192.0.2.1"), buckets.take("192.0.2.2")
    (0.0, 2.0, 0.0)
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.most, self.clock = rate, max(1.0, 2.0 * rate), clock
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take a token and give 0, or the seconds until there is one."""
        now = self.clock()
        tokens, since = self._filled.pop(address, (self.most, now))
        tokens = min(self.most, tokens + (now - since) * self.rate)
        waits = 0.0 if tokens >= 1.0 else (1.0 - tokens) / self.rate
        self._filled[address] = (tokens if waits else tokens - 1.0, now)
        if len(self._filled) > _MOST_ADDRESSES:
            self._filled.popitem(last=False)  # the one not heard of for longest
        return waits


class RateLimit:
    """Answer 429 to an address that asks more often than it may; health checks are free."""

    def __init__(self, app: ASGIApp, rate: float) -> None:
        self.app, self.buckets = app, Buckets(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and scope["path"] != "/healthz":
            waits = self.buckets.take((scope.get("client") or ("unknown", 0))[0])
            if waits:
                await plain_answer(
                    send, 429, "Too many calls. Wait as long as Retry-After says.",
                    {"retry-after": str(math.ceil(waits))},
                )  # fmt: skip
                return
        await self.app(scope, receive, send)
