"""The table of the provider's error codes."""

import pytest

from conversations.provider_errors import BY_CODE, TABLE, Action, ProviderError, of


def test_no_code_is_there_twice() -> None:
    assert len(BY_CODE) == len(TABLE)


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (21610, Action.OPT_OUT),
        (21211, Action.HOLD_NUMBER),
        (21614, Action.HOLD_NUMBER),
        (30005, Action.HOLD_NUMBER),
        (30006, Action.HOLD_NUMBER),
        (30003, Action.COUNT),
        (30008, Action.COUNT),
        (30007, Action.STOP_UNPROMPTED),
        (30034, Action.STOP_ALL),
        (30002, Action.STOP_ALL),
        (20003, Action.TRY_LATER),
        (30001, Action.TRY_LATER),
        (30017, Action.TRY_LATER),
        (30023, Action.TRY_LATER),
        (30036, Action.TRY_LATER),
        (21617, Action.WORKER),
        (39999, Action.PARK),
        (None, Action.PARK),
    ],
)
def test_what_follows_from_a_code(code: int | None, action: Action) -> None:
    assert of(code).action is action


@pytest.mark.parametrize("code", [20500, 20503, 20504])
def test_a_fault_of_the_provider_s_own_never_means_that_the_text_may_go_again(code: int) -> None:
    assert of(code).action is Action.PARK


@pytest.mark.parametrize("error", TABLE, ids=lambda error: str(error.code))
def test_every_code_has_plain_words_that_fit_into_a_sentence(error: ProviderError) -> None:
    assert 10 < len(error.means) < 80
    assert not error.means.endswith(".")
    assert not any(word in error.means.lower() for word in ("twilio", "a2p", "10dlc", "sid", "carrier partner", "api"))
