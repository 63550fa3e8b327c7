"""Only tokens of named systems count, once, for the service called, signed with their own keys."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.unit.service.hospital import hook_call, whole_prefetch

from twoarm.errors import ArgumentError
from twoarm.service.tokens import NotTrusted, Tokens, read_clients

BASE = "http://cds.example.org"
SERVICE = f"{BASE}/cds-services/rescue-stenting"
ISS = "https://ehr.example.org"


@pytest.fixture(scope="module")
def keys():
    return {
        "es": ec.generate_private_key(ec.SECP384R1()),
        "rs": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "stranger": ec.generate_private_key(ec.SECP384R1()),
    }


@pytest.fixture(scope="module")
def client_file(keys, tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    entries = [
        json.loads(jwt.algorithms.ECAlgorithm.to_jwk(keys["es"].public_key())) | {"kid": "es"},
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(keys["rs"].public_key())) | {"kid": "rs"},
    ]
    (folder / "ehr.json").write_text(json.dumps({"keys": entries}))
    path = folder / "clients.toml"
    path.write_text(f'[[clients]]\niss = "{ISS}"\nkeys = "ehr.json"\njku = "{ISS}/jwks"\n')
    return path


@pytest.fixture(scope="module")
def clients(client_file):
    return read_clients(client_file)


def claims(**change):
    now = int(time.time())
    found = {"iss": ISS, "aud": SERVICE, "iat": now, "exp": now + 200, "jti": f"j{time.time_ns()}"}
    found |= change
    return {key: value for key, value in found.items() if value is not None}


def token(key, algorithm="ES384", kid="es", header=None, **change):
    return jwt.encode(claims(**change), key, algorithm, {"kid": kid} | (header or {}))


@pytest.mark.parametrize("kind", ["es", "rs"])
def test_a_named_system_is_trusted(clients, keys, kind):
    signed = token(keys[kind], {"es": "ES384", "rs": "RS384"}[kind], kind)
    assert Tokens(clients, 300).issuer(f"Bearer {signed}", SERVICE) == ISS


def hand_made(header, payload):
    """Make a token that no library would: its parts as given, the signature of a stranger."""
    import base64

    parts = [json.dumps(each).encode() for each in (header, payload)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts)


WRONG = {
    "no token": (lambda k: None, "a bearer token is needed"),
    "basic": (lambda k: "Basic abc", "a bearer token is needed"),
    "no jwt": (lambda k: "Bearer abc", "cannot be read"),
    "unsigned": (lambda k: f"Bearer {jwt.encode(claims(), '', 'none')}", "accepted kind"),
    "shared secret": (
        lambda k: f"Bearer {jwt.encode(claims(), 's' * 64, 'HS384', {'kid': 'es'})}",
        "accepted kind",
    ),
    "another curve": (
        lambda k: f"Bearer {hand_made({'alg': 'ES256', 'kid': 'es'}, claims())}", "accepted kind"
    ),
    "key of a stranger": (
        lambda k: f"Bearer {token(k['stranger'])}", "not valid (InvalidSignatureError)"
    ),
    "key not named": (lambda k: f"Bearer {token(k['es'], kid='other')}", "key is not known"),
    "unknown issuer": (lambda k: f"Bearer {token(k['es'], iss='https://x.example.org')}", "issuer"),
    "issuer is a list": (
        lambda k: f"Bearer {hand_made({'alg': 'ES384', 'kid': 'es'}, {'iss': [ISS]})}", "issuer"
    ),
    "keys elsewhere": (
        lambda k: f"Bearer {token(k['es'], header={'jku': 'https://x.example.org'})}", "address"
    ),
    "for another service": (
        lambda k: f"Bearer {token(k['es'], aud=BASE)}", "not valid (InvalidAudienceError)"
    ),
    "expired": (
        lambda k: f"Bearer {token(k['es'], iat=1_000_000, exp=1_000_100)}", "ExpiredSignature"
    ),
    "from the future": (
        lambda k: f"Bearer {token(k['es'], iat=int(time.time()) + 90)}", "ImmatureSignature"
    ),
    "lives for days": (
        lambda k: f"Bearer {token(k['es'], exp=int(time.time()) + 99_999)}", "lives longer"
    ),
    "without a name": (lambda k: f"Bearer {token(k['es'], jti=None)}", "MissingRequiredClaim"),
    "a long name": (lambda k: f"Bearer {token(k['es'], jti='j' * 999)}", "jti"),
    "without an end": (lambda k: f"Bearer {token(k['es'], exp=None)}", "MissingRequiredClaim"),
    "of another kind than its key": (
        lambda k: f"Bearer {token(k['rs'], 'RS384', kid='es')}", "not valid"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "why"), WRONG.values(), ids=WRONG.keys())
def test_any_other_token_is_not(clients, keys, make, why):
    with pytest.raises(NotTrusted) as refused:
        Tokens(clients, 300).issuer(make(keys), SERVICE)
    assert why in str(refused.value)


def test_a_token_counts_once(clients, keys):
    tokens, signed = Tokens(clients, 300), token(keys["es"])
    tokens.issuer(f"Bearer {signed}", SERVICE)
    with pytest.raises(NotTrusted, match="used before"):
        tokens.issuer(f"Bearer {signed}", SERVICE)


def test_names_of_tokens_are_forgotten_when_they_have_expired(clients, keys, monkeypatch):
    monkeypatch.setattr("twoarm.service.tokens._MOST_SEEN", 3)
    now = [time.time()]
    tokens = Tokens(clients, 300, clock=lambda: now[0])
    for _ in range(3):
        tokens.issuer(f"Bearer {token(keys['es'])}", SERVICE)
    with pytest.raises(NotTrusted, match="too many tokens"):
        tokens.issuer(f"Bearer {token(keys['es'])}", SERVICE)
    now[0] += 1000.0
    assert tokens.issuer(f"Bearer {token(keys['es'])}", SERVICE) == ISS


def test_the_services_ask_for_tokens_and_rest_does_not(client_of, clients, keys, lines):
    client = client_of(clients=clients, base_url=BASE)
    path = "/cds-services/rescue-stenting"
    refused = client.post(path, json=hook_call(whole_prefetch()))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert client.get("/cds-services").status_code == 401
    signed = {"Authorization": f"Bearer {token(keys['es'])}"}
    assert client.post(path, json=hook_call(whole_prefetch()), headers=signed).status_code == 200
    assert lines.last["caller"] == ISS
    assert client.get("/model").status_code == 200


BROKEN = {
    "empty": ("", "names no client"),
    "no toml": ("[[clients]\n", "is not TOML"),
    "no issuer": ('[[clients]]\nkeys = "ehr.json"\n', "A client has iss"),
    "misspelt": ('[[clients]]\niss = "x"\nkeys = "ehr.json"\nkids = 1\n', "A client has iss"),
    "no file": ('[[clients]]\niss = "x"\nkeys = "none.json"\n', "Cannot read"),
    "symmetric": (
        '[[clients]]\niss = "x"\nkeys = "ehr.json"\nalgorithms = ["HS256"]\n', "ES384 or RS384"
    ),
    "twice": ('[[clients]]\niss = "x"\nkeys = "ehr.json"\n' * 2, "names an issuer twice"),
    "private": ('[[clients]]\niss = "x"\nkeys = "private.json"\n', "public EC or RSA keys alone"),
    "secret": ('[[clients]]\niss = "x"\nkeys = "secret.json"\n', "public EC or RSA keys alone"),
    "no keys": ('[[clients]]\niss = "x"\nkeys = "text.json"\n', "is no JWK Set"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_of_clients_that_cannot_be_used_is_refused(
    client_file, keys, tmp_path, text, message
):
    (tmp_path / "ehr.json").write_text((client_file.parent / "ehr.json").read_text())
    private = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(keys["es"])) | {"kid": "a"}
    (tmp_path / "private.json").write_text(json.dumps({"keys": [private]}))
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "a"}
    (tmp_path / "secret.json").write_text(json.dumps({"keys": [secret]}))
    (tmp_path / "text.json").write_text("[]")
    path = tmp_path / "clients.toml"
    path.write_text(text)
    with pytest.raises(ArgumentError, match=message):
        read_clients(path)
