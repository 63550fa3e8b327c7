"""The bedside page of each model, and what makes it installable.

The page computes in the browser: it sends nothing here, and values reach it in the fragment of a
link, which browsers keep to themselves.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from twoarm.calculator import calculator_html
from twoarm.errors import ArgumentError
from twoarm.service.problems import Refused
from twoarm.service.settings import Settings
from twoarm.service.shelf import Served
from twoarm.service.words import RESEARCH_ONLY, SYNTHETIC

__all__ = ["Page", "page_routes", "pages_of"]

_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')
_NOBODY = "'none'"
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192">'
    '<rect width="192" height="192" rx="32" fill="#1f4e79"/>'
    '<path d="M56 140V84M136 140V52" stroke="#fff" stroke-width="28"/></svg>'
)
_WORKER = """const CACHE = "%(cache)s";
self.addEventListener("install", (event) => {
  const page = new Request("./", { cache: "reload" });
  const kept = caches.open(CACHE).then((cache) => cache.add(page));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("%(prefix)s") && name !== CACHE;
  const gone = (names) => Promise.all(names.filter(old).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(gone).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const page = new URL("./", self.location).pathname;
  if (event.request.mode !== "navigate" || new URL(event.request.url).pathname !== page) return;
  event.respondWith(fetch(event.request).catch(() => caches.match("./", { cacheName: CACHE })));
});
"""


@dataclass(frozen=True)
class Page:
    """A model's page.

    Attributes
    ----------
    text : str
        The HTML; empty where there is none.
    why_not : str
        Why there is none.
    """

    text: str
    why_not: str = ""


def pages_of(shelf: Sequence[Served]) -> dict[str, Page]:
    """Make every model's page once, by the model's name; a very large model has none."""
    found = {}
    for served in shelf:
        try:
            found[served.id] = Page(calculator_html(served.model))
        except ArgumentError as error:
            found[served.id] = Page("", str(error))
    return found


def page_routes(
    shelf: Sequence[Served], pages: Mapping[str, Page], settings: Settings
) -> APIRouter:
    """Make the routes of the pages: each under its model, an only one at the root too."""
    router = APIRouter(include_in_schema=False)
    for served in shelf:
        _add(router, f"/calculator/{served.id}", served, pages[served.id], settings)
    if len(shelf) == 1:
        _add(router, "", shelf[0], pages[shelf[0].id], settings)
    else:
        listed = _index(shelf)

        @router.get("/")
        def index() -> HTMLResponse:
            return HTMLResponse(listed)

    return router


def _add(router: APIRouter, prefix: str, served: Served, page: Page, settings: Settings) -> None:
    """Add a page, its manifest and its worker under a prefix."""
    manifest, worker, policy = _manifest(served), _worker(served, page), _policy(page, settings)

    @router.get(f"{prefix}/")
    def whole() -> HTMLResponse:
        if not page.text:
            raise Refused(404, f"There is no page of this model: {page.why_not}")
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return HTMLResponse(page.text, headers=headers)

    @router.get(f"{prefix}/manifest.webmanifest")
    def described() -> Response:
        return Response(manifest, media_type="application/manifest+json")

    @router.get(f"{prefix}/sw.js")
    def kept_offline() -> Response:
        headers = {"Content-Security-Policy": _WORKER_POLICY, "Cache-Control": "no-cache"}
        return Response(worker, media_type="text/javascript", headers=headers)


def _policy(page: Page, settings: Settings) -> str:
    """Give the page's own policy, and who may show it in a frame, which a page cannot say."""
    own = _POLICY.search(page.text)
    policy = html.unescape(own[1]) if own else "default-src 'none'"
    return f"{policy}; frame-ancestors {' '.join(settings.frame_ancestors) or _NOBODY}"


def _manifest(served: Served) -> str:
    content = {
        "name": f"{served.title} (research)",
        "short_name": served.id[:30],
        "description": RESEARCH_ONLY,
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1f4e79",
        "icons": [
            {"src": f"data:image/svg+xml,{quote(_ICON)}", "sizes": "any", "type": "image/svg+xml"}
        ],
    }
    return json.dumps(content)


def _worker(served: Served, page: Page) -> str:
    """Give the script that keeps the page for a time without network, anew for every change."""
    prefix = f"twoarm-{served.id}-"
    digest = hashlib.sha256(page.text.encode("utf-8")).hexdigest()[:16]
    return _WORKER % {"cache": prefix + digest, "prefix": prefix}


def _index(shelf: Sequence[Served]) -> str:
    """Give a page that lists the models."""
    lines = "\n".join(
        f'<li><a href="calculator/{each.id}/">{html.escape(each.title)}</a>, version '
        f"{html.escape(each.version)}{f'. {SYNTHETIC}' if each.model.synthetic else ''}</li>"
        for each in shelf
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>twoarm</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>\n'
        f"<body><main><h1>Models</h1>\n<p><strong>{RESEARCH_ONLY}</strong></p>\n<ul>\n{lines}\n"
        "</ul></main></body></html>\n"
    )
