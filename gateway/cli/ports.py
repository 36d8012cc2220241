"""Ports of this machine: whether one is free. The server shares a port with whoever has it, so it would not notice."""

import errno
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where everything listens on this machine."""

    web: int
    console: int
    simulator: int


def free_ports(preferred: Ports) -> Ports:
    """These ports, each replaced by a free one if somebody has it."""
    return Ports(
        web=free_port(preferred.web), console=free_port(preferred.console), simulator=free_port(preferred.simulator)
    )


def free_port(port: int) -> int:
    """This port, or a free one if it cannot be had."""
    return _bound(port if why_not_free(port) is None else 0)


def why_not_free(port: int) -> str | None:
    """Why nothing of ours can listen there, None if it can."""
    try:
        _bound(port)
    except OSError as error:
        return {
            errno.EADDRINUSE: "is in use by another program",
            errno.EACCES: "may not be opened by this user",
        }.get(error.errno or 0, "cannot be opened")
    return None


def _bound(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or a port that was just given up would not do
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])
