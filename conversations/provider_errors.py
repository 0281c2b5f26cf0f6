"""The provider's error codes: what each says of a text, in plain words, and what follows from it.

One row a code that can come when a text is handed over, or later with its status; one is our own. After
https://www.twilio.com/docs/api/errors and domain guide 7.2. Codes that say only that the provider itself has a fault
(20500, 20503) are left out on purpose: after those nobody knows whether the text left, and nothing here would be safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Action(StrEnum):
    """What follows from a code."""

    OPT_OUT = "opt_out"
    """Whoever has the number does not want our texts: as if they had texted STOP."""
    HOLD_NUMBER = "hold_number"
    """No text can reach this number: texts to it are held back, and the worker is told."""
    COUNT = "count"
    """It may pass by itself; three in a week are as HOLD_NUMBER."""
    STOP_UNPROMPTED = "stop_unprompted"
    """The carriers take our texts for spam: whatever nobody waits for is held until a person releases it; alarm."""
    STOP_ALL = "stop_all"
    """No text of the county's can leave: all are held, this one too, until a person releases them; alarm."""
    TRY_LATER = "try_later"
    """Nothing left, and nothing is wrong with the text: it goes later, while it is still useful."""
    BY_SMS = "by_sms"
    """It cannot go on this channel just now: it goes by SMS, at once."""
    CHANNEL_OFF = "channel_off"
    """This channel does not reach them: as BY_SMS, and the channel is switched off until they write there."""
    WORKER = "worker"
    """This text cannot go, others can: the worker is told why."""
    PARK = "park"
    """A code that nobody here knows: the text is set aside and the worker is told."""


@dataclass(frozen=True, slots=True)
class ProviderError:
    """`means` is for a case worker: English, and a message id for translation.

    After TRY_LATER a text waits for `wait`, after the second try twice as long, and so on.
    """

    code: int
    action: Action
    means: str
    wait: timedelta = timedelta(minutes=5)


_SOON = timedelta(minutes=1)
_LATER = timedelta(minutes=30)
_HOURS = timedelta(hours=2)

_NO_NUMBER = "this is no number that can be texted"
_LANDLINE = "this number cannot get texts; it may be a landline"
_ACCOUNT_STOPPED = "the county's account with the text provider is stopped"
_ACCOUNT_REFUSED = "the text provider did not let the county's account in"
_NO_SENDER = "the number that the county sends from is not set up right"
_NOT_REGISTERED = "the county's number is not registered with the carriers yet"
_DAILY_LIMIT = "the county has reached its limit of texts for today"
_TOO_FAST = "too many texts were going out at once"
_TOO_LONG = "the text is too long"
_EMPTY = "the text had no words"
_NOT_FROM_HERE = "the county's number cannot text this phone"
_TRIAL = "the county's account is a trial and cannot send this yet"
_WRONG_ORDER = "Milepost handed the text over in a way that the provider does not take"
_NO_TEMPLATE = "the county's WhatsApp template could not be used"
_PROVIDER_FAULT = "the text provider had a fault"

NOT_OPENED = 1
"""Our own, and no provider's: theirs have five digits. A text in the web chat that was not opened in time."""

