"""Every trigger of domain guide 7.2, from a client's text to a notice at somebody else's system that fails twice first.

It is Friday, 6 March 2026, half past three; Monday is a holiday. Each client is somebody of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from standardwebhooks import Webhook

from conversations.county import Audience, Hook
from conversations.effects import Effect, PlanNudge, SaveGoal, SaveTalk, SaveVisit
from conversations.escalations import Level, Trigger
from conversations.events import VisitChanged, WorkerStarted, WorkerWrote
from conversations.goals import Goal, GoalEvent, Moment, Step
from conversations.nudges import NudgeKind
from conversations.situation import Talk
from conversations.visits import Visit, VisitEvent, VisitStatus
from records import holds, visits
from records.holds import Scope
from records.tables import clients, escalations, hook_deliveries, messages
from tests.acceptance.office import EVERY_LEVEL, Notice, Office, Person, at, open_office
from tests.bot.hooks_for_tests import SECRET

NOW = at(6, 15, 30)
DUE = {Level.U0: at(6, 15, 45), Level.U1: at(10, 8, 30), Level.U2: at(10, 17), Level.U3: at(12, 17)}
"""15 minutes; 2 working hours; the end of the next working day; of the third. The clocks change on Sunday."""

A_BREATH = timedelta(seconds=20)
OCCASIONS = frozenset({"opened", "raised", "half_time", "promise_broken", "passed_up", "again"})

CASES = Hook("cases", levels=EVERY_LEVEL)
SUPERVISOR = Hook("supervisor", levels=EVERY_LEVEL, to=frozenset({Audience.SUPERVISOR}))

Act = Callable[[Office, Person], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `says` are the client's texts, `then` what others do, `hears` places in the catalog."""

    trigger: Trigger
    level: Level
    says: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    mode: str = "bot"
    hold: str = ""
    hold_hours: int = 0
    consent: str = "active"
    to_supervisor: bool = False
    scene: tuple[Effect, ...] = ()
    then: Act | None = None
    occasions: tuple[str, ...] = ("opened",)
    about: str = ""
    in_a_breath: bool = False
    """Their words wait a moment for more."""


def asked(flow: str, step: str, /, **answers: str) -> SaveTalk:
    """The question that is open, since an hour."""
    return SaveTalk(Talk(flow, step, NOW - timedelta(hours=1), answers))


def visit_at(day: int, hour: int, number: int = 1, status: VisitStatus = VisitStatus.PLANNED) -> SaveVisit:
    return SaveVisit(Visit(number, at(day, hour), "Ana", "Oak Street", status=status), VisitEvent.ENTERED)


def goal(setbacks: int = 0) -> SaveGoal:
    step = Step(1, "call the school", Moment(at(5, 10)))
    return SaveGoal(Goal(1, "finish my classes", step=step, setbacks=setbacks), GoalEvent.SET)


async def marks_missed(office: Office, person: Person) -> None:
    """The client hears of it two hours later."""
    number = 2 if person.first_name.endswith("again") else 1
    missed = Visit(number, at(6, 13), "Ana", "Oak Street", status=VisitStatus.MISSED)
    await office.does(person, VisitChanged(missed, VisitEvent.MISSED))


def fails(*error_codes: int) -> Act:
    async def all_fail(office: Office, person: Person) -> None:
        for error_code in error_codes:
            await office.says(person, "HELP")
            await office.report(person, error_code)

    return all_fail


async def is_filtered(office: Office, person: Person) -> None:
    """Until somebody has looked into it, nothing leaves that nobody waits for; here somebody has at once."""
    await fails(30007)(office, person)
    await office.house.writer.run(lambda c: holds.release(c, Scope.UNPROMPTED, "", holds.OPERATOR, office.clock.now()))


async def sets_safety_word(office: Office, person: Person) -> None:
    chosen = update(clients).where(clients.c.id == person.id).values(safety_word="umbrella")
    await office.house.writer.run(lambda c: c.execute(chosen))
    await office.says(person, "did you see my umbrella")


async def starts_life_pulse(office: Office, person: Person) -> None:
    await office.does(person, WorkerStarted("life_pulse"))
    await office.says(person, "2")


async def writes_of_private_things(office: Office, person: Person) -> None:
    await office.does(person, WorkerWrote("Ana", "Your CalFresh papers came back."))


