"""The page is served with its own policy, can be installed, and is left out where it cannot be."""

from __future__ import annotations

import json
import re

import pytest
from tests.unit.service.hospital import hook_call, whole_prefetch

import twoarm.service.page
from twoarm.calculator import calculator_html
from twoarm.errors import ArgumentError
from twoarm.service.shelf import Served

HOME = "/calculator/rescue-stenting/"


@pytest.mark.parametrize("path", ["/", HOME])
def test_the_page_is_the_calculator_of_the_model(client, served, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.text == calculator_html(served.model)


def test_an_address_without_its_slash_leads_to_the_page(client):
    assert client.get(HOME.rstrip("/")).url.path == HOME


def test_the_policy_lets_run_what_stands_in_the_page_and_nothing_else(client):
    policy = client.get("/").headers["content-security-policy"]
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]+'", policy)
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_a_site_says_who_may_frame_the_page(client_of):
    client = client_of(frame_ancestors=("https://ehr.example.org",))
    policy = client.get("/").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://ehr.example.org")
    assert "frame-ancestors 'none'" in client.get("/healthz").headers["content-security-policy"]


def test_it_can_be_installed_and_kept_for_a_time_without_network(client):
    for home in ("/", HOME):
        manifest = client.get(f"{home}manifest.webmanifest")
        assert manifest.headers["content-type"] == "application/manifest+json"
        content = json.loads(manifest.text)
        assert content["start_url"] == "./"
        assert "research" in content["name"]
        worker = client.get(f"{home}sw.js")
        assert worker.headers["content-type"].startswith("text/javascript")
        assert "connect-src 'self'" in worker.headers["content-security-policy"]
        assert re.search(r'"twoarm-rescue-stenting-[0-9a-f]{16}"', worker.text)


def test_several_models_are_listed(client_of, served):
    other = Served("other", served.model, served.sha256)
    client = client_of((served, other))
    listed = client.get("/")
    assert 'href="calculator/other/"' in listed.text
    assert "Research only" in listed.text
    assert client.get("/calculator/other/").status_code == 200


def test_a_model_without_a_page_says_why_and_no_card_links_to_it(client_of, monkeypatch):
    def none_made(model):
        raise ArgumentError("the model takes 99.0 MB")

    monkeypatch.setattr(twoarm.service.page, "calculator_html", none_made)
    client = client_of()
    refused = client.get("/")
    assert refused.status_code == 404
    assert "99.0 MB" in refused.json()["detail"]
    call = hook_call(whole_prefetch())
    answer = client.post("/cds-services/rescue-stenting", json=call).json()
    assert answer["cards"][0]["links"] == []
