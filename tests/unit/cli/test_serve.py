"""`twoarm serve` starts only as a site means it, answers, and finishes what it began."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from twoarm.cli.main import main

SAYS = "import sys; sys.modules['uvicorn'] = None; from twoarm.cli.main import main; "


@pytest.fixture
def refused(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["twoarm", "serve", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr().err
        assert ended.value.code == 2
        assert "Traceback" not in printed
        return printed

    return run


def test_without_the_extra_it_says_what_to_type(tmp_path):
    code = SAYS + "sys.argv = ['twoarm', 'serve', 'model.json']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "pip install 'twoarm[serve]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_no_model_is_refused(refused, tmp_path):
    (tmp_path / "model.json").write_text("{}")
    assert "cannot be used" in refused(tmp_path / "model.json")
    assert "Cannot read the model file" in refused(tmp_path / "none.json")


def test_other_computers_are_let_in_only_on_purpose(refused, run_of_two):
    for host in ("0.0.0.0", "::", "192.0.2.7", "cds.example.org"):
        printed = refused(run_of_two / "model.json", "--host", host)
        assert "--clients FILE" in printed
        assert "--no-tokens" in printed


def test_a_port_that_is_taken_is_refused(refused, run_of_two):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        printed = refused(run_of_two / "model.json", "--port", port)
    assert f"Cannot listen on 127.0.0.1, port {port}" in printed


@pytest.mark.parametrize(
    "url", ["cds.example.org", "ftp://x.org", "https://x.org/?a=1", "https://"]
)
def test_an_address_that_is_none_is_refused(refused, run_of_two, url):
    assert "Expected an address" in refused(run_of_two / "model.json", "--base-url", url)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_when_told(run_of_two, stop):
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "twoarm",
        "serve",
        run_of_two / "model.json",
        "--port",
        str(port),
    ]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert server.stderr is not None
        assert "SYNTHETIC" in server.stderr.readline()
        assert f"http://127.0.0.1:{port}/" in server.stderr.readline()
        assert json.loads(answer(port))["status"] == "ok"
        line = json.loads(server.stderr.readline())
        assert (line["endpoint"], line["status"]) == ("/healthz", 200)
    finally:
        server.send_signal(stop)
        rest = server.communicate(timeout=20)[1]
    assert "Traceback" not in rest
    assert server.returncode in (0, 130, -stop)


def answer(port):
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as found:
                return found.read()
        except OSError:
            signal.sigtimedwait([], 0.05)
    raise AssertionError("the server does not answer")
