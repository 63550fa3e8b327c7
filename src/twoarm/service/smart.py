"""SMART App Launch from within an EHR: a page that fetches the patient and opens the calculator.

The browser asks the EHR; its token stays there. What it fetched is read here, by the same rules as
for CDS Hooks, and nothing is kept. Only servers that the site has named are asked.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from twoarm.errors import ArgumentError
from twoarm.service.access import note
from twoarm.service.answers import read, result
from twoarm.service.cards import missing_lines, page_link
from twoarm.service.prefetch import take
from twoarm.service.settings import Settings, SmartServer
from twoarm.service.shelf import Served
from twoarm.service.sources import prefetch_templates, source_of
from twoarm.service.words import RESEARCH_ONLY

__all__ = ["read_servers", "smart_routes"]

_FHIR_ID = r"^[A-Za-z0-9.-]{1,64}$"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")  # safe in a header
_FAILED = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script type="module" src="{home}smart.js"></script></head>
<body data-settings="{home}settings.json"><main><h1>{title}</h1>
<p><strong>{research}</strong></p>
<p id="state" role="status">Asking the record ...</p>
<ul id="missing"></ul>
<p><a id="page" hidden href="#">Open the calculator with what was taken</a></p>
</main></body></html>
"""


class PrefillCall(BaseModel):
    """What the browser fetched, by key of the templates."""

    patientId: Annotated[str, Field(pattern=_FHIR_ID)]  # noqa: N815  as CDS Hooks has it
    prefetch: dict[str, Any]


class Prefilled(BaseModel):
    """The page with the values in its fragment, and what is not among them."""

    page: str
    missing: list[str]


def smart_routes(shelf: Sequence[Served], settings: Settings) -> APIRouter:
    """Make the routes: ``/launch/NAME`` for each model with a page, ``/launch`` for an only one."""
    router = APIRouter(include_in_schema=False)
    for served in shelf:
        _add(router, f"/launch/{served.id}", served, settings)
    if len(shelf) == 1:
        _add(router, "/launch", shelf[0], settings)
    return router


def _add(router: APIRouter, prefix: str, served: Served, settings: Settings) -> None:
    page = _PAGE.format(
        title=html.escape(served.title), home=f"{prefix}/", research=html.escape(RESEARCH_ONLY)
    )
    script = (files("twoarm.service") / "smart.js").read_text(encoding="utf-8")
    policy = _policy(settings)
    content = {
        "servers": {each.iss: each.client_id for each in settings.smart},
        "scope": _scope(served),
        "prefetch": prefetch_templates(served),
        "prefill": f"{prefix}/prefill",
        "failed": _FAILED,
    }

    @router.get(prefix)
    def opened() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @router.get(f"{prefix}/smart.js")
    def code() -> Response:
        return Response(script, media_type="text/javascript")

    @router.get(f"{prefix}/settings.json")
    def described() -> JSONResponse:
        return JSONResponse(content)

    @router.post(f"{prefix}/prefill")
    def prefill(call: PrefillCall, request: Request) -> Prefilled:
        note(request.scope, model=served.id, version=served.version)
        taken = take(served, call.patientId, call.prefetch, datetime.now(tz=UTC))
        used = {each.predictor.column: each.value for each in taken if each.state == "used"}
        said = result(read(served, [used]))
        link = page_link(f"/calculator/{served.id}/", taken, said)
        return Prefilled(page=link, missing=missing_lines(taken))


def _policy(settings: Settings) -> str:
    """Let the page reach this server and those that the site has named."""
    named = {origin for each in settings.smart for origin in (_origin(each.iss), *each.origins)}
    reached = " ".join(["'self'", *sorted(named)])
    frames = " ".join(settings.frame_ancestors) or "'none'"
    return (
        f"default-src 'none'; script-src 'self'; connect-src {reached}; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {frames}"
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _scope(served: Served) -> str:
    """Ask for reading what the templates search, and for nothing else."""
    kinds = {source_of(each, "").resource for each in served.model.codebook} | {"Patient"}
    return " ".join(["launch", *(f"patient/{kind}.rs" for kind in sorted(kinds))])


def read_servers(path: str | Path) -> tuple[SmartServer, ...]:
    """Read the FHIR servers that may launch, from a TOML file with ``[[servers]]``.

    `iss` and `client_id` are needed; `origins` names others that the browser must reach, such as
    that of the tokens.

    Raises
    ------
    ArgumentError
        If the file cannot be read, or an entry is not complete.
    """
    file = Path(path)
    try:
        entries = loads(file.read_text(encoding="utf-8")).get("servers")
    except OSError as error:
        raise ArgumentError(f"Cannot read {file}: {error.strerror}.") from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{file} is not TOML: {error}.") from error
    if not isinstance(entries, list) or not entries:
        raise ArgumentError(f"{file} names no server. Add a table [[servers]] for each.")
    return tuple(_server(entry) for entry in entries)


def _server(entry: Any) -> SmartServer:
    given = entry if isinstance(entry, dict) else {}
    iss, client = str(given.get("iss", "")), str(given.get("client_id", ""))
    origins = given.get("origins", [])
    if set(given) - {"iss", "client_id", "origins"} or not client or not isinstance(origins, list):
        raise ArgumentError(
            "A server has iss, client_id and, if wanted, origins (a list); found "
            f"{', '.join(sorted(given)) or 'nothing'}."
        )
    for each in (iss, *origins):
        if not _ADDRESS.fullmatch(str(each)):
            raise ArgumentError(
                f"iss and origins are addresses such as https://ehr.example.org; found '{each}'."
            )
    return SmartServer(iss.rstrip("/"), client, tuple(_origin(each) for each in origins))
