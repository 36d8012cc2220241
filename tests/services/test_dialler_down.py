"""The dialler is down for hours: its queue does not grow, and what is right is done in the moment it comes back."""

from gateway.core.case import State
from gateway.core.messages import MessageArrived, MessageId
from gateway.jobs import JobName, QueueName
from tests.services.house import AMAL, BAN, CALLER, DUNYA, OTHER_CALLER, RETENTION, House

CALLERS = tuple(f"+96477155501{place}" for place in range(10, 20))
TICK = 10.0  # seconds


def without_the_dialler(house: House, *, hours: float) -> list[int]:
    """The clock and the worker go on; how long the dialler's queue was after each quarter of an hour."""
    lengths = []
    for tick in range(int(hours * 3600 / TICK)):
        house.clock.forward(seconds=TICK)
        house.sweep.run()
        house.watch.run()
        house.work(only=QueueName.WORK)
        if tick % 90 == 89:
            lengths.append(len(house.bells()))
    return lengths


def go_on(house: House, *, seconds: float) -> None:
    """Everybody works again."""
    house.work()
    for _ in range(int(seconds / 2)):
        house.clock.forward(seconds=2)
        house.sweep.run()
        house.work()


def test_requests_that_nobody_admits_are_rung_for_once_each(house: House) -> None:
    cases = [house.request(number, call=f"CA{number[-2:]}", when="evening") for number in CALLERS]
    house.ask("cancel_request", caller=CALLERS[0], call="CAcancel", own="47")

    lengths = without_the_dialler(house, hours=1)

    assert max(lengths) == lengths[0] <= len(cases) + 2
    assert {JobName(bell[0]) for bell in house.bells()} == {JobName.ADMIT, JobName.WITHDRAW}
    house.work()
    assert [house.state(case) for case in cases] == [None, *[State.WAITING] * (len(cases) - 1)]


def test_offers_that_nobody_rings_for_are_made_once_and_rung_when_the_dialler_is_back(house: House) -> None:
    women = {"Amal": AMAL, "Ban": BAN, "Dunya": DUNYA}
    for name, number in women.items():
        house.woman(name, number)
    for number in CALLERS:
        house.keeping.admit(house.request(number, call=f"CA{number[-2:]}"))

    lengths = without_the_dialler(house, hours=1)
    go_on(house, seconds=10)

    assert max(lengths) == lengths[0]
    assert {number: len(house.network.rings_of(number)) for number in women.values()} == dict.fromkeys(
        women.values(), 1
    )


def test_a_caller_whose_case_was_accepted_is_not_rung_hours_later_outside_her_window(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())

    lengths = without_the_dialler(house, hours=3)
    go_on(house, seconds=10)

    assert max(lengths) <= 3
    assert house.network.rings_of(CALLER) == []
    assert house.case(case).due_at > house.clock()


def test_what_was_rung_for_long_ago_is_not_done_late(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(OTHER_CALLER)
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    old = [bell for bell in house.bells() if bell[0] != "dispatch"]

    without_the_dialler(house, hours=1)
    rung_before = len(house.network.rung)
    house.work()

    assert old
    assert [ringing for ringing in house.network.rung[rung_before:] if ringing.is_the_callers] == []


def with_a_number(house: House) -> dict[str, int]:
    """Every key that holds a sealed number, but those of the team, and how many seconds it lives; -1 is for ever."""
    found = [key for key in house.client.scan_iter(_type="hash") if house.client.hexists(key, "box")]
    names = [key.decode() for key in found if isinstance(key, bytes)]
    return {name: int(house.client.ttl(name)) for name in names if not name.startswith("staff:")}


def test_no_number_is_held_longer_than_the_retention_time_though_nobody_carries_wishes_out(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    house.ask("cancel_request", call="CAcancel", own="47")
    house.ask("stop_all", call="CAstop")
    house.knock("shift_off", AMAL)
    house.letterbox.message(MessageArrived(MessageId("SMone"), AMAL, "", "1 4711"))

    held = with_a_number(house)
    house.clock.forward(seconds=RETENTION.total_seconds())
    house.sweep.run()
    left = with_a_number(house)

    assert sorted(name.split(":")[0] for name in held) == ["sealed", "wish", "wish", "wish", "wish"]
    assert all(0 < life <= RETENTION.total_seconds() for name, life in held.items() if name.startswith("wish:"))
    assert set(left) == {name for name in held if name.startswith("wish:")}, "the store's clock did not go on"
