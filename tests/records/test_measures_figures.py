from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from records.measures.figures import ON_SCREEN, PUBLISHED, Unit, hide, share, spread
from records.measures.register import MEASURES

SHARES = st.lists(st.lists(st.tuples(st.text("abcdefghijkl", min_size=1, max_size=1), st.booleans())), max_size=6)


@given(groups=SHARES, part=st.booleans(), fewest=st.sampled_from([ON_SCREEN, PUBLISHED]))
def test_what_is_hidden_shows_no_number_and_what_is_small_is_hidden(
    groups: list[list[tuple[str, bool]]], *, part: bool, fewest: int
) -> None:
    before = [share(str(n), rows, part=part) for n, rows in enumerate(groups)]
    for figure, shown in zip(before, hide(before, fewest), strict=True):
        if any(0 < behind < fewest for behind in (figure.people, figure.counted, figure.others)):
            assert shown.hidden
        if shown.hidden:
            assert (shown.numerator, shown.denominator, shown.value, shown.people) == (None, None, None, 0)


def test_people_decide_and_not_events() -> None:
    assert hide([share("x", [("a", True)] * 50)])[0].hidden


def test_one_hidden_part_of_a_total_takes_a_second_along() -> None:
    parts = [replace(share(str(n), []), people=30, counted=n, part=True) for n in (3, 9, 18)]
    assert [figure.hidden for figure in hide(parts)] == [True, True, False]


def test_a_share_of_nearly_all_shows_the_few_who_are_not_in_it() -> None:
    of_100 = [share("x", [(str(n), n >= others) for n in range(100)]) for others in (0, 2, 5)]
    assert [hide([figure])[0].hidden for figure in of_100] == [False, True, False]


def test_an_item_of_a_list_is_on_screen_and_never_published() -> None:
    item = replace(share("self_harm", [("a", True)]), item=True)
    assert [hide([item], fewest)[0].hidden for fewest in (ON_SCREEN, PUBLISHED)] == [False, True]


def test_median_and_percentile_are_values_that_occurred() -> None:
    rows = [(str(n), float(n)) for n in range(1, 11)]
    assert [figure.value for figure in spread(rows, Unit.MINUTES, highest=True)] == [5, 9, 10]


def test_each_measure_of_the_guide_is_counted_or_says_why_not() -> None:
    assert [measure.id for measure in MEASURES] == [f"M{n}" for n in range(1, 29)]
    assert all((measure.count is None) == bool(measure.not_yet) for measure in MEASURES)
