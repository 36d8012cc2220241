"""Writing to where this program was started, a terminal or a pipe: what cannot be written is dropped.

A reader that is gone or does not read (`sanad up | head -3`, a closed window, a stopped pager) must neither end nor
hold up those who serve callers.
"""

import os
import select
from typing import TextIO

PATIENCE_SECONDS = 1.0  # once; who does not read then is waited for no more until there is room again


class Printout:
    """As much of a text file as `print` and `click.echo` need; safe in a signal handler, which may interrupt it."""

    def __init__(self, stream: TextIO | None) -> None:
        """`stream` None, as `sys.stdout` is where the program was started without one, drops everything."""
        self._handle = None if stream is None else stream.fileno()
        self._waiting = ""
        self._patience = PATIENCE_SECONDS

    def write(self, text: str) -> int:
        """Keep a text until `flush`."""
        self._waiting += text
        return len(text)

    def flush(self) -> None:
        """Write what was kept, or drop it."""
        text, self._waiting = self._waiting, ""
        left = text.encode("utf-8", "replace")
        while left and self._has_room():
            left = left[self._written(left[: select.PIPE_BUF]) :]

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._handle is not None and os.isatty(self._handle)

    def _has_room(self) -> bool:
        if self._handle is None:
            return False
        try:
            has_room = bool(select.select([], [self._handle], [], self._patience)[1])
        except (OSError, ValueError):
            return False
        self._patience = PATIENCE_SECONDS if has_room else 0.0
        return has_room

    def _written(self, part: bytes) -> int:
        """How much of it is dealt with."""
        if self._handle is None:
            return len(part)
        try:
            return os.write(self._handle, part)  # a pipe with room takes so little without waiting
        except OSError:
            return len(part)
