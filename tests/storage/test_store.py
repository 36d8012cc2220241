"""The store forgets what is over, gives everything else a life, and says no word of what it was asked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from gateway.core import consequences as then
from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.conversation import Channel, Say, Session
from gateway.core.engine import begin
from gateway.core.errors import ProviderBusy, SanadError, StoreUnavailable
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.lanes import Lane
from gateway.core.messages import Record, RecordKind
from gateway.core.moves import new_consequences
from gateway.core.roster import Responder
from gateway.core.triage import Urgency
from gateway.jobs import Bell, JobName
from gateway.ports import Index, Knock, Sealed, Transaction, Withdrawal
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.pace import Pace
from gateway.storage.store import RedisStrongroom
from tests.core.cases import NOW, a_case, bridged

BOX = Sealed("2026-11-24", b"abox")
INDEX = Index("2026-11-24", "index")
LIFE = timedelta(hours=72)
CASE, AMAL = CaseId("case"), ResponderId("amal")
FOR_EVER = {"roster", "on-shift", "lanes", "records", "record-since", "responder:amal", "staff:amal", "rq:queues", *(
    keys.LATER, keys.MOTION, keys.BORN, keys.URGENT_BY, keys.ANSWER_BY, keys.DECLINED, keys.WISHES, keys.ERASED,
    "given-up",
)}  # fmt: skip


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(store_client, clock=lambda: NOW)


def a_call(call: str) -> Record:
    return Record(RecordKind.CALL, call)


def names(client: redis.Redis, pattern: str = "*") -> set[str]:
    return {key.decode() for key in client.scan_iter(pattern) if isinstance(key, bytes)}


def a_session() -> Session:
    from gateway import bootstrap
    from gateway.storage.library import load

    script = load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=NOW.date()).scripts["staff"]
    return begin(script, language="ar", channel=Channel.VOICE, slots={})


def keep_everything(store: RedisStrongroom) -> None:
    """One of each thing that can be kept."""
    session = a_session()

    def work(transaction: Transaction) -> None:
        transaction.keep_turn("call", session, step=0, replies=(Say(()),))
        transaction.open_case(Moved(a_case(), new_consequences()), BOX)
        transaction.place(CASE, INDEX)
        transaction.claim_phone([INDEX], CASE, until=NOW + timedelta(seconds=50))
        transaction.note_ring([INDEX], CASE, at=NOW)
        transaction.keep_withdrawal("wish", Withdrawal(BOX, "47", NOW), life=LIFE)
        transaction.keep_knock("knock", Knock(BOX, "on"), life=LIFE)
        transaction.hold_line(CASE)
        transaction.keep_responder(Responder(id=AMAL, name="Amal", is_woman=True, on_shift=True))
        transaction.keep_staff_number(AMAL, BOX)
        transaction.count_request("name")
        for bell in (Bell(JobName.DISPATCH), Bell(JobName.WITHDRAW, ("wish",))):
            transaction.ring(bell)

    store.transact(work)
    store.transact(lambda transaction: transaction.apply(Moved(bridged(), (then.Counted("bridged"),))))
    store.wrong_try(INDEX, "wish")
    store.transact(lambda transaction: transaction.first_alarm("reason", again_after=timedelta(minutes=10)))
    store.note_record(a_call("CAcall"), now=NOW)


# --- lives ---


def test_everything_that_is_about_a_caller_has_a_life_that_ends(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    keep_everything(store)

    endless = {key for key in names(store_client) if store_client.ttl(key) == -1}
    ours = {key for key in endless if not key.startswith(("rq:job:", "rq:queue:", "ready:"))}
    assert ours <= FOR_EVER


@pytest.mark.parametrize(
    ("key", "life"),
    [
        (keys.session("call"), keys.SESSION_LIFE),
        (keys.case(CASE), keys.CASE_LIFE),
        (keys.sealed(CASE), keys.CASE_LIFE),
        (keys.place(CASE), keys.CASE_LIFE),
        (keys.claim(INDEX.name), timedelta(seconds=50)),
        (keys.rung(INDEX.name), keys.RUNG_LIFE),
        (keys.tries(INDEX.name), keys.TRIES_LIFE),
        (keys.token("dial"), keys.TOKEN_LIFE),
        (keys.tokens(CASE), keys.CASE_LIFE),
        (keys.line(CASE), keys.LINE_LIFE),
        (keys.wish("wish"), LIFE),
        (keys.wish("knock"), LIFE),
        (keys.limit("name"), keys.LIMIT_LIFE),
        (keys.alarm("reason"), timedelta(minutes=10)),
        (keys.counts("2026-11-24"), keys.COUNTS_LIFE),
    ],
)
def test_each_key_lives_as_long_as_the_list_of_keys_says(
    store: RedisStrongroom, store_client: redis.Redis, key: str, life: timedelta
) -> None:
    keep_everything(store)

    left = store_client.ttl(key)

    assert life.total_seconds() - 5 <= left <= life.total_seconds()


def test_every_key_that_is_kept_is_in_the_list_of_keys(store: RedisStrongroom, store_client: redis.Redis) -> None:
    keep_everything(store)

    listed = (
        {name for name in FOR_EVER if ":" not in name}
        | {builder("").partition(":")[0] + ":" for builder in (
            keys.lane, keys.session, keys.case, keys.sealed, keys.place, keys.open_cases, keys.claim, keys.rung,
            keys.tries, keys.token, keys.line, keys.tokens, keys.talks, keys.wish,
            keys.responder, keys.staff, keys.limit, keys.alarm, keys.counts,
        )}
        | {"rq:"}
    )  # fmt: skip
    found = names(store_client)
    assert [key for key in found if key not in listed and key.partition(":")[0] + ":" not in listed] == []


def test_wrong_tries_are_forgotten_a_day_after_the_last(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.wrong_try(INDEX, "first")
    store_client.expire(keys.tries(INDEX.name), 100)

    store.wrong_try(INDEX, "second")
    count = store.wrong_tries([INDEX])

    assert count == 2
    assert store_client.ttl(keys.tries(INDEX.name)) > 100


# --- forgetting ---


def test_an_erased_case_leaves_nothing_but_the_records_to_delete(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    session = a_session()
    store.transact(lambda transaction: transaction.open_case(Moved(bridged(records=(CallId("CAhers"),))), BOX))
    store.transact(lambda transaction: transaction.place(CASE, INDEX))
    store.transact(lambda transaction: transaction.keep_turn("CAhers", session, step=0, replies=()))
    store.transact(lambda transaction: transaction.hold_line(CASE))
    store_client.delete("rq:queues")

    store.erase(CASE, now=NOW)

    left = {key for key in names(store_client) if not key.startswith("rq:")}
    assert left == {"records", "erased"}
    assert set(store.due_records(NOW + timedelta(minutes=1), 9)) == {
        a_call("CAhers"),
        a_call("CAdesk"),
        a_call("CAleg"),
    }


def test_the_record_of_a_call_is_due_soon_after_its_case_is_erased(store: RedisStrongroom) -> None:
    store.transact(lambda transaction: transaction.note_record(CallId("CAhers")))  # in five minutes, if nothing happens
    store.transact(lambda transaction: transaction.open_case(Moved(a_case(records=(CallId("CAhers"),))), None))

    store.erase(CASE, now=NOW)

    assert store.due_records(NOW, 9) == []  # the goodbye of the call is still heard
    assert store.due_records(NOW + timedelta(minutes=1), 9) == [a_call("CAhers")]


def test_erasing_what_is_erased_already_does_no_harm(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.erase(CASE, now=NOW)

    assert store_client.keys() == [b"erased"]


def test_one_of_two_cases_of_a_phone_is_erased_without_the_other(store: RedisStrongroom) -> None:
    for name in ("one", "two"):
        case = a_case(id=CaseId(name))
        store.transact(lambda transaction, case=case: transaction.open_case(Moved(case), BOX))  # type: ignore[misc]
        store.transact(lambda transaction, name=name: transaction.place(CaseId(name), INDEX))  # type: ignore[misc]

    store.erase(CaseId("one"), now=NOW)

    assert list(store.cases_of_phone([INDEX])) == ["two"]
    assert store.case(CaseId("two")) is not None


def test_a_number_is_forgotten_with_the_move_that_asks_for_it(store: RedisStrongroom) -> None:
    from gateway.core import events as on
    from gateway.core.moves import move

    held = a_case(line=CallId("CAhers"))
    store.transact(lambda transaction: transaction.open_case(Moved(held), BOX))

    store.transact(lambda transaction: transaction.apply(move(held, on.RingingForbidden(), now=NOW)))

    assert store.sealed_number(CASE) is None
    assert store.case(CASE).state is State.WAITING  # type: ignore[union-attr]


def test_a_wish_stays_until_it_is_fulfilled_and_leaves_nothing_then(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    store.transact(lambda transaction: transaction.keep_withdrawal("wish", Withdrawal(BOX, "47", NOW), life=LIFE))

    read = (store.withdrawal("wish"), store.withdrawal("wish"))
    store.wish_fulfilled(JobName.WITHDRAW, "wish")

    assert read == (Withdrawal(BOX, "47", NOW), Withdrawal(BOX, "47", NOW))
    assert store.withdrawal("wish") is None
    assert store_client.zcard(keys.WISHES) == 0


def test_a_wish_that_is_not_fulfilled_is_rung_for_again_and_again_but_not_at_once(store: RedisStrongroom) -> None:
    store.transact(lambda transaction: transaction.keep_knock("knock", Knock(BOX, "on"), life=LIFE))

    at_once = store.overdue_wishes(NOW, 9)
    later = NOW + timedelta(minutes=5)
    first, second = store.overdue_wishes(later, 9), store.overdue_wishes(later, 9)
    again = store.overdue_wishes(later + timedelta(minutes=5), 9)

    assert (at_once, first, second, again) == ([], [Bell(JobName.KNOCK, ("knock",))], [], first)


def test_a_record_that_is_noted_twice_is_due_once(store: RedisStrongroom) -> None:
    store.note_record(a_call("CAcall"), now=NOW)
    store.note_record(a_call("CAcall"), now=NOW + timedelta(days=1))

    assert store.due_records(NOW, 9) == [a_call("CAcall")]


def test_two_weeks_count_from_the_first_try_that_failed(store_client: redis.Redis) -> None:
    tries = iter([NOW, NOW + timedelta(days=1)])
    store = RedisStrongroom(store_client, clock=lambda: next(tries))
    store.note_record(a_call("CAcall"), now=NOW - timedelta(hours=1))
    before = store.record_since(a_call("CAcall"))

    for _ in range(2):
        store.record_kept(a_call("CAcall"), try_at=NOW + timedelta(days=2))

    assert (before, store.record_since(a_call("CAcall"))) == (None, NOW)


def test_a_record_that_was_deleted_meanwhile_does_not_come_back_by_being_put_off(store: RedisStrongroom) -> None:
    store.note_record(a_call("CAcall"), now=NOW)
    store.record_deleted(a_call("CAcall"))

    store.record_kept(a_call("CAcall"), try_at=NOW)

    assert store.due_records(NOW, 9) == []


# --- a store that is down ---

SECRET_WORD = "olivesilverriver"


@pytest.fixture(scope="module")
def dead_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisStrongroom]:
    """A store that was there and is not any more."""
    folder: Path = tmp_path_factory.mktemp("dead")
    with EmbeddedStore(folder) as server:
        store = RedisStrongroom(connect(server.url), clock=lambda: NOW)
        store.ping()
        server.kill()
        yield store


CALLS: list[Callable[[RedisStrongroom], object]] = [
    lambda store: store.ping(),
    lambda store: store.transact(lambda transaction: transaction.case(CaseId(SECRET_WORD))),
    lambda store: store.transact(lambda transaction: transaction.turn(SECRET_WORD, 0)),
    lambda store: store.transact(lambda transaction: transaction.case_of(SECRET_WORD)),
    lambda store: store.transact(lambda transaction: transaction.demand(SECRET_WORD)),
    lambda store: store.transact(
        lambda transaction: transaction.open_case(Moved(a_case(secret=SECRET_WORD), new_consequences()), BOX)
    ),
    lambda store: store.transact(
        lambda transaction: transaction.keep_withdrawal("a", Withdrawal(BOX, SECRET_WORD, NOW), life=LIFE)
    ),
    lambda store: store.case(CaseId(SECRET_WORD)),
    lambda store: store.ready_cases(1),
    lambda store: store.overdue_cases(NOW, 1),
    lambda store: store.old_cases(NOW, 1),
    lambda store: store.all_cases(1),
    lambda store: store.responders(),
    lambda store: store.lanes(),
    lambda store: store.places(Lane(urgency=Urgency.P2, language="ar"), start=0, limit=1),
    lambda store: store.unanswered_cases(NOW, urgent=True, limit=1),
    lambda store: store.declined_cases(NOW, 1),
    lambda store: store.line_sign(CaseId(SECRET_WORD), NOW),
    lambda store: store.errand_done(Bell(JobName.HANG_UP, (SECRET_WORD,))),
    lambda store: store.ring(Bell(JobName.ERASE, (SECRET_WORD,))),
    lambda store: store.transact(lambda transaction: transaction.first_alarm(SECRET_WORD, again_after=NOW - NOW)),
    lambda store: store.figures(SECRET_WORD),
    lambda store: store.sealed_number(CaseId(SECRET_WORD)),
    lambda store: store.transact(lambda transaction: transaction.seal_anew(CaseId(SECRET_WORD), BOX)),
    lambda store: store.staff_number(ResponderId(SECRET_WORD)),
    lambda store: store.withdrawal(SECRET_WORD),
    lambda store: store.knock(SECRET_WORD),
    lambda store: store.numbers_of_other_days(SECRET_WORD),
    lambda store: store.cases_of_phone([Index("day", SECRET_WORD)]),
    lambda store: store.wrong_tries([Index("day", SECRET_WORD)]),
    lambda store: store.wrong_try(Index("day", SECRET_WORD), SECRET_WORD),
    lambda store: store.erase(CaseId(SECRET_WORD), now=NOW),
    lambda store: store.due_records(NOW, 1),
    lambda store: store.note_record(a_call(SECRET_WORD), now=NOW),
    lambda store: store.record_since(a_call(SECRET_WORD)),
    lambda store: store.record_deleted(a_call(SECRET_WORD)),
    lambda store: store.record_given_up(a_call(SECRET_WORD)),
    lambda store: store.record_kept(a_call(SECRET_WORD), try_at=NOW),
    lambda store: store.compact(),
    lambda store: Pace(store._client, per_second=1)(),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_store_that_is_down_is_said_in_our_own_words(
    dead_store: RedisStrongroom, call: Callable[[RedisStrongroom], object]
) -> None:
    with pytest.raises(SanadError) as failed:
        call(dead_store)

    assert isinstance(failed.value, StoreUnavailable | ProviderBusy)
    assert failed.value.retryable
    assert SECRET_WORD not in _everything_said(failed.value)


def test_a_command_that_the_store_refuses_is_not_repeated_in_words(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    store_client.set(keys.BORN, "not a sorted set")

    with pytest.raises(StoreUnavailable) as failed:
        store.transact(lambda transaction: transaction.open_case(Moved(a_case(secret=SECRET_WORD)), BOX))

    assert SECRET_WORD not in _everything_said(failed.value)
    assert failed.value.__suppress_context__


def _everything_said(error: BaseException) -> str:
    import traceback

    return "".join(traceback.format_exception(error)) + repr(error)
