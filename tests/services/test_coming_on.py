"""A responder who comes on shift by telephone is on the telephone: no phone of hers can ring yet."""

from tests.services.house import AMAL, House


def test_a_responder_who_comes_on_by_telephone_is_not_rung_before_she_has_hung_up(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    house.request()

    house.knock("shift_on", AMAL)
    house.work()
    at_once = len(house.network.rung)
    house.clock.forward(seconds=10)
    house.sweep.run()
    house.work()

    assert (at_once, len(house.network.rung)) == (0, 1)
