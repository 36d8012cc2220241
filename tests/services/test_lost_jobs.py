"""Any job can be lost: what it was for still happens, soon, and once."""

from collections import Counter

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.troubles import Trouble
from gateway.storage import keys
from tests.services.house import AMAL, BAN, CALLER, House
from tests.services.network import Ringing


@pytest.fixture
def unreached(house: House) -> Ringing:
    """A responder who waits with music for a caller who did not answer; the job that releases her is rung for."""
    house.woman("Amal", AMAL)
    house.request()
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    return house.network.rings_of(AMAL)[0]


def test_a_lost_release_is_rung_for_again_and_is_done_once(house: House, unreached: Ringing) -> None:
    house.lose_bells()

    house.wait(12)
    house.wait(60)

    assert house.network.redirected == [(unreached.call, "/twilio/voice/offer/back")]


@pytest.mark.parametrize("trouble", [ProviderBusy("later"), ProviderUncertain("who knows")])
def test_a_release_that_may_not_have_worked_is_tried_again(
    house: House, unreached: Ringing, trouble: SanadError
) -> None:
    house.network.troubles = [trouble, trouble]

    house.wait(40)

    assert house.network.redirected == [(unreached.call, "/twilio/voice/offer/back")]


@pytest.mark.usefixtures("unreached")
def test_a_release_of_a_call_that_is_over_is_not_tried_for_ever(house: House) -> None:
    house.network.troubles = [ProviderRefused("not going on")]

    house.work()

    assert house.client.zcard(keys.WISHES) == 0


@pytest.mark.usefixtures("unreached")
def test_errands_that_are_done_leave_nothing_in_the_store(house: House) -> None:
    house.work()

    assert house.client.zcard(keys.WISHES) == 0


def test_a_lost_hang_up_after_cancelling_still_ends_the_ringing_though_the_case_is_erased(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    house.ask("cancel_request", own="47")
    house.keeping.withdraw(house.bells()[-1][1])
    house.keeping.erase(case)
    house.lose_bells()

    house.wait(12)

    assert leg.call in house.network.hung_up
    assert house.state(case) is None


@pytest.fixture
def quicker(house: House) -> tuple[Ringing, Ringing]:
    """Two women are asked for a caller in danger: the first has accepted, and the other has picked up, too."""
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.urgent()
    house.work()
    first, other = house.network.rung
    house.network.standing[other.call] = CallStatus.IN_PROGRESS
    house.at_desk("accept_offer", first)
    return first, other


def test_a_woman_who_listens_to_an_offer_that_a_colleague_took_is_led_to_words_and_not_cut_off(
    house: House, quicker: tuple[Ringing, Ringing]
) -> None:
    house.work()

    assert house.network.redirected == [(quicker[1].call, "/twilio/voice/offer/back")]
    assert house.network.hung_up == []


def test_a_woman_whose_phone_rings_for_an_offer_that_a_colleague_took_hears_it_stop(
    house: House, quicker: tuple[Ringing, Ringing]
) -> None:
    house.network.standing[quicker[1].call] = CallStatus.RINGING

    house.work()

    assert house.network.standing[quicker[1].call] is CallStatus.CANCELLED
    assert house.network.redirected == []


@pytest.mark.parametrize("trouble", [None, ProviderBusy("later")])
def test_a_lost_calling_off_is_done_ten_seconds_later_and_once(
    house: House, quicker: tuple[Ringing, Ringing], trouble: SanadError | None
) -> None:
    house.lose_bells()
    house.network.troubles = [] if trouble is None else [trouble]

    house.wait(60)

    assert house.network.redirected == [(quicker[1].call, "/twilio/voice/offer/back")]
    assert house.client.zcard(keys.WISHES) == 0


def test_calling_off_a_call_that_ended_meanwhile_is_done_with_and_no_trouble(
    house: House, quicker: tuple[Ringing, Ringing]
) -> None:
    (name,) = house.store.all_cases(1)
    over = ProviderRefused("not going on", trouble=Trouble.EXPECTED)
    house.network.troubles = [over]

    house.legs.call_off(name, quicker[1].call)

    assert house.client.zcard(keys.WISHES) == 0


def test_a_late_calling_off_does_nothing_to_a_call_that_has_the_case(
    house: House, quicker: tuple[Ringing, Ringing]
) -> None:
    first, _ = quicker
    (name,) = house.store.all_cases(1)

    house.legs.call_off(name, first.call)

    assert first.call not in house.network.cancelled


def test_a_lost_ringing_is_rung_for_again_at_the_same_woman_within_seconds(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.keeping.admit(case)
    house.lose_bells()
    house.dispatcher.dispatch()
    house.lose_bells()

    house.wait(8)

    assert len(house.network.rings_of(AMAL)) == 1
    assert house.state(case) is State.OFFERED


def test_an_offer_that_was_never_rung_is_no_fault_of_the_woman_who_was_to_be_asked(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.keeping.admit(house.store.all_cases(1)[0])
    house.dispatcher.dispatch()

    for _ in range(40):
        house.lose_bells()
        house.clock.forward(seconds=2)
        house.sweep.run()

    (amal,) = house.store.responders()
    assert (amal.busy_with, amal.misses) == (house.store.all_cases(1)[0], 0)


def test_a_lost_dialling_is_rung_for_again_within_seconds(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.at_desk("accept_offer", house.offered())
    house.lose_bells()

    house.wait(8)

    assert len(house.network.rings_of(CALLER)) == 1


def test_a_lost_question_to_the_provider_is_asked_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    house.network.standing[leg.call] = house.network.standing[leg.call].BUSY
    house.clock.forward(seconds=11)
    house.sweep.run()
    assert house.lose_bells() > 0

    house.wait(14)

    assert house.state(case) is State.WAITING


def test_a_secret_number_of_before_still_finds_the_earlier_request_when_that_job_is_lost(house: House) -> None:
    earlier = house.request(secret="47")
    house.work()
    later = house.request(secret="58", call="CAlater")
    house.work()
    house.ask("keep_secret", call="CAlater", case=later, secret="58", own="47")
    house.lose_bells()

    house.wait(14)

    assert (house.state(earlier), house.state(later)) == (None, State.WAITING)
    assert house.client.zcard(keys.WISHES) == 0


def test_while_the_dialler_is_dead_the_sweep_rings_for_one_thing_at_most_every_five_seconds(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    house.request()
    house.dialled()
    house.urgent("+9647812550163", secret="58", call="CAother")
    house.at_desk("accept_offer", house.offered())
    house.request("+9647912550184", secret="69", call="CAthird")
    house.lose_bells()

    for _ in range(60):
        house.clock.forward(seconds=2)
        house.sweep.run()

    rung = Counter(bell for bell in house.bells() if bell != ("dispatch",))
    assert rung
    assert max(rung.values()) <= 120 / 5
