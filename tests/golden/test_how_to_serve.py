"""The how-to for serving works as typed; what curl would ask is asked without it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.unit.conftest import small_study_text

from twoarm.cohort import load_study, read_cohort
from twoarm.service import Settings, shelve
from twoarm.service.app import create_app
from twoarm.study import run

HOW_TO = (Path(__file__).parents[2] / "docs" / "how-to" / "serve.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.seconds


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "small.toml").write_text(small_study_text(), encoding="utf-8")
    study = load_study(folder / "small.toml")
    run(study, read_cohort(study), out=folder / "run", replicates=2, executor="serial")
    return TestClient(create_app(shelve([folder / "run" / "model.json"]), Settings()))


def typed():
    blocks = re.findall(r"^```sh\n(.*?)^```", HOW_TO, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def test_what_it_asks_is_answered(client):
    asked = [line[1:] for line in typed() if line[0] == "curl"]
    assert len(asked) == 3
    for url, *rest in asked:
        path = url.removeprefix("http://127.0.0.1:8000")
        if "-d" in rest:
            name, value = rest[rest.index("-H") + 1].split(": ")
            answer = client.post(path, content=rest[rest.index("-d") + 1], headers={name: value})
            assert json.loads(answer.text)["result"]["status"] == "predicted"
        else:
            answer = client.get(path)
        assert answer.status_code == 200


def test_every_address_of_its_table_is_there(client):
    rows = re.findall(r"^\| `(GET|POST) (/[^`]*)` \|", HOW_TO, re.MULTILINE)
    assert len(rows) == 6
    described = client.get("/openapi.json").json()["paths"] | {"/openapi.json": {"get": {}}}
    for method, path in rows:
        assert method.lower() in described[path]


def test_every_option_it_names_is_one(capsys, monkeypatch):
    from twoarm.cli.main import main

    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("sys.argv", ["twoarm", "serve", "--help"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    own = re.sub(r"`?pip install[^`]*`?", "", HOW_TO)
    for option in set(re.findall(r"(?<!\w)--[a-z][a-z-]+", own)):
        assert option in shown
