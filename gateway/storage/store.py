"""The store: transactions and the few look-ups that need none. Every error of the client becomes one of ours here.

The client's own exceptions print the command's arguments: none of them leaves this file with its message.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import redis

from gateway.core.calls import LineSign
from gateway.core.case import Case
from gateway.core.errors import StoreBusy, StoreUnavailable
from gateway.core.identity import CaseId, ResponderId
from gateway.core.lanes import Lane, Place
from gateway.core.messages import Record, RecordKind
from gateway.core.pins import KeptPin
from gateway.core.roster import Responder
from gateway.core.troubles import Trouble
from gateway.jobs import Bell, JobName
from gateway.ports import Index, Knock, Sealed, Transaction, Withdrawal
from gateway.storage import keys
from gateway.storage.bells import unanswered
from gateway.storage.codec import Codec
from gateway.storage.connect import Client
from gateway.storage.digests import digest
from gateway.storage.erasure import erase_case, note_record
from gateway.storage.packet import Lines, Watch
from gateway.storage.places import seconds, to_index
from gateway.storage.records import record_from, record_name
from gateway.storage.rewriting import has_erased, write_anew
from gateway.storage.transaction import LINE_QUIET_AFTER, WISH_AGAIN_AFTER, StoreTransaction, errand

Result = TypeVar("Result")
MOST_TRIES = 20
ALL = 10_000_000  # whatever is held must be sealed anew before its key goes
LOOKED_AT_TOGETHER = 500


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
        self._lines = Lines(client.connection_pool)
        self._clock = clock
        self._codec = Codec()
        self._unanswered: frozenset[str] = frozenset()

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """See the port."""
        return self._again(lambda: self._once(work))

    @staticmethod
    def _again(once: Callable[[], Result]) -> Result:
        for _ in range(MOST_TRIES):
            with _translated():
                try:
                    return once()
                except redis.WatchError:
                    continue
        raise StoreBusy("Too many others changed the same case at the same time; try again.")

    def _once(self, work: Callable[[Transaction], Result]) -> Result:
        with Watch(self._lines) as watch:
            transaction = StoreTransaction(watch, codec=self._codec, now=self._clock(), unanswered=self._unanswered)
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

    def declined_cases(self, now: datetime, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.DECLINED, limit=limit, until=now)

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

    def errand_done(self, bell: Bell) -> bool:
        """See the port."""
        with _translated():
            return bool(self._client.zrem(keys.WISHES, errand(bell)))

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

    def has_erased(self) -> bool:
        """Whether anything was erased that the append-only file may still hold."""
        with _translated():
            return has_erased(self._client)

    def listen(self) -> None:
        """See the port."""
        with _translated():
            self._unanswered = unanswered(self._client)

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

    def numbers_of_other_days(self, epoch: str) -> list[CaseId]:
        """See the port."""
        cases = self.all_cases(ALL)
        parts = (cases[place : place + LOOKED_AT_TOGETHER] for place in range(0, len(cases), LOOKED_AT_TOGETHER))
        return [case for part in parts for case in self._of_other_days(part, epoch.encode())]

    def _of_other_days(self, cases: Sequence[CaseId], epoch: bytes) -> Iterator[CaseId]:
        with _translated(), self._client.pipeline(transaction=False) as pipe:
            for case in cases:
                pipe.hget(keys.sealed(case), "epoch")
                pipe.get(keys.place(case))
            found = pipe.execute()
        for case, sealed, placed in zip(cases, found[::2], found[1::2], strict=True):
            is_stale = placed is not None and to_index(placed).epoch.encode() != epoch
            if sealed is not None and (sealed != epoch or is_stale):
                yield case

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
            asked_at, right = self._client.hmget(keys.wish(name), ["at", "right"])
        if wish is None or asked_at is None:
            return None
        return Withdrawal(*wish, datetime.fromisoformat(asked_at.decode()), was_right=right is not None)

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
            pipe.incr(keys.ERASED)
            pipe.execute()

    def moving_cases(self, limit: int) -> list[CaseId]:
        """See the port."""
        return self._ids(keys.MOTION, limit=limit)

    def cases_of_phone(self, indexes: Sequence[Index]) -> Sequence[CaseId]:
        """See the port. Read at one moment: a case that is moved to today's name meanwhile stands in one of them."""
        with _translated(), self._client.pipeline() as pipe:
            for index in indexes:
                pipe.smembers(keys.open_cases(index.name))
            return sorted({CaseId(name.decode()) for names in pipe.execute() for name in names})

    def wrong_tries(self, indexes: Sequence[Index]) -> int:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            for index in indexes:
                pipe.scard(keys.tries(index.name))
            return sum(map(int, pipe.execute()))

    def wrong_try(self, index: Index, wish: str) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            pipe.sadd(keys.tries(index.name), digest(wish))
            pipe.expire(keys.tries(index.name), keys.TRIES_LIFE)
            pipe.execute()

    def erase(self, case: CaseId, *, now: datetime) -> None:
        """See the port."""
        self._again(lambda: self._erase_once(case, now))

    def _erase_once(self, case: CaseId, now: datetime) -> None:
        with self._client.pipeline() as pipe:
            erase_case(pipe, case, codec=self._codec, now=now)

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
            pipe.srem(keys.GIVEN_UP, record_name(record))
            if record.kind is RecordKind.CALL:
                pipe.delete(keys.session(record.id))  # of a call that no case knew of
                pipe.incr(keys.ERASED)
            pipe.execute()

    def note_record(self, record: Record, *, now: datetime) -> None:
        """See the port."""
        with _translated(), self._client.pipeline() as pipe:
            note_record(pipe, record, now=now)
            pipe.execute()

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
            if self._client.zadd(keys.RECORDS, {record_name(record): seconds(try_at)}, xx=True, ch=True):
                self._client.hsetnx(keys.RECORD_SINCE, record_name(record), str(seconds(self._clock())))

    def first_trouble(self, trouble: Trouble) -> bool:
        """See the port."""
        with _translated():
            since = str(seconds(self._clock()))
            life = keys.UNLISTED_LIFE if trouble is Trouble.UNLISTED else keys.TROUBLE_LIFE
            return bool(self._client.set(keys.trouble(trouble), since, nx=True, ex=life))

    def compact(self) -> None:
        """See the port."""
        with _translated():
            write_anew(self._client)
