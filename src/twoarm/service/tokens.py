"""Who calls a CDS service: a signed token of a system that the site has named.

Asymmetric signatures alone; keys come from the site's own file and are never fetched.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Any

import jwt

from twoarm.errors import ArgumentError
from twoarm.service.settings import Client

__all__ = ["ALGORITHMS", "NotTrusted", "Tokens", "read_clients"]

ALGORITHMS = ("ES384", "RS384")
"""Signatures that are accepted; none, and whatever shares a secret, is not."""

_LEEWAY_SECONDS = 30
_MOST_SEEN = 200_000
_LONGEST_JTI = 200
_REQUIRED = ["iss", "aud", "exp", "iat", "jti"]


class NotTrusted(Exception):  # noqa: N818  the caller's fault, told as 401
    """A token is missing or not accepted; the message says why, without its content."""


class Tokens:
    """Checks tokens of known clients, each of them once.

    Parameters
    ----------
    clients : sequence of Client
    seconds : float
        Longest life of a token.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self, clients: Sequence[Client], seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._clients = {client.iss: client for client in clients}
        self._seconds, self._clock = seconds, clock
        self._seen: dict[tuple[str, str], float] = {}

    def issuer(self, authorization: str | None, address: str) -> str:
        """Give the issuer of a bearer token for the service at an address.

        Raises
        ------
        NotTrusted
            If the token is not accepted.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotTrusted("a bearer token is needed")
        try:
            header = jwt.get_unverified_header(token)
            stated = jwt.decode(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise NotTrusted("the token cannot be read") from error
        client = self._client(header, stated)
        claims = self._verified(token, header, client, address)
        self._once(client.iss, claims)
        return client.iss

    def _client(self, header: Mapping[str, Any], stated: Mapping[str, Any]) -> Client:
        iss = stated.get("iss")
        client = self._clients.get(iss) if isinstance(iss, str) else None
        if client is None:
            raise NotTrusted("the issuer is not known here")
        if header.get("alg") not in client.algorithms:
            raise NotTrusted("the signature is not of an accepted kind")
        if "jku" in header and header["jku"] != client.jku:
            raise NotTrusted("the address of the keys is not the one agreed on")
        return client

    def _verified(
        self, token: str, header: Mapping[str, Any], client: Client, address: str
    ) -> dict[str, Any]:
        kid = header.get("kid")
        key = client.keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise NotTrusted("the key is not known here")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(client.algorithms),
                audience=[address, *client.audiences],
                issuer=client.iss,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError) as error:
            raise NotTrusted(f"the token is not valid ({type(error).__name__})") from error
        return claims

    def _once(self, iss: str, claims: Mapping[str, Any]) -> None:
        """Refuse a token that lives too long, or was seen before."""
        now, jti = self._clock(), claims["jti"]
        if float(claims["exp"]) - float(claims["iat"]) > self._seconds:
            raise NotTrusted(f"the token lives longer than {self._seconds:g} s")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
            raise NotTrusted("the token's name (jti) cannot be used")
        if len(self._seen) >= _MOST_SEEN:
            self._seen = {each: until for each, until in self._seen.items() if until > now}
            if len(self._seen) >= _MOST_SEEN:  # forgetting one would let it come twice
                raise NotTrusted("too many tokens at once")
        until = self._seen.get((iss, jti))
        if until is not None and until > now:
            raise NotTrusted("the token was used before")
        self._seen[iss, jti] = float(claims["exp"]) + _LEEWAY_SECONDS


def read_clients(path: str | Path) -> tuple[Client, ...]:
    """Read the systems that may call, from a TOML file with a table ``[[clients]]`` for each.

    `iss` and `keys` (a JWK Set file beside it) are needed; `jku`, `algorithms` (ES384, RS384) and
    `audiences` may be given.

    Raises
    ------
    ArgumentError
        If a file cannot be read, or a key is missing, private, or of another kind.
    """
    file = Path(path)
    try:
        entries = loads(file.read_text(encoding="utf-8")).get("clients")
        if not isinstance(entries, list) or not entries:
            raise ArgumentError(f"{file} names no client. Add a table [[clients]] for each.")
        clients = tuple(_client(entry, file.parent) for entry in entries)
    except OSError as error:
        raise ArgumentError(f"Cannot read {error.filename}: {error.strerror}.") from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{file} is not TOML: {error}.") from error
    names = [client.iss for client in clients]
    if len(set(names)) < len(names):
        raise ArgumentError(f"{file} names an issuer twice. Put its keys into one JWK Set.")
    return clients


def _client(entry: Mapping[str, Any], folder: Path) -> Client:
    unknown = sorted(set(entry) - {"iss", "keys", "jku", "algorithms", "audiences"})
    iss, algorithms = entry.get("iss"), tuple(entry.get("algorithms", ALGORITHMS))
    if unknown or not isinstance(iss, str) or not isinstance(entry.get("keys"), str):
        raise ArgumentError(
            "A client has iss (text), keys (a JWK Set file) and, if wanted, jku, algorithms and "
            f"audiences; found {', '.join(sorted(entry)) or 'nothing'}."
        )
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        raise ArgumentError(f"{iss}: algorithms are {' or '.join(ALGORITHMS)}.")
    keys = _keys(folder / entry["keys"], iss)
    return Client(iss, keys, algorithms, str(entry.get("jku", "")),
                  tuple(entry.get("audiences", ())))  # fmt: skip


def _keys(path: Path, iss: str) -> dict[str, Any]:
    """Give the public keys of a JWK Set by their `kid`."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["keys"]
        for entry in entries:
            if "d" in entry or entry["kty"] not in ("EC", "RSA"):
                raise ArgumentError(
                    f"{iss}: {path} must hold public EC or RSA keys alone; found another."
                )
        keys = {str(each["kid"]): jwt.PyJWK(each, _algorithm(each)).key for each in entries}
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(
            f"{iss}: {path} is no JWK Set of keys with a kid ({type(error).__name__})."
        ) from error
    if not keys:
        raise ArgumentError(f"{iss}: {path} holds no key.")
    return keys


def _algorithm(entry: Mapping[str, Any]) -> str:
    return "ES384" if entry["kty"] == "EC" else "RS384"
