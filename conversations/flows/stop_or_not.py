"""Stop or not: a text that may ask us to stop, and may not. We ask once (domain guide 6.4)."""

from conversations import acts, single_texts
from conversations.escalations import Level, Trigger
from conversations.flows.common import RESTING
from conversations.notation import Ask, Do, End, Flow, Reply, _

NO_MORE = Reply("no_more", _("no texts at all"))
A_BREAK = Reply("a_break", _("a break"))
KEEP_GOING = Reply("keep_going", _("keep going"))

stop_or_not = Flow(
    name="stop_or_not",
    purpose="Ask once whether all texts are to stop; a break is the gentler way.",
    starts_at="which",
    if_unclear=(1, "left_open"),
    is_passing=True,
    steps={
        "which": Ask(
            _("I want to get this right. What would you like?"),
            when={NO_MORE: "stop", A_BREAK: "rest", KEEP_GOING: "go_on"},
        ),
        "stop": Do(acts.revoke, then="stopped"),
        "stopped": End(single_texts.STOPPED.text, tell_worker=(Trigger.OPTED_OUT, Level.U3)),
        "rest": Do(acts.rest, then="resting"),
        "resting": End(RESTING),
        "go_on": Do(acts.end_hold, then="going_on"),
        "going_on": End(_("OK, we keep going. Text GO any time to pick up where we were.")),
        "left_open": End(
            _("OK. I'll leave it at that for now. Reply 0 for a person, or STOP to end our texts."),
            tell_worker=(Trigger.OPT_OUT_IN_DOUBT, Level.U2),
        ),
    },
)
