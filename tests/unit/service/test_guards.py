"""Limits and headers hold for every answer."""

from __future__ import annotations

import json

import pytest
from tests.unit.service.hospital import PATIENT

from twoarm.service.rate import Buckets

HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("GET", "/model"), ("POST", "/predict"), ("GET", "/nowhere"),
     ("GET", "/cds-services"), ("DELETE", "/predict"), ("GET", "/openapi.json")],
)  # fmt: skip
def test_every_answer_forbids_scripts_frames_and_copies(client, method, path):
    answer = client.request(method, path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_no_origin_may_call_unless_the_site_says_so(client_of):
    asks = {"Origin": "https://ehr.example.org", "Access-Control-Request-Method": "POST"}
    closed = client_of().options("/predict", headers=asks)
    assert "access-control-allow-origin" not in closed.headers
    opened = client_of(cors_origins=("https://ehr.example.org",))
    assert opened.options("/predict", headers=asks).headers["access-control-allow-origin"] == (
        "https://ehr.example.org"
    )
    other = opened.options("/predict", headers={**asks, "Origin": "https://else.example.org"})
    assert "access-control-allow-origin" not in other.headers


def test_a_large_body_is_refused_before_it_is_read(client_of):
    client = client_of(body_bytes=2000)
    body = json.dumps({"patient": {**PATIENT, "x": "y" * 3000}})
    assert client.post("/predict", content=body).status_code == 413
    pieces = (b" " * 500 for _ in range(10))  # no length is said
    assert client.post("/predict", content=pieces).status_code == 413
    assert client.post("/predict", json={"patient": PATIENT}).status_code == 200


@pytest.mark.parametrize("said", ["abc", "-1", "9" * 5000])
def test_a_length_that_is_none_is_refused(client, said):
    answer = client.post("/predict", content=b"{}", headers={"content-length": said})
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"patient": ' + b"[" * 500])
def test_deep_nesting_is_refused(client, body):
    answer = client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is nested more than 32 deep."


def test_brackets_within_texts_are_no_nesting(client):
    answer = client.post("/predict", json={"patient": {**PATIENT, "site": "[" * 100}})
    assert answer.status_code == 422


def test_too_many_calls_of_one_address_wait(client_of):
    client = client_of(rate=0.01)
    codes = [client.get("/model").status_code for _ in range(2)]
    assert codes == [200, 429]
    assert client.get("/healthz").status_code == 200
    late = client.get("/model")
    assert int(late.headers["retry-after"]) >= 1
    assert late.headers["x-content-type-options"] == "nosniff"


def test_a_bucket_fills_again():
    now = [0.0]
    buckets = Buckets(2.0, clock=lambda: now[0])
    taken = [buckets.take("a") for _ in range(5)]
    assert taken == [0.0, 0.0, 0.0, 0.0, 0.5]
    now[0] = 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 0.5


def test_buckets_of_many_addresses_take_bounded_memory():
    buckets = Buckets(1.0, clock=lambda: 0.0)
    for number in range(20_000):
        buckets.take(str(number))
    assert len(buckets._filled) == 10_000
