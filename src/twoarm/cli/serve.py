"""`twoarm serve`: released models behind REST and CDS Hooks, with their page."""

from __future__ import annotations

import ipaddress
import logging
import os
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["serve"]

_KEY = "TWOARM_HMAC_KEY"


def serve(
    models: Annotated[list[Path], typer.Argument(help="Model files, model.json of runs.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    base_url: Annotated[
        str, typer.Option(help="Address as clients see it.", show_default="http://HOST:PORT")
    ] = "",
    rate: Annotated[
        float, typer.Option(min=0.0, help="Calls a second from one address; 0: no limit.")
    ] = 100.0,
    clients: Annotated[
        Path | None,
        typer.Option(help="TOML file of who may call the CDS services.", show_default="nobody"),
    ] = None,
    no_tokens: Annotated[
        bool, typer.Option("--no-tokens", help="Answer CDS calls of anybody who reaches the host.")
    ] = False,
    frame: Annotated[
        list[str] | None,
        typer.Option(help="Origin that may show the page in a frame.", show_default="none"),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(help="Origin whose pages may call the server.", show_default="none"),
    ] = None,
    smart: Annotated[
        Path | None,
        typer.Option(
            help="TOML file of FHIR servers that may launch the page.", show_default="none"
        ),
    ] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="File to add feedback on cards to.", show_default="the log")
    ] = None,
) -> None:
    """Serve models: a page, predictions as JSON and FHIR, CDS Hooks.

    Nothing that is sent is kept or logged. With a secret in the environment variable
    TWOARM_HMAC_KEY, access lines hold an HMAC of each body. For research, not for decisions
    about patients.
    """
    from twoarm.service import load_extra, shelve

    load_extra()
    from twoarm.service.app import create_app
    from twoarm.service.listening import listen
    from twoarm.service.settings import Settings
    from twoarm.service.smart import read_servers
    from twoarm.service.tokens import read_clients

    address = _origin(base_url) if base_url else _own_address(host, port)
    settings = Settings(
        base_url=address,
        rate=rate,
        frame_ancestors=tuple(_origin(each) for each in frame or ()),
        cors_origins=tuple(_origin(each) for each in cors or ()),
        hmac_key=os.environ.get(_KEY, "").encode() or None,
        clients=read_clients(clients) if clients is not None else (),
        smart=read_servers(smart) if smart is not None else (),
    )
    _require_trust(host, settings, no_tokens)
    shelf = shelve(models)
    _log_to(feedback)
    for each in shelf:
        typer.echo(_line(each, address), err=True)
    listen(create_app(shelf, settings), host, port)


def _origin(url: str) -> str:
    """Give an address without a slash at its end; ArgumentError if it is none."""
    from urllib.parse import urlsplit

    from twoarm.errors import ArgumentError

    parts = urlsplit(url)
    plain = not (parts.query or parts.fragment or parts.username) and " " not in url
    if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
        raise ArgumentError(f"Expected an address such as https://cds.example.org; found {url}.")
    return url.rstrip("/")


def _own_address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _require_trust(host: str, settings: Any, no_tokens: bool) -> None:
    """Refuse to answer a whole network unless the site says who may call, or that anybody may."""
    from twoarm.errors import ArgumentError

    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback and not settings.clients and not no_tokens:
        raise ArgumentError(
            f"--host {host} is reached from other computers. Say who may call the CDS services "
            "with --clients FILE, or that anybody may with --no-tokens."
        )


def _line(served: Any, address: str) -> str:
    state = f", EXPIRED on {served.model.expires}" if served.expired() else ""
    label = ", SYNTHETIC" if served.model.synthetic else ""
    return f"{served.id}: {served.title}, version {served.version}{label}{state}\n  {address}/"


def _log_to(feedback: Path | None) -> None:
    """Write access lines to the terminal, feedback there or to its file."""
    from twoarm.errors import ArgumentError
    from twoarm.service.lines import ACCESS, FEEDBACK

    try:
        kept = logging.FileHandler(feedback, encoding="utf-8") if feedback else None
    except OSError as error:
        raise ArgumentError(f"Cannot write {feedback}: {error.strerror}.") from error
    for logger, handler in ((ACCESS, None), (FEEDBACK, kept)):
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(handler or logging.StreamHandler())
