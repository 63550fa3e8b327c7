"""`twoarm serve` before a real browser: kept offline, and launched by an EHR."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from tests.unit.service.hospital import FAILED, whole_prefetch

from twoarm.service import Settings, shelve
from twoarm.service.app import create_app
from twoarm.service.settings import SmartServer


class Ehr(BaseHTTPRequestHandler):
    """Authorizes, checks PKCE, gives one token, and answers searches that carry it."""

    asked: dict = {}  # noqa: RUF012  of the one launch of a test
    resources: dict = {}  # noqa: RUF012

    def log_message(self, *_):
        """Keep the terminal to pytest."""

    def answer(self, status, content=None, **headers):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, accept, content-type")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_OPTIONS(self):
        self.answer(204)

    def do_GET(self):
        url = urlsplit(self.path)
        here = f"http://127.0.0.1:{self.server.server_port}"
        if url.path.endswith("/smart-configuration"):
            self.answer(200, {
                "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                "code_challenge_methods_supported": ["S256"],
            })  # fmt: skip
        elif url.path == "/authorize":
            Ehr.asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            back = f"{Ehr.asked['redirect_uri']}?code=c1&state={Ehr.asked['state']}"
            self.answer(302, Location=back)
        elif self.headers["Authorization"] != "Bearer t1":
            self.answer(401)
        else:
            kind, code = url.path.split("/")[2], parse_qs(url.query).get("code", [""])[0]
            self.answer(200, Ehr.resources[kind if kind == "Patient" else code])

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if proven != Ehr.asked["code_challenge"] or form["code"] != ["c1"]:
            self.answer(400)
        else:
            self.answer(200, {"access_token": "t1", "patient": "p1", "token_type": "Bearer"})


@pytest.fixture
def ehr():
    with ThreadingHTTPServer(("127.0.0.1", 0), Ehr) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/fhir"
        server.shutdown()
        thread.join()


@pytest.fixture
def served(model_file, ehr):
    """The server in a thread; gives its address, and a function that ends it."""
    settings = Settings(smart=(SmartServer(ehr, "twoarm-page"),))
    app = create_app(shelve([model_file]), settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)

        def end():
            server.should_exit = True
            thread.join()

        yield f"http://127.0.0.1:{listener.getsockname()[1]}", end
        end()


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="en-GB")
    found = context.new_page()
    found.set_default_timeout(10_000)
    yield found
    context.close()


@pytest.mark.parametrize("path", ["/", "/calculator/rescue-stenting/"])
def test_the_page_outlives_the_server(page, served, path):
    address, end = served
    page.goto(address + path)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    end()
    page.goto("about:blank")
    page.goto(address + path)
    assert page.locator("#say").inner_text() == "No result yet."


def resources(prefetch):
    """Answer by code, as the templates ask."""
    found = {"Patient": prefetch["patient"]}
    for bundle in prefetch.values():
        for entry in bundle.get("entry", []):
            coding = entry["resource"]["code"]["coding"][0]
            found[f"{coding['system']}|{coding['code']}"] = bundle
    return found


def test_a_launch_opens_the_page_with_the_values_of_the_record(page, served, ehr):
    Ehr.resources = resources(whole_prefetch())
    page.goto(f"{served[0]}/launch?iss={ehr}&launch=l1")
    page.wait_for_url("**/calculator/rescue-stenting/*")
    assert Ehr.asked["aud"] == ehr
    assert Ehr.asked["launch"] == "l1"
    assert Ehr.asked["scope"].startswith("launch patient/Condition.rs")
    page.wait_for_function("document.querySelector('#say')?.innerText !== 'No result yet.'")
    assert page.url.endswith("/calculator/rescue-stenting/")  # the page takes the fragment away


def test_a_launch_names_what_the_record_lacks(page, served, ehr):
    Ehr.resources = resources(whole_prefetch())
    Ehr.resources["http://loinc.org|72089-6"] = FAILED
    page.goto(f"{served[0]}/launch?iss={ehr}&launch=l1")
    page.get_by_text("Could not be fetched: NIHSS.").wait_for()
    assert "nihss=" not in page.locator("#page").get_attribute("href")
    assert "aspects=8" in page.locator("#page").get_attribute("href")


def test_another_server_is_not_asked(page, served):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served[0]}/launch?iss=http://127.0.0.1:9/fhir&launch=l1")
    page.get_by_text("this FHIR server is not one that the site has named").wait_for()
    assert all(url.startswith(served[0]) for url in asked)
