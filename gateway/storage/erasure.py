"""Taking away all that a case left in the store, in one transaction: what points at it is read, and deleted with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core.alarms import urgent_reason
from gateway.core.case import Case
from gateway.core.conversation import BEFORE, CASE, TOLD, Session
from gateway.core.identity import CaseId
from gateway.core.messages import Record, RecordKind
from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import Pipe
from gateway.storage.digests import is_message_field
from gateway.storage.places import may_stand_in, seconds, to_index
from gateway.storage.records import record_name

ANYWHERE = frozenset({keys.LATER, keys.MOTION, keys.BORN, keys.URGENT_BY, keys.ANSWER_BY, keys.DECLINED})
GOODBYE_LASTS = timedelta(seconds=30)  # a case closes while her call still plays; until it ends no record can go


def erase_case(pipe: Pipe, name: CaseId, *, codec: Codec, now: datetime) -> None:
    """Delete a case and all that is named after it. Raises redis' `WatchError` if somebody moved it meanwhile.

    What it leaves are the calls whose records the provider has to delete, and claims and rings, which name no case.
    """
    pipe.watch(keys.case(name), keys.place(name), keys.tokens(name), keys.talks(name))
    kept, placed = pipe.get(keys.case(name)), pipe.get(keys.place(name))
    tokens, talks = pipe.smembers(keys.tokens(name)), pipe.smembers(keys.talks(name))
    written = {talk.decode(): _kept_of(pipe, talk.decode()) for talk in talks}
    case = None if kept is None else codec.to_case(kept)
    pipe.multi()
    if placed is not None:
        pipe.srem(keys.open_cases(to_index(placed).name), name)
    pipe.delete(*_named_after(name), *(keys.token(token.decode()) for token in tokens))
    _leave_lists(pipe, name, case)
    for call in () if case is None else case.records:
        note_record(pipe, Record(RecordKind.CALL, call), now=now + GOODBYE_LASTS)
        pipe.delete(keys.session(call))
    for talk, kept_of_it in written.items():
        _forget_talk(pipe, talk, kept_of_it, name, codec=codec)
    pipe.incr(keys.ERASED)
    pipe.execute()


def _named_after(case: CaseId) -> tuple[str, ...]:
    named = (keys.case, keys.sealed, keys.place, keys.line, keys.tokens, keys.talks)
    return (*(name(case) for name in named), keys.alarm(urgent_reason(case)))


def _leave_lists(pipe: Pipe, name: CaseId, case: Case | None) -> None:
    for key in ANYWHERE | (frozenset() if case is None else may_stand_in(case)):
        pipe.zrem(key, name)


def _kept_of(pipe: Pipe, talk: str) -> Mapping[bytes, bytes]:
    pipe.watch(keys.session(talk))
    kept: dict[bytes, bytes] = pipe.hgetall(keys.session(talk))
    return kept


def _forget_talk(pipe: Pipe, talk: str, kept: Mapping[bytes, bytes], name: CaseId, *, codec: Codec) -> None:
    """Forget what was written, but not that it was heard: a stop brought again must not stop what came after it."""
    session = None if b"s" not in kept else _without(codec.to_session(kept[b"s"]), name)
    if session is None:
        pipe.delete(keys.session(talk))
    else:
        pipe.hset(keys.session(talk), mapping={"s": codec.from_session(session)})
        pipe.hdel(keys.session(talk), *(kept.keys() - {b"s"}))
    messages = [field for field in kept if is_message_field(field)]
    if messages:
        pipe.sadd(keys.heard(talk), *messages)
        pipe.expire(keys.heard(talk), keys.WRITTEN_LIFE)


def _without(session: Session, name: CaseId) -> Session | None:
    """What is left of a conversation that went on to something else: all but this case, and the number told for it."""
    if session.slots.get(BEFORE) != name or session.slots.get(CASE) == name:
        return None
    hers = {BEFORE} if CASE in session.slots else {BEFORE, TOLD}
    return replace(session, slots={slot: value for slot, value in session.slots.items() if slot not in hers})


def note_record(pipe: Pipe, record: Record, *, now: datetime) -> None:
    """Note a provider's record for deletion at this moment, or sooner if that is noted already."""
    # what closes early is not kept until its first mark
    pipe.zadd(keys.RECORDS, {record_name(record): seconds(now)}, lt=True)
