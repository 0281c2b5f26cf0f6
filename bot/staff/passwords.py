"""Passwords: hashed with Argon2, off the event loop, and the same time taken for an address nobody has."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Takes a tenth of a second or so, and 64 MiB: that is its purpose."""
    return _hasher.hash(password)


async def is_right(password: str, password_hash: str | None) -> bool:
    """Does the password fit? Without a hash the same work is done, so that a stop-watch tells nothing."""
    return await asyncio.to_thread(_fits, password, password_hash)


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    return hash_password(secrets.token_hex())
