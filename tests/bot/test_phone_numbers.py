import subprocess
import sys

import pytest

from bot.phone_numbers import can_be_called, e164


@pytest.mark.parametrize("written", ["707-555-0111", "(707) 555-0111", "+1 707.555.0111", "7075550111"])
def test_a_number_is_read_however_it_is_written(written: str) -> None:
    assert e164(written) == "+17075550111"


@pytest.mark.parametrize("written", ["911", "12", "", "abc", "+15555550111555"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert e164(written) is None


@pytest.mark.parametrize(
    "written",
    ["707-555-0134", "(707)555-0134", "1-800-555-0199", "+1 707 555 0134", "1-800-FLOWERS", "+44 20 7946 0958"],
)
def test_a_county_may_be_called_at_any_number(written: str) -> None:
    assert can_be_called(written)


@pytest.mark.parametrize("written", ["911", "call us", "", "555", "707-555-01340"])
def test_what_nobody_can_call_is_no_countys_number(written: str) -> None:
    assert not can_be_called(written)


def test_a_number_as_most_write_it_needs_no_library() -> None:
    """Every start reads the county's number."""
    read = "import sys; from bot.phone_numbers import can_be_called; assert can_be_called('707-555-0134')"
    subprocess.run([sys.executable, "-c", f"{read}; assert 'phonenumbers' not in sys.modules"], check=True)
