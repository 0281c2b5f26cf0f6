"""What changes about a client, and what is kept of what they said: saved and loaded again."""

from datetime import datetime, timedelta

from conversations.effects import (
    ChangeConsent,
    CountIdle,
    Effect,
    EndHold,
    HoldTexts,
    KeepAnswer,
    PlanNudge,
    Purpose,
    SaveReminder,
    SettleNudge,
    Texted,
)
from conversations.events import WorkerWrote
from conversations.nudges import NudgeKind, NudgeState
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.situation import Consent, Hold, Idle, Sent
from records import own_reminders
from records.engagement import Kind
from records.tables import clients, consent_events, engagement, instrument_answers, messages, nudges
from tests.records.place import NOW, Place, texted

HOUR = timedelta(hours=1)


async def test_a_hold_lasts_until_its_moment_and_a_later_one_that_stands_is_left_alone(place: Place) -> None:
    await place.decides(HoldTexts(NOW + 2 * HOUR, "not_understood"))
    await place.decides(HoldTexts(NOW + HOUR, "basic_need"))
    assert (await place.decides()).hold == Hold(NOW + 2 * HOUR, "not_understood")
    await place.decides(HoldTexts(NOW + 3 * HOUR, "basic_need"))
    assert (await place.decides()).hold == Hold(NOW + 3 * HOUR, "basic_need")
    place.later(hours=3)
    assert (await place.decides()).hold is None
    log = place.rows(engagement, engagement.c.kind == Kind.TEXTS_HELD)
    assert [row.subject for row in log] == ["not_understood", "basic_need"]


async def test_a_hold_can_end_before_its_moment(place: Place) -> None:
    await place.decides(EndHold())
    await place.decides(HoldTexts(NOW + HOUR, "basic_need"))
    await place.decides(EndHold())
    assert (await place.decides()).hold is None
    assert len(place.rows(engagement, engagement.c.kind == Kind.HOLD_ENDED)) == 1


async def test_idle_answers_are_counted(place: Place) -> None:
    idle = Idle(3, NOW, "0123456789abcdef")
    await place.decides(CountIdle(idle))
    assert (await place.decides()).idle == idle


async def test_a_yes_says_when_and_keeps_the_exact_words(place: Place) -> None:
    await place.decides(ChangeConsent(Consent.ACTIVE, "May Goals text you? Reply YES"))
    assert (await place.decides()).client.consented_at == NOW
    place.later(hours=1)
    await place.decides(ChangeConsent(Consent.RENEW_DUE))
    seen = await place.decides()
    assert (seen.client.consent, seen.client.consented_at) == (Consent.RENEW_DUE, NOW)
    assert place.rows(consent_events)[0].exact_text == "May Goals text you? Reply YES"


async def test_an_answer_to_an_instrument_is_kept_and_its_words_stay_out_of_the_log(place: Place) -> None:
    await place.decides(KeepAnswer("life_pulse", 2, "rent"))
    (row,) = place.rows(instrument_answers)
    assert (row.instrument, row.value, row.words) == ("life_pulse", 2, "rent")
    (log,) = place.rows(engagement, engagement.c.kind == Kind.INSTRUMENT_ANSWERED)
    assert (log.subject, log.detail) == ("life_pulse", {"answer": row.id})


async def test_a_person_s_text_goes_first_under_their_id_and_its_moment_is_known(place: Place) -> None:
    words = Texted("Ana: I will call", "en", 1, "GSM-7", Purpose.HUMAN)
    place.script.on_text = lambda _situation, _event: [words]
    await place.writer.act(place.ids[0], WorkerWrote("Ana", "I will call"), place.worker)
    (row,) = place.rows(messages)
    assert (row.author, row.priority, row.expires_at) == (place.worker, 0, NOW + 12 * HOUR)
    assert (await place.decides()).person_wrote_at == NOW


async def test_our_answer_to_words_of_danger_is_remembered(place: Place) -> None:
    await place.decides(texted("Please call 988", Purpose.CRISIS))
    assert (await place.decides()).warned_at == NOW


def own(number: int, at: datetime, status: ReminderStatus = ReminderStatus.SET) -> OwnReminder:
    return OwnReminder(number, "call the school", at, "weekly:0", status)


async def test_a_client_s_open_reminders_are_known_the_soonest_first(place: Place) -> None:
    later, soon = own(1, NOW + 2 * HOUR), own(2, NOW + HOUR, ReminderStatus.SENT)
    await place.decides(SaveReminder(later), SaveReminder(soon), SaveReminder(own(3, NOW, ReminderStatus.DONE)))
    seen = await place.decides()
    assert (seen.own_reminders, seen.reminders_so_far) == ((soon, later), 3)
    assert place.do(lambda c: own_reminders.open_of(c, place.ids[0])) == [soon, later]
    kinds = {row.kind for row in place.rows(engagement)}
    assert {Kind.REMINDER_SET, Kind.REMINDER_SENT, Kind.REMINDER_DONE} <= kinds
    assert "school" not in str(place.rows(engagement))


async def test_a_client_s_own_reminders_do_not_count_against_the_caps(place: Place) -> None:
    for n, kind in enumerate((NudgeKind.OWN_REMINDER, NudgeKind.STEP_REMINDER)):
        await place.decides(PlanNudge(kind, f"k{n}", place.now, "1"))
        place.script.on_due = lambda _situation, due: [
            SettleNudge(due[0].id, NudgeState.SENT, ""),
            texted("r", Purpose.REMINDER),
        ]
        await place.writer.take_due(place.now)
    assert (await place.decides()).sent == Sent(1, 1, 1, (NOW,))


async def test_words_of_one_breath_wait_and_leave_no_trace(place: Place) -> None:
    def breath(words: str, seconds: int) -> PlanNudge:
        due = NOW + timedelta(seconds=seconds)
        return PlanNudge(NudgeKind.BREATH, f"breath:{due.isoformat()}", due, words=words)

    await place.decides(breath("it went", 20))
    assert (await place.decides(breath("it went\nwell", 30))).said_so_far == "it went"
    assert [(row.state, row.words) for row in place.rows(nudges)] == [("cancelled", ""), ("planned", "it went\nwell")]
    heard: list[str] = []

    def due(_situation: object, waiting: list[object]) -> list[Effect]:
        heard.extend(one.words for one in waiting)  # type: ignore[attr-defined]
        return [SettleNudge(one.id, NudgeState.SENT, "") for one in waiting]  # type: ignore[attr-defined]

    place.script.on_due = due  # type: ignore[assignment]
    await place.writer.take_due(place.later(seconds=30))
    assert heard == ["it went\nwell"]
    assert [row.words for row in place.rows(nudges)] == ["", ""]
    assert not [row for row in place.rows(engagement) if row.kind.startswith("nudge_")]
    assert (await place.decides()).said_so_far == ""


async def test_what_is_derived_of_a_client_is_not_written_back(place: Place) -> None:
    me = clients.c.id == place.ids[0]
    (before,) = place.rows(clients, me)
    await place.decides(CountIdle(Idle()))
    (after,) = place.rows(clients, me)
    assert {**after._asdict(), "last_heard_at": None} == before._asdict()
