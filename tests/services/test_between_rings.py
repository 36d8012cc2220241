"""Half an hour lies between two rings of one phone, whichever requests they are for; danger and a cut talk excepted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.identity import CallId, CaseId
from gateway.core.windows import BETWEEN_ATTEMPTS
from gateway.services.bridging import CALLER_INDEX
from gateway.storage import keyfiles, keys
from tests.services.house import AMAL, BAN, CALLER, DUNYA, House
from tests.services.network import Ringing


def rung_in_vain(house: House, *, shared: str = "") -> Ringing:
    """A ring that came to nothing; two women are left to be asked."""
    for name, number in (("Amal", AMAL), ("Ban", BAN), ("Dunya", DUNYA)):
        house.woman(name, number)
    house.request(shared=shared)
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    return leg


def outlive_claims(house: House) -> None:
    """A hundred seconds pass, on the store's own clock, too."""
    house.clock.forward(seconds=100)
    house.client.delete(*house.client.keys(f"{keys.claim('')}*"))


def accept(house: House) -> None:
    """The woman whose phone rings takes the case, and all comes of it that does."""
    assert house.at_desk("accept_offer", house.offered()).name == "accepted"
    house.work()


def test_a_phone_that_was_rung_a_moment_ago_for_another_request_is_left_alone_for_half_an_hour(house: House) -> None:
    leg = rung_in_vain(house)
    later = house.request(secret="58", call="CAother")
    house.clock.forward(seconds=30)

    accept(house)

    assert house.network.rings_of(CALLER) == [leg]
    assert house.case(later).due_at == leg.at + BETWEEN_ATTEMPTS


def test_the_half_hour_outlives_the_claim(house: House) -> None:
    leg = rung_in_vain(house)
    later = house.request(secret="58", call="CAother")
    outlive_claims(house)

    accept(house)

    assert house.network.rings_of(CALLER) == [leg]
    assert (house.state(later), house.case(later).attempts_left) == (State.WAITING, 3)
    assert house.case(later).due_at == leg.at + BETWEEN_ATTEMPTS


def test_the_half_hour_outlives_the_request_that_was_rung_for(house: House) -> None:
    leg = rung_in_vain(house)
    house.ask("cancel_request", caller=CALLER, call="CAcancel", own="47")
    house.work()
    house.request(secret="58", call="CAother")
    outlive_claims(house)

    accept(house)

    assert house.network.rings_of(CALLER) == [leg]


def test_after_half_an_hour_the_other_request_is_rung_for(house: House) -> None:
    leg = rung_in_vain(house)
    house.ask("cancel_request", caller=CALLER, call="CAcancel", own="47")
    house.request(secret="58", call="CAother")
    house.clock.now = leg.at + BETWEEN_ATTEMPTS
    house.client.delete(*house.client.keys(f"{keys.claim('')}*"))

    accept(house)

    assert len(house.network.rings_of(CALLER)) == 2


def test_the_half_hour_goes_on_when_the_names_of_phones_change(house: House) -> None:
    leg = rung_in_vain(house)
    house.request(secret="58", call="CAother")
    offer = house.offered()
    outlive_claims(house)
    keyfiles.new_day(house.keys, house.clock().date() + timedelta(days=1))

    house.at_desk("accept_offer", offer)
    house.work()

    assert house.network.rings_of(CALLER) == [leg]


def test_where_the_half_hour_outlasts_her_window_she_is_rung_in_the_next_one(house: House) -> None:
    house.clock.now = house.clock().replace(hour=13, minute=40)  # her afternoon ends at 14:00 UTC
    rung_in_vain(house)
    later = house.request(secret="58", when="afternoon", call="CAother")
    outlive_claims(house)

    accept(house)

    assert len(house.network.rings_of(CALLER)) == 1
    assert house.case(later).due_at == house.clock().replace(hour=10, minute=0, second=0) + timedelta(days=1)


def test_a_request_that_took_the_place_of_the_one_that_was_rung_waits_as_long_as_that_would(house: House) -> None:
    leg = rung_in_vain(house, shared="no")
    later = house.request(secret="58", call="CAother", shared="no")
    house.ask("keep_secret", case=later, secret="58", own="47")
    outlive_claims(house)

    accept(house)

    assert house.network.rings_of(CALLER) == [leg]
    assert house.case(later).opens_to("47")
    assert house.case(later).due_at == leg.at + BETWEEN_ATTEMPTS


def test_danger_waits_for_no_ring_that_is_over(house: House) -> None:
    rung_in_vain(house)
    urgent = house.urgent(secret="58", call="CAother")
    house.work()
    house.reports.own_call_ended(urgent, CallId("CAother"))
    outlive_claims(house)

    accept(house)

    assert len(house.network.rings_of(CALLER)) == 2
    assert house.state(urgent) is State.DIALLING


def test_a_ring_for_danger_keeps_all_others_away(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    urgent = house.urgent()
    house.reports.own_call_ended(urgent, CallId("CAhers"))
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    later = house.request(secret="58", call="CAother")
    outlive_claims(house)

    accept(house)

    assert house.network.rings_of(CALLER) == [leg]
    assert house.case(later).due_at == leg.at + BETWEEN_ATTEMPTS


@pytest.mark.parametrize("other", [False, True])
def test_a_talk_that_was_cut_goes_on_at_once_whoever_was_rung_meanwhile(house: House, other: bool) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=20)
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    house.at_desk("check_talk", desk)
    outlive_claims(house)
    if other:
        indexes = house.vault.indexes(leg.to, purpose=CALLER_INDEX)
        house.store.transact(lambda transaction: transaction.note_ring(indexes, CaseId("other"), at=house.clock()))

    house.at_desk("bridge_again", desk)
    house.work()

    assert (house.state(case), len(house.network.rings_of(CALLER))) == (State.DIALLING, 2)


def test_a_call_that_was_agreed_on_is_made_though_the_last_was_a_moment_ago(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=90)
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()
    house.at_desk("check_talk", desk)
    house.at_desk("call_again", desk, time="now")
    house.reports.offer_ended(desk.token, desk.call)
    outlive_claims(house)

    accept(house)

    assert (house.state(case), len(house.network.rings_of(CALLER))) == (State.DIALLING, 2)


def test_a_phone_that_must_not_be_rung_counts_as_rung_for_nobody(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    forbidden = replace(house.case(case), may_ring=False)
    house.store.transact(lambda transaction: transaction.apply(Moved(forbidden)))

    house.work()

    assert (house.network.rings_of(CALLER), house.client.keys(keys.rung("*"))) == ([], [])
