import json
import logging

import pytest
import structlog

from bot import log

NUMBER = "+17075550111"


pytestmark = pytest.mark.usefixtures("logging_as_before")


def fail() -> None:
    raise ValueError(f"{NUMBER} texted 'I am Maria'")


def test_what_an_exception_says_is_not_logged_only_where_it_was_raised(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up(readable=False)
    try:
        fail()
    except ValueError as error:
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=error)
        logging.getLogger("some.library").exception("failed")
    said = capsys.readouterr().err
    assert NUMBER not in said
    for line in said.splitlines():
        event = json.loads(line)
        assert event["raised"] == "ValueError"
        assert any("fail" in frame for frame in event["at"])


def test_the_log_is_readable_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up(readable=True)
    structlog.get_logger().info("ready", port=8080)
    structlog.get_logger().debug("detail")
    said = capsys.readouterr().err
    assert "ready" in said
    assert "detail" not in said


def test_libraries_that_talk_are_heard_only_when_they_warn(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up(readable=False)
    logging.getLogger("twilio.async_http_client").info(NUMBER)
    assert capsys.readouterr().err == ""
