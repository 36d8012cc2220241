"""Written conversations beside what becomes of their requests: with the real script, the dialler at work in between."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count

import pytest

from gateway import bootstrap
from gateway.core import events as on
from gateway.core.case import State
from gateway.core.identity import CaseId
from gateway.core.messages import MessageArrived, MessageId
from gateway.ports import Transaction
from gateway.services.casework import apply_all
from gateway.services.conversations import Conversations
from gateway.services.sweep import Sweep
from gateway.services.switchboard import CALLER_SCRIPT
from gateway.services.texts import Texts
from gateway.storage.library import load
from gateway.storage.store import RedisStore
from tests.services.house import AMAL, CALENDAR, CALLER, House
from tests.services.test_same_phone import open_cases
from tests.stored import stored

Write = Callable[[str], tuple[str, ...]]


@pytest.fixture
def write(house: House) -> Write:
    """Writes a message of hers, and gives the names of the sentences that answer it."""
    library = load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=house.clock().date())
    conversations = Conversations(
        house.store,
        scripts=library.scripts,
        handlers={CALLER_SCRIPT: house.intake},
        clock=house.clock,
        new_secret=house.chance.secret,
        language="ar",
    )
    texts = Texts(
        conversations,
        keywords=library.keywords,
        namer=house.namer,
        chance=house.chance,
        regions=frozenset({"IQ"}),
    )
    numbers = count()

    def written(words: str) -> tuple[str, ...]:
        answer = texts.message(MessageArrived(MessageId(f"m{next(numbers)}"), CALLER, "7070", words))
        return tuple(prompt.id for reply in answer.replies for prompt in getattr(reply, "prompts", ()))

    return written


def test_a_stop_after_danger_after_a_stop_in_one_second_ends_all_of_it(house: House, write: Write) -> None:
    house.woman("Amal", AMAL)
    for words in ("اتصل", "1", "1", "4", "3"):
        write(words)
    house.work()

    write("توقف")
    write("خطر")
    house.work()
    write("توقف")
    house.work()

    assert open_cases(house) == []


def test_a_conversation_about_something_else_goes_on_when_an_earlier_request_is_over(
    house: House, write: Write
) -> None:
    write("خطر")
    (first,) = open_cases(house)
    write("اتصل")
    write("1")
    write("1")

    end(house, first.id)
    write("4")

    (second,) = open_cases(house)
    assert (second.id != first.id, second.safe_time.value) == (True, "evening")
    kept = stored(house.client, under="session:")
    assert first.id.encode() not in kept
    assert f'"{first.secret}"'.encode() not in kept


def test_what_is_written_on_goes_with_the_request_before_it(house: House, write: Write) -> None:
    write("خطر")
    (case,) = open_cases(house)
    for key in house.client.scan_iter("talks:*"):
        house.client.expire(key, 30)  # as nine and a half minutes later

    write("شكرا")
    lives = [house.client.ttl(key) for key in house.client.scan_iter("talks:*")]
    end(house, case.id)

    assert lives == [600]
    kept = stored(house.client, under="session:")
    assert case.id.encode() not in kept
    assert f'"{case.secret}"'.encode() not in kept


def end(house: House, name: CaseId) -> None:
    """A case ends, and the dialler erases it."""

    def work(transaction: Transaction) -> None:
        case = transaction.case(name)
        assert case is not None
        apply_all(transaction, case, on.Expired(), now=house.clock())

    house.store.transact(work)
    house.work()


class SaysItMeanwhile(RedisStore):
    """A store in which she says it again between the sweep's look and its deed."""

    def old_cases(self, before: datetime, limit: int) -> list[CaseId]:
        found = super().old_cases(before, limit)
        for name in found:
            self.transact(partial(self._say_again, name=name))
        return found

    def _say_again(self, transaction: Transaction, *, name: CaseId) -> None:
        case, now = transaction.case(name), self._clock()
        assert case is not None
        apply_all(transaction, case, on.Repeated(("58",), {}, attempts_left=3, asked_at=now), now=now)


def test_a_request_that_is_said_again_while_the_sweep_looks_is_not_ended_for_its_age(house: House) -> None:
    case = house.request(when="evening")
    house.work()
    house.clock.forward(hours=73)
    store = SaysItMeanwhile(house.client, clock=house.clock)

    Sweep(store, calendar=CALENDAR, clock=house.clock).run()

    assert house.case(case).opens_to("58")
    assert house.state(case) is State.WAITING
    assert house.store.sealed_number(case) is not None
