"""`sanad doctor`: every way to be unwell is told with its mend, and only what must be mended ends in exit code 1."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import redis
from click.testing import CliRunner, Result

from config.settings import PLACEHOLDERS, RuleSettings, read
from gateway import bootstrap
from gateway.cli import storecheck
from gateway.cli.main import sanad
from gateway.cli.remarks import Mark, Remark
from gateway.core.identity import ResponderId
from gateway.core.roster import Responder
from gateway.core.troubles import MENDS, Trouble
from gateway.jobs import QueueName
from gateway.storage import keyfiles, keys
from gateway.storage.connect import connect
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.holdings import Holdings, forget_given_up, holdings
from gateway.storage.users import OPERATOR
from tests.cli.conftest import Installation
from tests.providers.twilio import rest_server
from tests.providers.twilio.rest_server import Answer, RestServer, error_json

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
RETENTION = timedelta(hours=72)
NOTHING = Holdings(
    cases=0, oldest_number_at=None, wishes=0, oldest_wish_of=None, records=0, records_since=None, given_up={},
    bells=dict.fromkeys(QueueName, 0), troubles={},
)  # fmt: skip
AMAL = Responder(id=ResponderId("aaaa"), name="Amal", is_woman=True, languages=frozenset({"ar"}), on_shift=True)
WELL_ACCOUNT = Answer(200, {"sid": "AC1", "status": "active"})


@pytest.fixture
def provider() -> Iterator[RestServer]:
    with rest_server.running() as server:
        server.will(WELL_ACCOUNT)
        yield server


def doctor(installed: Installation, url: str, provider: RestServer, *arguments: str, **changes: str) -> Result:
    settings = {**installed.environ, "TWILIO_API_BASE": provider.url, "REDIS_URL": url, **changes}
    others = {name: None for name in os.environ if name.startswith(("REDIS", "TWILIO", "SANAD"))}
    return CliRunner().invoke(sanad, ["doctor", *arguments], env={**others, **settings})


def marked(result: Result, mark: Mark) -> list[str]:
    return [line.partition(" ")[2].strip() for line in result.output.splitlines() if line.startswith(mark)]


# --- the whole of it ---------------------------------------------------------------------------------


def test_a_house_with_a_woman_on_shift_is_well(
    installed: Installation, embedded_store: EmbeddedStore, store_url: str, provider: RestServer
) -> None:
    environ = {**installed.environ, "REDIS_URL": store_url}
    rostering = bootstrap.rostering(environ)
    rostering.add("Amal", "+9647715551207", is_woman=True, languages=frozenset({"ar"}))
    rostering.set_shift("Amal", on_shift=True)

    found = doctor(installed, embedded_store.urls[OPERATOR], provider)

    assert marked(found, Mark.MEND) == []
    assert found.exit_code == 0, found.output
    assert {line.split(":")[0] for line in marked(found, Mark.LOOK)} == {"config/directory.toml"}
    assert "roster: 1 on it, 1 on shift" in marked(found, Mark.WELL)
    assert "provider: it answers, and the account is active" in marked(found, Mark.WELL)
    assert "oldest number held: none is held" in marked(found, Mark.WELL)


def test_everything_that_is_wrong_is_told_at_once_each_line_once_and_no_value_is_repeated(
    installed: Installation, store_url: str, provider: RestServer
) -> None:
    (installed.keys / "dialler" / "staff.key").unlink()
    (installed.keys / "web").chmod(0o755)

    found = doctor(installed, store_url, provider, SUPERVISOR_NUMBER="07701234567", TIMEZONE="Mars/Olympus")

    lines = found.output.splitlines()
    assert found.exit_code == 1
    assert len(lines) == len(set(lines))
    wrong = "\n".join(marked(found, Mark.MEND))
    assert "SUPERVISOR_NUMBER (for dialler): cannot be used" in wrong
    assert "TIMEZONE (for web, worker, dialler, clock): cannot be used" in wrong
    assert "staff.key is missing: put it back. If it is lost, nobody on the roster can be rung: remove " in wrong
    assert f"others can read it: run `chmod 700 {installed.keys}/web`" in wrong
    assert "07701234567" not in found.output
    assert "Mars" not in found.output


def test_without_a_store_the_rest_is_looked_at_all_the_same(installed: Installation, provider: RestServer) -> None:
    nowhere = f"unix://{installed.folder}/nothing.sock"

    found = doctor(installed, nowhere, provider)

    assert marked(found, Mark.MEND) == ["store: The store does not answer: start it, or mend REDIS_URL."]
    assert any(line.startswith("provider: it answers") for line in marked(found, Mark.WELL))


def test_a_store_that_refuses_us_must_be_mended(
    installed: Installation, embedded_store: EmbeddedStore, provider: RestServer
) -> None:
    wrong = embedded_store.urls[OPERATOR].replace("operator:", "operator:wrong")

    found = doctor(installed, wrong, provider)

    assert marked(found, Mark.MEND) == ["store: The store refuses the name or the password in REDIS_URL: mend them."]
    assert "wrong" not in found.output


def test_the_examples_untouched_values_must_be_mended(
    installed: Installation, store_url: str, provider: RestServer
) -> None:
    found = doctor(installed, store_url, provider, **PLACEHOLDERS)

    told = [line for line in marked(found, Mark.MEND) if "is still the example's; give " in line]
    assert {line.split(" ")[0] for line in told} == set(PLACEHOLDERS)


def test_a_misspelt_setting_is_worth_a_look_and_its_value_is_not_repeated(
    installed: Installation, store_url: str, provider: RestServer
) -> None:
    found = doctor(installed, store_url, provider, TWILLIO_AUTH_TOKEN="very-secret", SANAD_COLOUR="very-secret")

    assert {
        "TWILLIO_AUTH_TOKEN: is no setting, so nothing reads it: is TWILIO_AUTH_TOKEN meant?",
        "SANAD_COLOUR: is no setting, so nothing reads it",
    } <= set(marked(found, Mark.LOOK))
    assert "very-secret" not in found.output


def test_before_the_first_start_there_is_no_store_and_that_is_no_fault(
    installed: Installation, provider: RestServer
) -> None:
    found = doctor(installed, "", provider, "--store", str(installed.folder / "store"))

    assert found.exit_code == 0, found.output
    assert any(line.startswith("store: the embedded one does not run here") for line in marked(found, Mark.LOOK))


# --- who can be rung ---------------------------------------------------------------------------------


def taken_on(environ: dict[str, str], name: str, number: str) -> None:
    rostering = bootstrap.rostering(environ)
    rostering.add(name, number, is_woman=True, languages=frozenset({"ar"}))
    rostering.set_shift(name, on_shift=True)


def test_women_whose_numbers_no_key_opens_are_named_and_do_not_count_until_they_are_added_again(
    installed: Installation, embedded_store: EmbeddedStore, store_url: str, provider: RestServer, today: date
) -> None:
    environ = {**installed.environ, "REDIS_URL": store_url}
    taken_on(environ, "Amal", "+9647715551207")
    (installed.keys / "dialler" / "staff.key").unlink()
    (installed.keys / "public" / "staff.pub").unlink()
    keyfiles.initialise(installed.keys, today)

    lost = doctor(installed, embedded_store.urls[OPERATOR], provider)
    taken_on(environ, "Ban", "+9647715551208")
    partly = doctor(installed, embedded_store.urls[OPERATOR], provider)
    bootstrap.rostering(environ).remove("Amal")
    taken_on(environ, "Amal", "+9647715551207")
    mended = doctor(installed, embedded_store.urls[OPERATOR], provider)

    told = "roster: no key here opens the number of Amal, so it never rings. Add each again: "
    assert [line.startswith(told) for line in marked(lost, Mark.MEND)] == [True]
    assert not any(line.startswith("roster") for line in marked(lost, Mark.WELL))
    assert [line.startswith(told) for line in marked(partly, Mark.MEND)] == [True]
    assert "roster: 1 on it, 1 on shift" in marked(partly, Mark.WELL)
    assert marked(mended, Mark.MEND) == []
    assert "roster: 2 on it, 2 on shift" in marked(mended, Mark.WELL)


def test_while_the_key_itself_is_missing_it_is_told_to_put_it_back_and_nobody_is_to_be_added_again(
    installed: Installation, embedded_store: EmbeddedStore, store_url: str, provider: RestServer
) -> None:
    taken_on({**installed.environ, "REDIS_URL": store_url}, "Amal", "+9647715551207")
    (installed.keys / "dialler" / "staff.key").unlink()

    found = doctor(installed, embedded_store.urls[OPERATOR], provider)

    assert [line.split(":")[0] for line in marked(found, Mark.MEND)] == ["keys"]
    assert "staff.key is missing: put it back." in found.output


# --- the provider ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(401, error_json(20003, "Authenticate +9647701234567", 401)), "does not accept TWILIO_ACCOUNT_SID with"),
        (Answer(200, {"sid": "AC1", "status": "suspended"}), "the account may not do this"),
        (Answer(503, error_json(20503, "down", 503)), "itself fails"),
        (Answer(cut=True), "was asked and gave no whole answer"),
    ],
)
def test_a_provider_that_does_not_know_us_or_does_not_answer_must_be_mended(
    installed: Installation, store_url: str, provider: RestServer, answer: Answer, told: str
) -> None:
    provider.answers.clear()
    provider.will(answer)

    found = doctor(installed, store_url, provider)

    assert any(line.startswith(f"provider: {told}") for line in marked(found, Mark.MEND)), found.output
    assert found.exit_code == 1
    assert "7701234567" not in found.output


def test_a_switch_that_has_no_account_to_show_is_worth_a_look(
    installed: Installation, store_url: str, provider: RestServer
) -> None:
    provider.answers.clear()
    provider.will(Answer(404, error_json(20404, "not found", 404)))

    found = doctor(installed, store_url, provider)

    assert any("knows no such account, or is a switch" in line for line in marked(found, Mark.LOOK))


def test_a_provider_that_nobody_reaches_must_be_mended(
    installed: Installation, store_url: str, provider: RestServer
) -> None:
    found = doctor(installed, store_url, provider, TWILIO_API_BASE="http://127.0.0.1:9")

    assert "provider: cannot be reached: check the network and TWILIO_API_BASE" in marked(found, Mark.MEND)


# --- what the store shows ----------------------------------------------------------------------------


def changed(**values: object) -> Holdings:
    return Holdings(**{**{name: getattr(NOTHING, name) for name in Holdings.__slots__}, **values})


def told(remarks: Iterator[Remark]) -> list[tuple[Mark, str]]:
    return [(remark.mark, remark.text) for remark in remarks]


def test_a_number_held_longer_than_allowed_must_be_mended_and_its_age_is_all_that_is_told() -> None:
    within = changed(cases=2, oldest_number_at=NOW - timedelta(hours=71))
    beyond = changed(cases=2, oldest_number_at=NOW - timedelta(hours=74))

    assert told(storecheck.held(within, retention=RETENTION, now=NOW)) == [
        (Mark.WELL, "71 h old, of 72 h at most; 2 cases open")
    ]
    [(mark, text)] = told(storecheck.held(beyond, retention=RETENTION, now=NOW))
    assert mark is Mark.MEND
    assert text.startswith("74 h old, but RETENTION_HOURS allows 72 h: the clock or the dialler does not run")


def test_wishes_that_nobody_fulfils_must_be_mended() -> None:
    fresh = changed(wishes=3, oldest_wish_of=NOW.date() - timedelta(days=1))
    old = changed(wishes=3, oldest_wish_of=NOW.date() - timedelta(days=4))

    assert [mark for mark, _ in told(storecheck.held(fresh, retention=RETENTION, now=NOW))] == [Mark.WELL]
    assert told(storecheck.held(old, retention=RETENTION, now=NOW))[-1][0] is Mark.MEND


def test_records_that_wait_are_told_and_those_given_up_are_listed_by_id_with_the_day() -> None:
    found = changed(
        records=4, records_since=NOW - timedelta(days=3), given_up={"CAaa": NOW - timedelta(days=20), "CAbb": None}
    )

    waiting, given_up = told(storecheck.records(found, now=NOW))

    assert waiting == (Mark.WELL, "4 wait to be deleted there, the oldest for 72 h; it can take two weeks")
    assert given_up[0] is Mark.MEND
    assert given_up[1].startswith("2 could not be deleted there, tried since 2026-11-04: ")
    assert given_up[1].endswith(": CAaa CAbb")


def test_a_queue_that_nobody_works_on_names_the_process() -> None:
    found = changed(bells={QueueName.WORK: 3, QueueName.DIAL: 900})

    [remark] = storecheck.bells(found)

    assert (remark.mark, remark.where) == (Mark.MEND, "queue dial")
    assert "the dialler does not run" in remark.text


def test_what_the_dialler_noted_of_the_provider_is_shown_with_its_mend() -> None:
    noted = {Trouble.COUNTRY: NOW - timedelta(minutes=7)}

    assert told(storecheck.troubles(noted, now=NOW)) == [(Mark.LOOK, f"7 min ago: {MENDS[Trouble.COUNTRY]}")]


@pytest.mark.parametrize(
    ("women", "marks"),
    [
        ([], [Mark.MEND]),
        ([AMAL], [Mark.WELL]),
        ([Responder(id=ResponderId("b"), name="Ban", is_woman=True, languages=frozenset({"ar"}))], [Mark.LOOK]),
        (
            [Responder(id=ResponderId("b"), name="Ban", is_woman=True, languages=frozenset({"en"}), on_shift=True)],
            [Mark.MEND, Mark.WELL],
        ),
    ],
)
def test_a_roster_without_a_woman_who_could_answer_is_told(women: list[Responder], marks: list[Mark]) -> None:
    rules = read(RuleSettings, {"REDIS_URL": "redis://127.0.0.1"})

    assert [mark for mark, _ in told(storecheck.roster(women, rules, now=NOW))] == marks


def test_the_store_is_read_for_ages_counts_and_ids(store_url: str, store_client: redis.Redis) -> None:
    at = {name: int((NOW - age).timestamp()) for name, age in (("gone", timedelta(9)), ("held", timedelta(2)))}
    store_client.zadd(keys.BORN, at)
    store_client.hset(keys.sealed("held"), mapping={"epoch": "2026-11-22", "box": b"x"})
    store_client.hset(keys.wish("w"), mapping={"epoch": "2026-11-20", "box": b"x", "word": "*"})
    store_client.zadd(keys.RECORDS, {"CAwaits": int(NOW.timestamp())})
    store_client.sadd(keys.GIVEN_UP, "CAstuck", "CAold")
    since = str(int((NOW - timedelta(days=20)).timestamp()))
    store_client.hset(keys.RECORD_SINCE, mapping={"CAwaits": str(int(NOW.timestamp())), "CAstuck": since})
    store_client.rpush("rq:queue:dial", "a", "b")
    store_client.set(keys.trouble("silent"), str(int(NOW.timestamp())))

    found = holdings(connect(store_url))

    assert found == Holdings(
        cases=2,
        oldest_number_at=NOW - timedelta(days=2),
        wishes=1,
        oldest_wish_of=date(2026, 11, 20),
        records=1,
        records_since=NOW,
        given_up={"CAold": None, "CAstuck": NOW - timedelta(days=20)},
        bells={QueueName.WORK: 0, QueueName.DIAL: 2},
        troubles={Trouble.SILENT: NOW},
    )


def test_records_that_the_providers_support_has_deleted_are_forgotten_here_by_the_operator(
    embedded_store: EmbeddedStore, store_url: str, store_client: redis.Redis
) -> None:
    store_client.sadd(keys.GIVEN_UP, "CAstuck")
    store_client.hset(keys.RECORD_SINCE, mapping={"CAstuck": "1", "CAwaits": "2"})

    forgotten = forget_given_up(connect(embedded_store.urls[OPERATOR]))

    assert forgotten == 1
    assert store_client.hgetall(keys.RECORD_SINCE) == {b"CAwaits": b"2"}
    assert not store_client.exists(keys.GIVEN_UP)
