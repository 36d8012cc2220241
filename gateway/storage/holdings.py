"""What the store holds at this moment, in counts, ages and ids: for a person who looks whether all is well.

No number is opened, and none could be: what is read here is when something was kept, never what.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import redis

from gateway.core.errors import StoreUnavailable
from gateway.core.troubles import Trouble
from gateway.jobs import QueueName
from gateway.storage import keys
from gateway.storage.connect import Client
from gateway.storage.keyfiles import parse_epoch

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Holdings:
    """Open cases; the oldest number and the oldest wish that are held; provider records, by call id; bells; troubles.

    `records_since` and the values of `given_up` say since when a deletion was tried; None: nobody noted it.
    """

    cases: int
    oldest_number_at: datetime | None
    wishes: int
    oldest_wish_of: date | None
    records: int
    records_since: datetime | None
    given_up: Mapping[str, datetime | None]
    bells: Mapping[QueueName, int]
    troubles: Mapping[Trouble, datetime]


def holdings(client: Client) -> Holdings:
    """Look at everything once. Raises `StoreUnavailable`."""
    with _translated():
        since = {name.decode(): _moment(at) for name, at in client.hgetall(keys.RECORD_SINCE).items()}
        given_up = sorted(name.decode() for name in client.smembers(keys.GIVEN_UP))
        waiting = [name.decode() for name in client.zrange(keys.RECORDS, 0, -1)]
        wishes = list(client.scan_iter(keys.wish("*"), count=AT_ONCE))
        return Holdings(
            cases=client.zcard(keys.BORN),
            oldest_number_at=_oldest_number(client),
            wishes=len(wishes),
            oldest_wish_of=_oldest_wish(client, wishes),
            records=len(waiting),
            records_since=min((since[name] for name in waiting if name in since), default=None),
            given_up={name: since.get(name) for name in given_up},
            bells={queue: client.llen(f"rq:queue:{queue}") for queue in QueueName},
            troubles=_troubles(client),
        )


def forget_given_up(client: Client) -> int:
    """Forget the records that could not be deleted, for the provider has deleted them since; how many there were."""
    with _translated():
        names = sorted(client.smembers(keys.GIVEN_UP))
        if names:
            with client.pipeline() as pipe:
                pipe.srem(keys.GIVEN_UP, *names)
                pipe.hdel(keys.RECORD_SINCE, *names)
                pipe.execute()
    return len(names)


def _oldest_number(client: Client) -> datetime | None:
    """When the oldest request was made whose sealed number is still held."""
    place = 0
    while found := client.zrange(keys.BORN, place, place + AT_ONCE - 1, withscores=True):
        for name, at in found:
            if client.exists(keys.sealed(name.decode())):
                return _moment(at)
        place += AT_ONCE
    return None


def _oldest_wish(client: Client, names: list[bytes]) -> date | None:
    epochs = (client.hmget(name, ["epoch"])[0] for name in names)
    days = (parse_epoch(epoch.decode()) for epoch in epochs if epoch is not None)
    return min((day for day in days if day is not None), default=None)


def _troubles(client: Client) -> dict[Trouble, datetime]:
    found = {trouble: client.get(keys.trouble(trouble)) for trouble in Trouble}
    return {trouble: _moment(at) for trouble, at in found.items() if at is not None}


def _moment(seconds: bytes | float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except redis.RedisError:
        raise StoreUnavailable("The store does not answer: start it, or mend REDIS_URL.") from None
