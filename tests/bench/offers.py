"""How long it takes from "callback queued" to "a responder's phone rings", through the real worker and dialler.

Many cases that nobody can be asked for wait meanwhile. One call after another: "queued" is the moment when the caller's
side has the answer to her fourth key, "rings" when the request for the responder's call reaches the provider. Each
offer is left ringing, so that the next case goes to another woman.
"""

import asyncio
import time

from gateway import bootstrap
from gateway.core.identity import CallId, CaseId
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.store import RedisStore
from tests.bench import waiting
from tests.bench.calls import LAST_KEY, MENU_KEYS, Batch, Caller, call_id
from tests.bench.house import House
from tests.bench.load import WrongAnswer, is_whole
from tests.bench.provider import Provider

FIRST_CALLER = 90_000_000
GAP_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 10.0


def staff(house: House, number: int) -> None:
    """So many responders on shift, each with a number of her own."""
    rostering = house.rostering()
    for one in range(number):
        name = f"responder {one}"
        rostering.add(name, f"+96478{one:08d}", is_woman=True, languages=frozenset({"ar"}))
        rostering.set_shift(name, on_shift=True)


def fill(house: House, cases: int) -> None:
    """So many cases that wait for another hour, or for somebody who is not on the roster."""
    now = bootstrap.utc_now()
    waiting.keep(house.store.url, waiting.not_now(range(cases), now=now), now=now)


async def measure(house: House, provider: Provider, *, calls: int) -> list[float]:
    """The latency of each offer, in ms, with `web`, `worker` and `dialler` running, and no fewer responders than calls.

    Raises `TimeoutError` if an offer never comes.
    """
    queued_at: dict[CallId, float] = {}
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port("web"))
    for number in range(calls):
        for batch in _webhooks(house.caller("web"), FIRST_CALLER + number):
            writer.write(batch.requests[0])
            await _answer(reader, batch.expects)
        queued_at[CallId(call_id(FIRST_CALLER + number))] = time.perf_counter()
        await provider.until(number + 1, seconds=LONGEST_WAIT_SECONDS)
        await asyncio.sleep(GAP_SECONDS)
    writer.close()
    store = RedisStore(connect(house.store.url), clock=bootstrap.utc_now)
    rang_at = {_caller_of(house, store, token): moment for token, moment in provider.offers.items()}
    return [1000 * (rang_at[call] - moment) for call, moment in queued_at.items()]


def _webhooks(caller: Caller, call: int) -> list[Batch]:
    steps = enumerate((*MENU_KEYS, LAST_KEY), start=1)
    return [caller.begins([call]), *(caller.presses([call], step=step, keys=key) for step, key in steps)]


async def _answer(reader: asyncio.StreamReader, expects: bytes) -> None:
    answer = b""
    while not is_whole(answer):
        piece = await reader.read(65536)
        if not piece:
            raise ConnectionError("the server closed a connection")
        answer += piece
    if expects not in answer:
        raise WrongAnswer(f"an answer without {expects!r}")


def _caller_of(house: House, store: RedisStore, token: str) -> CallId:
    """The caller's own call, whose case this offer was for."""
    with house.client() as client:
        name = client.get(keys.token(token))
    case = store.case(CaseId(name.decode())) if isinstance(name, bytes) else None
    if case is None:
        raise WrongAnswer("an offer without a case")
    return case.records[0]
