"""Which open requests of one phone are one. A phone number is not a person; whoever holds the phone may be the danger.

Only a secret number that somebody keyed proves who asks: that request takes the place of the one it knows, with new
hours. One that proves nothing changes nothing of what is there. Said again for the same hours it becomes a part of the
earlier one, which keeps its hours, its place and its number; for other hours it is kept apart, and never rung at the
same time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.windows import SafeTime, Window

SAME_NOW = timedelta(minutes=30)  # "now" said again within this is the same "now"
PERSONS = 2  # requests for the same hours that may be two persons'; what comes after them is a flood
UNACCEPTED = frozenset({State.REQUESTED, State.WAITING, State.OFFERED})


@dataclass(frozen=True, slots=True)
class Union:
    """Two requests that are one: `kept` stays. `is_proven` says that she keyed the other's secret number."""

    kept: Case
    ended: Case
    is_proven: bool


Proof = Callable[[Case, Case], bool]


def proves(later: Case, earlier: Case) -> bool:
    """Whether the later one's caller keyed a number of the earlier. One that she was told proves nothing: by chance
    every ninetieth is the same.
    """
    return later.keyed and earlier.opens_to(later.secret)


def as_a_part(ended: Case) -> on.Repeated:
    """What an earlier request is told of a later one that only says it again."""
    return on.Repeated(
        (ended.secret, *ended.older_secrets),
        ended.answers,
        ended.records,
        ended.attempts_left,
        asked_at=ended.last_asked_at,
        own_call=ended.own_call,
        hours=Window(ended.due_at, ended.closes_at),
    )


def only_says_again(later: Case, earlier: Case) -> bool:
    """Whether a new request of a phone, that nobody holds the line for, is nothing but this one said once more."""
    return _is_alike(later, earlier) and _says_the_same(later, earlier)


def unions(requests: Sequence[Case], *, proof: Proof = proves) -> Iterator[Union]:
    """What becomes one among the open requests of a phone. Of two of the same second the first one given is earlier."""
    kept: list[Case] = []
    for request in sorted(requests, key=lambda case: case.requested_at):
        known = [earlier for earlier in kept if _may_end(earlier) and proof(request, earlier)]
        heir = None if known else _heir(request, kept)
        yield from (Union(request, earlier, is_proven=True) for earlier in known)
        kept = [earlier for earlier in kept if earlier not in known]
        if heir is None:
            kept.append(request)
        else:
            yield Union(heir, request, is_proven=False)


def _may_end(case: Case) -> bool:
    return case.state in UNACCEPTED and not case.on_the_line


def _heir(later: Case, kept: Sequence[Case]) -> Case | None:
    """The earlier request that this one only says again.

    None while she waits on the line: from there she may forbid the call back, and would forbid the earlier one's, too.
    """
    if not _may_end(later) or not later.may_ring:
        return None
    alike = [case for case in kept if _is_alike(later, case)]
    saying_the_same = [case for case in alike if _says_the_same(later, case)]
    if saying_the_same:
        return saying_the_same[0]
    return alike[-1] if len(alike) >= PERSONS else None


def _is_alike(later: Case, earlier: Case) -> bool:
    return _may_end(earlier) and earlier.may_ring and _same_hours(later, earlier)


def _same_hours(later: Case, earlier: Case) -> bool:
    same_now = later.requested_at - earlier.requested_at <= SAME_NOW
    return later.safe_time is earlier.safe_time and (same_now or later.safe_time is not SafeTime.NOW)


def _says_the_same(later: Case, earlier: Case) -> bool:
    """Both say that the phone is theirs alone, or both that they are in danger now."""
    return any(
        all(case.answers.get(asked) == answer for case in (later, earlier))
        for asked, answer in (("shared", "no"), ("urgent", "yes"))
    )
