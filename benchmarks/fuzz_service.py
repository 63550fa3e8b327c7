"""Malformed calls of the server: no answer above 499, no traceback, nothing repeated.

    python -m benchmarks.fuzz_service runs/rescue-stenting/model.json --requests 100000

A part comes from schemathesis on the server's own OpenAPI file, within and against its schemas; the
rest are whole calls of REST and CDS Hooks with things torn out, swapped and broken, canary texts
and numbers in their places. Everything goes to the application itself, without a network.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import json
import logging
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.unit.service.hospital import PATIENT, hook_call, whole_prefetch

from benchmarks.record import keep
from twoarm.service import Settings, shelve
from twoarm.service.app import create_app
from twoarm.service.lines import ACCESS, FEEDBACK

CANARY, CANARY_NUMBER = "Zq7_Canary", 98765.4321
SHORTEST_TEXT = 8  # a shorter one may stand in an answer by chance
TRACES = ("Traceback", 'File "', ".py", "Error(")
CARD = "4e0a3a1e-3065-4ab2-9f66-c55d6a0a8c3d"


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    texts: tuple[str, ...] = ()


@dataclass
class _Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


async def _send(app: Any, call: _Call) -> _Answer:
    path, _, query = call.path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": call.method,
        "scheme": "http", "path": path, "raw_path": path.encode("utf-8", "replace"),
        "query_string": query.encode("utf-8", "replace"), "root_path": "",
        "headers": [(k.lower().encode("latin-1", "replace"), v.encode("latin-1", "replace"))
                    for k, v in call.headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    answer, pieces, given = _Answer(), [], False

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def take(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            pieces.append(message.get("body", b""))

    await app(scope, receive, take)
    answer.text = b"".join(pieces).decode("utf-8", "replace")
    return answer


# --- whole calls, broken ------------------------------------------------------------------------


def _whole_calls(service: str) -> list[tuple[str, Any]]:
    cds = f"/cds-services/{service}"
    feedback = {"feedback": [{"card": CARD, "outcome": "accepted"}]}
    return [
        ("/predict", {"patient": PATIENT}),
        ("/predict/batch", {"patients": [PATIENT, PATIENT]}),
        ("/predict/fhir", {"patient": PATIENT}),
        (cds, hook_call(whole_prefetch())),
        (cds, hook_call(whole_prefetch())),
        (cds, hook_call(whole_prefetch())),
        (f"{cds}/feedback", feedback),
    ]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every container with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def _junk(rng: random.Random) -> Any:
    return rng.choice(
        [
            None, True, False, 0, -1, 1e308, -1e-308, 10**30, float("nan"), float("inf"), "", " ",
            CANARY, CANARY * 50, CANARY_NUMBER, -CANARY_NUMBER, [CANARY], {CANARY: CANARY}, [], {},
            "\ud800", "\0", "\u202e" + CANARY, "9" * 400, "1e999", "98765,4321", "2026-11-29",
            [[[[CANARY]]]], {"resourceType": CANARY}, {"resourceType": "Bundle", "entry": CANARY},
            {"resourceType": "OperationOutcome"}, {"resourceType": "Bundle", "entry": [None]},
            "final", "admission", "discharge", "0001-01-01T00:00:00+14:00", "9999-12-31", 5, "5",
        ]
    )  # fmt: skip


def _tear(rng: random.Random, value: Any) -> Any:
    value = copy.deepcopy(value)
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        all_places = list(places(value))
        if not all_places:
            break
        inside, key = rng.choice(all_places)
        move = rng.random()
        if move < 0.6:
            inside[key] = _junk(rng)
        elif move < 0.75:
            del inside[key]
        elif move < 0.85 and isinstance(inside, dict):
            inside[CANARY] = inside.pop(key)
        elif move < 0.95:
            other, elsewhere = rng.choice(all_places)
            with contextlib.suppress(KeyError, IndexError):
                inside[key] = copy.deepcopy(other[elsewhere])
        else:
            inside[key] = [copy.deepcopy(inside[key])] * rng.choice([2, 50])
    return _junk(rng) if rng.random() < 0.02 else value


def _break_bytes(rng: random.Random, body: bytes) -> bytes:
    kind, spot = rng.randrange(7), rng.randrange(max(1, len(body)))
    if kind == 0:
        return body[:spot]
    if kind == 1:
        flipped = bytearray(body)
        for _ in range(rng.choice([1, 5, 40])):
            if flipped:
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        return bytes(flipped)
    if kind == 2:
        return body[:spot] + b"\xff\xfe\x00" + body[spot:]
    if kind == 3:
        return b"[" * rng.choice([10, 40, 5000]) + body
    if kind == 4:
        return body + body
    if kind == 5:
        return body.replace(b":", b": " + CANARY.encode() + b" ", 1)
    return b""


def _broken_call(rng: random.Random, whole: list[tuple[str, Any]]) -> _Call:
    path, value = rng.choice(whole)
    body = json.dumps(_tear(rng, value)).encode()
    if rng.random() < 0.15:
        body = _break_bytes(rng, body)
    headers, method = {"content-type": "application/json"}, "POST"
    odd = rng.random()
    if odd < 0.02:
        method = rng.choice(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", CANARY.upper()])
    elif odd < 0.04:
        path = rng.choice([f"{path}/{CANARY}", f"{path}?x={CANARY}", f"/{CANARY}", f"{path}/../.."])
    elif odd < 0.06:
        headers["content-type"] = rng.choice(["text/plain", CANARY, "application/xml", ""])
    elif odd < 0.08:
        headers[
            rng.choice(["authorization", "content-length", "accept", "origin", "x-request-id"])
        ] = rng.choice([CANARY, f"Bearer {CANARY}", "-1", "999999999999"])
    return _Call(method, path, body, headers)


# --- calls of schemathesis ----------------------------------------------------------------------


def schema_calls(app: Any, number: int, seed: int) -> Iterator[_Call]:
    """Give calls within and against the OpenAPI file, alike often."""
    import schemathesis
    from schemathesis.generation import GenerationMode

    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [each.ok() for each in schema.get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)
            yield from drawn(strategy, number // (2 * len(operations)), seed)


def drawn(strategy: Any, number: int, seed: int) -> list[_Call]:
    """Draw calls; an operation without a body has few, or none that contradict its schema."""
    import hypothesis

    found: list[_Call] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=max(1, number), database=None, deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def collect(case: Any) -> None:
        found.append(_call_of(case))

    with contextlib.suppress(hypothesis.errors.Unsatisfiable):
        collect()
    return found


def _call_of(case: Any) -> _Call:
    prepared = case.as_transport_kwargs(base_url="http://127.0.0.1")
    body = prepared.get("data") or b""
    if prepared.get("json") is not None:
        body = json.dumps(prepared["json"]).encode("utf-8", "replace")
    raw = body if isinstance(body, bytes) else str(body).encode("utf-8", "replace")
    headers = {str(k): str(v) for k, v in dict(prepared.get("headers") or {}).items()}
    headers["content-type"] = headers.pop("Content-Type", "application/json")
    path = prepared["url"].removeprefix("http://127.0.0.1")
    return _Call(str(prepared["method"]), path, raw, headers, tuple(_texts(case.body)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= SHORTEST_TEXT:
        yield value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _texts(key)
            yield from _texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)


# --- what must not happen -----------------------------------------------------------------------


class Watch(logging.Handler):
    """Keeps the last line of the logs."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.text += record.getMessage()


