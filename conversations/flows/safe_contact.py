"""Safe contact: someone may read along; the way to help, and whether texts are safe at all (domain guide 6.8, D14)."""

from conversations import acts
from conversations.escalations import Level, Trigger
from conversations.notation import Ask, Do, End, Flow, Reply, _

IS_SAFE = Reply("yes", _("yes"))
NOT_SAFE = Reply("not_safe", _("not here"))

safe_contact = Flow(
    name="safe_contact",
    purpose="Name where help is, to nobody's surprise, and learn whether texts to this phone are safe.",
    starts_at="is_it_safe",
    if_unclear=(2, "left_open"),
    is_passing=True,
    steps={
        "is_it_safe": Ask(
            _("Got your message. In danger, call 911. Any hour: 800-799-7233. Is it OK to text you here?"),
            when={IS_SAFE: "safe", NOT_SAFE: "unsafe"},
        ),
        "safe": End(_("OK. A person will reach you here by {due}."), tell_worker=(Trigger.PARTNER_VIOLENCE, Level.U0)),
        "unsafe": Do(acts.go_silent, then="silent"),
        "silent": End(tell_worker=(Trigger.UNSAFE_TO_TEXT, Level.U0)),
        "left_open": End(tell_worker=(Trigger.WAITS_FOR_REPLY, Level.U1)),
    },
)
