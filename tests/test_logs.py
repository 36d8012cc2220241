"""No number, message or value of a variable reaches a log, whoever writes it."""

import importlib
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog
from redis.exceptions import ResponseError

from gateway.core.errors import BrokenSetting, StoreBusy
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.logs import configure

TwilioRestException = importlib.import_module("twilio.base.exceptions").TwilioRestException  # it ships no types
HERS = PhoneNumber.parse("+9647701234567")
WRITTEN = ["+9647701234567", "07701234567", "0770 123 4567", "٠٧٧٠١٢٣٤٥٦٧", "%2B9647701234567"]
NEEDLES = Needles.for_numbers([HERS])


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged; afterwards the process logs as it did before."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("web", "INFO", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def assert_clean(written: io.StringIO) -> None:
    assert written.getvalue()
    assert find(NEEDLES, "log", written.getvalue().encode()) == []


def test_a_line_says_what_happened_where_and_when(written: io.StringIO) -> None:
    structlog.get_logger("intake").info("case_kept", case="kmnop", tries=3, took=0.123456, urgent=True)

    (line,) = lines(written)
    assert line.pop("at")
    assert line == {
        "process": "web",
        "event": "case_kept",
        "case": "kmnop",
        "tries": 3,
        "took": 0.123,
        "urgent": True,
        "level": "info",
        "logger": "intake",
    }


@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_in_an_event_is_masked_wherever_it_stands(written: io.StringIO, number: str) -> None:
    log = structlog.get_logger()

    log.info(f"calling {number} now", to=number, deep={"a": [number, {number: (number,)}]}, kind={number})
    log.info("calling %s", number)
    log.bind(caller=number).warning("bound")

    assert_clean(written)
    assert len(lines(written)) == 3


def test_numbers_as_integers_and_objects_with_telling_reprs_are_masked(written: io.StringIO) -> None:
    class Telling:
        def __repr__(self) -> str:
            return HERS.reveal()

    structlog.get_logger().info(
        "x", a=9647701234567, b=Telling(), c=HERS.reveal().encode(), d=HERS, e=7701234567.0, f=[Telling()]
    )

    assert_clean(written)
    assert lines(written)[0]["b"] == "<Telling>"


@pytest.mark.parametrize(
    "error",
    [
        TwilioRestException(
            400, f"/Calls/{WRITTEN[0]}", f"The number {WRITTEN[0]}, ending in 4567, is not valid", 21211
        ),
        ResponseError(f"Command # 1 (SET case:a {WRITTEN[0]} 4567) of pipeline caused error: WRONGTYPE"),
        ValueError(f"invalid literal for int() with base 10: '{WRITTEN[3]}'"),
        KeyError(WRITTEN[1], "4567"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_is_logged_by_class_and_place_without_its_message(written: io.StringIO, error: Exception) -> None:
    number = "4567"  # a local, as tracebacks show them
    try:
        raise error
    except Exception:
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=error, problem=error)
        logging.getLogger("rq.worker").exception("job failed")

    assert_clean(written)
    assert "4567" not in written.getvalue()
    assert number
    shown = json.dumps([line["exception"] for line in lines(written)])
    assert f"{type(error).__module__}.{type(error).__qualname__}" in shown
    assert "tests/test_logs.py:" in shown
    assert "raise error" not in shown


def test_an_error_of_ours_is_logged_by_its_code_and_what_it_came_from_by_class(written: io.StringIO) -> None:
    try:
        try:
            raise ConnectionError(f"{WRITTEN[0]} 4567")
        except ConnectionError as cause:
            raise StoreBusy("4567") from cause
    except StoreBusy:
        structlog.get_logger().exception("failed")

    shown = lines(written)[0]["exception"]
    assert isinstance(shown, dict)
    assert (shown["error"], shown["from"]) == ("store_busy", "builtins.ConnectionError")
    assert "4567" not in written.getvalue()


@pytest.mark.parametrize(
    "name", ["rq.worker", "_granian", "twilio.http_client", "urllib3.connectionpool", "werkzeug", "anyone"]
)
def test_other_peoples_loggers_pass_the_same_gate(written: io.StringIO, name: str) -> None:
    for number in WRITTEN:
        logging.getLogger(name).warning("POST /Calls To=%s", number, extra={"caller": number}, stack_info=True)

    assert_clean(written)
    assert {line["logger"] for line in lines(written)} == {name}


@pytest.mark.parametrize("name", ["twilio.http_client", "urllib3.connectionpool", "werkzeug", "granian.access"])
def test_libraries_that_write_whole_requests_are_silenced_even_when_debugging(written: io.StringIO, name: str) -> None:
    configure("dialler", "DEBUG", stream=written)

    logging.getLogger(name).info("ending in 4567")
    logging.getLogger(name).debug("ending in 4567")

    assert written.getvalue() == ""


def test_handlers_that_libraries_brought_along_are_taken_away(written: io.StringIO) -> None:
    own = io.StringIO()
    logger = logging.getLogger("_granian")
    logger.addHandler(logging.StreamHandler(own))
    logger.propagate = False

    configure("web", "INFO", stream=written)
    logger.warning("hello")

    assert own.getvalue() == ""
    assert json.loads(written.getvalue())["event"] == "hello"


def test_a_record_that_cannot_be_formatted_shows_no_arguments() -> None:
    program = """
import logging
from gateway.logs import configure
configure("worker", "INFO")
logging.getLogger("rq.job").warning("%d calls", "+9647701234567")
"""

    ended = run(program)

    assert json.loads(ended.stderr) == {"event": "log_record_lost", "logger": "rq.job"}
    assert ended.stdout == ""


def test_a_warning_is_logged_and_masked(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        configure("web", "INFO", stream=written)
        warnings.warn(f"odd number {WRITTEN[0]}", stacklevel=1)

    assert_clean(written)


def test_what_nobody_caught_is_logged_without_its_message() -> None:
    program = """
import threading
from gateway.logs import configure
configure("worker", "INFO")
def fail():
    raise ValueError("+9647701234567 ending in 4567")
class Odd:
    def __del__(self):
        fail()
thread = threading.Thread(target=fail); thread.start(); thread.join()
Odd()
fail()
"""

    ended = run(program)

    assert ended.returncode == 1
    assert "4567" not in ended.stderr + ended.stdout
    events = [json.loads(line)["event"] for line in ended.stderr.splitlines()]
    assert events == ["thread_ended", "exception_ignored", "process_ended"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(BrokenSetting, match="DEBUG, INFO"):
        configure("web", "LOUD")
