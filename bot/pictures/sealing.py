"""Pictures at rest: sealed with AES-256-GCM under a key that follows from SECRET_KEY and is stored nowhere.

So who reads the database or a backup sees no picture, and with a new SECRET_KEY nobody does: it must be kept as long as
the pictures. What is sealed opens only as what it was sealed as: this picture, of this message, in this size.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from bot.pictures.cleaning import CleanPicture
from records.pictures import SealedPicture, Size

KEY_IS_FOR = b"milepost pictures 1"
KEY_BYTES, NONCE_BYTES = 32, 12


class UnreadableError(Exception):
    """It was sealed under another SECRET_KEY, or as another picture, or was changed."""


@dataclass(frozen=True, slots=True)
class PictureCipher:
    """What seals and opens."""

    _key: AESGCM

    def seal(self, picture: CleanPicture, picture_id: str, provider_id: str) -> SealedPicture:
        """`provider_id` is the provider's id of its message, which a merge of two clients does not change."""
        return SealedPicture(
            id=picture_id,
            width=picture.width,
            height=picture.height,
            size=len(picture.body),
            body=self._sealed(picture.body, _as(picture_id, provider_id, Size.WHOLE)),
            thumbnail=self._sealed(picture.thumbnail, _as(picture_id, provider_id, Size.THUMBNAIL)),
        )

    def open(self, sealed: bytes, picture_id: str, provider_id: str, size: Size) -> bytes:
        """Raises UnreadableError."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._key.decrypt(nonce, rest, _as(picture_id, provider_id, size))
        except (InvalidTag, ValueError):
            raise UnreadableError from None

    def _sealed(self, words: bytes, as_what: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._key.encrypt(nonce, words, as_what)


def picture_cipher(secret_key: SecretStr) -> PictureCipher:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=KEY_IS_FOR)
    return PictureCipher(AESGCM(derived.derive(secret_key.get_secret_value().encode())))


def _as(picture_id: str, provider_id: str, size: Size) -> bytes:
    return f"{picture_id}\n{provider_id}\n{size}".encode()
