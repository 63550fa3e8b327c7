"""An EHR's launch: only named servers are reached, values are read by the rules of the hooks."""

from __future__ import annotations

import json

import pytest
from tests.unit.service.hospital import FAILED, LOINC, observation, searchset, whole_prefetch

from twoarm.errors import ArgumentError
from twoarm.service.settings import SmartServer
from twoarm.service.smart import read_servers

EHR = SmartServer("https://ehr.example.org/fhir", "twoarm-page", ("https://login.example.org",))
CANARY = "Zq7Canary"


@pytest.fixture
def launched(client_of):
    return client_of(smart=(EHR,))


def test_without_servers_there_is_no_launch(client):
    assert client.get("/launch").status_code == 404


@pytest.mark.parametrize("home", ["/launch", "/launch/rescue-stenting"])
def test_the_page_reaches_the_named_servers_and_no_other(launched, home):
    page = launched.get(home)
    policy = page.headers["content-security-policy"]
    assert "connect-src 'self' https://ehr.example.org https://login.example.org;" in policy
    assert "script-src 'self';" in policy
    assert "Research only" in page.text
    assert "<script>" not in page.text
    script = launched.get(f"{home}/smart.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in script.text


def test_the_browser_is_told_what_to_ask(launched):
    content = launched.get("/launch/settings.json").json()
    assert content["servers"] == {"https://ehr.example.org/fhir": "twoarm-page"}
    assert content["scope"] == (
        "launch patient/Condition.rs patient/Observation.rs patient/Patient.rs patient/Procedure.rs"
    )
    assert content["prefetch"]["nihss"].startswith("Observation?patient={{context.patientId}}")


def prefilled(client, prefetch):
    answer = client.post("/launch/prefill", json={"patientId": "p1", "prefetch": prefetch})
    assert answer.status_code == 200
    return answer.json()


def test_whatever_fits_is_in_the_fragment_of_the_page(launched, lines):
    found = prefilled(launched, whole_prefetch())
    address, _, fragment = found["page"].partition("#")
    assert address == "/calculator/rescue-stenting/"
    assert "nihss=16" in fragment
    assert found["missing"] == []
    assert "nihss" not in lines.texts[-1]


def test_what_does_not_fit_is_named_and_left_out(launched):
    late = observation(LOINC, "72089-6", phase="discharge", valueInteger=3)
    found = prefilled(
        launched, whole_prefetch() | {"nihss": searchset(late), "glucose_mmol": FAILED}
    )
    assert "nihss=" not in found["page"]
    assert found["missing"] == [
        "Could not be fetched: Glucose.",
        "Not used: NIHSS, of another phase than admission.",
    ]


@pytest.mark.parametrize(
    "body", [{"patientId": CANARY + "/..", "prefetch": {}}, {"patientId": "p1", "prefetch": CANARY}]
)
def test_a_malformed_call_is_refused_without_being_repeated(launched, body):
    answer = launched.post("/launch/prefill", content=json.dumps(body),
                           headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code == 422
    assert CANARY not in answer.text


def test_a_file_of_servers_is_read(tmp_path):
    path = tmp_path / "smart.toml"
    path.write_text(
        '[[servers]]\niss = "https://ehr.example.org/fhir/"\nclient_id = "twoarm-page"\n'
        'origins = ["https://login.example.org/x"]\n'
    )
    assert read_servers(path) == (EHR,)


BROKEN = {
    "empty": ("", "names no server"),
    "no toml": ("[[", "is not TOML"),
    "no client": ('[[servers]]\niss = "https://x.org"\n', "A server has iss"),
    "misspelt": ('[[servers]]\niss = "https://x.org"\nclient_id = "a"\nurl = 1\n', "A server has"),
    "no address": ('[[servers]]\niss = "x.org"\nclient_id = "a"\n', "are addresses such as"),
    "another policy": (
        '[[servers]]\niss = "https://x.org; script-src *"\nclient_id = "a"\n', "are addresses"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_of_servers_that_cannot_be_used_is_refused(tmp_path, text, message):
    path = tmp_path / "smart.toml"
    path.write_text(text)
    with pytest.raises(ArgumentError, match=message):
        read_servers(path)
    with pytest.raises(ArgumentError, match="Cannot read"):
        read_servers(tmp_path / "none.toml")
