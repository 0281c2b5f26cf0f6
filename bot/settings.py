"""Settings: from the environment, from `.env`, or, for a secret, from the file that `NAME_FILE` names.

Several sizes: a command that only reads the database does not ask for an account
with the provider. Every problem is reported at once and no value is repeated, since it may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.errors import Problem, StartError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_KEY = 32


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def safe_url(url: str) -> str:
    """An address without its trailing slash. Raises ValueError unless it is https, or http on this machine."""
    parts = _web_address(url)
    if parts.query or parts.fragment:
        raise ValueError("must have no ? or #")
    return url.rstrip("/")


def _origins(sites: str) -> str:
    """As a Content-Security-Policy names them. Raises ValueError."""
    for site in sites.split():
        if urlsplit(safe_url(site)).path or not site.isascii() or set(site) & set(";,'\"*"):
            raise ValueError("names more than a site, such as https://county.example")
    return " ".join(safe_url(site) for site in sites.split())


def _issuer(url: str) -> str:
    """As it is written: it must be what the issuer calls itself, to the last stroke."""
    safe_url(url)
    return url


def _web_address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:  # it repeats what it was given
        raise ValueError("is no web address") from None
    if parts.hostname is None or parts.scheme not in {"http", "https"}:
        raise ValueError("is no web address")
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError("must begin with https:// (http:// is for this machine only)")
    return parts


def _to_be_pinged(url: SecretStr) -> SecretStr:
    _web_address(url.get_secret_value())
    return url


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"is shorter than {SHORTEST_KEY} characters")
    return key


def signs(secret: SecretStr) -> SecretStr:
    """The secret, if hooks can be signed with it. Raises ValueError."""
    try:
        Webhook(secret.get_secret_value())
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("is no secret for hooks") from None
    return secret


def _database(url: SecretStr) -> SecretStr:
    try:
        driver = make_url(url.get_secret_value()).drivername
    except (ArgumentError, ValueError):  # a password with a character that must be escaped, and it is repeated
        raise ValueError("is no database address") from None
    if driver not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise ValueError("names a database that Milepost does not know")
    return url


def _not_empty(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


SafeUrl = Annotated[str, AfterValidator(safe_url)]
Filled = Annotated[str, AfterValidator(_not_empty)]


class _Unreadable(str):
    """Stands for a value whose file could not be read; says why."""

    __slots__ = ()


def _from_file(name: str, variables: Mapping[str, str | None]) -> str | None:
    """The text of the file that NAME_FILE names, without its last newline. Raises ValueError with what is wrong."""
    path = variables.get(f"{name}_file")
    if not path:
        return None
    if variables.get(name):
        raise ValueError(f"is set twice, here and by {name.upper()}_FILE")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"cannot be read from the file in {name.upper()}_FILE") from None


class SecretFiles(PydanticBaseSettingsSource):
    """Takes the value of NAME from the file that NAME_FILE names."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self.variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        try:
            found = _from_file(field_name, self.variables) if _may_be_in_a_file(field) else None
        except ValueError as error:
            found = _Unreadable(str(error))
        return found, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def _may_be_in_a_file(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)


