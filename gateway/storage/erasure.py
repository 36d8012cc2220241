"""Taking away all that a case left in the store, in one transaction: what points at it is read, and deleted with it."""

from datetime import datetime

from gateway.core.identity import CallId, CaseId
from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import Pipe
from gateway.storage.places import may_stand_in, seconds
from gateway.storage.transaction import to_index

ANYWHERE = frozenset({keys.LATER, keys.MOTION, keys.BORN, keys.URGENT_BY, keys.ANSWER_BY})


def erase_case(pipe: Pipe, case: CaseId, *, codec: Codec, now: datetime) -> None:
    """Delete a case and all that is named after it. Raises redis' `WatchError` if somebody moved it meanwhile."""
    pipe.watch(keys.case(case), keys.place(case))
    kept, placed = pipe.get(keys.case(case)), pipe.get(keys.place(case))
    calls = () if kept is None else codec.to_case(kept).records
    pipe.multi()
    for call in calls:
        note_record(pipe, call, now=now)
        pipe.delete(keys.session(call))
    if placed is not None:
        pipe.srem(keys.open_cases(to_index(placed).name), case)
    pipe.delete(keys.case(case), keys.sealed(case), keys.place(case), keys.line(case))
    for key in ANYWHERE | (frozenset() if kept is None else may_stand_in(codec.to_case(kept))):
        pipe.zrem(key, case)
    pipe.execute()


def note_record(pipe: Pipe, call: CallId, *, now: datetime) -> None:
    """Note a provider's record for deletion, if it is not noted yet."""
    pipe.zadd(keys.RECORDS, {call: seconds(now)}, nx=True)
    pipe.hsetnx(keys.RECORD_SINCE, call, str(seconds(now)))
