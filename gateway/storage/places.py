"""Where a case stands in the store: the sorted sets that hold it, each by what it is looked for there."""

from datetime import datetime, timedelta

from gateway.core.alarms import UNACCEPTED, answer_by, due_from
from gateway.core.case import Case, State
from gateway.core.lanes import lane_of, place_of, wants_an_offer
from gateway.core.triage import Urgency
from gateway.ports import Index
from gateway.storage import keys


def seconds(moment: datetime) -> int:
    """A moment as whole seconds since 1970, as scores are kept."""
    return int(moment.timestamp())


def from_index(index: Index) -> bytes:
    """An index as it is kept in `place:`."""
    return f"{index.epoch} {index.name}".encode()


def to_index(kept: bytes) -> Index:
    """An index from `place:`."""
    epoch, _, name = kept.decode().partition(" ")
    return Index(epoch, name)


def places(case: Case, *, now: datetime) -> dict[str, int]:
    """Every sorted set that it stands in now, but for `born`, with its score there."""
    found: dict[str, int] = {}
    if case.state in UNACCEPTED:
        found[keys.URGENT_BY if case.urgency is Urgency.P0 else keys.ANSWER_BY] = seconds(answer_by(case))
        if case.declined:
            found[keys.DECLINED] = seconds(due_from(case))
    if case.state is not State.WAITING:
        found[keys.MOTION] = seconds(case.look_again_at)
    elif now < case.due_at:
        found[keys.LATER] = seconds(case.due_at)
    if wants_an_offer(case) and keys.LATER not in found:
        found[keys.lane(lane_of(case).name)] = place_of(case).rank
    return found


def may_stand_in(case: Case) -> frozenset[str]:
    """Every sorted set that it was ever put in as it is: with time alone, a case goes from `later` to its lane."""
    before, after = (places(case, now=case.due_at + passed) for passed in (timedelta(seconds=-1), timedelta(0)))
    return frozenset(before) | frozenset(after)
