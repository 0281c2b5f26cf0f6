"""Visit: confirm it, move it to a free time, get there, or meet again after one that was missed (domain guide 3.11)."""

from conversations import visit_acts
from conversations.escalations import Level, Trigger
from conversations.flows.common import QUIET, UNCLEAR, bring_worker, hand_over
from conversations.notation import (
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    OTHER_TIME,
    PICKED,
    SKIP,
    VAGUE,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    Reads,
    Reply,
    _,
)
from conversations.visit_acts import Meeting, Moved, NextVisit, OtherTime, Preparing, Reminding, TimePicked, TimesFree

ILL_BE_THERE = Reply("ill_be_there", _("I'll be there"))
THAT_WORKS = Reply("ill_be_there", _("that works"))
NEW_TIME = Reply("new_time", _("new time"))
NEED_HELP = Reply("need_help", _("need help getting there"))
WHEN_IS_IT = Reply("when_is_it")
NO = Reply("no")
CANNOT_COME = Reply("cannot_come", keeps_words=True)
END_VISIT = Reply("end_visit", keeps_words=True)
NO_VISIT = Reply("no_visit", _("no visit for now"))
A_RIDE = Reply("a_ride", _("a ride"))
CHILD_CARE = Reply("child_care", _("child care"))
PHONE_VISIT = Reply("phone_visit", _("phone visit"))
SOMETHING_ELSE = Reply("something_else", _("something else"))
PLANS_CHANGED = Reply("changed", _("something changed"))
LATE = Reply("late", _("running late"))
CALL_ME = Reply("call_me", _("call me"))
SHOW_TIMES = Reply("show_times", _("show me times"))
NONE_OF_THESE = Reply("none_of_these", _("none of these"))

NOT_COMING = {CANNOT_COME: "new_time", END_VISIT: "what_instead"}
ASIDE = {WHEN_IS_IT: "next_visit", **NOT_COMING}
OF_A_VISIT = {ILL_BE_THERE: "confirm", NEW_TIME: "new_time", NEED_HELP: "help", NO: "new_time", **ASIDE}
OF_A_CALL = {THAT_WORKS: "confirm_soon", NEW_TIME: "new_time", NO: "new_time", **ASIDE}
OF_A_NOTICE = {ILL_BE_THERE: "confirm_soon", NEW_TIME: "new_time", Reply(NEED_HELP.name): "help", **ASIDE}
"""The numbers stand for the same as in the first question about the visit."""

ON_THE_DAY = {
    ILL_BE_THERE: "confirm_soon",
    PLANS_CHANGED: "plans_changed",
    Reply(LATE.name): "late",
    Reply(NEW_TIME.name): "new_time",
    Reply(NEED_HELP.name): "help",
    **ASIDE,
    CANNOT_COME: "plans_changed",
}
TIMES = {PICKED: "picked", OTHER_TIME: "another", NONE_OF_THESE: "no_time"}


def notice(text: str, when: dict[Reply, str] = OF_A_NOTICE) -> Ask:
    """A reminder that needs no answer, and takes one."""
    return Ask(text, when=when, lists_choices=False)


