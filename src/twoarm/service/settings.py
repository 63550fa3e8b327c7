"""What a site decides about its server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Client", "Settings", "SmartServer"]


@dataclass(frozen=True)
class Client:
    """A system that may call the CDS services.

    Attributes
    ----------
    iss : str
        Issuer that its tokens name.
    keys : mapping of str to key
        Its public keys by `kid`.
    algorithms : tuple of str
        ES384, RS384 or both.
    jku : str
        Address that its tokens may name as that of its keys; it is compared and never fetched.
    audiences : tuple of str
        Accepted beside the address of the service called.
    """

    iss: str
    keys: Mapping[str, Any]
    algorithms: tuple[str, ...] = ("ES384", "RS384")
    jku: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class SmartServer:
    """A FHIR server from which the page may be launched.

    Attributes
    ----------
    iss : str
        Its address.
    client_id : str
        Name under which it knows the page.
    origins : tuple of str
        Others that the browser must reach, such as that of the tokens.
    """

    iss: str
    client_id: str
    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """Limits, addresses and keys of a server.

    Attributes
    ----------
    base_url : str
        Address under which clients reach the server, without a slash at its end.
    rate : float
        Requests a second from one address; twice as many may come at once. 0: no limit.
    body_bytes, depth : int
        Largest body, deepest nesting.
    frame_ancestors, cors_origins : tuple of str
        Origins that may show the page in a frame, and whose pages may call the server.
    hmac_key : bytes or None
        If given, access lines hold an HMAC-SHA256 of each body.
    clients : tuple of Client
        If any, the CDS services answer to their tokens alone.
    token_seconds : float
        Longest life of a token.
    smart : tuple of SmartServer
        If any, EHRs may launch the page.
    """

    base_url: str = "http://127.0.0.1:8000"
    rate: float = 100.0
    body_bytes: int = 1_000_000
    depth: int = 32
    frame_ancestors: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    hmac_key: bytes | None = field(default=None, repr=False)
    clients: tuple[Client, ...] = ()
    token_seconds: float = 300.0
    smart: tuple[SmartServer, ...] = ()
