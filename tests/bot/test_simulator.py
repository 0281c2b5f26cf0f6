import pytest

from bot.simulator import report
from bot.simulator.plants import Plant
from bot.simulator.reading import Asks, read
from bot.simulator.runs import Result, parted, run, run_part
from bot.simulator.simulation import Wanted

SMALL = Wanted(first=1, clients=12, weeks=2, seed=1, bustle=3)


def broken(result: Result) -> dict[str, int]:
    return {verdict.name: len(verdict.broken) for verdict in result.verdicts if verdict.broken}


@pytest.fixture(scope="module")
def small() -> Result:
    return run(SMALL, jobs=1, only=3)


def test_two_weeks_of_a_small_caseload_break_nothing(small: Result) -> None:
    assert broken(small) == {}
    assert small.totals.counts["texts in"] > 60
    assert small.totals.counts["goals"] > 0


def test_another_seed_is_another_caseload_and_breaks_nothing_either(small: Result) -> None:
    other = run_part(Wanted(first=1, clients=12, weeks=1, seed=2, bustle=3))
    assert broken(other) == {}
    assert other.totals != small.totals


def test_the_same_seed_gives_the_same_week() -> None:
    week = Wanted(first=1, clients=6, weeks=1, seed=3)
    assert list(report.lines(run_part(week), week)) == list(report.lines(run_part(week), week))


def test_a_clients_thread_reads_as_on_the_phone(small: Result) -> None:
    assert len(small.thread) > 1
    assert any(" US " in line for line in small.thread)


@pytest.mark.parametrize(
    ("plant", "caught_by", "clients", "weeks", "seed", "bustle"),
    [
        (Plant.IGNORE_QUIET_HOURS, "none outside the hours", 4, 1, 2, 12),
        (Plant.IGNORE_CAPS, "no cap exceeded", 3, 3, 1, 20),
        (Plant.IGNORE_STOP, "no text after stop", 5, 1, 4, 20),
        (Plant.FORGET_PROMISES, "promises are timed", 4, 1, 3, 12),
    ],
)
def test_a_rule_that_is_turned_off_is_missed(
    plant: Plant, caught_by: str, clients: int, weeks: int, seed: int, bustle: float
) -> None:
    result = run_part(Wanted(first=1, clients=clients, weeks=weeks, seed=seed, plant=plant, bustle=bustle))
    assert caught_by in broken(result)
    name, first, script = next(one for one in result.broken if one[0] == caught_by)
    told = "\n".join(report.lines(result, SMALL))
    assert f"BROKEN {name}: seed 1, client {first.nth}" in told
    assert script
    assert report.again(SMALL, first.nth) in told


def test_a_caseload_is_parted_the_same_way_however_many_work_on_it() -> None:
    parts = list(parted(Wanted(first=1, clients=601, weeks=6, seed=1)))
    assert [(part.first, part.clients) for part in parts] == [(1, 201), (202, 200), (402, 200)]


@pytest.mark.parametrize(
    ("text", "asks", "choices"),
    [
        (
            "When is a good time for you? 1 morning, 2 midday, 3 evening",
            Asks.A_CHOICE,
            ("morning", "midday", "evening"),
        ),
        ("¿Cuándo lo hará? Día y hora, como martes 10am.", Asks.A_MOMENT, ()),
        ("Hola Rosa, Ana dice que quiere mensajes. Responda SI para empezar.", Asks.A_YES, ()),
        ("Thanks for texting. Who is this? 1 Maria, 2 Jose", Asks.WHO_IT_IS, ("Maria", "Jose")),
        ("What helped you get there?", Asks.WORDS, ()),
        ("Tomorrow, Mon Feb 23, 12pm with Luis. Text 2 for a new time.", Asks.CHANGES, ()),
        ("You're welcome. We're cheering for you.", Asks.NOTHING, ()),
    ],
)
def test_a_virtual_client_reads_what_a_text_asks(text: str, asks: Asks, choices: tuple[str, ...]) -> None:
    found = read(text)
    assert (found.asks, found.choices) == (asks, choices)
