"""Several models stand side by side, each under a name of its own."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.unit.service.hospital import PATIENT

from twoarm.errors import ArgumentError
from twoarm.modelfile import digest, model_card
from twoarm.service import shelve


@pytest.fixture
def written(run_of_two, tmp_path):
    """Write the small model with some keys changed."""

    def write(folder, **change):
        content = json.loads((run_of_two / "model.json").read_text(encoding="utf-8")) | change
        content["digest"] = digest(content)
        path = tmp_path / folder / "model.json"
        path.parent.mkdir()
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


def test_models_of_two_studies_answer_under_their_names(written, client_of):
    shelf = shelve([written("a", name="One Study"), written("b", name="another")])
    assert [each.id for each in shelf] == ["one-study", "another"]
    client = client_of(shelf)
    named = client.post("/predict", json={"patient": PATIENT, "model": "another"})
    assert named.json()["model"]["id"] == "another"
    unnamed = client.post("/predict", json={"patient": PATIENT})
    assert unnamed.status_code == 404
    assert "one-study, another" in unnamed.json()["detail"]
    assert len(client.get("/cds-services").json()["services"]) == 2


def test_versions_of_one_study_are_told_apart(written):
    shelf = shelve([written("a", version="1.0"), written("b", version="1.1")])
    assert [each.id for each in shelf] == ["rescue-stenting-1-0", "rescue-stenting-1-1"]


def test_the_same_model_twice_is_refused(written):
    with pytest.raises(ArgumentError, match="need different names or versions"):
        shelve([written("a", version="1.0"), written("b", version="1.0")])


def test_an_expired_model_says_so_in_every_answer(written, client_of):
    shelf = shelve([written("a", expires="2020-01-31")])
    client = client_of(shelf)
    said = client.post("/predict", json={"patient": PATIENT}).json()
    assert said["model"]["expired"] is True
    assert "expired on 2020-01-31" in said["result"]["note"]
    assert client.get("/healthz").json()["models"][0]["expired"] is True


def test_the_last_day_counts(written):
    (served,) = shelve([written("a", expires="2030-06-30")])
    assert not served.expired(date(2030, 6, 30))
    assert served.expired(date(2030, 7, 1))


def test_the_card_is_that_of_the_model(served, client):
    facts = client.get("/model").json()["models"][0]
    assert facts["card"] == model_card(served.content)
