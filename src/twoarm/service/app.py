"""The server: routes inside, guards around them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from twoarm.service.access import AccessLine
from twoarm.service.body import BodyLimit
from twoarm.service.headers import SecurityHeaders
from twoarm.service.hooks import hook_routes
from twoarm.service.page import page_routes, pages_of
from twoarm.service.problems import answer_problems
from twoarm.service.rate import RateLimit
from twoarm.service.rest import rest_routes
from twoarm.service.settings import Settings
from twoarm.service.shelf import Served
from twoarm.service.smart import smart_routes
from twoarm.service.words import RESEARCH_ONLY

__all__ = ["create_app"]

_FIELDS = {
    "body", "path", "query", "header", "patient", "patients", "model", "hook", "hookInstance",
    "context", "userId", "patientId", "encounterId", "fhirServer", "prefetch", "feedback", "card",
    "outcome", "overrideReason", "reason", "outcomeTimestamp", "service",
}  # fmt: skip


def create_app(shelf: Sequence[Served], settings: Settings | None = None) -> ASGIApp:
    """Make the ASGI application for models.

    Parameters
    ----------
    shelf : sequence of Served
        At least one.
    settings : Settings, optional
        The defaults serve on this computer alone.
    """
    chosen = settings or Settings()
    columns = {each.column for served in shelf for each in served.model.codebook}
    app = FastAPI(
        title="twoarm",
        description=f"Who benefits from a treatment, of a released model. {RESEARCH_ONLY}",
        version=metadata.version("twoarm"),
        docs_url=None,
        redoc_url=None,
    )
    answer_problems(app, _FIELDS | columns)
    app.include_router(rest_routes(shelf))
    pages = pages_of(shelf)
    with_page = {name for name, page in pages.items() if page.text}
    app.include_router(hook_routes(shelf, chosen, with_page))
    app.include_router(page_routes(shelf, pages, chosen))
    if chosen.smart:
        app.include_router(smart_routes([each for each in shelf if each.id in with_page], chosen))
    guarded: ASGIApp = app
    guarded = BodyLimit(guarded, chosen.body_bytes, chosen.depth, chosen.hmac_key)
    if chosen.rate > 0:
        guarded = RateLimit(guarded, chosen.rate)
    if chosen.cors_origins:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=chosen.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return AccessLine(SecurityHeaders(guarded))
