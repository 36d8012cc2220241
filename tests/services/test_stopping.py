"""Whoever says stop is left alone at once, wherever her request stands: nothing rings on, nothing is rung again."""

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.errors import ProviderUncertain
from gateway.core.identity import CallId, CaseId
from gateway.core.roster import Reach
from tests.services.house import AMAL, CALLER, OTHER_CALLER, House


def stop(house: House, number: str = CALLER) -> None:
    house.ask("stop_all", caller=number)
    house.work()


def much_later(house: House) -> None:
    """Two days with all that the clock does."""
    for _ in range(48):
        house.clock.forward(hours=1)
        house.sweep.run()
        house.work()


def test_a_request_that_waits_is_gone(house: House) -> None:
    case = house.request()
    house.work()

    stop(house)
    house.woman("Amal", AMAL)
    much_later(house)

    assert house.state(case) is None
    assert house.network.rung == []


@pytest.mark.parametrize("stop_last", [False, True])
def test_messages_that_arrive_in_one_second_count_in_their_order(house: House, stop_last: bool) -> None:
    known: dict[str, str] = {}
    made = []
    for effect in ("request_urgent", "stop_all") * 3 if stop_last else ("request_urgent", "stop_all", "request_urgent"):
        slots = dict(house.written(effect, secret="47", **known).slots)
        made += [CaseId(slots["case"])] if "case" in slots else []
        known |= (
            {"before": slots["case"], "asked": slots["asked"]} if "case" in slots else {"stopped": slots["stopped"]}
        )

    house.work()

    assert house.state(made[-1]) is (None if stop_last else State.WAITING)
    assert house.client.keys("wish:*") == []


def test_a_request_that_was_not_even_admitted_is_gone(house: House) -> None:
    case = house.request()
    house.lose_bells()

    stop(house)

    assert house.state(case) is None


def test_a_responder_whose_phone_rings_for_it_is_called_off(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()

    stop(house)

    assert (house.network.cancelled, house.network.redirected) == ([offer.call], [])
    assert house.at_desk("accept_offer", offer).name == "late"


def test_a_responder_who_was_texted_for_it_comes_too_late(house: House) -> None:
    house.woman("Amal", AMAL, by=Reach.TEXT, pin="4821")
    house.request()
    house.work()

    stop(house)
    house.staff_text(AMAL, "1 4821")

    assert house.network.rung == []
    assert len(house.network.texting.texts_to(AMAL)) == 2


def test_a_responder_who_accepted_is_released_and_the_caller_is_not_rung(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()
    house.at_desk("accept_offer", offer)

    house.ask("stop_all", caller=CALLER)
    house.keeping.withdraw(_wish(house))
    house.work()

    assert house.network.rings_of(CALLER) == []
    assert offer.call in {call for call, _ in house.network.redirected}


def test_her_phone_that_rings_stops_ringing(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    leg = house.dialled()

    stop(house)
    much_later(house)

    assert leg.call in house.network.hung_up
    assert len(house.network.rings_of(CALLER)) == 1


def test_her_phone_that_may_be_ringing_hears_nothing_when_it_is_picked_up(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.failures.append(ProviderUncertain("no answer"))
    house.work()
    [leg] = house.network.in_doubt

    stop(house)

    assert house.at_gate("answer_gate", leg).name == "gone"


def test_a_call_that_was_placed_while_she_said_stop_is_hung_up(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.at_desk("accept_offer", house.offered())

    def say_stop() -> None:
        house.network.while_ringing = None
        house.ask("stop_all", caller=CALLER)
        house.keeping.withdraw(_wish(house))

    house.network.while_ringing = say_stop
    house.work()
    much_later(house)

    [leg] = house.network.rings_of(CALLER)
    assert leg.call in house.network.hung_up


def test_two_women_who_talk_are_not_cut(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    desk, leg = house.bridged()

    stop(house)

    assert not {desk.call, leg.call} & set(house.network.hung_up)
    much_later(house)
    assert len(house.network.rings_of(CALLER)) == 1


@pytest.mark.parametrize("when", ["morning", "evening"])
def test_nothing_is_rung_at_the_hour_she_had_chosen(house: House, when: str) -> None:
    house.woman("Amal", AMAL)
    house.request(when=when)

    stop(house)
    much_later(house)

    assert house.network.rung == []


def test_every_request_of_the_phone_ends_and_none_of_another(house: House) -> None:
    mine = [house.request(secret=secret, call=f"CA{secret}", shared="yes") for secret in ("47", "58")]
    others = house.request(OTHER_CALLER, call="CAother")
    house.work()

    stop(house)

    assert [house.state(case) for case in mine] == [None, None]
    assert house.state(others) is State.WAITING


def test_whoever_asks_again_after_a_stop_is_rung(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    stop(house)

    house.request(call="CAagain")
    leg = house.dialled()

    assert leg.call != CallId("CAagain")


def test_a_stop_leaves_nothing_that_a_request_without_one_does_not_leave(house: House) -> None:
    house.request()
    before = {key.split(b":")[0] for key in house.client.scan_iter() if not key.startswith(b"rq:")}

    stop(house)
    much_later(house)

    left = {key.split(b":")[0] for key in house.client.scan_iter() if not key.startswith(b"rq:")}
    assert left - before <= {b"counts", b"erased", b"lanes", b"records"}


def _wish(house: House) -> str:
    [key] = house.client.scan_iter("wish:*")
    return str(key.decode()).partition(":")[2]


def test_a_wish_to_be_left_alone_that_is_carried_out_late_ends_nothing_asked_for_after_it(
    house: House,
) -> None:
    before = house.request()
    house.ask("stop_all", caller=CALLER)
    house.clock.forward(seconds=5)
    after = house.request(when="evening", call="CAafter")

    house.work()

    assert (house.state(before), house.state(after)) == (None, State.WAITING)


def test_a_late_wish_to_be_left_alone_spares_what_was_said_again_after_it(house: House) -> None:
    before = house.request(shared="no", hangs_up=True)
    house.ask("stop_all", caller=CALLER)
    house.clock.forward(seconds=5)
    house.request(shared="no", call="CAafter", hangs_up=True)

    house.work()

    assert house.state(before) is State.WAITING


def test_whoever_talks_is_rung_for_nobody_else_though_the_request_was_stopped(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.network.standing.update({desk.call: CallStatus.IN_PROGRESS, leg.call: CallStatus.IN_PROGRESS})

    stop(house)
    house.request(OTHER_CALLER, call="CAother")
    house.wait(60)

    assert len(house.network.rings_of(AMAL)) == 1
    assert (house.store.sealed_number(case), house.case(case).may_ring) == (None, False)


def test_nothing_is_left_of_a_request_that_was_stopped_during_the_talk_when_that_is_over(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    stop(house)

    house.reports.attempt_ended(leg.token, leg.call)
    house.reports.offer_ended(desk.token, desk.call)
    house.work()

    assert house.state(case) is None
