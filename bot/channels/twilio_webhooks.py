"""What the provider posts to us: whether it is really from there, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from multidict import MultiDict, MultiDictProxy
from twilio.request_validator import RequestValidator

from records.channels import ChannelName
from records.turns import Inbound

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
LONGEST_TEXT = 1600

MESSAGE_ID = re.compile(r"[A-Za-z0-9]{1,64}")
SENDER = re.compile(r"\+?[A-Za-z0-9 ._-]{1,19}")  # a number, a short code, or a sender's name
WHATSAPP = "whatsapp:"
"""Before a number it is that number's WhatsApp address."""
COUNT = re.compile(r"[0-9]{1,2}")
CHOICE = re.compile(r"[0-9]{1,2}")
STATUS = re.compile(r"[a-z_-]{1,16}")

Form = MultiDictProxy[str]


class MalformedError(ValueError):
    """A posted form that cannot be what the provider sends. The message names the field, never its value."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of a text of ours."""

    provider_id: str
    status: str
    error_code: int | None


class Signature:
    """The provider signs the address it posts to and the form's fields with the account's token.

    The address is the one we know ourselves by, not what a forwarded header says. Key and algorithm are ours too: the
    header that names another one is not read.
    """

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._public_url = public_url

    def fits(self, path_qs: str, form: Form, signature: str | None) -> bool:
        """Never raises. `path_qs` is the raw path and query as requested.

        An empty form is refused: that is a JSON body, whose signature covers the address alone.
        """
        if not signature or not signature.isascii() or not form:
            return False
        try:
            return bool(self._validator.validate(self._public_url + path_qs, form, signature))
        except ValueError:
            return False


def read_form(content_type: str, body: bytes) -> Form:
    """The fields of a posted form, in order, doubles kept. Raises MalformedError."""
    if content_type != FORM_TYPE:
        return MultiDictProxy(MultiDict())
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS, separator="&"
        )
    except ValueError:  # a UnicodeDecodeError is one
        raise MalformedError("not a form in UTF-8 of at most 100 fields") from None
    return MultiDictProxy(MultiDict(pairs))


def read_text(form: Form) -> Inbound:
    """Raises MalformedError if a field that the provider always sends is missing or cannot be.

    The fields must be there one by one, since the signature does not tell `A=1&B=2` from `A=1B2`.
    """
    number, channel = from_address(_one(form, "From"))
    if not SENDER.fullmatch(number):
        raise MalformedError("From is not of the right form")
    return Inbound(
        provider_id=_field(form, "MessageSid", MESSAGE_ID),
        number=number,
        channel=channel,
        text=_tapped(form) or _one(form, "Body")[:LONGEST_TEXT],
        media=int(_field(form, "NumMedia", COUNT)),
        answered_by_provider=bool(form.get("OptOutType")),
    )


def from_address(address: str) -> tuple[str, ChannelName]:
    """The number of one of the provider's addresses, and the channel on which it is that."""
    is_whatsapp = address.startswith(WHATSAPP)
    return address.removeprefix(WHATSAPP), ChannelName.WHATSAPP if is_whatsapp else ChannelName.SMS


def to_address(number: str, channel: ChannelName) -> str:
    """The other way round."""
    return f"{WHATSAPP if channel is ChannelName.WHATSAPP else ''}{number}"


def _tapped(form: Form) -> str:
    """What the button or the list's line stands for: the number of its choice. "" where nothing was tapped.

    https://www.twilio.com/docs/content/twilio-quick-reply
    """
    said = form.get("ButtonPayload") or form.get("ListId") or ""
    return said if CHOICE.fullmatch(said) else ""


def read_status(form: Form) -> StatusReport:
    """Raises MalformedError."""
    error = form.get("ErrorCode", "")
    return StatusReport(
        provider_id=_field(form, "MessageSid", MESSAGE_ID),
        status=_field(form, "MessageStatus", STATUS),
        error_code=int(error) if re.fullmatch(r"[0-9]{1,6}", error) else None,
    )


def _field(form: Form, name: str, shape: re.Pattern[str]) -> str:
    value = _one(form, name)
    if not shape.fullmatch(value):
        raise MalformedError(f"{name} is not of the right form")
    return value


def _one(form: Form, name: str) -> str:
    values = form.getall(name, [])
    if len(values) != 1:
        raise MalformedError(f"{name} must be there once")
    return values[0]
