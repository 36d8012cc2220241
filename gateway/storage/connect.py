"""The one place that connects to the store."""

import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.core.errors import StoreUnavailable

# redis-py types every reply as "bytes or str or ..."; ours are bytes, since nothing is decoded. A cast at every reply
# would hide more than it shows.
Client = Any
Pipe = Any
Pool = Any

CONNECT_SECONDS = 1.0
_PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 3.0  # a provider gives us 15 seconds in all; the caller should hear words after three


def connect(url: str, *, answer_seconds: float | None = ANSWER_SECONDS) -> Client:
    """A client that gives up soon. `unix://` and `redis://` addresses; nothing is sent before the first command.

    It retries once, on a fresh connection: after a restart of the store every pooled connection is dead. A store that
    hangs is not asked again: each further try would be three more seconds of silence on the line.
    """
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer_seconds,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        retry_on_error=[redis.ConnectionError],
        decode_responses=False,
    )


def wait_for_answer(client: Client, *, seconds: float) -> None:
    """Return as soon as the store takes commands from this user; asked once, and again for so long as it is silent.

    Raises `StoreUnavailable` with the mend, at once if the store answers that it will not.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.ping()
        except (redis.AuthenticationError, redis.exceptions.NoPermissionError):
            raise StoreUnavailable("The store refuses the name or the password in REDIS_URL: mend them.") from None
        except redis.ResponseError:  # with a full disk it answers so even to PING
            raise StoreUnavailable(
                "The store takes no commands, though it knows us: see its log; is its disk full?"
            ) from None
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise StoreUnavailable("The store does not answer: start it, or mend REDIS_URL.") from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return