TABLE: dict[str, Row] = {
    "Selma": Row(
        Trigger.SELF_HARM, Level.U0, ("i dont want to be here anymore",), ("danger/self_harm",), mode="stopped"
    ),
    "Vida": Row(
        Trigger.PARTNER_VIOLENCE, Level.U0, ("he hit me again im scared",), ("safe_contact/is_it_safe",), mode="stopped"
    ),
    "Hilda": Row(Trigger.HARM_TO_OTHERS, Level.U0, ("someone hurt my baby",), ("danger/harm",), mode="stopped"),
    "Medea": Row(Trigger.MEDICAL, Level.U0, ("no puedo respirar",), ("danger/medical",), mode="stopped"),
    "Dora": Row(
        Trigger.CRISIS_IN_DOUBT,
        Level.U0,
        ("this bus is killing me. he hit me again",),
        ("single/person",),
        mode="human",
    ),
    "Hinda": Row(
        Trigger.HINT_OF_DANGER,
        Level.U2,
        ("this bus is killing me. we have no food",),
        ("front_door/what_would_help",),
    ),
    "Umbra": Row(Trigger.SAFETY_WORD, Level.U0, hears=("single/received",), mode="stopped", then=sets_safety_word),
    "Nela": Row(
        Trigger.BASIC_NEED,
        Level.U1,
        ("we are getting evicted friday",),
        ("danger/in_need",),
        hold="basic_need",
        hold_hours=48,
    ),
    "Petra": Row(Trigger.ASKED_FOR_PERSON, Level.U1, ("can someone call me",), ("single/person",), mode="human"),
    "Rita": Row(
        Trigger.HELP_GETTING_THERE,
        Level.U1,
        ("VISIT", "3", "1"),
        ("visit/ask", "visit/help", "visit/passed_on"),
        scene=(visit_at(8, 15),),
        about="a_ride",
    ),
    "Rosa": Row(
        Trigger.HELP_GETTING_THERE,
        Level.U2,
        ("VISIT", "3", "2"),
        ("visit/ask", "visit/help", "visit/passed_on"),
        scene=(visit_at(11, 10),),
        about="child_care",
    ),
    "Nona": Row(
        Trigger.NO_TIME_FITS,
        Level.U2,
        ("VISIT", "2", "none of these"),
        ("visit/ask", "visit/times", "visit/no_time"),
        scene=(visit_at(11, 10),),
    ),
    "Missy": Row(Trigger.VISIT_MISSED, Level.U3, scene=(visit_at(6, 13),), then=marks_missed),
    "Missy again": Row(
        Trigger.VISIT_MISSED,
        Level.U2,
        scene=(visit_at(2, 13, status=VisitStatus.MISSED), visit_at(6, 13, number=2)),
        then=marks_missed,
    ),
    "Enda": Row(
        Trigger.VISIT_ENDED,
        Level.U2,
        ("VISIT", "i dont want to come", "2"),
        ("visit/ask", "visit/what_instead", "visit/visit_ended"),
        scene=(visit_at(11, 10),),
    ),
    "Unna": Row(
        Trigger.NOT_UNDERSTOOD,
        Level.U2,
        ("??", "asdf"),
        ("fallback/choice", "goal_setting/hand_over"),
        hold="not_understood",
        hold_hours=24,
        scene=(asked("goal_setting", "size", goal="a job"),),
    ),
    "Oona": Row(Trigger.OUT_OF_SCOPE, Level.U2, ("when do i get my money",), ("single/out_of_scope",)),
    "Sette": Row(
        Trigger.SECOND_SETBACK,
        Level.U2,
        ("3 kids got sick", "skip"),
        ("goal_check_in/learned", "goal_check_in/setback_twice"),
        scene=(goal(setbacks=1), asked("goal_check_in", "how_did_it_go")),
    ),
    "Settima": Row(
        Trigger.SECOND_SETBACK,
        Level.U1,
        ("3 kids got sick", "skip", "1"),
        ("goal_check_in/learned", "goal_check_in/setback_twice", "goal_check_in/talk_after_setback"),
        mode="human",
        scene=(goal(setbacks=1), asked("goal_check_in", "how_did_it_go")),
        occasions=("opened", "raised:U1"),
    ),
    "Serva": Row(
        Trigger.SUPPORTIVE_SERVICE,
        Level.U2,
        ("bus fare and a sitter",),
        ("goal_setting/passed_on", "goal_setting/pothole"),
        scene=(asked("goal_setting", "support", goal="a job", step="call", when="2026-03-11"),),
        in_a_breath=True,
    ),
    "Lowell": Row(
        Trigger.LOW_LIFE_PULSE, Level.U2, hears=("life_pulse/pulse", "life_pulse/up"), then=starts_life_pulse
    ),
    "Opta": Row(Trigger.OPTED_OUT, Level.U3, ("please dont text me anymore",), ("single/stopped",), consent="revoked"),
    "Wanda": Row(
        Trigger.WRONG_NUMBER,
        Level.U2,
        ("u got the wrong number",),
        ("single/wrong_number",),
        consent="wrong_number",
    ),
    "Delia": Row(
        Trigger.DELIVERY_FAILING,
        Level.U2,
        hears=("single/help",),
        hold="delivery_failing",
        hold_hours=14 * 24,
        then=fails(30005),
    ),
    "Della": Row(
        Trigger.DELIVERY_FAILING,
        Level.U2,
        hears=("single/help",) * 3,
        hold="delivery_failing",
        hold_hours=14 * 24,
        then=fails(30003, 30008, 30003),
    ),
    "Filippa": Row(Trigger.FILTERED_BY_CARRIER, Level.U1, hears=("single/help",), to_supervisor=True, then=is_filtered),
    "Lingua": Row(Trigger.LANGUAGE_NOT_OFFERED, Level.U2, ("vietnamese please",), ("single/language_not_offered",)),
    "Priva": Row(Trigger.PRIVATE_NUMBER_SENT, Level.U3, ("my ssn is 123 45 6789",), ("single/private_number",)),
    "Quera": Row(
        Trigger.COMPLAINT,
        Level.U2,
        ("this is discrimination and im calling my lawyer",),
        ("single/person",),
        mode="human",
        to_supervisor=True,
    ),
    "Contessa": Row(
        Trigger.CONTENT_RULE_BROKEN,
        Level.U3,
        hears=("",),
        mode="human",
        to_supervisor=True,
        then=writes_of_private_things,
    ),
}


