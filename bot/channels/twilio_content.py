"""The provider's Content API: https://www.twilio.com/docs/content/content-api-resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth

from bot.settings import Settings
from records.whatsapp_contents import ContentState

PATIENCE = timedelta(seconds=30)
CLIENT_ERRORS = 400

STATES = {
    "approved": ContentState.USABLE,
    "rejected": ContentState.REFUSED,
    **dict.fromkeys(("paused", "disabled"), ContentState.REFUSED),
}
"""What WhatsApp says; all else ("received", "pending", ...) is waiting."""


class ContentApiError(Exception):
    """The provider did not do it. Says what it answered, without what was sent."""


class ContentApi:
    """Open it in a running event loop, close it at the end. What goes wrong is a ContentApiError."""

    def __init__(self, settings: Settings, patience: timedelta = PATIENCE) -> None:
        account, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
        self._contents = f"{settings.twilio_content_base}/v1/Content"
        self._session = ClientSession(
            headers={"Authorization": encode_basic_auth(account, token)},
            timeout=ClientTimeout(total=patience.total_seconds()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def create(self, content: Mapping[str, Any]) -> str:
        """The provider's id of it."""
        return str((await self._asked("POST", self._contents, content))["sid"])

    async def submit(self, content_sid: str, name: str) -> None:
        """To WhatsApp's approval. `name` has small letters, digits and underscores."""
        address = f"{self._contents}/{content_sid}/ApprovalRequests/whatsapp"
        await self._asked("POST", address, {"name": name, "category": "UTILITY"})

    async def state(self, content_sid: str) -> tuple[ContentState, str]:
        """And WhatsApp's reason, for a no."""
        told = (await self._asked("GET", f"{self._contents}/{content_sid}/ApprovalRequests")).get("whatsapp") or {}
        return STATES.get(str(told.get("status")), ContentState.WAITING), str(told.get("rejection_reason") or "")

    async def _asked(self, method: str, address: str, what: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            async with self._session.request(method, address, json=what) as answer:
                if answer.status >= CLIENT_ERRORS:
                    raise ContentApiError(f"the provider answered {answer.status}")
                said: dict[str, Any] = await answer.json()
                return said
        except (ClientError, OSError, TimeoutError, ValueError, TypeError) as error:
            raise ContentApiError(f"the provider gave no clear answer ({type(error).__name__})") from None
