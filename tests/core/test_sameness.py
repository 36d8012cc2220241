"""Which requests of a phone are one: whatever is asked after hers, hers stays as it was."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.case import Case, State
from gateway.core.identity import CallId, CaseId
from gateway.core.limits import most_a_day
from gateway.core.sameness import Union, unions
from gateway.core.windows import SafeTime
from tests.core.cases import NOW, a_case

answers = st.sampled_from(({}, {"shared": "no"}, {"shared": "yes"}, {"urgent": "yes"}, {"danger": "now"}))
states = st.sampled_from((State.REQUESTED, State.WAITING, State.OFFERED, State.ACCEPTED, State.BRIDGED))


@st.composite
def phones(draw: st.DrawFn) -> list[Case]:
    """All open requests of one phone; nobody keyed a number."""
    count = draw(st.integers(1, 14))
    return [
        a_case(
            id=CaseId(f"case{place}"),
            state=draw(states),
            secret=str(draw(st.integers(10, 15))),
            safe_time=draw(st.sampled_from(SafeTime)),
            answers=draw(answers),
            requested_at=NOW + timedelta(minutes=draw(st.integers(0, 200))),
            may_ring=draw(st.booleans()),
            line=draw(st.sampled_from((None, None, CallId("CAline")))),
        )
        for place in range(count)
    ]


@given(phones())
def test_without_a_keyed_number_the_earlier_request_always_stays(requests: list[Case]) -> None:
    found = list(unions(requests))

    assert all(union.kept.requested_at <= union.ended.requested_at for union in found)
    assert not any(union.is_proven for union in found)


@given(phones())
def test_nobody_is_rung_at_other_hours_than_were_asked_for(requests: list[Case]) -> None:
    found = list(unions(requests))

    assert all(union.kept.safe_time is union.ended.safe_time for union in found)


@given(phones())
def test_a_request_ends_once_and_what_others_became_part_of_does_not_end(requests: list[Case]) -> None:
    found = list(unions(requests))

    ended = [union.ended.id for union in found]
    assert len(ended) == len(set(ended))
    assert not {union.kept.id for union in found} & set(ended)


@given(phones())
def test_nothing_that_somebody_is_at_is_touched(requests: list[Case]) -> None:
    touched = [case for union in unions(requests) for case in (union.kept, union.ended)]

    assert all(case.state in {State.REQUESTED, State.WAITING, State.OFFERED} for case in touched)
    assert all(case.may_ring and not case.on_the_line for case in touched)


@given(phones())
def test_of_one_choice_of_hours_there_are_never_more_than_two_that_could_be_rung(requests: list[Case]) -> None:
    ended = {union.ended.id for union in unions(requests)}
    open_ones = [
        case
        for case in requests
        if case.id not in ended
        and case.may_ring
        and not case.on_the_line
        and case.state in {State.REQUESTED, State.WAITING, State.OFFERED}
    ]

    counts = {time: sum(1 for case in open_ones if case.safe_time is time) for time in SafeTime}

    assert all(count <= 2 for time, count in counts.items() if time is not SafeTime.NOW)


def test_a_keyed_number_ends_the_earlier_request_whatever_its_hours() -> None:
    hers = a_case(id=CaseId("hers"), secret="47", safe_time=SafeTime.MORNING)
    moved = a_case(id=CaseId("moved"), secret="47", keyed=True, safe_time=SafeTime.EVENING)
    later = a_case(id=CaseId("later"), secret="47", requested_at=NOW + timedelta(minutes=1), keyed=True)

    found = list(unions([later, hers, moved]))

    assert found == [Union(moved, hers, is_proven=True), Union(later, moved, is_proven=True)]


@given(st.text("abcdefghijklmnop", min_size=64, max_size=64))
def test_every_phone_may_ask_five_times_a_day_and_none_more_than_twelve(name: str) -> None:
    assert 5 <= most_a_day(name) <= 12


def test_how_often_a_phone_may_ask_is_spread_evenly() -> None:
    found = [most_a_day("a" * 63 + letter) for letter in "abcdefghijklmnop"]

    assert sorted(found) == sorted([*range(5, 13)] * 2)
