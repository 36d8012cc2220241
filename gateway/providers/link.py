"""A connection of its own for each request to a provider, on the standard library's client.

Whatever fails before it stands was certainly not done, and a request never leaves on a kept connection that died
unseen. No library stands between that writes addresses to a log: there are numbers in them.
"""

import ssl
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult

import certifi

CONNECT_WITHIN: Final = timedelta(seconds=3)
ANSWER_WITHIN: Final = timedelta(seconds=10)


class Link:
    """The way to one address. Safe to share between threads; it keeps nothing between requests."""

    def __init__(self, to: SplitResult, *, connect_within: timedelta, answer_within: timedelta) -> None:
        """`to` has a scheme, `http` or `https`, and a host. Asks nobody anything yet."""
        self._host, self._port = to.hostname or "", to.port
        self._connect_within = connect_within.total_seconds()
        self._answer_within = answer_within.total_seconds()
        self._tls = _trust() if to.scheme == "https" else None

    def connect(self) -> HTTPConnection | None:
        """A connection that stands, to be closed by whoever asked for it; None if none came about in time."""
        connection = self._new()
        try:
            connection.connect()
        except OSError:
            connection.close()
            return None
        connection.sock.settimeout(self._answer_within)
        return connection

    def _new(self) -> HTTPConnection:
        if self._tls is None:
            return HTTPConnection(self._host, self._port, timeout=self._connect_within)
        return HTTPSConnection(self._host, self._port, timeout=self._connect_within, context=self._tls)


def _trust() -> ssl.SSLContext:
    """The machine's own authorities (and SSL_CERT_FILE), and certifi's for a machine that has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
