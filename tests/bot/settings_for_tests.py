"""Complete settings, without an environment."""

from typing import Any

from bot.county_file import EXAMPLE
from bot.settings import Settings
from bot.trust.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER

PUBLIC_URL = "https://texts.example.org"


def make_settings(**changes: object) -> Settings:
    given: dict[str, Any] = {
        "database_url": "sqlite://",
        "county": EXAMPLE,
        "public_url": PUBLIC_URL,
        "secret_key": "k" * 32,
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_from": OUR_NUMBER,
        "twilio_segments_a_second": 1000,
    }
    return Settings(**given | {"_env_file": None} | changes)
