"""`sanad responders`: the roster on the command line. It shows everything but a number."""

import os
import select
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner, Result

from gateway import bootstrap
from gateway.cli.main import sanad
from gateway.core.errors import NotAPhoneNumber
from gateway.core.naming import BrokenName
from gateway.core.shifttext import BrokenShift
from gateway.services.rostering import NumberTaken, UnknownLanguage
from gateway.storage import keyfiles
from gateway.storage.embedded import EmbeddedStore

NUMBER = "+9647715551207"
Run = Callable[..., Result]


@pytest.fixture
def run(store_url: str, embedded_store: EmbeddedStore, tmp_path: Path) -> Run:
    """`sanad responders ...` with the operator's rights on an empty store."""
    keyfiles.initialise(tmp_path / "keys", bootstrap.utc_now().date())
    environ = {"REDIS_URL": embedded_store.urls["operator"], "SANAD_KEYS": str(tmp_path / "keys")}

    def sanad_responders(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(sanad, ["responders", *words], env=environ, input=typed, catch_exceptions=True)

    return sanad_responders


@pytest.fixture
def amal(run: Run) -> str:
    """Amal is on the roster."""
    added = run(
        "add", "Amal", "--woman", "--number", NUMBER, "--language", "ar", "--language", "en", "--skill", "child",
        "--area", "qayyara", "--load", "3",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    return "Amal"


def test_the_list_shows_what_she_can_do_and_when_and_never_her_number(run: Run, amal: str) -> None:
    run("shifts", amal, "sun-thu 08:00-16:00", "2099-12-01 off")

    listed = run("list").output

    for shown in (amal, "ar en", "child", "qayyara", "sun 08:00-16:00", "2099-12-01 off", "until"):
        assert shown in listed
    assert NUMBER[-4:] not in listed
    assert "7715551207" not in listed


def test_the_list_is_not_cut_where_no_terminal_shows_it(run: Run, amal: str) -> None:
    name = "Umm Abd al-Rahman [al-Qayyara] of :ok: 1"
    run("add", name, "--woman", "--area", "a" * 30, "--area", "b" * 30, typed="07815551228\n")

    rows = [line for line in run("list").output.splitlines() if name in line]

    assert len(rows) == 1
    assert f"{'a' * 30} {'b' * 30}" in rows[0]


def test_her_number_is_read_from_a_pipe_and_not_repeated(run: Run) -> None:
    added = run("add", "Amal", "--woman", typed=f"{NUMBER}\n")
    none = run("add", "Ban", "--woman", typed="")

    assert added.exit_code == 0, added.output
    assert NUMBER[-4:] not in added.output
    assert isinstance(none.exception, NotAPhoneNumber)


@pytest.mark.parametrize("second", [NUMBER, "+9647815551228"])
def test_her_number_is_typed_twice_at_a_terminal_and_never_shows(
    embedded_store: EmbeddedStore, run: Run, tmp_path: Path, second: str
) -> None:
    ours, theirs = os.openpty()
    environ = {**os.environ, "REDIS_URL": embedded_store.urls["operator"], "SANAD_KEYS": str(tmp_path / "keys")}
    program = [
        sys.executable,
        "-c",
        "from gateway.cli.main import main; main()",
        "responders",
        "add",
        "Amal",
        "--woman",
    ]

    with subprocess.Popen(program, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, start_new_session=True):
        os.close(theirs)
        shown = answered(ours, "does not show", NUMBER) + answered(ours, "once more", second)
        shown += read_until(ours, "not match" if second != NUMBER else "on the roster")
        os.close(ours)  # whoever closes the terminal meanwhile adds nobody

    assert "1207" not in shown
    assert "1228" not in shown
    assert ("Amal" in run("list").output) is (second == NUMBER)


def answered(terminal: int, question: str, answer: str) -> str:
    """Type an answer once the question stands there; what was shown until then."""
    shown = read_until(terminal, question)
    while termios.tcgetattr(terminal)[3] & termios.ECHO:  # the question stands there a moment before it is unseen
        time.sleep(0.01)
    os.write(terminal, f"{answer}\n".encode())
    return shown


def read_until(terminal: int, words: str) -> str:
    shown = ""
    while words not in shown:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, f"{words!r} never came"
        shown += os.read(terminal, 4096).decode()
    return shown


@pytest.mark.parametrize("words", [("add", "Ban", "--woman", "--number", "07815551228"), ("change", "Amal")])
def test_an_unknown_language_is_refused_with_those_that_are_known(run: Run, amal: str, words: tuple[str, ...]) -> None:
    before = run("list").output

    refused = run(*words, "--language", "ar", "--language", "arabic")

    assert isinstance(refused.exception, UnknownLanguage)
    assert "known are ar, en" in str(refused.exception)
    assert "arabic" not in str(refused.exception)
    assert run("list").output == before


def test_shifts_are_set_and_shown_line_by_line(run: Run, amal: str) -> None:
    first = run("shifts", amal, "mon,wed 08:00-16:00")
    second = run("shifts", amal, "2099-12-01 off")
    shown = run("shifts", amal)
    gone = run("shifts", amal, "--anew")

    assert first.output.splitlines()[1:] == ["  mon 08:00-16:00", "  wed 08:00-16:00"]
    assert second.output.splitlines()[1:] == [*first.output.splitlines()[1:], "  2099-12-01 off"]
    assert shown.output == second.output
    assert "by hand only" in gone.output


def test_shifts_that_cannot_be_read_change_nothing(run: Run, amal: str) -> None:
    before = run("shifts", amal, "mon 08:00-16:00").output

    broken = run("shifts", amal, "tue 08:00-16:00", "someday")

    assert broken.exit_code != 0
    assert isinstance(broken.exception, BrokenShift)
    assert run("shifts", amal).output == before


def test_on_and_off_by_hand_show_in_the_list(run: Run, amal: str) -> None:
    run("on", amal)
    on = run("list").output
    run("off", amal)

    assert "free" in on
    assert "free" not in run("list").output


def test_what_is_named_is_changed_and_the_rest_stays(run: Run, amal: str) -> None:
    run("change", amal, "--skill", "self_harm", "--area", "none")

    listed = run("list").output

    assert "self_harm" in listed
    assert "child" not in listed
    assert "qayyara" not in listed
    assert "ar en" in listed


@pytest.mark.parametrize(
    "words",
    [
        ("change", "Amal", "--skill", "juggling"),
        ("change", "Amal", "--area", "Shura 07715551207"),
        ("change", "Amal", "--load", "-1"),
        ("change", "Nobody", "--load", "1"),
        ("shifts", "Nobody", "mon 08:00-16:00"),
    ],
)
def test_what_nobody_can_mean_is_refused_and_changes_nothing(run: Run, amal: str, words: tuple[str, ...]) -> None:
    before = run("list").output

    refused = run(*words)

    assert refused.exit_code != 0
    assert run("list").output == before


def test_nobody_is_added_without_the_statement_that_she_is_a_woman(run: Run) -> None:
    refused = run("add", "Omar", "--number", NUMBER)

    assert refused.exit_code != 0
    assert "Omar" not in run("list").output


def test_one_number_for_two_women_is_refused(run: Run, amal: str) -> None:
    refused = run("add", "Ban", "--woman", "--number", NUMBER)

    assert isinstance(refused.exception, NumberTaken)
    assert NUMBER[-4:] not in f"{refused.output}{refused.exception!r}"
    assert "Ban" not in run("list").output


def test_whoever_cannot_open_numbers_is_told_that_they_were_not_compared(run: Run, amal: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "keys" / "dialler")

    added = run("add", "Ban", "--woman", "--number", NUMBER)

    assert added.exit_code == 0
    assert "whether another woman has this number was not seen" in added.output


def test_she_is_asked_by_message_when_she_wants_to_and_has_a_pin(run: Run, amal: str) -> None:
    asked = run("by", amal, "sms")
    without = run("list").output
    given = run("pin", amal, "--pin", "4821")
    listed = run("list").output

    assert (asked.exit_code, given.exit_code) == (0, 0)
    assert "no PIN yet" in " ".join(without.split())
    assert "messages" in listed
    assert "no PIN yet" not in listed
    assert "4821" not in given.output + listed


@pytest.mark.parametrize("pin", ["1234", "12", "abcd", "٤٨٢١"])
def test_a_pin_that_is_none_is_refused_and_not_repeated(run: Run, amal: str, pin: str) -> None:
    refused = run("pin", amal, "--pin", pin)

    assert refused.exit_code != 0
    assert pin not in refused.output


@pytest.mark.parametrize("name", ["+9647705550011", "0770 555 0011", "Amal 0770-555-0011", "٠٧٧٠٥٥٥٠٠١١", "", "Am\tal"])
def test_a_number_given_as_a_name_is_refused_before_anything_is_asked_and_not_repeated(
    run: Run, store_client: redis.Redis, name: str
) -> None:
    refused = run("add", name, "--woman")

    assert refused.exit_code != 0
    assert isinstance(refused.exception, BrokenName)
    assert "0011" not in f"{refused.output}{refused.exception!r}"
    assert "٠٠١١" not in f"{refused.output}{refused.exception!r}"
    assert store_client.keys("responder:*") == []


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Ban", NUMBER),
        ("add", "Ban", "--skill", NUMBER),
        ("change", "Amal", "--area", NUMBER),
        ("change", "Amal", "--load", NUMBER),
        ("change", "Amal", f"--{NUMBER}"),
        ("by", "Amal", NUMBER),
        (NUMBER,),
        ("on", NUMBER),
    ],
)
def test_a_number_typed_in_the_wrong_place_is_not_repeated(run: Run, amal: str, words: tuple[str, ...]) -> None:
    refused = run(*words)

    assert refused.exit_code != 0
    assert NUMBER[-7:] not in f"{refused.output}{refused.exception!r}"
