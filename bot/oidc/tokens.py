"""What an ID token must be to be believed (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signed with a key that only the issuer has: never with a secret that we share, and never not at all."""

KEY_TYPES = ("RSA", "EC", "OKP")
LEEWAY = 60.0
"""Seconds by which the issuer's clock may be off."""

CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")


class OidcError(Exception):
    """Who came back from the issuer cannot be let in. The message is a kind of trouble, for the log: no data."""


class UnknownKeyError(OidcError):
    """Signed with a key that the issuer did not publish when we last looked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say. `acr` and `amr` are "" where the county asks for neither."""

    issuer: str
    client_id: str
    acr: str = ""
    amr: str = ""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who the issuer says it is. `email` is in lower case; `email_is_verified` None where it says nothing of that."""

    subject: str
    email: str
    email_is_verified: bool | None


def read(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, nonce: str) -> Somebody:
    """`keys` are the issuer's, as it publishes them. Raises UnknownKeyError, OidcError."""
    try:
        claims = jwt.decode(
            token,
            _key(token, keys),
            algorithms=ALGORITHMS,
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=LEEWAY,
            options={"require": list(CLAIMS)},
        )
    except jwt.PyJWTError as error:
        raise OidcError(type(error).__name__) from None
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise OidcError("wrong nonce")
    _was_for_us(claims, expected)
    verified = claims.get("email_verified")
    email = claims.get("email")
    return Somebody(
        claims["sub"],
        email.strip().lower() if isinstance(email, str) else "",
        None if verified is None else verified is True,
    )


def _was_for_us(claims: Mapping[str, Any], expected: Expected) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else expected.client_id) != expected.client_id:
        raise OidcError("for another party")
    if expected.acr and claims.get("acr") != expected.acr:
        raise OidcError("wrong acr")
    if expected.amr and expected.amr not in (claims.get("amr") or ()):
        raise OidcError("wrong amr")


def _key(token: str, keys: Sequence[Mapping[str, Any]]) -> jwt.PyJWK:
    """The published key that the token names, for the way of signing that it names if the key is for that."""
    header = jwt.get_unverified_header(token)
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise OidcError("not signed as it must be")
    usable = [key for key in keys if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]
    named = [key for key in usable if name is None or key.get("kid") == name]
    if not named:
        raise UnknownKeyError("unknown key")
    if len(named) > 1 or named[0].get("alg", algorithm) != algorithm:
        raise OidcError("no such key for this algorithm")
    return jwt.PyJWK(dict(named[0]), algorithm)