class DatabaseSettings(BaseSettings):
    """Enough to reach the data."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    database_url: Annotated[SecretStr, AfterValidator(_database)] = Field(
        description="where the data lives: sqlite:///milepost.db, or postgresql://user:password@host/name"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _was_read(cls, value: object) -> object:
        if isinstance(value, _Unreadable):
            raise ValueError(str(value))  # noqa: TRY004  pydantic collects ValueErrors
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del file_secret_settings  # a folder of secrets named like the settings: NAME_FILE is the one way here
        variables: dict[str, str | None] = {}
        for source in (dotenv_settings, env_settings):
            if isinstance(source, EnvSettingsSource):
                variables.update(source.env_vars)
        return init_settings, SecretFiles(settings_cls, variables), env_settings, dotenv_settings

    @property
    def database(self) -> str:
        return self.database_url.get_secret_value()


class StoreSettings(DatabaseSettings):
    """Enough to read and write what belongs to a county."""

    county: Path = Field(description="the path of the county file; `milepost county` prints one to copy and change")
    twilio_segments_a_second: float = Field(
        default=1.0,
        gt=0,
        le=1000,
        description="how fast texts may leave: 1 for a long code; more if the carriers agreed",
    )


class LinkSettings(DatabaseSettings):
    """Enough to print addresses of pages."""

    public_url: SafeUrl = Field(
        description="the address at which the provider and the staff reach this server, such as https://texts.example.org"
    )


class HouseSettings(StoreSettings, LinkSettings):
    """Enough to serve pages."""

    host: Filled = Field(default="127.0.0.1", description="the address to listen on; 0.0.0.0 listens on all")
    port: int = Field(default=8080, ge=1, le=65535, description="the port to listen on, 1 to 65535")
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        description="a random key of at least 32 characters: python3 -c 'import secrets; print(secrets.token_hex(32))'"
    )
    staff_second_factor: bool = Field(
        default=True,
        description="whether supervisors and admins log in with a code from their phone too; false is for rehearsals",
    )
    chat_embedded_by: Annotated[str, AfterValidator(_origins)] = Field(
        default="",
        description="sites that may show the web chat inside a page, with blanks between, such as https://county.example",
    )
    staff_passwords: bool = Field(
        default=True,
        description="whether who is no admin may log in with a password; false only with OIDC_ISSUER",
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        default=None,
        validate_default=True,
        description="the county's own log-in (OpenID Connect), as it names itself, such as https://county.okta.com",
    )
    oidc_client_id: Filled | None = Field(
        default=None, validate_default=True, description="what the issuer calls us; needed with OIDC_ISSUER"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="what the issuer gave us, unless it knows us as a public client"
    )
    oidc_acr: str = Field(default="", description="the class of log-in that the issuer must say it was (acr), if any")
    oidc_amr: str = Field(default="", description="a method that the issuer must say was used (amr), such as mfa")
    oidc_trust_email: bool = Field(
        default=False,
        description="whether e-mail addresses count where the issuer does not say if they are verified, as with Entra",
    )
    hook_secret: Annotated[SecretStr, AfterValidator(signs)] | None = Field(
        default=None,
        description="signs the county file's webhooks (Standard Webhooks: whsec_ and base64); needed only with such",
    )
    webhooks_to_private_networks: bool = Field(
        default=False,
        description="whether the API's webhooks may lead into a private network: true if the case system is in yours",
    )

    @field_validator("oidc_client_id", mode="after")
    @classmethod
    def _is_known_to_the_issuer(cls, client_id: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("oidc_issuer") and client_id is None:
            raise ValueError("is missing, and OIDC_ISSUER is set")
        return client_id

    @field_validator("oidc_issuer", mode="after")
    @classmethod
    def _is_a_way_in(cls, issuer: str | None, info: ValidationInfo) -> str | None:
        if issuer is None and info.data.get("staff_passwords") is False:
            raise ValueError("is missing, and STAFF_PASSWORDS is false: nobody could log in")
        return issuer


class Settings(HouseSettings):
    """Everything that `milepost serve` needs."""

    twilio_account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")] = Field(
        description="the account SID in the provider's console: AC and 32 hexadecimal digits"
    )
    twilio_auth_token: Annotated[SecretStr, Field(min_length=1)] = Field(
        description="the auth token beside the account SID in the provider's console"
    )
    twilio_from: Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14}|[0-9]{5,6})$")] | None = Field(
        default=None, description="the number texts come from, such as +17075550100, or a short code"
    )
    twilio_messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] | None = Field(
        default=None, validate_default=True, description="the messaging service to send through, instead of TWILIO_FROM"
    )
    twilio_whatsapp_from: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = Field(
        default=None, description="the number of the county's WhatsApp sender, such as +17075550100"
    )
    twilio_api_base: SafeUrl = Field(
        default="https://api.twilio.com",
        description="the provider's API; leave it out, except to rehearse against a stand-in on this machine",
    )

    twilio_content_base: SafeUrl = Field(
        default="https://content.twilio.com",
        description="the provider's Content API; leave it out, except to rehearse against a stand-in on this machine",
    )

    dead_man_url: Annotated[SecretStr, AfterValidator(_to_be_pinged)] | None = Field(
        default=None,
        description="what to ask for, once a minute, while texts go their way: a dead man's switch, https://...",
    )

    @field_validator("twilio_messaging_service_sid", mode="after")
    @classmethod
    def _one_sender(cls, service: str | None, info: ValidationInfo) -> str | None:
        if "twilio_from" in info.data and bool(service) == bool(info.data["twilio_from"]):
            raise ValueError(f"{'is set' if service else 'is missing'}, and so is TWILIO_FROM: one of them is needed")
        return service

    @property
    def twilio_sender(self) -> str:
        """What texts come from: a number, or a messaging service."""
        return self.twilio_from or self.twilio_messaging_service_sid or ""


def named_secret(name: str) -> str:
    """A secret that the county file names: from the environment, from `.env`, or from the file that NAME_FILE names.

    Raises ValueError with what is wrong, without the value.
    """
    variables = {**DotEnvSettingsSource(DatabaseSettings).env_vars, **EnvSettingsSource(DatabaseSettings).env_vars}
    value = _from_file(name.lower(), variables) or variables.get(name.lower())
    if not value or not value.strip():
        raise ValueError("is missing")
    return value.strip()


AnySettings = TypeVar("AnySettings", bound=DatabaseSettings)


def load(size: type[AnySettings], **given: Any) -> AnySettings:  # noqa: ANN401  each setting has a type of its own
    """Read the settings of one size; what is `given` wins. Raises StartError with every problem and its remedy."""
    try:
        return size(**given)
    except ValidationError as error:
        problems = [_problem(dict(detail)) for detail in error.errors(include_input=False, include_url=False)]
    except (OSError, UnicodeDecodeError):
        problems = [Problem(".env", "cannot be read as text in UTF-8", "write it anew, or take it away")]
    raise StartError("The settings are not complete. Set these in the environment or in .env:", problems)


WHAT = {
    "missing": "is missing",
    "int_parsing": "is no whole number",
    "float_parsing": "is no number",
    "greater_than": "is too small",
    "string_pattern_mismatch": "does not look right",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "too_short": "is empty",
}


def _problem(detail: Mapping[str, Any]) -> Problem:
    name = str(detail["loc"][0])
    what = WHAT.get(detail["type"]) or str(detail["msg"]).removeprefix("Value error, ")
    return Problem(name.upper(), what, Settings.model_fields[name].description or "")
