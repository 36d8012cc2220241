"""Writing the append-only file anew, that nothing erased stays in it; and knowing whether that was done.

Counted are the erasures there ever were (`erased`), and how many of them a rewrite that succeeded came after
(`rewritten`). A rewrite runs beside the server and dies with it, or fails, as it does on a full disk; so what was begun
is noted, and counts only when the same server says that its last rewrite succeeded. In doubt there is one more.
"""

from collections.abc import Mapping

import redis

from gateway.storage import keys
from gateway.storage.connect import Client
from gateway.storage.digests import digest


def has_erased(client: Client) -> bool:
    """Whether anything was erased that the append-only file may still hold."""
    erased, rewritten = client.mget([keys.ERASED, keys.REWRITTEN])
    return int(erased or 0) > int(rewritten or 0)


def write_anew(client: Client) -> None:
    """Note the success of the rewrite that was begun, and begin another if more was erased since.

    One that goes on already began before the last erasure, and holds what that deleted: it is waited for.
    To be called again while anything `has_erased`. Raises redis' errors.
    """
    begun = client.get(keys.REWRITING)  # before the state: a rewrite that begins in between can only be one more
    state = client.info("server", "persistence")
    if state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"]:
        return
    if begun is not None:
        _settle(client, begun, state)
    if has_erased(client):
        _begin(client, _server(state))


def _settle(client: Client, begun: bytes, state: Mapping[str, str]) -> None:
    """Of a server that died nobody knows whether its rewrite had ended; a new one says "ok" before its first."""
    server, count = begun.decode().split(":")
    if server == _server(state) and state["aof_last_bgrewrite_status"] == "ok":
        client.set(keys.REWRITTEN, count)
    client.delete(keys.REWRITING)


def _begin(client: Client, server: str) -> None:
    erased = int(client.get(keys.ERASED) or 0)  # before the rewrite begins: what is erased later is not in this count
    try:
        client.bgrewriteaof()
    except redis.ResponseError as error:
        if "in progress" in str(error):
            return
        raise
    client.set(keys.REWRITING, f"{server}:{erased}")


def _server(state: Mapping[str, str]) -> str:
    """The name of this run of the server, in letters: a search for a number's digits finds none in them."""
    return digest(state["run_id"]).decode()
