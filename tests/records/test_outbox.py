import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select, update

from conversations.effects import ChangeConsent, ChangeMode, PlanNudge, Purpose, Texted
from conversations.nudges import NudgeKind
from conversations.situation import Consent, Mode
from records import consent, outbox, text_saving
from records.database import connect
from records.engagement import Kind
from records.ids import new_id
from records.outbox import Claimed
from records.pace import Pace
from records.states import MessageState, Outcome
from records.tables import attempts, clients, engagement, messages, nudges, status_events
from tests.records.place import NOW, UNBOUND, Place, texted

OUT = messages.c.direction == "out"


def state(place: Place, n: int = 0) -> str:
    found: str = place.rows(messages, OUT)[n].state
    return found


async def one_claimed(place: Place) -> str:
    await place.decides(texted("one"))
    (text,) = place.claims()
    return text.attempt_id


async def test_a_claim_freezes_the_text_and_takes_it_once(place: Place) -> None:
    await place.decides(texted("one"))
    (text,) = place.claims()
    assert (text.body, text.number, text.purpose, text.tries) == ("one", place.numbers[0], Purpose.REPLY, 1)
    assert text.expires_at > place.now
    assert [row.body for row in place.rows(attempts)] == ["one"]
    assert state(place) == MessageState.CLAIMED
    assert place.claims() == []


async def test_a_claim_says_how_many_texts_it_looked_at(place: Place) -> None:
    await place.decides(texted("today's", Purpose.REMINDER))
    place.later(hours=10)
    await place.decides(texted("one"), client=1)
    await place.decides(texted("two"), client=2)
    looked_at = [place.do(lambda c: outbox.claim(c, place.now, 2, UNBOUND)).looked_at for _ in range(3)]
    assert looked_at == [2, 1, 0]


async def test_texts_to_one_number_leave_one_by_one_in_their_order(place: Place) -> None:
    await place.decides(texted("one"), texted("two"), texted("three"))
    sent = []
    while texts := place.claims():
        (text,) = texts
        sent.append(text.body)
        place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=Outcome.ACCEPTED, now=place.now))
    assert sent == ["one", "two", "three"]


async def test_a_text_that_waits_to_be_tried_again_holds_back_the_later_ones(place: Place) -> None:
    await place.decides(texted("one"), texted("two"))
    (text,) = place.claims()
    again = place.now + timedelta(minutes=1)
    place.do(lambda c: outbox.outcome(c, text.attempt_id, Outcome.NOT_SENT, place.now, retry_at=again, reason="429"))
    assert place.claims() == []
    place.later(minutes=1)
    (text,) = place.claims()
    assert (text.body, text.tries) == ("one", 2)


async def test_answers_go_before_what_nobody_waits_for(place: Place) -> None:
    for client in range(3):
        await place.decides(texted("bulk", Purpose.NUDGE), client=client)
    await place.decides(texted("answer"), client=4)
    assert [text.body for text in place.claims(2)] == ["answer", "bulk"]


async def test_an_answer_goes_before_an_older_text_to_the_same_number_that_nobody_waits_for(place: Place) -> None:
    await place.decides(texted("bulk", Purpose.NUDGE))
    await place.decides(texted("answer"))
    (text,) = place.claims()
    assert text.body == "answer"
    place.do(lambda c: outbox.outcome(c, text.attempt_id, Outcome.ACCEPTED, place.now, provider_id="OUT1"))
    assert [text.body for text in place.claims()] == ["bulk"]


async def test_an_answer_waits_for_what_is_under_way_to_its_number(place: Place) -> None:
    await place.decides(texted("bulk", Purpose.NUDGE))
    assert [text.body for text in place.claims()] == ["bulk"]
    await place.decides(texted("answer"))
    assert place.claims() == []


async def test_a_text_that_is_too_late_expires_with_its_reason(place: Place) -> None:
    await place.decides(texted("today's", Purpose.REMINDER))
    place.later(hours=10)
    assert place.claims() == []
    assert state(place) == MessageState.EXPIRED
    (row,) = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS)
    assert (row.subject, row.reason, row.client_id) == ("expired", "too late to be useful", place.ids[0])


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("now", list(Consent))
async def test_consent_is_looked_at_again_when_a_text_is_claimed(place: Place, now: Consent, purpose: Purpose) -> None:
    await place.decides(texted("one", purpose))
    place.do(lambda connection: connection.execute(update(clients).values(consent=now)))
    allowed = purpose in consent.MAY_RECEIVE[now]
    assert len(place.claims()) == allowed
    assert state(place) == (MessageState.CLAIMED if allowed else MessageState.SUPPRESSED)


BY_ITSELF = {Purpose.REMINDER, Purpose.CHECK_IN, Purpose.VISIT, Purpose.NUDGE}


