"""The supervisor is told that she is needed, and not a word about a caller."""

from tests.whole.conftest import CALLERS, SUPERVISOR, House


def test_with_nobody_on_shift_the_supervisor_is_rung_once(house: House) -> None:
    caller = house.caller()
    house.network.add_phone(SUPERVISOR, name="supervisor", on_ring="answer", keys=["1"])

    house.ask_for_a_call(caller)
    house.network.until("the supervisor being told", lambda: house.network.heard(SUPERVISOR))
    house.settle(5)

    assert house.rings(SUPERVISOR) == 1
    words = " ".join(house.network.heard(SUPERVISOR))
    assert "سند" in words
    assert not any(number[-4:] in words for number in CALLERS)