TABLE = (
    # The web chat.
    ProviderError(NOT_OPENED, Action.BY_SMS, "they did not open the chat"),
    # The county's account.
    ProviderError(10001, Action.STOP_ALL, _ACCOUNT_STOPPED),
    ProviderError(20003, Action.TRY_LATER, _ACCOUNT_REFUSED),
    ProviderError(20005, Action.STOP_ALL, _ACCOUNT_STOPPED),
    ProviderError(20006, Action.TRY_LATER, _ACCOUNT_REFUSED),
    ProviderError(20404, Action.TRY_LATER, _ACCOUNT_REFUSED),
    ProviderError(30002, Action.STOP_ALL, _ACCOUNT_STOPPED),
    ProviderError(30037, Action.STOP_ALL, "the county's account may not send texts"),
    ProviderError(90010, Action.STOP_ALL, _ACCOUNT_STOPPED),
    ProviderError(21607, Action.WORKER, _TRIAL),
    ProviderError(21608, Action.WORKER, _TRIAL),
    ProviderError(30044, Action.WORKER, _TRIAL),
    ProviderError(572005, Action.WORKER, _TRIAL),
    # The number that it goes to.
    ProviderError(21211, Action.HOLD_NUMBER, _NO_NUMBER),
    ProviderError(21265, Action.HOLD_NUMBER, "this is a short number, as services have"),
    ProviderError(21266, Action.HOLD_NUMBER, "this is the county's own number"),
    ProviderError(21268, Action.HOLD_NUMBER, "this is the number of a paid service"),
    ProviderError(21604, Action.HOLD_NUMBER, _NO_NUMBER),
    ProviderError(21614, Action.HOLD_NUMBER, _LANDLINE),
    ProviderError(21635, Action.HOLD_NUMBER, _LANDLINE),
    ProviderError(30004, Action.HOLD_NUMBER, "this phone, or its carrier, blocks the county's texts"),
    ProviderError(30005, Action.HOLD_NUMBER, "the number is not in use"),
    ProviderError(30006, Action.HOLD_NUMBER, _LANDLINE),
    ProviderError(30014, Action.HOLD_NUMBER, _NO_NUMBER),
    ProviderError(30003, Action.COUNT, "the phone is off or out of reach"),
    ProviderError(30008, Action.COUNT, "the carrier gave no reason"),
    ProviderError(30046, Action.COUNT, "the phone did not say that it arrived"),
    ProviderError(21408, Action.WORKER, "the county's account does not text to this country"),
    ProviderError(21612, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(21703, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(30010, Action.WORKER, "a text to this phone costs more than the county allows"),
    ProviderError(30018, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(30040, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(30041, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(30043, Action.WORKER, _NOT_FROM_HERE),
    # Whoever has it said no.
    ProviderError(21610, Action.OPT_OUT, "they told the carrier to stop these texts"),
    # What it says.
    ProviderError(21602, Action.WORKER, _EMPTY),
    ProviderError(21605, Action.WORKER, _TOO_LONG),
    ProviderError(21617, Action.WORKER, _TOO_LONG),
    ProviderError(21618, Action.WORKER, "the text provider cannot send these words"),
    ProviderError(21619, Action.WORKER, _EMPTY),
    ProviderError(21658, Action.WORKER, _TOO_LONG),
    ProviderError(30007, Action.STOP_UNPROMPTED, "the carrier filtered it out"),
    ProviderError(30019, Action.WORKER, _TOO_LONG),
    # The number that it comes from.
    ProviderError(21212, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21401, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21601, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21603, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21606, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21616, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21659, Action.WORKER, _NOT_FROM_HERE),
    ProviderError(21660, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21661, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21663, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21701, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21702, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21704, Action.STOP_ALL, _NO_SENDER),
    ProviderError(21705, Action.STOP_ALL, _NO_SENDER),
    # Its registration with the carriers.
    ProviderError(30024, Action.TRY_LATER, "this carrier does not know the county's new number yet", _LATER),
    ProviderError(30032, Action.STOP_ALL, _NOT_REGISTERED),
    ProviderError(30033, Action.STOP_ALL, "the carriers suspended the county's registration"),
    ProviderError(30034, Action.STOP_ALL, _NOT_REGISTERED),
    ProviderError(30035, Action.TRY_LATER, "the county's number is still being registered with the carriers", _LATER),
    # Queues, rates and limits.
    ProviderError(14107, Action.TRY_LATER, "too many texts went to this phone in a short time", _SOON),
    ProviderError(20429, Action.TRY_LATER, _TOO_FAST, _SOON),
    ProviderError(21611, Action.TRY_LATER, _TOO_FAST),
    ProviderError(21730, Action.TRY_LATER, "the text provider is being repaired", _LATER),
    ProviderError(30001, Action.TRY_LATER, _TOO_FAST),
    ProviderError(30017, Action.TRY_LATER, "the carrier's network was full"),
    ProviderError(30022, Action.TRY_LATER, _TOO_FAST, _SOON),
    ProviderError(30023, Action.TRY_LATER, _DAILY_LIMIT, _HOURS),
    ProviderError(30027, Action.TRY_LATER, _DAILY_LIMIT, _HOURS),
    ProviderError(30036, Action.TRY_LATER, "it waited too long at the text provider", _SOON),
    ProviderError(30450, Action.TRY_LATER, "the text provider blocked texts to this area for a while", _LATER),
    ProviderError(30453, Action.TRY_LATER, "the text provider blocked texts to this area for a while", _HOURS),
    ProviderError(30454, Action.TRY_LATER, _DAILY_LIMIT, _HOURS),
    ProviderError(63038, Action.TRY_LATER, _DAILY_LIMIT, _HOURS),
    # WhatsApp.
    ProviderError(63001, Action.STOP_UNPROMPTED, "the county's WhatsApp account was not let in"),
    ProviderError(63003, Action.CHANNEL_OFF, "this number has no WhatsApp"),
    ProviderError(63005, Action.BY_SMS, "WhatsApp did not take these words"),
    ProviderError(63013, Action.BY_SMS, "WhatsApp's rules did not let it through"),
    ProviderError(63016, Action.BY_SMS, "they have not written on WhatsApp for a day"),
    ProviderError(21655, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(21656, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63021, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63027, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63028, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63040, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63041, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63042, Action.BY_SMS, _NO_TEMPLATE),
    ProviderError(63018, Action.TRY_LATER, _TOO_FAST, _SOON),
    ProviderError(63024, Action.CHANNEL_OFF, "this number has no WhatsApp"),
    ProviderError(63032, Action.BY_SMS, "WhatsApp does not let the county's texts to this person"),
    ProviderError(63033, Action.CHANNEL_OFF, "they blocked the county on WhatsApp"),
    ProviderError(63049, Action.BY_SMS, "WhatsApp did not hand it on"),
    # What our own settings or code would have to do with.
    ProviderError(21609, Action.STOP_ALL, "the address at which Milepost hears from the provider is not set up right"),
    ProviderError(21624, Action.WORKER, _WRONG_ORDER),
    ProviderError(21626, Action.WORKER, _WRONG_ORDER),
    ProviderError(30012, Action.WORKER, _WRONG_ORDER),
    ProviderError(30013, Action.WORKER, _WRONG_ORDER),
    ProviderError(90007, Action.WORKER, _WRONG_ORDER),
    # The provider's own faults, told with a status that is final.
    ProviderError(30021, Action.TRY_LATER, _PROVIDER_FAULT, _LATER),
    ProviderError(30410, Action.WORKER, "the carrier did not answer; it may have arrived or not"),
    ProviderError(30485, Action.WORKER, _PROVIDER_FAULT),
    ProviderError(30500, Action.TRY_LATER, _PROVIDER_FAULT, _LATER),
)

BY_CODE = {error.code: error for error in TABLE}

ON_ANOTHER_CHANNEL = frozenset({Action.BY_SMS, Action.CHANNEL_OFF})

GOES_AGAIN = frozenset({Action.TRY_LATER, Action.STOP_ALL}) | ON_ANOTHER_CHANNEL
"""After these the text has not arrived, and goes when it can."""


def codes(action: Action) -> list[int]:
    return sorted(error.code for error in TABLE if error.action is action)


def of(code: int | None) -> ProviderError:
    """What a code says; PARK for one that is not known, and where the provider gave none."""
    if not code:
        return ProviderError(0, Action.PARK, "the carrier gave no reason")
    return BY_CODE.get(code) or ProviderError(code, Action.PARK, f"the carrier reported error {code}")
