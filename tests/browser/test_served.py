"""Given out by a server, the page asks for manifest and worker, and outlives the server."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

WORKER = """
self.addEventListener("install", (event) => event.waitUntil(
  caches.open("one")
    .then((cache) => cache.addAll(["calculator.html"]))
    .then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(
  caches.match(event.request, { ignoreSearch: true })
    .then((found) => found ?? fetch(event.request))));
"""
MANIFEST = '{"name": "x", "start_url": "calculator.html", "display": "standalone"}'


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Keep the terminal to pytest."""


@pytest.fixture
def server(calculator, tmp_path):
    (tmp_path / "calculator.html").write_bytes(calculator.read_bytes())
    (tmp_path / "sw.js").write_text(WORKER, encoding="utf-8")
    (tmp_path / "manifest.webmanifest").write_text(MANIFEST, encoding="utf-8")
    handler = functools.partial(Quiet, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def test_it_registers_the_servers_worker_and_works_once_the_network_is_cut(browser, server):
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"http://127.0.0.1:{server.server_port}/calculator.html")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert page.locator("link[rel=manifest]").get_attribute("href") == "manifest.webmanifest"
    context.set_offline(True)
    page.reload()
    assert page.locator("#say").inner_text() == "No result yet."
    assert complaints == []
    context.close()
