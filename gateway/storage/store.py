"""The store: transactions and the few look-ups that need none. Every error of the client becomes one of ours here.

The client's own exceptions print the command's arguments: none of them leaves this file with its message.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import redis

from gateway.core.case import Case
from gateway.core.errors import StoreBusy, StoreUnavailable
from gateway.core.identity import CaseId, ResponderId
from gateway.core.lanes import Lane, Place
from gateway.core.messages import Record, RecordKind
from gateway.core.pins import KeptPin
from gateway.core.roster import Responder
from gateway.core.troubles import Trouble
from gateway.jobs import Bell, JobName
from gateway.ports import Knock, LineSign, Sealed, Transaction, Withdrawal
from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import Client, Pipe
from gateway.storage.packet import Watch
from gateway.storage.places import may_stand_in, seconds
from gateway.storage.records import record_from, record_name
from gateway.storage.transaction import LINE_QUIET_AFTER, WISH_AGAIN_AFTER, StoreTransaction, errand

Result = TypeVar("Result")
MOST_TRIES = 20
ANYWHERE = frozenset({keys.LATER, keys.MOTION, keys.BORN, keys.URGENT_BY, keys.ANSWER_BY})
GOODBYE_LASTS = timedelta(seconds=30)  # a case closes while her call still plays; until it ends no record can go


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except redis.WatchError:
        raise
    except redis.RedisError:
        raise StoreUnavailable("The store does not answer. See `sanad doctor`.") from None


class RedisStore:
    """The port `Store` on Valkey or Redis 7+. `clock` gives the present, aware UTC, in whole seconds."""

    def __init__(self, client: Client, *, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._codec = Codec()

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """See the port."""
        for _ in range(MOST_TRIES):
            with _translated(), Watch(self._client.connection_pool) as watch:
                try:
                    return self._once(work, watch)
                except redis.WatchError:
                    continue
        raise StoreBusy("Too many others changed the same case at the same time; try again.")

    def _once(self, work: Callable[[Transaction], Result], watch: Watch) -> Result:
        transaction = StoreTransaction(watch, codec=self._codec, now=self._clock())
        result = work(transaction)
        transaction.write()
        return result

    def ping(self) -> None:
        """Raise `StoreUnavailable` unless the store answers."""
        with _translated():
            self._client.ping()

    def lanes(self) -> list[Lane]:
        """See the port."""
        with _translated():
            return [Lane.read(name.decode()) for name in sorted(self._client.smembers(keys.LANES))]

    def places(self, lane: Lane, *, start: int, limit: int) -> list[Place]:
        """See the port."""
        with _translated():
            found = self._client.zrange(keys.lane(lane.name), start, start + limit - 1, withscores=True)
        return [Place(int(rank), CaseId(name.decode())) for name, rank in found]

    def ready_cases(self, limit: int) -> list[CaseId]:
        """See the port."""
        standing = [(lane.turn, place) for lane in self.lanes() for place in self.places(lane, start=0, limit=limit)]
        return [place.case for _, place in sorted(standing, key=lambda found: (found[0], found[1].rank))[:limit]]

    def unanswered_cases(self, now: datetime, *, urgent: bool, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.URGENT_BY if urgent else keys.ANSWER_BY, limit=limit, until=now)

    def overdue_cases(self, now: datetime, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.LATER, limit=limit, until=now) + self._ids(keys.MOTION, limit=limit, until=now)

    def overdue_wishes(self, now: datetime, limit: int) -> list[Bell]:
        """See the port."""
        with _translated():
            found = self._client.zrangebyscore(keys.WISHES, "-inf", seconds(now), start=0, num=limit)
            later = {name: seconds(now + WISH_AGAIN_AFTER) for name in found}
            if later:
                self._client.zadd(keys.WISHES, later, xx=True)
        parts = (name.decode().split(":") for name in found)
        return [Bell(JobName(job), tuple(arguments)) for job, *arguments in parts]

    def old_cases(self, before: datetime, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.BORN, limit=limit, until=before)

    def all_cases(self, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.BORN, limit=limit)

    def _ids(self, key: str, *, limit: int, until: datetime | None = None) -> list[CaseId]:
        highest = "+inf" if until is None else seconds(until)
        with _translated():
            found = self._client.zrangebyscore(key, "-inf", highest, start=0, num=limit)
        return [CaseId(name.decode()) for name in found]

    def case(self, case: CaseId) -> Case | None:
        """A case as it stands, outside any transaction: to look at, not to change."""
        with _translated():
            kept = self._client.get(keys.case(case))
        return None if kept is None else self._codec.to_case(kept)

    def responders(self) -> list[Responder]:
        """See the port."""
        with _translated():
            return self._responders(sorted(self._client.smembers(keys.ROSTER)))

    def _responders(self, ids: Sequence[bytes]) -> list[Responder]:
        if not ids:
            return []
        found = self._client.mget([keys.responder(ResponderId(name.decode())) for name in ids])
        return [self._codec.to_responder(kept) for kept in found if kept is not None]

    def wrong_pins(self, responder: ResponderId) -> int | None:
        """See the port."""
        with _translated():
            kept = self._client.exists(keys.pin(responder))
            return int(self._client.scard(keys.pin_tries(responder))) if kept else None

    def first_alarm(self, reason: str, *, again_after: timedelta) -> bool:
        """See the port."""
        with _translated():
            return bool(self._client.set(keys.alarm(reason), b"told", nx=True, ex=again_after))

    def line_sign(self, case: CaseId, now: datetime) -> LineSign:
        """See the port."""
        key = keys.line(case)
        with _translated():
            quiet_at = self._client.get(key)
            if quiet_at is None:
                return LineSign.LOST
            if seconds(now) < int(quiet_at):
                return LineSign.FRESH
            self._client.set(key, str(seconds(now + LINE_QUIET_AFTER)), xx=True, keepttl=True)
            return LineSign.QUIET

    def ring(self, bell: Bell) -> None:
        """See the port."""
        self.transact(lambda transaction: transaction.ring(bell))

    def figures(self, day: str) -> dict[str, int]:
        """The figures of a day, `YYYY-MM-DD`."""
        with _translated():
            return {name.decode(): int(count) for name, count in self._client.hgetall(keys.counts(day)).items()}


class RedisStrongroom(RedisStore):
    """The port `Strongroom`: the store as the dialler sees it."""

    def sealed_number(self, case: CaseId) -> Sealed | None:
        """See the port."""
        return self._sealed(keys.sealed(case))

    def keep_sealed_number(self, case: CaseId, sealed: Sealed) -> None:
        """See the port."""
        key = keys.sealed(case)
        with _translated(), self._client.pipeline() as pipe:
            pipe.watch(key)
            if pipe.exists(key):
                pipe.multi()
                pipe.hset(key, mapping={"epoch": sealed.epoch.encode(), "box": sealed.box})
                try:
                    pipe.execute()
                except redis.WatchError:
                    return  # gone or sealed anew in this moment: there is nothing to put in its place

    def staff_number(self, responder: ResponderId) -> Sealed | None:
        """See the port."""
        return self._sealed(keys.staff(responder))

    def _sealed(self, key: str) -> Sealed | None:
        with _translated():
            epoch, box = self._client.hmget(key, ["epoch", "box"])
        return None if epoch is None or box is None else Sealed(epoch.decode(), box)

    def withdrawal(self, name: str) -> Withdrawal | None:
        """See the port."""
        wish = self._wish(name)
        with _translated():
            was_right = bool(self._client.hexists(keys.wish(name), "right"))
        return None if wish is None else Withdrawal(*wish, was_right=was_right)

    def wish_was_right(self, name: str) -> None:
        """See the port."""
        with _translated():
            self._client.hset(keys.wish(name), "right", b"yes")

    def knock(self, name: str) -> Knock | None:
        """See the port."""
        wish = self._wish(name)
        return None if wish is None else Knock(*wish)

    def staff_text(self, name: str) -> Sealed | None:
        """See the port."""
        wish = self._wish(name)
        return None if wish is None else wish[0]

    def pin(self, responder: ResponderId) -> KeptPin | None:
        """See the port."""
        with _translated():
            salt, digest = self._client.hmget(keys.pin(responder), ["salt", "digest"])
        return None if salt is None or digest is None else KeptPin(salt.decode(), digest.decode())

    def count_pin_try(self, responder: ResponderId, name: str) -> int:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.sadd(keys.pin_tries(responder), name)
            pipe.scard(keys.pin_tries(responder))
            return int(pipe.execute()[-1])

    def pin_was_right(self, responder: ResponderId) -> None:
        """See the port."""
        with _translated():
            self._client.delete(keys.pin_tries(responder))

    def _wish(self, name: str) -> tuple[Sealed, str] | None:
        with _translated():
            epoch, box, word = self._client.hmget(keys.wish(name), ["epoch", "box", "word"])
        return None if box is None else (Sealed(epoch.decode(), box), word.decode())

    def wish_fulfilled(self, job: JobName, name: str) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.delete(keys.wish(name))
            pipe.zrem(keys.WISHES, errand(Bell(job, (name,))))
            pipe.execute()

    def errand_done(self, bell: Bell) -> None:
        """See the port."""
        with _translated():
            self._client.zrem(keys.WISHES, errand(bell))

    def moving_cases(self, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.MOTION, limit=limit)

    def cases_of_phone(self, index: str) -> Sequence[CaseId]:
        """See the port."""
        with _translated():
            return sorted(CaseId(name.decode()) for name in self._client.smembers(keys.open_cases(index)))

    def wrong_tries(self, index: str) -> int:
        """See the port."""
        with _translated():
            return int(self._client.scard(keys.tries(index)))

    def wrong_try(self, index: str, wish: str) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.sadd(keys.tries(index), wish)
            pipe.expire(keys.tries(index), keys.TRIES_LIFE, nx=True)
            pipe.execute()

    def erase(self, case: CaseId, *, now: datetime) -> None:
        """See the port."""
        kept = self.case(case)
        with _translated():
            index = self._client.get(keys.place(case))
            with self._client.pipeline() as pipe:
                for call in kept.records if kept else ():
                    self._note_record(pipe, Record(RecordKind.CALL, call), now + GOODBYE_LASTS)
                    pipe.delete(keys.session(call))
                if index is not None:
                    pipe.srem(keys.open_cases(index.decode()), case)
                pipe.delete(keys.case(case), keys.sealed(case), keys.place(case), keys.line(case))
                for key in ANYWHERE | (may_stand_in(kept) if kept else frozenset()):
                    pipe.zrem(key, case)
                pipe.execute()

    def due_records(self, now: datetime, limit: int) -> list[Record]:
        """See the port."""
        with _translated():
            found = self._client.zrangebyscore(keys.RECORDS, "-inf", seconds(now), start=0, num=limit)
        return [record_from(name.decode()) for name in found]

    def record_deleted(self, record: Record) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.zrem(keys.RECORDS, record_name(record))
            pipe.hdel(keys.RECORD_SINCE, record_name(record))
            pipe.execute()

    def note_record(self, record: Record, *, now: datetime) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            self._note_record(pipe, record, now)
            pipe.execute()

    @staticmethod
    def _note_record(pipe: Pipe, record: Record, now: datetime) -> None:
        name = record_name(record)
        pipe.zadd(keys.RECORDS, {name: seconds(now)}, lt=True)  # what closes early is not kept until its first mark
        pipe.hsetnx(keys.RECORD_SINCE, name, str(seconds(now)))

    def record_since(self, record: Record) -> datetime | None:
        """See the port."""
        with _translated():
            since = self._client.hget(keys.RECORD_SINCE, record_name(record))
        return None if since is None else datetime.fromtimestamp(int(since), UTC)

    def record_given_up(self, record: Record) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.sadd(keys.GIVEN_UP, record_name(record))
            pipe.zrem(keys.RECORDS, record_name(record))
            pipe.execute()

    def record_kept(self, record: Record, *, try_at: datetime) -> None:
        """See the port."""
        with _translated():
            self._client.zadd(keys.RECORDS, {record_name(record): seconds(try_at)}, xx=True)

    def first_trouble(self, trouble: Trouble) -> bool:
        """See the port."""
        with _translated():
            since = str(seconds(self._clock()))
            return bool(self._client.set(keys.trouble(trouble), since, nx=True, ex=keys.TROUBLE_LIFE))

    def compact(self) -> None:
        """See the port. A rewrite that is going on already is enough."""
        try:
            self._client.bgrewriteaof()
        except redis.ResponseError:
            return
        except redis.RedisError:
            raise StoreUnavailable("The store does not answer. See `sanad doctor`.") from None
