"""Calls that the dialler brings back out of a room: what they hear then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.identity import CallId, CaseId, ResponderId, Token
from gateway.core.moves import move
from gateway.core.roster import Responder
from gateway.ports import Transaction
from gateway.storage.store import RedisStore
from tests.web.conftest import Call, Provider

TOO_LATE = "لم تعد تنتظر"
DESK, OFFER, DIAL, LEG = CallId("CAdesk"), Token("o" * 28), Token("d" * 28), CallId("CA" + "e" * 32)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def happens(store_client: redis.Redis) -> Callable[..., Case]:
    """Moves the only case by these events."""
    store = RedisStore(store_client, clock=now)

    def happens(*events: on.Event) -> Case:
        (name,) = store.all_cases(2)

        def work(transaction: Transaction) -> Case:
            case = transaction.case(CaseId(name))
            assert case is not None
            for event in events:
                moved = move(case, event, now=now())
                transaction.apply(moved)
                case = moved.case
            return case

        return store.transact(work)

    return happens


def accepted() -> tuple[on.Event, ...]:
    offered = on.Offered(OFFER, ResponderId("amal"), now() + timedelta(minutes=1))
    return (on.Admitted(), offered, on.OfferAccepted(OFFER, DESK, Token("room")))


def records(client: redis.Redis) -> object:
    """What is noted for deletion at the provider, where nothing else stands in the store."""
    assert list(client.scan_iter()) == [b"records"]
    return client.zrange("records", 0, -1)


def in_the_room(provider: Provider, happens: Callable[..., Case]) -> Call:
    """A caller in danger who went to the room where the responder should be."""
    call = Call(provider, "CA" + "c" * 32).begin().press("1").wait()
    happens(*accepted())
    call.wait()
    assert call.verbs[-1] == "Dial"
    return call


def test_a_caller_whose_responder_is_gone_hears_that_the_line_was_cut_and_waits_on(
    provider: Provider, happens: Callable[..., Case]
) -> None:
    call = in_the_room(provider, happens)
    happens(on.HolderLost(now(), now() + timedelta(hours=1)))

    back = provider.post("/twilio/voice/back", call.form({}))
    call.document = back.text

    assert back.status_code == 200
    assert call.verbs[0] == "Say"
    assert call.verbs[-1] == "Redirect"
    call.wait()
    assert call.verbs[-1] == "Redirect", "she is asked about again and again while she waits"
    assert happens().on_the_line


def test_being_brought_back_twice_says_the_same_and_changes_nothing(
    provider: Provider, happens: Callable[..., Case]
) -> None:
    call = in_the_room(provider, happens)
    happens(on.HolderLost(now(), now() + timedelta(hours=1)))
    first = provider.post("/twilio/voice/back", call.form({}))
    before = happens()

    again = provider.post("/twilio/voice/back", call.form({}))

    assert again.text == first.text
    assert happens() == before


def test_a_caller_whom_we_called_hears_goodbye(provider: Provider, happens: Callable[..., Case]) -> None:
    Call(provider, "CA" + "c" * 32).begin().press("2").press("1").press("1").press("1")
    case = happens(*accepted(), on.DialIntended(DIAL, now() + timedelta(minutes=1)))
    leg = Call(provider, LEG, path=f"/twilio/voice/gate/{DIAL}").begin().press(case.secret)
    assert leg.verbs[-1] == "Dial"
    happens(on.HolderLost(now() + timedelta(minutes=30), now() + timedelta(hours=1)))

    back = provider.post("/twilio/voice/gate/back", leg.form({}))
    leg.document = back.text

    assert leg.verbs == ["Say", "Hangup"]
    assert happens().state is State.WAITING


@pytest.fixture
def amal(store_client: redis.Redis) -> ResponderId:
    """A woman on the roster."""
    woman = Responder(id=ResponderId("amal"), name="Amal", is_woman=True, on_shift=True)
    RedisStore(store_client, clock=now).transact(lambda transaction: transaction.keep_responder(woman))
    return woman.id


def at_her_menu(provider: Provider, happens: Callable[..., Case], woman: ResponderId) -> Call:
    """A responder who listens to an offer."""
    Call(provider, "CA" + "c" * 32).begin().press("2").press("1").press("1").press("1")
    happens(on.Admitted(), on.Offered(OFFER, woman, now() + timedelta(minutes=1)))
    desk = Call(provider, "CA" + "d" * 32, path=f"/twilio/voice/offer/{OFFER}").begin()
    assert desk.verbs[0] == "Gather", desk.document
    return desk


def test_a_responder_who_listens_to_an_offer_that_is_gone_hears_so(
    provider: Provider, happens: Callable[..., Case], amal: ResponderId
) -> None:
    desk = at_her_menu(provider, happens, amal)
    happens(on.OfferMissed(OFFER))

    desk.document = provider.post("/twilio/voice/offer/back", desk.form({})).text
    again = provider.post("/twilio/voice/offer/back", desk.form({})).text

    assert desk.verbs == ["Say", "Hangup"]
    assert TOO_LATE in desk.words
    assert again == desk.document


def test_a_responder_who_is_brought_back_to_an_offer_that_stands_can_still_accept_it(
    provider: Provider, happens: Callable[..., Case], amal: ResponderId
) -> None:
    desk = at_her_menu(provider, happens, amal)

    desk.document = provider.post("/twilio/voice/offer/back", desk.form({})).text
    desk.press("1")

    assert desk.verbs[-1] == "Dial"
    assert happens().state is State.ACCEPTED


def test_a_responder_whose_offer_is_erased_already_hears_that_it_is_gone(
    provider: Provider, store_client: redis.Redis
) -> None:
    desk = Call(provider, "CA" + "d" * 32)

    desk.document = provider.post("/twilio/voice/offer/back", desk.form({})).text

    assert desk.verbs == ["Say", "Hangup"]
    assert TOO_LATE in desk.words
    assert records(store_client) == [f"call:{desk.sid}".encode()]  # led out before its first words: it is heard of here


def test_a_call_that_nobody_knows_is_ended_without_a_word(provider: Provider, store_client: redis.Redis) -> None:
    call = Call(provider, "CA" + "c" * 32)

    back = provider.post("/twilio/voice/back", call.form({}))
    call.document = back.text

    assert call.verbs == ["Hangup"]
    assert records(store_client) == [f"call:{call.sid}".encode()]
