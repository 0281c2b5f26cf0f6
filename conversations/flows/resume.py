"""Resume: a talk was set aside, and the client is offered the way back (domain guide 3.8)."""

from conversations import acts
from conversations.escalations import Level, Trigger
from conversations.flows.common import QUIET, UNCLEAR, hand_over
from conversations.notation import Ask, Branch, End, Flow, Parked, Reply, _

GO_ON = Reply("go_on", _("yes"))
START_FRESH = Reply("start_fresh", _("start fresh"))
WAYS = {GO_ON: "go_on", START_FRESH: "start_fresh"}
WITHOUT_STEP = _("Welcome back. We were in the middle of something. Ready to go on?")

resume = Flow(
    name="resume",
    purpose="Offer the way back to a talk that was set aside.",
    starts_at="on_a_step",
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    is_passing=True,
    steps={
        "on_a_step": Branch(acts.parked_on, when={acts.ParkedOn.STEP: "ready", acts.ParkedOn.OTHER: "ready_to_go_on"}),
        "ready": Ask(_("Welcome back. We were on: {step}. Ready to go on?"), private=WITHOUT_STEP, when=WAYS),
        "ready_to_go_on": Ask(WITHOUT_STEP, when=WAYS),
        "go_on": End(then=Parked.TAKEN_UP),
        "start_fresh": End(then=Parked.BEGUN_AGAIN),
        "gone_quiet": End(tell_worker=(Trigger.QUIET, Level.U3)),
        "hand_over": hand_over(parks=False),
    },
)
