"""Life pulse: how life is overall, from 1 to 10, when a worker offers the question (domain guide 2.8, 7.2)."""

from conversations import acts
from conversations.flows.common import QUIET, UNCLEAR, gone_quiet, hand_over
from conversations.notation import ANYTHING, DONT_KNOW, FAIR, LOW, NOTHING, SKIP, Ask, Do, End, Flow, Reads, _

life_pulse = Flow(
    name="life_pulse",
    purpose="Ask how life is overall; a low number brings a person.",
    starts_at="pulse",
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    steps={
        "pulse": Ask(
            _("How is life overall right now, from 1 (very hard) to 10 (great)? Text SKIP to skip."),
            reads=Reads.SCALE,
            save="pulse",
            when={LOW: "keep_low", FAIR: "keep", SKIP: "skipped"},
        ),
        "keep_low": Do(acts.keep_life_pulse, then="tell"),
        "tell": Do(acts.tell_of_low_pulse, then="up"),
        "keep": Do(acts.keep_life_pulse, then="up"),
        "up": Ask(
            _("Thanks. What is one thing that would move that number up a little?"),
            reads=Reads.WORDS,
            save="up",
            when={ANYTHING: "keep_up", SKIP: "thanked", NOTHING: "thanked", DONT_KNOW: "thanked"},
        ),
        "keep_up": Do(acts.keep_life_words, then="thanked"),
        "thanked": End(_("Thank you for sharing that. Text GOAL any time to work on one thing.")),
        "skipped": End(_("That's fine. We'll leave that one.")),
        "gone_quiet": gone_quiet(),
        "hand_over": hand_over(),
    },
)
