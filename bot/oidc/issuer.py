"""Talking to the issuer: where its doors are, its keys, and a code for a token."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth

from bot.oidc.tokens import Expected, OidcError, Somebody, UnknownKeyError, read
from bot.settings import safe_url

PATIENCE = ClientTimeout(total=10)
FRESH = 3600.0
"""Seconds for which what the issuer says of itself, and its keys, are believed."""

LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Doors:
    """The issuer's own addresses. `end_session` is "" where it has none."""

    authorization: str
    token: str
    keys: str
    end_session: str
    takes_basic: bool
    names_itself: bool


class Issuer:
    """`client_secret` is "" for a client without one: the proof of the code (PKCE) is always sent."""

    def __init__(self, expected: Expected, client_secret: str, redirect_uri: str) -> None:
        self._expected = expected
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._doors: tuple[float, Doors] | None = None
        self._keys: Sequence[Mapping[str, Any]] = ()

    async def begin(self, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises OidcError."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._expected.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if self._expected.acr:
            asked["acr_values"] = self._expected.acr
        return _with((await self.doors()).authorization, asked)

    async def finish(self, code: str, says_it_is: str | None, nonce: str, verifier: str) -> Somebody:
        """`says_it_is` is the issuer's name beside the code (RFC 9207), if there is one. Raises OidcError."""
        doors = await self.doors()
        if says_it_is != self._expected.issuer and (doors.names_itself or says_it_is is not None):
            raise OidcError("answered by another issuer")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
            "client_id": self._expected.client_id,
        }
        headers = {}
        if self._client_secret and doors.takes_basic:
            who = quote(self._expected.client_id, safe=""), quote(self._client_secret, safe="")
            headers["Authorization"] = encode_basic_auth(*who)
        elif self._client_secret:
            form["client_secret"] = self._client_secret
        token = (await _asked("POST", doors.token, form, headers)).get("id_token")
        if not isinstance(token, str):
            raise OidcError("no token")
        try:
            return read(token, self._keys, self._expected, nonce)
        except UnknownKeyError:  # issuers change their keys
            self._keys = await _keys(doors.keys)
            return read(token, self._keys, self._expected, nonce)

    async def log_out_address(self, then: str) -> str:
        """Where one logs out of the county's account as well; "" if nowhere. `then` is the page to come back to."""
        try:
            end = (await self.doors()).end_session
        except OidcError:
            return ""
        return _with(end, {"client_id": self._expected.client_id, "post_logout_redirect_uri": then}) if end else ""

    async def doors(self) -> Doors:
        """Raises OidcError."""
        if self._doors is None or self._doors[0] + FRESH < time.monotonic():
            known = await _asked("GET", f"{self._expected.issuer.rstrip('/')}/.well-known/openid-configuration")
            if known.get("issuer") != self._expected.issuer:
                raise OidcError("configuration of another issuer")
            self._doors, self._keys = (time.monotonic(), _doors(known)), ()
        return self._doors[1]


def _doors(known: Mapping[str, Any]) -> Doors:
    addresses = [known.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    end = known.get("end_session_endpoint") or ""
    try:
        for address in [*addresses, *([end] if end else [])]:
            safe_url(str(address).partition("?")[0])
    except ValueError:
        raise OidcError("configuration without safe addresses") from None
    methods = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    names_itself = known.get("authorization_response_iss_parameter_supported") is True
    authorization, token, keys = map(str, addresses)
    return Doors(authorization, token, keys, str(end), "client_secret_basic" in methods, names_itself)


async def _keys(address: str) -> Sequence[Mapping[str, Any]]:
    keys = (await _asked("GET", address)).get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


async def _asked(
    method: str, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """A JSON object from the issuer. Raises OidcError."""
    accepts = {"Accept": "application/json", **(headers or {})}
    try:
        async with (
            ClientSession(timeout=PATIENCE) as http,
            http.request(method, address, data=form, headers=accepts, allow_redirects=False) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                raise OidcError(f"answered {answer.status}")
            said = b""
            async for part in answer.content.iter_any():
                said += part
                if len(said) > LARGEST:
                    raise OidcError("answered at length")
        found = json.loads(said)
    except (TimeoutError, ClientError, ValueError) as error:
        raise OidcError(type(error).__name__) from None
    if not isinstance(found, dict):
        raise OidcError("no object")
    return found


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
