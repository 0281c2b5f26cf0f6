"""Renewal: a year has passed, or 90 silent days: whether texts are still welcome (domain guide 3.10)."""

from conversations import acts
from conversations.effects import Sentence
from conversations.escalations import Level, Trigger
from conversations.flows.common import UNCLEAR, hand_over
from conversations.notation import Ask, Do, End, Flow, Reply, _, days

YES = Reply("yes")
NO = Reply("no")

RENEW = _(
    "{program}: Are these texts still OK for you? Reply YES to keep them or STOP to end. Msg&data rates may apply."
)

QUESTION = Sentence("renewal/still_ok", RENEW)

renewal = Flow(
    name="renewal",
    purpose="Ask whether texts are still welcome; without a yes there are none.",
    starts_at="still_ok",
    entries=frozenset({"agreed"}),
    if_unclear=UNCLEAR,
    steps={
        "still_ok": Ask(RENEW, when={YES: "agreed", NO: "declined"}, if_silent=(days(14), "expire")),
        "agreed": Do(acts.agree_to(QUESTION), then="thanks"),
        "thanks": End(_("Thank you. We'll keep going. Text PLAN to see your plan or GOAL to set a goal.")),
        "declined": Do(acts.expire_consent, then="ended"),
        "ended": End(_("OK, no more texts from us. {worker} can still help by phone: {phone}.")),
        "expire": Do(acts.expire_consent, then="expired"),
        "expired": End(tell_worker=(Trigger.CONSENT_EXPIRED, Level.U3)),
        "hand_over": hand_over(),
    },
)
