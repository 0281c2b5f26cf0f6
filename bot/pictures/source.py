"""What the house needs of a provider that holds what came with texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class FetchFailedError(Exception):
    """It did not come this time. It may the next."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Something that came with a text. `kind` is what its sender's phone called it, such as image/jpeg."""

    media_id: str
    kind: str


class Source(Protocol):
    """Each raises FetchFailedError. Both ids are the provider's: of the message, and of what came with it."""

    async def listed(self, provider_id: str) -> Sequence[Listed]: ...

    async def fetch(self, provider_id: str, media_id: str, most: int) -> bytes:
        """The first `most` bytes or a little more."""
        ...

    async def remove(self, provider_id: str, media_id: str) -> None:
        """It is no error if it is gone."""
        ...
