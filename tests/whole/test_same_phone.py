"""A phone is not a person: two requests of one phone, and who may cancel what."""

from tests.whole.conftest import House


def accept(house: House, responder: str) -> None:
    house.until_ringing(responder)
    house.network.answer(responder)
    house.press_when_asked(responder, "1")


def test_a_flood_from_one_phone_makes_one_case_that_opens_to_the_first_and_the_last_secret(house: House) -> None:
    caller = house.caller()
    secrets = [house.ask_for_a_call(caller) for _ in range(2)]
    house.network.until("one case", lambda: [case["state"] for case in house.cases()] == ["waiting"])

    amal = house.responder("Amal")
    accept(house, amal)
    house.until_ringing(caller)
    house.network.answer(caller)
    house.press_when_asked(caller, secrets[0])

    house.until_talking(amal, caller)
    house.hang_up(caller)
    house.press_when_asked(amal, "1")
    house.until_erased()
    assert house.rings(caller) == 1


def test_two_who_share_a_phone_have_a_request_each_and_are_never_rung_at_once(house: House) -> None:
    phone = house.caller()
    for _ in range(2):
        house.ask_for_a_call(phone, "2121")
    house.network.until("two cases", lambda: [case["state"] for case in house.cases()] == ["waiting"] * 2)

    amal, ban = house.responder("Amal"), house.responder("Ban")
    accept(house, amal)
    house.until_ringing(phone)
    accept(house, ban)
    house.settle()

    assert house.rings(phone) == 1


def test_after_the_last_request_of_a_day_a_phone_is_told_so_and_key_one_stays_open(house: House) -> None:
    phone = house.caller()
    house.ask_for_a_call(phone)
    (counter,) = house.client.keys("limit:*")
    house.client.set(counter, 12)  # the most that any phone may ask on a day
    house.network.call(phone, "+9647300000100")
    house.press_through(phone, "2")

    house.press_when_asked(phone, "1")

    house.network.until("a case on the line", lambda: any(case["line"] for case in house.cases()))