@pytest.mark.parametrize(
    ("mode", "lets"),
    [
        (Mode.BOT, set(Purpose)),
        (Mode.HUMAN, set(Purpose) - BY_ITSELF),
        (Mode.STOPPED, {Purpose.CRISIS, Purpose.LEGAL, Purpose.HUMAN, Purpose.REPLY}),
        (Mode.SILENT, set()),
    ],
)
async def test_who_answers_the_thread_is_looked_at_again_too(place: Place, mode: Mode, lets: set[Purpose]) -> None:
    for purpose in Purpose:
        await place.decides(texted(purpose, purpose))
    place.do(lambda connection: connection.execute(update(clients).values(mode=mode)))
    found = set()
    for _ in range(2 * len(Purpose)):
        for text in place.claims():
            found.add(text.purpose)
            place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=Outcome.ACCEPTED, now=place.now))
    assert found == lets
    assert {row.reason for row in place.rows(messages, messages.c.state == "suppressed")} <= {f"mode is {mode}"}


@pytest.mark.parametrize("mode", [Mode.HUMAN, Mode.STOPPED, Mode.SILENT])
async def test_what_was_queued_by_itself_is_taken_back_when_the_bot_falls_silent(place: Place, mode: Mode) -> None:
    await place.decides(texted("a", Purpose.REMINDER), texted("b", Purpose.HUMAN))
    await place.decides(ChangeMode(mode))
    kept = "cancelled" if mode is Mode.SILENT else "due"
    assert [(row.body, row.state) for row in place.rows(messages, OUT)] == [("a", "cancelled"), ("b", kept)]
    (changed,) = place.rows(engagement, engagement.c.kind == Kind.MODE_CHANGED)
    assert (changed.subject, changed.actor) == (mode, "client")
    assert (await place.decides()).client.mode is mode


@pytest.mark.parametrize("before_yes", [Consent.NONE, Consent.INVITED])
def test_before_a_yes_only_the_invitation_answers_and_what_the_law_wants_go_out(before_yes: Consent) -> None:
    assert consent.MAY_RECEIVE[before_yes] == {Purpose.INVITE, Purpose.LEGAL, Purpose.REPLY, Purpose.CRISIS}


async def test_a_stranger_s_answer_leaves_without_consent(place: Place) -> None:
    await place.says("who", 77)
    assert [text.body for text in place.claims()] == ["Hello"]


class Claimers:
    """Claim and settle on four threads, each through a sender of its own, until `most` texts have left.

    With each text that leaves, an answer to the same number is written. Notes two under way to one number.
    """

    def __init__(self, place: Place, most: int) -> None:
        self.place = place
        self.most = most
        self.sent: list[Claimed] = []
        self.under_way: set[str] = set()
        self.clashes: list[str] = []
        self.guard = threading.Lock()

    def run(self) -> None:
        engines = [connect(self.place.engine.url, connections=1) for _ in range(4)]
        threads = [
            threading.Thread(target=self.work, args=(engine, Pace(f"MG{n}", 1e6)), daemon=True)
            for n, engine in enumerate(engines)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
        for engine in engines:
            engine.dispose()

    def work(self, engine: Engine, pace: Pace) -> None:
        while len(self.sent) < self.most:
            with engine.begin() as connection:
                texts = outbox.claim(connection, self.place.now, 3, pace).texts
            with self.guard:
                self.clashes += [text.number for text in texts if text.number in self.under_way]
                self.under_way.update(text.number for text in texts)
                self.sent += texts
            for text in texts:
                if text.purpose is Purpose.NUDGE:
                    self.answer(engine, text)
                self.settle(engine, text)

    def answer(self, engine: Engine, to: Claimed) -> None:
        row = text_saving.outgoing(texted(f"to {to.body}"), to.number, self.place.now, to.expires_at)
        with engine.begin() as connection:
            text_saving.INSERT.run(connection, [row])

    def settle(self, engine: Engine, text: Claimed) -> None:
        with self.guard:
            self.under_way.discard(text.number)
        with engine.begin() as connection:
            outbox.outcome(connection, text.attempt_id, Outcome.ACCEPTED, self.place.now, provider_id=text.attempt_id)


async def test_four_claimers_take_every_text_once_one_a_number_at_a_time_and_answers_first(place: Place) -> None:
    for n in range(5):
        await place.decides(*[texted(f"{n}.{m}", Purpose.NUDGE) for m in range(8)], client=n)
    claimers = Claimers(place, most=80)
    claimers.run()
    assert claimers.clashes == []
    assert len({text.message_id for text in claimers.sent}) == len(claimers.sent) == 80
    for n, number in enumerate(place.numbers):
        bodies = [text.body for text in claimers.sent if text.number == number]
        assert bodies == [f"{answer}{n}.{m}" for m in range(8) for answer in ("", "to ")]


async def test_accepted_sent_delivered_and_nothing_lowers_it(place: Place) -> None:
    attempt = await one_claimed(place)
    place.do(lambda c: outbox.outcome(c, attempt, Outcome.ACCEPTED, NOW, provider_id="OUT9"))
    for status in ("delivered", "sent", "queued", "failed", "delivered"):
        report = partial(outbox.fold_status, status=status, provider_id="OUT9", error_code=None, at=NOW)
        assert place.do(partial(report, attempt_id=attempt)) is None
    assert state(place) == MessageState.DELIVERED
    assert len(place.rows(status_events)) == 5
    log = [row.subject for row in place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS)]
    assert log == ["accepted", "delivered"]
    assert place.rows(attempts)[0].provider_id == place.rows(messages, OUT)[0].provider_id == "OUT9"


