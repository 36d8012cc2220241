"""Taking away all that a case left in the store, in one transaction: what points at it is read, and deleted with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.core.alarms import urgent_reason
from gateway.core.case import Case
from gateway.core.identity import CaseId
from gateway.core.messages import Record, RecordKind
from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import Pipe
from gateway.storage.digests import is_message_field
from gateway.storage.places import may_stand_in, seconds, to_index
from gateway.storage.records import record_name

ANYWHERE = frozenset({keys.LATER, keys.MOTION, keys.BORN, keys.URGENT_BY, keys.ANSWER_BY})
GOODBYE_LASTS = timedelta(seconds=30)  # a case closes while her call still plays; until it ends no record can go


def erase_case(pipe: Pipe, name: CaseId, *, codec: Codec, now: datetime) -> None:
    """Delete a case and all that is named after it. Raises redis' `WatchError` if somebody moved it meanwhile.

    What it leaves are the calls whose records the provider has to delete, and claims, which name no case.
    """
    pipe.watch(keys.case(name), keys.place(name), keys.tokens(name), keys.talks(name))
    kept, placed = pipe.get(keys.case(name)), pipe.get(keys.place(name))
    tokens, talks = pipe.smembers(keys.tokens(name)), pipe.smembers(keys.talks(name))
    written = {talk.decode(): _messages_of(pipe, talk.decode()) for talk in talks}
    case = None if kept is None else codec.to_case(kept)
    pipe.multi()
    if placed is not None:
        pipe.srem(keys.open_cases(to_index(placed).name), name)
    pipe.delete(*_named_after(name), *(keys.token(token.decode()) for token in tokens))
    _leave_lists(pipe, name, case)
    _forget_talks(pipe, case, written, now=now)
    pipe.incr(keys.ERASED)
    pipe.execute()


def _named_after(case: CaseId) -> tuple[str, ...]:
    named = (keys.case, keys.sealed, keys.place, keys.line, keys.tokens, keys.talks)
    return (*(name(case) for name in named), keys.alarm(urgent_reason(case)))


def _leave_lists(pipe: Pipe, name: CaseId, case: Case | None) -> None:
    for key in ANYWHERE | (frozenset() if case is None else may_stand_in(case)):
        pipe.zrem(key, name)


def _messages_of(pipe: Pipe, talk: str) -> list[bytes]:
    pipe.watch(keys.session(talk))
    return [field for field in pipe.hkeys(keys.session(talk)) if is_message_field(field)]


def _forget_talks(pipe: Pipe, case: Case | None, written: Mapping[str, list[bytes]], *, now: datetime) -> None:
    """Forget what was written, but not that it was heard: a stop brought again must not stop what came after it."""
    calls = () if case is None else case.records
    for call in calls:
        note_record(pipe, Record(RecordKind.CALL, call), now=now + GOODBYE_LASTS)
    for talk in (*calls, *written):
        pipe.delete(keys.session(talk))
    for talk, messages in written.items():
        if messages:
            pipe.sadd(keys.heard(talk), *messages)
            pipe.expire(keys.heard(talk), keys.WRITTEN_LIFE)


def note_record(pipe: Pipe, record: Record, *, now: datetime) -> None:
    """Note a provider's record for deletion at this moment, or sooner if that is noted already."""
    # what closes early is not kept until its first mark
    pipe.zadd(keys.RECORDS, {record_name(record): seconds(now)}, lt=True)
