"""An operator, Debian's Kannel, the real `web` and the real dialler: a request and an offer in Arabic messages."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from config.settings import environment_for
from gateway import bootstrap
from gateway.core.errors import SanadError
from gateway.core.roster import Reach
from gateway.jobs import JobName, QueueName
from gateway.storage import keyfiles
from gateway.web.apps import webhook_app
from tests.providers.kannel.house import PASSWORD, SECRET, Delivered, House, missing_parts, serving, ucs2, until
from tests.stored import stored

pytestmark = pytest.mark.skipif(
    bool(missing_parts()), reason=f"apt-get install kannel kannel-extras: no {', '.join(missing_parts())} here"
)
HERS, AMAL = "+9647701234567", "+9647715551207"
HOTLINE, STAFF = "7070", "7071"
PIN = "4821"


@pytest.fixture
def environ(store_url: str, tmp_path: Path) -> dict[str, str]:
    keyfiles.initialise(tmp_path / "keys", bootstrap.utc_now().date())
    return {
        "REDIS_URL": store_url,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_API_BASE": "http://127.0.0.1:9",  # nobody answers there: no phone is rung in these tests
        "HOTLINE_NUMBER": HOTLINE,
        "STAFF_NUMBER": STAFF,
        "SANAD_KEYS": str(tmp_path / "keys"),
        "KANNEL_SECRET": SECRET,
        "KANNEL_USERNAME": "sanad",
        "KANNEL_PASSWORD": PASSWORD,
        "CALLS_PER_SECOND": "50",
    }


@pytest.fixture
def house(environ: dict[str, str], tmp_path: Path) -> Iterator[House]:
    """Kannel before the real app; `environ` learns where everything listens."""
    folder = tmp_path / "kannel"
    folder.mkdir()
    with serving(folder, recode=False) as (house, serve):
        environ["PUBLIC_URL"] = f"http://127.0.0.1:{house.ports['web']}"
        environ["KANNEL_SENDSMS_URL"] = house.sendsms_url
        serve(webhook_app(bootstrap.web(environment_for("web", environ))))
        yield house


def work(environ: dict[str, str], client: redis.Redis) -> None:
    """Do every job that is rung for, as the workers do."""
    queues = {name: Queue(name.value, connection=client, serializer=JSONSerializer) for name in QueueName}
    handlers = {
        name: bootstrap.worker(name, environment_for("dialler" if name is QueueName.DIAL else "worker", environ))[1]
        for name in QueueName
    }
    for _ in range(20):
        for name, queue in queues.items():
            for job in queue.jobs:
                queue.remove(job)
                try:
                    handlers[name][JobName(job.func_name or "")](*job.args)
                except SanadError:
                    continue  # as the worker does


def write(house: House, *messages: tuple[str, str, str]) -> list[Delivered]:
    """Messages from phones, in order, each after the answer to the one before; what the operator got."""
    got: list[Delivered] = []
    for sender, to, words in messages:
        with house.operator(f"{sender} {to} ucs2 {ucs2(words)}") as delivered:
            until(partial(_has_come, delivered), "an answer")
            got += delivered()
    return got


def _has_come(delivered: Callable[[], list[Delivered]]) -> bool:
    return bool(delivered())


def cases(client: redis.Redis) -> list[dict[str, Any]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


def test_a_request_in_four_arabic_messages_is_kept_and_survives_a_restart_of_kannel_in_between(
    house: House, store_client: redis.Redis
) -> None:
    first = write(house, (HERS, HOTLINE, "اتصل بي"), (HERS, HOTLINE, "١"))
    for part in ("smsbox", "bearerbox"):
        house.kill(part)
    for part in ("bearerbox", "smsbox"):
        house.start(part)

    last = write(house, (HERS, HOTLINE, "1"), (HERS, HOTLINE, "1"))

    [case] = cases(store_client)
    assert str(case["secret"]) in last[-1].text
    assert {(answer.sender, answer.receiver, answer.kind) for answer in first + last} == {(HOTLINE, HERS, "ucs-2")}


def amal_comes_on(environ: dict[str, str]) -> None:
    """A woman on shift who is asked by messages."""
    rostering = bootstrap.rostering(environ)
    rostering.add("Amal", AMAL, is_woman=True, languages=frozenset({"ar"}), by=Reach.TEXT)
    rostering.set_pin("Amal", PIN)
    rostering.set_shift("Amal", on_shift=True)


def test_an_offer_goes_out_in_arabic_and_her_answer_comes_in(
    house: House, environ: dict[str, str], store_client: redis.Redis
) -> None:
    amal_comes_on(environ)
    write(house, *((HERS, HOTLINE, words) for words in ("اتصل بي", "1", "1", "1")))

    with house.operator() as got:
        work(environ, store_client)
        until(lambda: bool(got()), "the offer")
        [offer] = got()
    [answer] = write(house, (AMAL, STAFF, f"١ {PIN}"))
    [before] = cases(store_client)
    work(environ, store_client)
    [after] = cases(store_client)

    assert (offer.sender, offer.receiver, offer.kind) == (STAFF, AMAL, "ucs-2")
    assert (answer.sender, answer.receiver) == (STAFF, AMAL)
    assert before["state"] == "offered"
    assert after["state"] in {"waiting", "offered"}, "her phone could not be rung, and the case is not lost"
    assert store_client.keys("wish:*") == []


def test_an_offer_that_the_operator_refuses_or_cannot_deliver_goes_on(
    house: House, environ: dict[str, str], store_client: redis.Redis
) -> None:
    amal_comes_on(environ)
    write(house, *((HERS, HOTLINE, words) for words in ("اتصل بي", "1", "1", "1")))
    with house.operator() as got:
        work(environ, store_client)
        until(lambda: bool(got()), "the offer")
    [case] = cases(store_client)
    [offer] = case["offers"]

    path = f"/kannel/status/{offer['token']}?secret={SECRET}&status="
    delivered, lost = house.ask(path + "1"), house.ask(path + "2")

    [after] = cases(store_client)
    assert (delivered, lost) == (204, 204)
    assert (case["state"], after["state"]) == ("offered", "waiting")


def test_nothing_of_hers_is_in_a_log_or_in_the_store(house: House, store_client: redis.Redis) -> None:
    write(house, (HERS, HOTLINE, "اتصل بي"), (AMAL, STAFF, f"1 {PIN}"))

    kept = stored(store_client)
    logs = b"".join(log.read_bytes() for log in house.folder.glob("*.log"))
    assert not [word for word in (HERS[4:], AMAL[4:], PIN) if word.encode() in kept + logs]


def test_a_report_without_the_secret_is_refused(house: House) -> None:
    assert house.ask("/kannel/status/abcdef?secret=x&status=2") == 403
    assert house.ask(f"/kannel/status/abcdef?secret={SECRET}&status=77") == 400