async def seen_of(office: Office, person: Person, row: Row) -> Row:
    """What came of it, as a line."""
    (client,) = await office.rows(clients, id=person.id)
    (item,) = await office.rows(escalations, client_id=person.id)
    assert item.due_at == DUE[item.level]
    calls = await office.rows(hook_deliveries, escalation_id=item.id, hook=CASES.name)
    held = client.held_until
    return Row(
        Trigger(item.trigger),
        Level(item.level),
        row.says,
        tuple(await office.heard(person)),
        client.mode,
        client.held_because,
        (held - office.clock.now()) // timedelta(hours=1) if held else 0,
        client.consent,
        item.to_supervisor,
        row.scene,
        row.then,
        tuple(call.occasion for call in calls),
        item.about,
        row.in_a_breath,
    )


async def play(office: Office, person: Person, row: Row) -> None:
    for text in row.says:
        await office.says(person, text)
    if row.then:
        await row.then(office, person)


async def test_every_trigger_opens_its_item_answers_the_client_and_calls_who_is_concerned(
    migrated_url: str, free_port: int
) -> None:
    async with open_office(migrated_url, free_port, NOW - A_BREATH, CASES, SUPERVISOR) as office:
        times = [at(day, hour) for day, hour in ((11, 14), (12, 9), (12, 15))]
        await office.house.writer.run(lambda c: visits.offer(c, office.ana, times, office.ana, office.clock.now()))
        people = {name: await office.client(name, *row.scene) for name, row in TABLE.items()}
        for moment in (NOW - A_BREATH, NOW):
            await office.move_to(moment)
            for name, row in TABLE.items():
                if row.in_a_breath is (moment < NOW):
                    await play(office, people[name], row)
        found = [(name, await seen_of(office, people[name], row)) for name, row in TABLE.items()]
        assert [one for one in found if one[1] != TABLE[one[0]]] == []
        await notices_come_the_third_time(office, NOW)
        await notices_hold_nothing_of_the_clients(office)
        concerned = {row.trigger for row in TABLE.values() if row.to_supervisor or row.level is Level.U0}
        assert {Trigger(item.trigger) for item in await items_told(office, SUPERVISOR.name)} == concerned
        await what_is_missed_is_said_two_hours_later(office, people["Missy"])


async def notices_come_the_third_time(office: Office, first: datetime) -> None:
    """The clock leaps over the waits in between."""
    moments = [first + timedelta(seconds=seconds) for seconds in (0, 10, 50)]
    for moment in moments:
        office.clock.at = moment.astimezone(UTC)
        await office.all_tried()
    for receiver in office.receivers.values():
        by_id: dict[str, list[Notice]] = {}
        for notice in receiver.notices:
            Webhook(SECRET).verify(notice.body, dict(notice.headers))
            by_id.setdefault(notice.id, []).append(notice)
        assert by_id
        assert {tuple(notice.at for notice in notices) for notices in by_id.values()} == {tuple(moments)}
    assert {row.state for row in await office.rows(hook_deliveries)} == {"delivered"}


