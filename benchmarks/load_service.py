"""Fifty clients, each with one call a second: how long an answer takes, and what the server holds.

    python -m benchmarks.load_service runs/rescue-stenting/model.json --seconds 60

The server is a process of its own, with everything on; the clients share the machine with it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from tests.unit.service.hospital import PATIENT, hook_call, whole_prefetch

from benchmarks.record import keep

CLIENTS = 50
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _request(path: str, body: Any) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def client(port: int, sent: bytes, late: float, seconds: int) -> list[tuple[int, float]]:
    """Call once a second; give status and milliseconds of each call."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found, first = [], time.perf_counter() + late
    for number in range(seconds):
        await asyncio.sleep(max(0.0, first + number - time.perf_counter()))
        started = time.perf_counter()
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length is not None
        await reader.readexactly(int(length[1]))
        found.append((int(head.split()[1]), 1000.0 * (time.perf_counter() - started)))
    writer.close()
    return found


async def _load(port: int, sent: bytes, seconds: int) -> dict[str, Any]:
    tasks = [client(port, sent, k / CLIENTS, seconds) for k in range(CLIENTS)]
    calls = [call for each in await asyncio.gather(*tasks) for call in each]
    times = np.array([ms for _, ms in calls])
    return {
        "calls": len(calls),
        "statuses": dict(Counter(str(status) for status, _ in calls)),
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "p99_ms": float(np.percentile(times, 99)),
        "max_ms": float(times.max()),
    }


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found[1]) / 1024.0


def main() -> None:
    """Measure, print and keep."""
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument("--seconds", type=int, default=60)
    chosen = options.parse_args()
    port = _free_port()
    started = time.perf_counter()
    command = [sys.executable, "-m", "twoarm", "serve", chosen.model, "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until_ready = _started_after(port, started)
        service = json.loads(_fetched(port, "/healthz"))["models"][0]["id"]
        calls = {
            "predict": _request("/predict", {"patient": PATIENT}),
            "cds_hooks": _request(f"/cds-services/{service}", hook_call(whole_prefetch())),
        }
        for sent in calls.values():  # the first calls of a process are not those of a day
            asyncio.run(_load(port, sent, 3))
        before = _megabytes(server.pid)
        found = {
            name: asyncio.run(_load(port, sent, chosen.seconds)) for name, sent in calls.items()
        }
        after = _megabytes(server.pid)
    finally:
        server.terminate()
        server.wait(30)
    result = {
        "clients": CLIENTS, "seconds": chosen.seconds, "cores": os.cpu_count(), **found,
        "megabytes_at_start": before, "megabytes_at_end": after,
        "seconds_to_first_answer": until_ready, "model_bytes": Path(chosen.model).stat().st_size,
        "load_average": os.getloadavg()[0],
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    if chosen.seconds >= 60:
        print(keep("load_service", result))


def _fetched(port: int, path: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return bytes(answer.read())


def _started_after(port: int, started: float) -> float:
    while True:
        try:
            _fetched(port, "/healthz")
        except OSError:
            time.sleep(0.02)
        else:
            return time.perf_counter() - started


if __name__ == "__main__":
    main()
