"""Logs: one JSON object a line on stderr, without numbers, messages of exceptions, or values of variables.

Everything passes the same gate: our own events, the standard library's loggers (rq, granian, twilio, urllib3, ...),
warnings, and whatever ends a process or a thread. What is masked is decided in `core.redaction`.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.core.errors import BrokenSetting, SanadError
from gateway.core.redaction import redact

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# These write requests, their bodies or their paths at INFO and DEBUG: a caller's number is in them.
_TALKATIVE = ("twilio", "twilio.http_client", "urllib3", "werkzeug", "granian.access", "redis", "phonenumbers")
_DEEPEST = 4  # levels of lists and dicts in an event
_MOST_FRAMES = 20


def configure(process: str, level: str, *, stream: TextIO | None = None) -> None:
    """Send all logs of this process to stderr (or `stream`) as JSON lines.

    `process` stands in every line; `level` is DEBUG, INFO, WARNING or ERROR. Call it first thing in a process, and
    again after a server has set up its own logging. Raises `BrokenSetting`.
    """
    threshold = level.upper()
    if threshold not in _LEVELS:
        raise BrokenSetting(f"the log level must be one of {', '.join(_LEVELS)}")
    handler = _QuietHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(process))
    _route_everything_to(handler, threshold)
    _report_what_nobody_caught()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def described(error: BaseException) -> dict[str, object]:
    """An exception without its message: its code or class, where it went (file:line, innermost last), its cause.

    Messages are left out because libraries put requests and arguments into them, numbers included.
    """
    places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    shown: dict[str, object] = {
        "error": error.code if isinstance(error, SanadError) else _class_name(error),
        "at": [f"{'/'.join(Path(file).parts[-2:])}:{line}" for file, line in places[-_MOST_FRAMES:]],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        shown["from"] = _class_name(cause)
    if isinstance(error, BaseExceptionGroup):
        shown["parts"] = [_class_name(part) for part in error.exceptions]
    return shown


class _QuietHandler(logging.StreamHandler[TextIO]):
    """The standard handler prints a record it cannot format, with its arguments; this one names the logger only."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a record was lost, and whose."""
        try:
            self.stream.write(json.dumps({"event": "log_record_lost", "logger": redact(record.name)}) + "\n")
        except (OSError, ValueError):
            return  # stderr is closed: there is nobody left to tell


def _formatter(process: str) -> logging.Formatter:
    gate: list[Processor] = [
        _add_origin,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _describe_exception,
        _redact_event,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]

    def add_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"process": process, **event}

    return structlog.stdlib.ProcessorFormatter(processors=[add_process, *gate])


def _route_everything_to(handler: logging.Handler, threshold: str) -> None:
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in [*logging.root.manager.loggerDict]:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _report_what_nobody_caught() -> None:
    """The interpreter's own reports would print the exception's message."""
    log = structlog.stdlib.get_logger("uncaught")

    def in_process(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        log.critical("process_ended", exc_info=error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        log.error("thread_ended", exc_info=args.exc_value)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("exception_ignored", exc_info=args.exc_value)

    sys.excepthook = in_process
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def _add_origin(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    return {**event, "level": record.levelname.lower(), "logger": record.name}


def _describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` (an exception, a triple, or true) by `exception`, without source lines and locals."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    event.pop("stack", None)
    if given:
        error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exception()
        if error is not None:
            event["exception"] = described(error)
    return event


def _redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {redact(str(key)): _shown(value, _DEEPEST) for key, value in event.items()}


def _shown(value: object, depth: int) -> object:
    """What a log may show of a value: of an object of no listed class only the class's name, never its repr."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping) and depth:
        return {redact(str(key)): _shown(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_shown(item, depth - 1) for item in value]
    return _shown_scalar(value)


def _shown_scalar(value: object) -> object:
    match value:
        case str():
            return redact(value)
        case int() | float():
            rounded = round(value, 3)  # seconds to the millisecond; more digits would look like a number
            return rounded if redact(str(rounded)) == str(rounded) else redact(str(rounded))
        case date():
            return redact(value.isoformat())
        case BaseException():
            return described(value)
        case _:
            return f"<{type(value).__name__}>"


def _class_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
