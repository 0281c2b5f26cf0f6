"""May we text? Joining, stopping in any words, a wrong number, help: before all else (domain guide 3.10, 6.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations import open_talk, wishes
from conversations import single_texts as texts
from conversations.arrival import Arrival, Effects
from conversations.classifier import Sureness
from conversations.effects import CancelNudges, ChangeConsent, HoldTexts, Purpose, SaveTalk, Send, Sentence
from conversations.escalations import Level, Trigger
from conversations.events import Answered, OptedOut
from conversations.nudges import END_WITH_CONSENT
from conversations.situation import SAID_YES, Consent, Situation, Talk
from conversations.telling import tell

HELP_AGAIN_AFTER = timedelta(days=1)
IN_DOUBT = timedelta(hours=24)

ENDED = frozenset({Consent.REVOKED, Consent.WRONG_NUMBER})
MAY_STILL_SAY_YES = frozenset({Consent.CLOSED, Consent.EXPIRED})
"""An invitation was not answered in time; a late yes is one all the same."""


def opt_out(arrival: Arrival) -> Effects | None:
    """A whole message that says stop, in any language, always wins (domain guide 6.4)."""
    return stop(arrival) if arrival.intent == "opt_out" else None


def opt_out_in_plain_words(arrival: Arrival) -> Effects | None:
    """As good as STOP; in doubt we ask once, and nothing goes out by itself until then."""
    match wishes.stop_wished(arrival.said.text, arrival.languages, outright=arrival.is_answer):
        case Sureness.SURE:
            return stop(arrival)
        case Sureness.DOUBTFUL if arrival.situation.client.consent in SAID_YES and not arrival.is_choice_or_command:
            return ask_whether_to_stop(arrival)
        case _:
            return None


def stop(arrival: Arrival) -> Effects:
    """One confirmation, at once; who wrote it in a talk of two lines is not asked why."""
    if arrival.situation.client.consent in ENDED:
        return ()
    revoked = (*ended(Consent.REVOKED, texts.STOPPED), arrival.tell(Trigger.OPTED_OUT, Level.U3))
    return revoked if arrival.said.is_answered else (*revoked, Send(texts.STOPPED, purpose=Purpose.LEGAL))


def told_to_stop(situation: Situation, event: OptedOut, now: datetime) -> Effects:
    """Staff heard it: as good as STOP, and the client is not texted about it."""
    if situation.client.consent in ENDED:
        return ()
    told = tell(situation, Trigger.OPTED_OUT, Level.U3, now)
    return (*ended(Consent.REVOKED, event.words, event.channel), told)


def ended(to: Consent, shown: Sentence | str, channel: str = "") -> Effects:
    """Nothing that waits goes out any more."""
    reason = "opted_out" if to is Consent.REVOKED else to.value
    return (ChangeConsent(to, shown, channel), CancelNudges(END_WITH_CONSENT, reason), SaveTalk(None))


def ask_whether_to_stop(arrival: Arrival) -> Effects:
    situation = arrival.situation
    return (
        HoldTexts(arrival.now + IN_DOUBT, Trigger.OPT_OUT_IN_DOUBT),
        arrival.tell(Trigger.OPT_OUT_IN_DOUBT, Level.U2),
        *open_talk.begin(situation, arrival.now, "stop_or_not"),
    )


def wrong_number(arrival: Arrival) -> Effects | None:
    """The number is another person's: no name and no goal is repeated to them (domain guide D12)."""
    situation = arrival.situation
    names = (situation.client.first_name, *situation.others_here)
    if situation.client.consent in ENDED or arrival.is_choice_or_command:
        return None
    if not wishes.says_wrong_number(arrival.said.text, arrival.languages, names):
        return None
    told = (*ended(Consent.WRONG_NUMBER, texts.WRONG_NUMBER), arrival.tell(Trigger.WRONG_NUMBER, Level.U2))
    return told if arrival.said.is_answered else (*told, Send(texts.WRONG_NUMBER, purpose=Purpose.LEGAL))


def without_consent(arrival: Arrival) -> Effects | None:
    """Who has not agreed hears the help text once a day, until they write START or answer the invitation.

    The word HELP itself is always answered (domain guide 6.4). Whose yes is too old is asked again (domain guide 3.10).
    """
    situation = arrival.situation
    consent = situation.client.consent
    if consent is Consent.ACTIVE or (consent is Consent.INVITED and situation.talk and arrival.intent != "opt_in"):
        return None
    if arrival.intent == "help":
        return help_wanted(arrival)
    if consent is Consent.RENEW_DUE:
        return renewal(arrival)
    if is_joining(arrival) and consent is not Consent.WRONG_NUMBER:
        back = consent is Consent.REVOKED
        return open_talk.begin(situation, arrival.now, "welcome", at="rhythm_again" if back else "joined")
    if arrival.heard_within(situation.last_heard_at, HELP_AGAIN_AFTER):
        return ()
    return (Send(texts.HELP, purpose=Purpose.LEGAL),)


def is_joining(arrival: Arrival) -> bool:
    if arrival.intent == "opt_in":
        return True
    return arrival.situation.client.consent in MAY_STILL_SAY_YES and says_yes(arrival)


def says_yes(arrival: Arrival) -> bool:
    return arrival.answer_to(Talk("welcome", "invite", arrival.now)) == Answered("yes")


def renewal(arrival: Arrival) -> Effects | None:
    """The open question is whether texts are still welcome. A yes or START renews; a person can be asked for."""
    situation = arrival.situation
    if arrival.intent == "opt_in" and not (situation.talk and situation.talk.flow == "renewal"):
        return open_talk.begin(situation, arrival.now, "renewal", at="agreed")
    if situation.talk and situation.talk.flow == "renewal":
        return None
    return open_talk.begin(situation, arrival.now, "renewal")


def help_wanted(arrival: Arrival) -> Effects | None:
    if arrival.intent != "help":
        return None
    return () if arrival.said.is_answered else (Send(texts.HELP, purpose=Purpose.LEGAL),)
