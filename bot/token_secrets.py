"""The secrets of tokens. They begin with `mp_`, so that who finds one in a file or a log knows what it is."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "mp_"


def new_secret() -> str:
    """256 bits of chance."""
    return PREFIX + secrets.token_hex(32)


def hash_of(secret: str) -> str:
    """What is kept of it. So much chance needs no slow hash; odd bytes of a header have one too."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
