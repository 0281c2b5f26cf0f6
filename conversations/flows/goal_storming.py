"""Goal-storming: for someone who cannot name a goal yet. First all ideas, then one (domain guide 2.2, D2)."""

from conversations import acts
from conversations.flows.common import ONE_DAY, QUIET, UNCLEAR, gone_quiet, hand_over
from conversations.notation import (
    ANYTHING,
    DONT_KNOW,
    FINISHED,
    NOTHING,
    PICKED,
    SKIP,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    Into,
    Reads,
    Reply,
    _,
)

HOME = Reply("home", _("home"))
KIDS = Reply("kids", _("kids"))
WORK = Reply("work", _("work"))
SCHOOL = Reply("school", _("school"))
MONEY = Reply("money", _("money"))
GETTING_AROUND = Reply("getting_around", _("getting around"))

goal_storming = Flow(
    name="goal_storming",
    purpose="Get someone's ideas out, find the one that matters most, and lead into goal setting.",
    starts_at="idea",
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    asks_again_after=ONE_DAY,
    steps={
        "idea": Ask(
            _("What is one thing you'd like to be different in the next few weeks? Big or small, in your words."),
            reads=Reads.WORDS,
            save="ideas",
            adds=True,
            when={ANYTHING: "keep_ideas", DONT_KNOW: "stuck"},
        ),
        "stuck": Ask(
            _("That's OK. Which part of life would feel good to move on?"),
            save="area",
            when={
                HOME: "area",
                KIDS: "area",
                WORK: "area",
                SCHOOL: "area",
                MONEY: "area",
                GETTING_AROUND: "area",
            },
        ),
        "area": Ask(
            _("Got it. What would you like to be different there?"),
            reads=Reads.WORDS,
            save="ideas",
            adds=True,
            when={ANYTHING: "keep_ideas", DONT_KNOW: "no_rush"},
        ),
        "no_rush": End(_("That's OK, ideas take time. Text IDEAS when one comes up, or 0 for a person.")),
        "keep_ideas": Do(acts.keep_ideas, then="enough_ideas"),
        "enough_ideas": Branch(acts.ideas_so_far, when={acts.IdeasSoFar.FEW: "more", acts.IdeasSoFar.FULL: "choose"}),
        "more": Ask(
            _("Good one. What else comes to mind? Text it, or text DONE."),
            reads=Reads.WORDS,
            save="ideas",
            adds=True,
            when={ANYTHING: "keep_ideas", FINISHED: "choose", NOTHING: "choose", DONT_KNOW: "choose"},
        ),
        "choose": Branch(acts.ideas_to_pick, when={acts.IdeasToPick.ONE: "picture", acts.IdeasToPick.SEVERAL: "pick"}),
        "pick": Ask(
            _("Which matters most to you right now?"),
            private=_("Which of your ideas matters most right now? Say it in a few words."),
            reads=Reads.PICK,
            offers=acts.ideas_on_offer,
            save="idea",
            when={PICKED: "picture", ANYTHING: "picture"},
        ),
        "picture": Ask(
            _("Picture it done. What would be better for you or your family?"),
            reads=Reads.WORDS,
            save="meaning",
            when={ANYTHING: "name_a_goal", SKIP: "name_a_goal", DONT_KNOW: "name_a_goal"},
        ),
        "name_a_goal": End(then=Into("goal_setting", carries=("meaning", "next"))),
        "gone_quiet": gone_quiet(),
        "hand_over": hand_over(),
    },
)
