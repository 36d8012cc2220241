"""What the dialler owes is rung for until it is done; a caller on the line is asked about when she is quiet."""

from datetime import timedelta

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from gateway.core.calls import LineSign
from gateway.core.identity import CaseId
from gateway.jobs import Bell, JobName, QueueName
from gateway.storage import keys
from gateway.storage.store import RedisStrongroom
from tests.core.cases import NOW

HANG_UP = Bell(JobName.HANG_UP, ("case", "CAhers"))


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(store_client, clock=lambda: NOW)


def bells(client: redis.Redis) -> list[tuple[str, ...]]:
    queue = Queue(QueueName.DIAL.value, connection=client, serializer=JSONSerializer)
    return [(job.func_name or "", *job.args) for job in queue.jobs]


def test_an_errand_is_rung_for_again_until_it_is_done(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.transact(lambda transaction: transaction.owe(HANG_UP))
    at_once = store.overdue_wishes(NOW, 9)

    later = store.overdue_wishes(NOW + timedelta(seconds=10), 9)
    store.errand_done(HANG_UP)

    assert ("hang_up", "case", "CAhers") in bells(store_client)
    assert (at_once, later) == ([], [HANG_UP])
    assert store.overdue_wishes(NOW + timedelta(hours=1), 9) == []


def test_an_errand_for_later_is_not_rung_for_at_once(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.transact(lambda transaction: transaction.owe(HANG_UP, at_once=False))

    assert bells(store_client) == []
    assert store.overdue_wishes(NOW + timedelta(seconds=10), 9) == [HANG_UP]


def test_a_caller_on_the_line_is_fresh_then_quiet_once_in_a_while_and_lost_without_a_note(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    name = CaseId("case")
    store.transact(lambda transaction: transaction.hold_line(name))
    signs = [store.line_sign(name, NOW + timedelta(seconds=passed)) for passed in (0, 7, 8, 9, 16)]
    life = store_client.ttl(keys.line(name))

    store_client.delete(keys.line(name))

    assert signs == [LineSign.FRESH, LineSign.FRESH, LineSign.QUIET, LineSign.FRESH, LineSign.QUIET]
    assert 0 < life <= keys.LINE_LIFE.total_seconds(), "being asked about is no sign of life"
    assert store.line_sign(name, NOW) is LineSign.LOST
