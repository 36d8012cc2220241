"""Listening to every log while a test runs."""

import logging
from collections.abc import Iterator, Sequence

import pytest


def listening(caplog: pytest.LogCaptureFixture, secrets: Sequence[str]) -> Iterator[None]:
    """Whatever a test does: none of these gets into any log record, at any level."""
    caplog.set_level(logging.DEBUG)
    yield
    written = [f"{record.getMessage()} {record.__dict__!r}" for record in caplog.get_records("call")]
    assert not [line for line in written if any(secret in line for secret in secrets)]