visit = Flow(
    name="visit",
    purpose="Ask whether a visit fits, help with getting there, remind of it, and find another time if one is needed.",
    starts_at="next_visit",
    entries=frozenset({"tomorrow", "today", "new_time", "missed", "ended_by_office", "moved_by_office"}),
    if_unclear=UNCLEAR,
    is_passing=True,
    steps={
        "next_visit": Branch(
            visit_acts.visit_ahead,
            when={NextVisit.IN_PERSON: "ask", NextVisit.BY_PHONE: "ask_call", NextVisit.NONE: "no_visit"},
        ),
        "ask": Ask(_("{name}, you meet {whom} {when} at {place}. How does that look?"), when=OF_A_VISIT),
        "ask_call": Ask(_("{name}, {whom} will call you {when}. How does that look?"), when=OF_A_CALL),
        "no_visit": End(_("You have no visit set right now. Text 0 for a person.")),
        "confirm": Do(visit_acts.confirm, then="leave"),
        "leave": Ask(
            _("Great, see you then. What time will you leave to get there?"),
            reads=Reads.MOMENT,
            save="leave",
            when={
                EXACT: "keep_leave",
                DAY_ONLY: "keep_leave",
                VAGUE: "keep_leave",
                SKIP: "see_you",
                DONT_KNOW: "see_you",
                **NOT_COMING,
            },
        ),
        "keep_leave": Do(visit_acts.keep_leave_time, then="reminded"),
        "reminded": Branch(visit_acts.reminding, when={Reminding.YES: "good_plan", Reminding.NO: "good_plan_soon"}),
        "good_plan": End(_("Good plan. We'll remind you the day before.")),
        "good_plan_soon": End(_("Good plan. See you then.")),
        "see_you": End(_("OK, see you then.")),
        "confirm_soon": Do(visit_acts.confirm, then="all_set"),
        "all_set": End(_("Great, thanks for telling us. You're all set.")),
        "help": Ask(
            _("Thanks for saying so. What would help?"),
            save="help",
            if_silent=QUIET,
            when={A_RIDE: "pass_on", CHILD_CARE: "pass_on", PHONE_VISIT: "by_phone", SOMETHING_ELSE: "pass_on"},
        ),
        "pass_on": Do(visit_acts.ask_for_help, then="passed_on"),
        "passed_on": End(_("Thanks for telling me. I passed it on to {worker}, and you'll hear by {due}.")),
        "by_phone": Do(visit_acts.make_it_a_call, then="call_set"),
        # another time, among those that the worker offers
        "new_time": Branch(visit_acts.times_free, when={TimesFree.SOME: "hold", TimesFree.NONE: "no_time"}),
        "hold": Do(visit_acts.hold_times, then="times"),
        "times": Ask(
            _("No problem. Which works?"),
            reads=Reads.TIME,
            offers=visit_acts.times_to_offer,
            save="time",
            if_silent=QUIET,
            when=TIMES,
        ),
        "picked": Branch(
            visit_acts.time_picked,
            when={TimePicked.FREE: "move", TimePicked.TAKEN: "hold_more", TimePicked.NONE_LEFT: "no_time"},
        ),
        "hold_more": Do(visit_acts.hold_times, then="times_left"),
        "times_left": Ask(
            _("Sorry, that time was just taken. Which of these works?"),
            reads=Reads.TIME,
            offers=visit_acts.times_to_offer,
            save="time",
            if_silent=QUIET,
            when=TIMES,
        ),
        "another": Branch(visit_acts.other_time, when={OtherTime.FREE: "move", OtherTime.NOT_FREE: "no_time"}),
        "move": Do(visit_acts.move_visit, then="moved_how"),
        "moved_how": Branch(
            visit_acts.moved,
            when={Moved.WITH_REMINDER: "moved", Moved.SOON: "moved_soon", Moved.BY_PHONE: "call_set"},
        ),
        "moved": End(_("Done. You're set for {when} with {whom}, {place}. We'll remind you.")),
        "moved_soon": End(_("Done. You're set for {when} with {whom}, {place}. See you then.")),
        "call_set": End(_("Done. {whom} will call you {when}.")),
        "no_time": End(
            _("OK. {worker} will reach out by {due} to find a time that fits."),
            tell_worker=(Trigger.NO_TIME_FITS, Level.U2),
        ),
        # reminders
        "tomorrow": Branch(
            visit_acts.preparing,
            when={
                Preparing.ALL: "bring_and_leave",
                Preparing.BRING: "bring",
                Preparing.LEAVE: "leave_at",
                Preparing.NOTHING: "in_short",
                Preparing.BY_PHONE: "call_tomorrow",
            },
        ),
        "bring_and_leave": notice(
            _(
                "Tomorrow, {when} with {whom}, {place}. Bring {bring}. You planned to leave at {leave}. "
                "Text 2 for a new time."
            )
        ),
        "bring": notice(_("Tomorrow, {when} with {whom}, {place}. Bring {bring}. Text 2 for a new time.")),
        "leave_at": notice(
            _("Tomorrow, {when} with {whom}, {place}. You planned to leave at {leave}. Text 2 for a new time.")
        ),
        "in_short": notice(_("Tomorrow, {when} with {whom}, {place}. Text 2 for a new time.")),
        "call_tomorrow": notice(_("Tomorrow, {when}: {whom} will call you. Text 2 for a new time.")),
        "today": Branch(visit_acts.meeting, when={Meeting.IN_PERSON: "see_you_today", Meeting.BY_PHONE: "call_today"}),
        "see_you_today": notice(
            _("See you today, {when}, {place}. Running late or plans changed? Text 2 and we'll work it out."),
            ON_THE_DAY,
        ),
        "call_today": notice(
            _("{whom} will call you today, {when}. Running late or plans changed? Text 2 and we'll work it out."),
            ON_THE_DAY,
        ),
        "plans_changed": Do(visit_acts.tell_of_delay, then="what_now"),
        "what_now": Ask(
            _("Thanks, {worker} knows. What works now?"),
            if_silent=QUIET,
            when={LATE: "on_the_way", NEW_TIME: "new_time", CALL_ME: "call_me"},
        ),
        "late": Do(visit_acts.tell_of_delay, then="on_the_way"),
        "on_the_way": End(_("Thanks for telling us. {worker} knows you're running late.")),
        # what staff changed
        "moved_by_office": Branch(
            visit_acts.meeting, when={Meeting.IN_PERSON: "visit_moved", Meeting.BY_PHONE: "call_moved"}
        ),
        "visit_moved": notice(_("Your visit is now {when} with {whom}, {place}. Text 2 for a new time.")),
        "call_moved": notice(_("{whom} will now call you {when}. Text 2 for a new time.")),
        "missed": Ask(
            _("We missed you {when} and hope you're OK. What works next?"),
            save="next",
            if_silent=QUIET,
            when={NEW_TIME: "new_time", PHONE_VISIT: "new_time", CALL_ME: "call_me"},
        ),
        "ended_by_office": Ask(
            _("{whom} needs to move your {when} visit. Sorry for the change. What works?"),
            if_silent=QUIET,
            when={SHOW_TIMES: "new_time", CALL_ME: "call_me"},
        ),
        # the client wants no visit
        "what_instead": Ask(
            _("OK. What fits best?"),
            if_silent=QUIET,
            when={NEW_TIME: "new_time", NO_VISIT: "end_visit", CALL_ME: "call_me"},
        ),
        "end_visit": Do(visit_acts.end_visit, then="visit_ended"),
        "visit_ended": End(
            _("OK, no visit for now. {worker} will be in touch by {due}."),
            tell_worker=(Trigger.VISIT_ENDED, Level.U2),
        ),
        "call_me": bring_worker(),
        "gone_quiet": End(tell_worker=(Trigger.QUIET, Level.U3)),
        "hand_over": hand_over(parks=False),
    },
)
