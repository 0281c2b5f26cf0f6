"""What the simulator's page shows, worked out of the records: the languages' names, quick replies, the time there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.languages import Language
from conversations.menu_choices import choices_in
from records.phones import Phone


@dataclass(frozen=True, slots=True)
class PhonePage:
    """`due` is the next moment something is planned for, if any. Moments are UTC."""

    phones: Sequence[Phone]
    now: datetime
    due: datetime | None
    language_names: Mapping[str, str]


def page_of(
    phones: Sequence[Phone], now: datetime, due: datetime | None, languages: Mapping[str, Language]
) -> PhonePage:
    return PhonePage(phones, now, due, {code: language.name for code, language in languages.items()})


def quick_replies(phone: Phone) -> list[str]:
    """The numbers on offer in the newest text, if that one came to this phone: one tap answers."""
    if not phone.texts or phone.texts[-1].mine:
        return []
    return [choice.number for choice in choices_in(phone.texts[-1].body)]