def faults(call: _Call, answer: _Answer, logged: str, ours: str) -> list[str]:
    """Name what is wrong with an answer; `ours` is all that the server says of itself."""
    found = []
    if not 200 <= answer.status < 500:
        found.append("status")
    if any(trace in answer.text for trace in TRACES):
        found.append("traceback")
    if CANARY.lower() in answer.text.lower():
        found.append("canary repeated")
    if answer.status >= 400 and "98765.43" in answer.text:
        found.append("canary number repeated")
    if answer.status >= 400 and any(
        each in answer.text and each not in ours for each in call.texts
    ):
        found.append("text repeated")
    if CANARY.lower() in logged.lower() or "98765.43" in logged or "defect" in logged:
        found.append("log")
    if "content-security-policy" not in answer.headers:
        found.append("headers")
    if answer.text and "json" in answer.headers.get("content-type", ""):
        try:
            json.loads(answer.text)
        except ValueError:
            found.append("no json")
    return found


async def main() -> None:
    """Send the calls and keep what came of them."""
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument("--requests", type=int, default=100_000)
    options.add_argument("--from-schema", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    shelf = shelve([chosen.model])
    app = create_app(shelf, Settings(rate=0.0))
    watch, rng, started = Watch(), random.Random(chosen.seed), time.perf_counter()
    for logger in (ACCESS, FEEDBACK):
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(watch)
    ours = "".join(
        [(await _send(app, _Call("GET", path, b""))).text
         for path in ("/openapi.json", "/model", "/cds-services", "/healthz")]
    )  # fmt: skip
    statuses, wrong, examples = Counter(), Counter(), []
    sources: Counter[str] = Counter()

    async def one(call: _Call, source: str) -> None:
        watch.text = ""
        answer = await _send(app, call)
        sources[source] += 1
        statuses[f"{answer.status}"] += 1
        for fault in faults(call, answer, watch.text, ours):
            wrong[fault] += 1
            if len(examples) < 10:
                examples.append(
                    [fault, call.method, call.path, repr(call.body)[:300], answer.text[:300]]
                )

    for call in schema_calls(app, chosen.from_schema, chosen.seed):
        await one(call, "schemathesis")
    whole = _whole_calls(shelf[0].id)
    while sum(sources.values()) < chosen.requests:
        await one(_broken_call(rng, whole), "torn calls")
        if sum(sources.values()) % 10_000 == 0:
            print(sum(sources.values()), dict(statuses), dict(wrong), flush=True)
    for example in examples:
        print(*example, sep="\n  ")
    result = {
        "requests": sum(sources.values()), "by_source": dict(sources), "seed": chosen.seed,
        "statuses": dict(sorted(statuses.items())), "faults": dict(wrong),
        "seconds": time.perf_counter() - started,
    }  # fmt: skip
    print(json.dumps(result))
    if sum(sources.values()) >= 100_000:
        print(keep("fuzz_service", result))


if __name__ == "__main__":
    asyncio.run(main())
