"""What the suite makes of the provider's ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.trust.fake_twilio import Text
from bot.trust.figures import Figures, of_texts
from bot.trust.people import Wanted

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)
USEFUL = timedelta(hours=1)
ANA, BEN = "+17070000001", "+17070000002"
WANTED = [Wanted(ANA, "one", NOW + USEFUL), Wanted(ANA, "two", NOW + USEFUL), Wanted(BEN, "one", NOW + USEFUL)]


def ledger(*texts: tuple[str, str], at: datetime = NOW) -> Sequence[Text]:
    return [Text(f"SM{nth}", to, body, {}, at=at) for nth, (to, body) in enumerate(texts)]


def test_each_text_once_in_its_order_holds() -> None:
    assert of_texts(WANTED, ledger((BEN, "one"), (ANA, "one"), (ANA, "two"))) == Figures(asked=3, sent=3)


@pytest.mark.parametrize(
    ("texts", "lost", "doubled", "says"),
    [
        ([(ANA, "one"), (ANA, "two")], 1, 0, f"never went: {BEN}"),
        ([(ANA, "one"), (ANA, "two"), (BEN, "one"), (BEN, "one")], 0, 1, f"went twice: {BEN}"),
        ([(ANA, "two"), (ANA, "one"), (BEN, "one")], 0, 0, f"went in another order: {ANA}"),
        ([(ANA, "one"), (ANA, "two"), (BEN, "one"), ("+1", "x")], 0, 0, "went without being asked for: +1"),
        ([(ANA, "one"), (ANA, "two"), (BEN, "one"), (BEN, "two")], 0, 0, f"went without being asked for: {BEN}"),
    ],
)
def test_what_is_wrong_is_counted_and_named(
    texts: Sequence[tuple[str, str]], lost: int, doubled: int, says: str
) -> None:
    figures = of_texts(WANTED, ledger(*texts))
    assert (figures.lost, figures.doubled, figures.broken) == (lost, doubled, [says])
    assert not figures.holds


def test_a_text_that_went_after_it_was_of_use_is_late() -> None:
    figures = of_texts(WANTED[:1], ledger((ANA, "one"), at=NOW + USEFUL + timedelta(seconds=1)))
    assert (figures.late, figures.holds) == (1, False)


def test_of_many_only_the_first_are_named() -> None:
    figures = Figures()
    assert figures.breaks("never went", range(9)) == 9
    assert figures.broken == ["never went: 0, 1, 2, 3, 4 and 4 more"]