async def notices_hold_nothing_of_the_clients(office: Office) -> None:
    """What happened, an id and a link, a level and a moment: no name, no number, no word of a text."""
    known, said = await office.rows(clients), await office.rows(messages)
    hidden = {word for message in said for word in re.findall(r"\w{4,}", message.body.casefold())}
    hidden |= {person.first_name.casefold() for person in known} | {person.number.lstrip("+") for person in known}
    items = {item.id for item in await office.rows(escalations)}
    for notice in (notice for receiver in office.receivers.values() for notice in receiver.notices):
        told = json.loads(notice.body)
        assert told == {
            "type": told["type"],
            "id": told["id"],
            "link": f"{office.house.plan.settings.public_url}/staff/escalations/{told['id']}",
            "level": Level(told["level"]),
            "due": datetime.fromisoformat(told["due"]).isoformat(),
        }
        assert told["id"] in items
        assert told["type"].removeprefix("escalation.") in OCCASIONS
        headers = [value for name, value in notice.headers.items() if name.casefold() != "webhook-signature"]
        assert not {word for word in hidden if word in " ".join(headers).casefold()}


async def what_is_missed_is_said_two_hours_later(office: Office, missy: Person) -> None:
    await office.move_to(NOW + timedelta(hours=2, seconds=-1))
    assert await office.heard(missy) == []
    await office.move_to(NOW + timedelta(hours=2))
    assert await office.heard(missy) == ["visit/missed"]


async def items_told(office: Office, receiver: str) -> Sequence[Any]:
    """The items that a receiver heard of."""
    told = {json.loads(notice.body)["id"] for notice in office.receivers[receiver].notices}
    return [item for item in await office.rows(escalations) if item.id in told]


async def test_a_client_who_stays_silent_is_told_of_after_7_days_and_again_after_21(
    migrated_sqlite_url: str, free_port: int
) -> None:
    async with open_office(migrated_sqlite_url, free_port, at(4, 10), CASES) as office:
        check_in = PlanNudge(NudgeKind.CHECK_IN, "check_in:1.1", at(4, 10), "1.1")
        shy = await office.client("Shyla", goal(), check_in)
        heard: list[str] = []
        for day, said in ((4, "how_did_it_go"), (5, "nudge_1"), (7, ""), (9, ""), (10, "nudge_2"), (13, "")):
            await office.move_to(at(day, 10))
            heard += [f"goal_check_in/{said}"] if said else []
            assert await office.heard(shy) == heard
        await office.move_to(at(14, 9, 59))
        assert await levels(office) == []
        await office.move_to(at(14, 10))
        (item,) = await office.rows(escalations)
        assert (item.trigger, item.level, item.due_at) == (Trigger.QUIET, Level.U3, at(18, 17))
        (client,) = await office.rows(clients)
        assert (client.held_because, client.held_until - office.clock.now()) == ("quiet", timedelta(days=14))
        await office.move_to(at(28, 9, 59))
        assert await levels(office) == ["U3"]
        await office.move_to(at(28, 10, 5))
        assert await levels(office) == ["U2"]
        assert await office.heard(shy) == heard
        passed_up = ["passed_up:supervisor", "passed_up:manager"]
        await notices_come_in_the_end(office, ["opened", *passed_up, "raised:U2"])


async def test_a_promise_that_is_not_kept_is_told_of_and_the_client_hears_the_truth(
    migrated_sqlite_url: str, free_port: int
) -> None:
    async with open_office(migrated_sqlite_url, free_port, NOW, CASES, SUPERVISOR) as office:
        wilma = await office.client("Wilma")
        await office.says(wilma, "0")
        promised = DUE[Level.U1]
        await office.move_to(promised - timedelta(seconds=1))
        assert await office.heard(wilma) == ["single/person"]
        await office.move_to(promised)
        assert await office.heard(wilma) == ["single/person", "single/still_coming"]
        (broken,) = await office.rows(escalations, trigger=Trigger.PROMISE_BROKEN)
        assert (broken.level, broken.due_at, broken.to_supervisor) == (Level.U1, at(10, 10, 30), True)
        await notices_come_in_the_end(
            office, ["opened", "half_time", "promise_broken", "opened", "passed_up:supervisor"]
        )


async def levels(office: Office) -> list[str]:
    return [item.level for item in await office.rows(escalations)]


async def notices_come_in_the_end(office: Office, occasions: Sequence[str]) -> None:
    """Each is taken the third time."""
    for seconds in (0, 10, 40):
        office.clock.at += timedelta(seconds=seconds)
        await office.all_tried()
    calls = await office.rows(hook_deliveries, hook=CASES.name)
    assert [(call.occasion, call.state, call.tries) for call in calls] == [(each, "delivered", 3) for each in occasions]
    assert len(office.receivers[CASES.name].notices) == 3 * len(occasions)
    await notices_hold_nothing_of_the_clients(office)
