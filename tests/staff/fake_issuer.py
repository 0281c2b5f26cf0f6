"""An OpenID Connect issuer on a real socket, which does as it should unless a test bends it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT_ID, CLIENT_SECRET = "milepost", "a secret: of ours"
RSA_KEY = rsa.generate_private_key(65537, 2048)
Sign = Callable[["FakeIssuer", dict[str, Any]], str]


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class FakeIssuer:
    """`claims` go over those of a good token; one that is None is left out."""

    url: str = ""
    key: Any = field(default_factory=new_key)
    algorithm: str = "ES256"
    kid: str = "first"
    claims: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)
    back: dict[str, str] = field(default_factory=dict)
    sign: Sign = lambda issuer, claims: jwt.encode(claims, issuer.key, issuer.algorithm, headers={"kid": issuer.kid})
    asked: list[Mapping[str, str]] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    """The addresses to which browsers were sent back."""

    async def configuration(self, _request: web.Request) -> web.Response:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/out",
        }
        return web.json_response(known | self.says)

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.published()]})

    def published(self) -> dict[str, Any]:
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        public: dict[str, Any] = algorithm.to_jwk(self.key.public_key(), as_dict=True)
        return public | {"kid": self.kid, "use": "sig", "alg": self.algorithm}

    async def authorize(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(request.query)
        answer = {"code": code, "state": request.query["state"], **self.back}
        address = f"{request.query['redirect_uri']}?{urlencode({k: v for k, v in answer.items() if v})}"
        self.answers.append(address)
        return web.Response(status=302, headers={"Location": address})

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        basic = base64.b64encode(b"milepost:a%20secret%3A%20of%20ours").decode()
        known = request.headers.get("Authorization") == f"Basic {basic}" or form.get("client_secret") == CLIENT_SECRET
        if not (asked and known and proof.rstrip("=") == asked["code_challenge"]):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        good = {"iss": self.url, "aud": CLIENT_ID, "sub": "ana-1", "iat": now, "exp": now + 300}
        good |= {"nonce": asked["nonce"], "email": "Ana@county.example", "email_verified": True, "amr": ["pwd", "mfa"]}
        claims = {name: value for name, value in (good | self.claims).items() if value is not None}
        return web.json_response({"id_token": self.sign(self, claims), "token_type": "Bearer"})


def unsigned(_issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none")


def by_hand(issuer: FakeIssuer, claims: dict[str, Any], header: dict[str, str], secret: bytes) -> str:
    """With an HMAC, whatever the key is: libraries refuse to take a public key for a secret."""
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "kid": issuer.kid} | header, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    mark = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    return (signed + b"." + mark).decode()


def signed_with_the_public_key(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    pem = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return by_hand(issuer, claims, {"alg": "HS256"}, pem)


def signed_with_the_client_secret(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    return by_hand(issuer, claims, {"alg": "HS256"}, CLIENT_SECRET.encode())


def signed_by_a_stranger(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, new_key(), "ES256", headers={"kid": issuer.kid})


def signed_with_a_key_of_its_own(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    key = new_key()
    public = jwt.get_algorithm_by_name("ES256").to_jwk(key.public_key(), as_dict=True)
    return jwt.encode(claims, key, "ES256", headers={"kid": issuer.kid, "jwk": public})


def changed_afterwards(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    head, _body, mark = jwt.encode(claims, issuer.key, issuer.algorithm, headers={"kid": issuer.kid}).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims | {"email": "sue@county.example"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{mark}"


@asynccontextmanager
async def an_issuer(path: str = "") -> AsyncIterator[FakeIssuer]:
    issuer, app = FakeIssuer(), web.Application()
    app.router.add_get(f"{path}/.well-known/openid-configuration", issuer.configuration)
    app.router.add_get(f"{path}/keys", issuer.keys)
    app.router.add_get(f"{path}/authorize", issuer.authorize)
    app.router.add_post(f"{path}/token", issuer.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    try:
        yield issuer
    finally:
        await runner.cleanup()
