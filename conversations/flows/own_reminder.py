"""Own reminder: what a client asked to be reminded of, in their own words and at their own hour (domain guide 3.7)."""

from conversations import reminder_acts
from conversations.flows.common import LATER, UNCLEAR, hand_over
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    PICKED,
    TOO_FAR,
    VAGUE,
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
from conversations.reminder_acts import Ahead, Asked, Chosen, Listed, Page, Room
from conversations.visit_acts import VISIT

YES = Reply("yes", _("yes"))
CHANGE_IT = Reply("change_it", _("change it"))
THE_TIME = Reply("the_time", _("the time"))
THE_WORDS = Reply("the_words", _("the words"))
DONE = Reply("done", _("done"))
NEW_TIME = Reply("new_time", _("change the time"))
TAKE_OFF = Reply("take_off", _("take it off"))
MORE = Reply("more", _("more"))

WHAT = _("Sure. What should I remind you about?")


def when(text: str, exact: str, day: str, vague: str, far: str) -> Ask:
    """A question for the day and time of a reminder, which may come again: "every monday at 9"."""
    ways = {EXACT: exact, DAY_ONLY: day, VAGUE: vague, TOO_FAR: far}
    return Ask(text, reads=Reads.MOMENT, save="when", may_repeat=True, when={**ways, DONT_KNOW: vague})


def hour(then: str) -> Ask:
    return Ask(
        _("What time should I remind you? Like 9am or 3pm."),
        reads=Reads.MOMENT,
        save="when",
        on_the_day=True,
        when={EXACT: then, DAY_ONLY: then, VAGUE: then},
    )


def lines(page: int, then: str | None = None) -> Ask:
    """A page of the list, which holds all that can be set on three."""
    return Ask(
        _("Your list. To change one, text its number:"),
        reads=Reads.PICK,
        offers=reminder_acts.lines(page),
        offers_most=reminder_acts.MOST_LISTED,
        save="line",
        when={PICKED: "picked", **({MORE: then} if then else {})},
    )


own_reminder = Flow(
    name="own_reminder",
    purpose="Remind someone of what they asked for, when they asked for it, and let them see and change what is set.",
    starts_at="any_room",
    entries=frozenset({"too_far", "list", "fired"}),
    if_unclear=UNCLEAR,
    is_passing=True,
    steps={
        "any_room": Branch(reminder_acts.room, when={Room.OPEN: "asked", Room.FULL: "full"}),
        "full": End(_("Your list is full. Text LIST to take one off, then text REMIND again.")),
        "asked": Branch(
            reminder_acts.asked,
            when={
                Asked.NOTHING: "how",
                Asked.NO_WHAT: "what",
                Asked.NO_DAY: "when",
                Asked.NO_HOUR: "hour",
                Asked.WHOLE: "is_ahead",
            },
        ),
        "how": Ask(
            _("Sure. What should I remind you about? Add a day and time, like: call school Fri 9am"),
            reads=Reads.REQUEST,
            save="when",
            when={EXACT: "asked", DAY_ONLY: "asked", VAGUE: "asked", TOO_FAR: "too_far", DONT_KNOW: "no_rush"},
        ),
        "what": Ask(WHAT, reads=Reads.WORDS, save="what", when={ANYTHING: "asked", DONT_KNOW: "no_rush"}),
        "when": when(
            _("When should I remind you? Day and time, like Tue 10am."), "asked", "asked", "which_day", "too_far"
        ),
        "which_day": when(_("No rush. Which day and time would help?"), "asked", "asked", "no_rush", "too_far"),
        "too_far": when(
            _("I can remind you up to a year ahead. Which day and time is best?"),
            "asked",
            "asked",
            "no_rush",
            "no_rush",
        ),
        "past": when(_("That time has gone by. When should I remind you?"), "asked", "asked", "no_rush", "too_far"),
        "hour": hour("is_ahead"),
        "no_rush": End(_("No rush. Text REMIND any time, with a day and time.")),
        "is_ahead": Branch(reminder_acts.ahead, when={Ahead.YES: "confirm", Ahead.NO: "past"}),
        "confirm": Ask(
            _("I'll remind you: {what}, {when}. Is that right?"),
            private=_("I'll remind you {when}. Is that right?"),
            when={YES: "still_ahead", CHANGE_IT: "change_which"},
        ),
        "change_which": Ask(_("What would you like to change?"), when={THE_TIME: "when", THE_WORDS: "what"}),
        "still_ahead": Branch(reminder_acts.ahead, when={Ahead.YES: "save", Ahead.NO: "past"}),
        "save": Do(reminder_acts.save, then="saved"),
        "saved": End(_("Set for {remind}. Text LIST to see your reminders.")),
        # its hour has come
        "fired": Ask(
            _("Your reminder: {what}. Reply"),
            private=_("Your reminder is due. Reply"),
            when={DONE: "done", LATER: "later"},
        ),
        "done": Do(reminder_acts.finish, then="well_done"),
        "well_done": End(_("Nice work. That's one more thing done.")),
        "later": when(
            _("When should I remind you again? Like 3pm or tomorrow 9am"),
            "put_off",
            "hour_again",
            "later_when",
            "too_far",
        ),
        "later_when": when(_("No rush. Which day and time would help?"), "put_off", "hour_again", "no_rush", "too_far"),
        "hour_again": hour("put_off"),
        "put_off": Do(reminder_acts.save, then="saved"),
        # what is set
        "list": Branch(reminder_acts.listed, when={Listed.NOTHING: "nothing_set", Listed.SOMETHING: "page_1"}),
        "nothing_set": End(_("You have no reminders yet. Text REMIND to set one.")),
        "page_1": Branch(reminder_acts.page(1), when={Page.LAST: "last_1", Page.FULL: "show_1"}),
        "show_1": lines(1, then="page_2"),
        "last_1": lines(1),
        "page_2": Branch(reminder_acts.page(2), when={Page.LAST: "last_2", Page.FULL: "show_2"}),
        "show_2": lines(2, then="last_3"),
        "last_2": lines(2),
        "last_3": lines(3),
        "picked": Branch(reminder_acts.chosen, when={Chosen.REMINDER: "what_to_do", Chosen.VISIT: "visit"}),
        "visit": End(then=Into("visit", carries=(VISIT,))),
        "what_to_do": Ask(_("What would you like to do with it?"), when={NEW_TIME: "when", TAKE_OFF: "remove"}),
        "remove": Do(reminder_acts.remove, then="removed"),
        "removed": End(_("OK, I took it off your list. Text LIST to see the rest.")),
        "hand_over": hand_over(parks=False),
    },
)