async def test_a_report_may_come_before_our_own_outcome(place: Place) -> None:
    attempt = await one_claimed(place)
    place.do(lambda c: outbox.fold_status(c, attempt, "delivered", "OUT9", None, NOW))
    place.do(lambda c: outbox.outcome(c, attempt, Outcome.UNKNOWN, NOW, reason="time-out"))
    assert state(place) == MessageState.DELIVERED
    assert place.rows(attempts)[0].outcome == Outcome.UNKNOWN


async def test_the_first_binds_the_provider_s_id(place: Place) -> None:
    attempt = await one_claimed(place)
    place.do(lambda c: outbox.fold_status(c, attempt, "sent", "OUT1", None, NOW))
    place.do(lambda c: outbox.outcome(c, attempt, Outcome.ACCEPTED, NOW, provider_id="OUT2"))
    assert place.rows(attempts)[0].provider_id == "OUT1"
    assert state(place) == MessageState.SENT


async def test_an_id_of_the_provider_s_stays_with_the_text_that_had_it_first(place: Place) -> None:
    await place.decides(texted("one"))
    await place.decides(texted("two"), client=1)
    first, second = place.claims()
    place.do(lambda c: outbox.outcome(c, first.attempt_id, Outcome.ACCEPTED, NOW, provider_id="OUT1"))
    place.do(lambda c: outbox.fold_status(c, second.attempt_id, "sent", "OUT1", None, NOW))
    place.do(lambda c: outbox.outcome(c, second.attempt_id, Outcome.ACCEPTED, NOW, provider_id="OUT1"))
    assert [row.provider_id for row in place.rows(attempts)] == ["OUT1", None]
    assert [row.provider_id for row in place.rows(messages, OUT)] == ["OUT1", None]
    assert [row.attempt_id for row in place.rows(status_events)] == [second.attempt_id]


async def test_an_id_that_a_text_of_a_client_s_has_is_not_bound_again(place: Place) -> None:
    await place.says("hello", provider_id="SM1")
    (text,) = place.claims()
    place.do(lambda c: outbox.fold_status(c, text.attempt_id, "sent", "SM1", None, NOW))
    assert [row.provider_id for row in place.rows(messages)] == ["SM1", None]
    assert state(place) == MessageState.SENT


async def test_a_report_on_no_attempt_of_ours_changes_nothing(place: Place) -> None:
    assert place.do(lambda c: outbox.fold_status(c, new_id(NOW), "sent", "OUT1", 21610, NOW)) is None
    assert place.rows(status_events) == []


async def test_a_word_that_we_do_not_know_is_kept_and_changes_nothing(place: Place) -> None:
    attempt = await one_claimed(place)
    place.do(lambda c: outbox.fold_status(c, attempt, "teleported", "OUT1", None, NOW))
    assert state(place) == MessageState.CLAIMED
    assert place.rows(status_events)[0].status == "teleported"


async def test_a_refusal_is_final_and_says_why(place: Place) -> None:
    attempt = await one_claimed(place)
    place.do(lambda c: outbox.outcome(c, attempt, Outcome.REFUSED, NOW, error_code=21211, reason="error 21211"))
    row = place.rows(messages, OUT)[0]
    assert (row.state, row.error_code, row.reason) == (MessageState.FAILED, 21211, "error 21211")


async def test_a_text_that_could_not_be_sent_is_not_tried_after_its_use(place: Place) -> None:
    await place.decides(texted("one"))
    (text,) = place.claims()
    far = place.now + timedelta(days=3)
    place.do(lambda c: outbox.outcome(c, text.attempt_id, Outcome.NOT_SENT, place.now, retry_at=far))
    assert place.rows(messages, OUT)[0].due_at == text.expires_at


async def test_after_a_stop_only_its_confirmation_leaves(place: Place) -> None:
    await place.decides(texted("reminder", Purpose.REMINDER), PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"))
    bye = Texted("Bye", "en", 1, "GSM-7", Purpose.LEGAL, "single/stopped")
    await place.decides(ChangeConsent(Consent.REVOKED), bye)
    with place.engine.begin() as connection:
        states = connection.execute(select(messages.c.body, messages.c.state).where(OUT).order_by(messages.c.id)).all()
    assert states == [("reminder", "cancelled"), ("Bye", "due")]
    assert [row.state for row in place.rows(nudges)] == ["cancelled"]
    assert [text.body for text in place.claims()] == ["Bye"]
    assert await place.writer.take_due(place.now) == 0
