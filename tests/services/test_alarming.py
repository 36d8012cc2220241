"""The supervisor is told of danger that waits, of whoever waits too long, and of an empty roster; once, and again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core import events as on
from gateway.core.alarms import AGAIN_AFTER, TARGETS, URGENT_AGAIN_AFTER
from gateway.core.consequences import Moved
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.identity import CaseId, ResponderId
from gateway.core.shifttext import parse_plan
from gateway.core.triage import Urgency
from gateway.ports import Transaction
from gateway.services.alarming import OTHERS_LOOKED_AT, Watch
from gateway.services.casework import apply_all
from gateway.storage import keys
from tests.core.cases import NOW, a_case
from tests.services.house import AMAL, BAN, SUPERVISOR, House

ASKS: dict[Urgency, dict[str, str]] = {
    Urgency.P0: {"danger": "family"}, Urgency.P1: {"deadline": "today"}, Urgency.P2: {},
}  # fmt: skip


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(house.store, clock=house.clock)


def keep(house: House, **changes: object) -> None:
    case = a_case(**changes)
    house.store.transact(lambda transaction: transaction.open_case(Moved(case), None))


def reasons(house: House) -> set[str]:
    return {key.decode().partition(":")[2] for key in house.client.scan_iter(keys.alarm("*")) if isinstance(key, bytes)}


def test_a_quiet_house_tells_nobody(house: House, watch: Watch) -> None:
    assert (watch.run(), house.bells()) == (0, [])


@pytest.mark.parametrize("urgency", ASKS)
def test_a_case_is_told_of_when_its_class_has_waited_too_long_and_not_before(
    house: House, watch: Watch, urgency: Urgency
) -> None:
    house.woman("Amal", AMAL)
    keep(house, answers=ASKS[urgency])
    house.clock.now = NOW + TARGETS[urgency] - timedelta(seconds=1)
    before = watch.run()

    house.clock.forward(seconds=1)

    assert (before, watch.run()) == (0, 1)
    assert reasons(house) == ({"urgent-case"} if urgency is Urgency.P0 else {"late"})
    assert ("alarm",) in house.bells()


def test_time_counts_from_the_hour_that_she_chose(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    keep(house, answers=ASKS[Urgency.P0], requested_at=NOW - timedelta(hours=5), due_at=NOW)

    house.clock.now = NOW + timedelta(minutes=1)

    assert watch.run() == 0


def test_every_caller_in_danger_is_seen_behind_any_number_of_others(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    for place in range(250):
        keep(house, id=CaseId(f"calm{place}"), due_at=NOW - timedelta(days=1), requested_at=NOW - timedelta(days=1))
    for name in ("one", "two", "three"):
        keep(house, id=CaseId(name), answers=ASKS[Urgency.P0])

    house.clock.now = NOW + TARGETS[Urgency.P0]
    watch.run()

    assert reasons(house) == {"late", "urgent-one", "urgent-two", "urgent-three"}


def test_a_late_case_is_seen_behind_those_that_are_just_going(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    keep(house)
    for place in range(OTHERS_LOOKED_AT - 1):
        house.client.zadd(keys.ANSWER_BY, {f"gone{place}": 0})

    house.clock.now = NOW + TARGETS[Urgency.P2]

    assert watch.run() == 1


def test_a_case_that_somebody_has_is_told_of_no_more(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.request(danger="family")
    house.at_desk("accept_offer", house.offered())
    house.clock.forward(hours=1)

    assert watch.run() == 0
    assert house.client.zcard(keys.URGENT_BY) == house.client.zcard(keys.ANSWER_BY) == 0


def test_each_reason_is_told_once_and_again_on_a_schedule(house: House, watch: Watch) -> None:
    keep(house, answers=ASKS[Urgency.P0])
    house.clock.now = NOW + timedelta(minutes=3)
    first, second = watch.run(), watch.run()
    lives = {name: house.client.ttl(keys.alarm(name)) for name in reasons(house)}

    for name in lives:
        house.client.delete(keys.alarm(name))

    assert (first, second, watch.run()) == (2, 0, 2)
    assert lives == {
        "nobody": pytest.approx(AGAIN_AFTER.total_seconds(), abs=5),
        "urgent-case": pytest.approx(URGENT_AGAIN_AFTER.total_seconds(), abs=5),
    }


def test_nobody_on_shift_is_told_at_once_when_somebody_waits(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    quiet = watch.run()
    keep(house)

    assert (quiet, watch.run(), reasons(house)) == (0, 1, {"nobody"})


def test_whoever_is_off_by_her_plan_or_at_her_load_is_nobody(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    house.rostering.revise_plan("Amal", parse_plan(["tue 09:00-13:00"]))
    ban = house.woman("Ban", BAN, on_shift=False)
    keep(house)
    with_amal = watch.run()

    house.clock.forward(hours=1)
    house.shifts.turn()

    assert with_amal == 0
    assert watch.run() == 1
    house.client.delete(keys.alarm("nobody"))
    house.rostering.set_shift(ban, on_shift=True)
    assert watch.run() == 0


# --- women are on shift, and none of them may have it ---


def refuse(house: House) -> None:
    """The woman whose phone rings declines the case."""
    house.at_desk("decline_offer", house.offered())
    house.work()


def test_a_language_that_nobody_on_shift_speaks_is_told_at_once(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    keep(house, language="ku")

    assert (watch.run(), reasons(house)) == (1, {"unmatched"})


def test_an_excluded_area_of_which_all_on_shift_are_is_told_at_once(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.rostering.change("Amal", areas=frozenset({"shura"}))
    keep(house, answers={"not_area": "shura"})

    assert (watch.run(), reasons(house)) == (1, {"unmatched"})


def test_a_case_that_everybody_on_shift_has_declined_is_told_when_the_last_has(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.request()
    refuse(house)
    after_one = watch.run()
    refuse(house)

    assert (after_one, watch.run(), reasons(house)) == (0, 1, {"unmatched"})


def test_a_case_that_is_passed_on_with_no_colleague_on_shift_is_told_at_once(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()
    house.clock.forward(minutes=5)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("check_talk", desk)

    house.at_desk("pass_on", desk)

    assert (watch.run(), reasons(house)) == (1, {"unmatched"})


@pytest.mark.parametrize("why", ["busy", "resting"])
def test_a_woman_who_may_have_it_and_has_no_time_just_now_is_waited_for(house: House, watch: Watch, why: str) -> None:
    house.woman("Amal", AMAL)
    house.request()
    refuse(house)
    ban = house.woman("Ban", BAN)
    if why == "busy":
        house.store.transact(lambda transaction: _engage(transaction, ban))
    else:
        house.reports.offer_ended(house.offered().token, house.offered().call)

    assert watch.run() == 0


def test_a_case_is_not_told_before_its_hour(house: House, watch: Watch) -> None:
    amal, later = house.woman("Amal", AMAL), NOW + timedelta(hours=1)
    keep(house, language="ku", due_at=later)
    keep(house, id=CaseId("refused"), declined=frozenset({amal}), due_at=later)

    assert watch.run() == 0


def test_a_case_that_all_have_declined_is_seen_behind_any_number_of_others(house: House, watch: Watch) -> None:
    amal = house.woman("Amal", AMAL)
    for place in range(250):
        keep(house, id=CaseId(f"earlier{place}"), requested_at=NOW - timedelta(minutes=5))
    keep(house, declined=frozenset({amal}))

    assert (watch.run(), reasons(house)) == (1, {"unmatched"})


def test_when_somebody_accepts_or_comes_on_there_is_no_such_reason_any_more(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.request()
    refuse(house)
    house.woman("Ban", BAN)
    came_on = watch.run()

    house.at_desk("accept_offer", house.offered())

    assert (came_on, watch.run()) == (0, 0)
    assert house.client.zcard(keys.DECLINED) == 0


def test_what_is_left_of_a_case_in_a_lane_for_nobody_is_no_reason(house: House, watch: Watch) -> None:
    house.woman("Amal", AMAL)
    house.client.sadd(keys.LANES, "p2:ku::")
    house.client.zadd(keys.lane("p2:ku::"), {"gone": 0})

    assert watch.run() == 0


# --- telling is owed until her phone was rung ---


@pytest.fixture
def in_danger(house: House) -> CaseId:
    """A caller in danger whom nobody took in time: the only woman is with somebody else."""
    amal = house.woman("Amal", AMAL)
    keep(house, answers=ASKS[Urgency.P0])
    house.store.transact(lambda transaction: _engage(transaction, amal))
    house.clock.now = NOW + timedelta(minutes=3)
    return CaseId("case")


def _engage(transaction: Transaction, responder: ResponderId) -> None:
    known = transaction.responder(responder)
    assert known is not None
    transaction.keep_responder(replace(known, busy_with=CaseId("another")))


def time_passes(house: House, seconds: int) -> None:
    """As `house.wait`, with the watch that the clock keeps."""
    for _ in range(0, seconds, 2):
        house.clock.forward(seconds=2)
        house.sweep.run()
        house.watch.run()
        house.work()


@pytest.mark.usefixtures("in_danger")
def test_the_record_of_the_call_to_her_is_deleted_though_nobody_answers_it(house: House) -> None:
    house.watch.run()
    house.work()

    [ringing] = house.network.rings_of(SUPERVISOR)
    assert f"call:{ringing.call}".encode() in house.client.zrange(keys.RECORDS, 0, -1)


@pytest.mark.usefixtures("in_danger")
def test_she_is_rung_once_for_a_reason_however_often_the_job_comes(house: House) -> None:
    house.watch.run()
    house.clock.forward(seconds=12)
    house.sweep.run()

    time_passes(house, 60)

    assert len(house.network.rings_of(SUPERVISOR)) == 1


@pytest.mark.usefixtures("in_danger")
def test_when_the_job_is_lost_she_is_rung_ten_seconds_later(house: House) -> None:
    house.watch.run()
    house.lose_bells()

    time_passes(house, 10)

    assert len(house.network.rings_of(SUPERVISOR)) == 1


@pytest.mark.usefixtures("in_danger")
def test_when_the_provider_is_busy_she_is_rung_ten_seconds_later_and_once(house: House) -> None:
    house.network.failures = [ProviderBusy("later"), ProviderBusy("later")]
    house.watch.run()
    house.work()
    tried = len(house.network.failures)

    time_passes(house, 60)

    assert (tried, len(house.network.rings_of(SUPERVISOR))) == (1, 1)


@pytest.mark.usefixtures("in_danger")
@pytest.mark.parametrize("failure", [ProviderUncertain("who knows"), ProviderRefused("no")])
def test_a_call_that_may_have_rung_or_that_cannot_be_made_is_not_repeated_at_once(
    house: House, failure: SanadError
) -> None:
    house.network.failures = [failure]

    house.watch.run()
    time_passes(house, 60)

    assert house.network.failures == []
    assert house.network.rings_of(SUPERVISOR) == []


def test_a_reason_that_is_gone_before_she_could_be_told_rings_nobody(house: House, in_danger: CaseId) -> None:
    house.network.failures = [ProviderBusy("later")]
    house.watch.run()
    house.work()
    house.store.transact(lambda transaction: apply_all(transaction, house.case(in_danger), on.Withdrawn(), now=NOW))

    time_passes(house, 60)

    assert house.network.rings_of(SUPERVISOR) == []
    assert house.client.zcard(keys.WISHES) == 0
