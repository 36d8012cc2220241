"""Nothing is started while something is broken: what is said of it, and that it is said before."""

import os
import shutil
import socket
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings import PLACEHOLDERS, SETTINGS_OF
from gateway.cli.main import sanad
from gateway.cli.preflight import before_start
from gateway.cli.remarks import Mark
from gateway.storage import keyfiles
from gateway.storage.embedded import EmbeddedStore
from tests.cli.conftest import Installation


def wrong(installed: Installation, **changes: str) -> list[str]:
    """What must be mended before this installation is started."""
    found = before_start({**installed.environ, **changes}, installed.files)
    return [str(remark) for remark in found if remark.mark is Mark.MEND]


def shared_listener() -> socket.socket:
    """Somebody who listens as the web server does: he would share the port with us."""
    somebody = socket.socket()
    somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    somebody.bind(("127.0.0.1", 0))
    somebody.listen()
    return somebody


def test_an_installation_after_the_first_steps_can_be_started(installed: Installation) -> None:
    assert wrong(installed) == []


@pytest.mark.parametrize("variable", ["WEB_PORT", "CONSOLE_PORT"])
def test_a_port_that_somebody_has_is_named_with_the_variable_that_chooses_another(
    installed: Installation, variable: str
) -> None:
    with shared_listener() as somebody:
        port = str(somebody.getsockname()[1])

        [told] = wrong(installed, **{variable: port})

    assert told.startswith(
        f"mend  port {port}: it is in use by another program: end that, or choose another: {variable}="
    )


def test_one_port_for_both_faces_is_refused(installed: Installation) -> None:
    port = installed.environ["WEB_PORT"]

    [told] = wrong(installed, CONSOLE_PORT=port)

    assert told == f"mend  port {port}: WEB_PORT and CONSOLE_PORT are the same; give each a port of its own"


def test_all_broken_settings_are_told_once_each_with_who_needs_them(installed: Installation) -> None:
    told = wrong(installed, MORNING="early", HOTLINE_NUMBER="", PUBLIC_URL="http://sanad.example.org")

    assert sorted(line.split(":")[0] for line in told) == [
        "mend  HOTLINE_NUMBER (for web, dialler)",
        "mend  MORNING (for web, worker, dialler, clock)",
        "mend  PUBLIC_URL (for web, dialler)",
    ]


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def spoiled(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + path.read_bytes())


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("scripts/extortion/flow.toml", replaced('next = "menu"', 'next = "nowhere"'), "extortion/flow.toml: node "),
        ("scripts/extortion/flow.toml", replaced("[script]", "[script"), "extortion/flow.toml: "),
        (
            "scripts/extortion/flow.toml",
            replaced('do = "request_callback"', 'do = "request_callbak"'),
            "extortion/flow.toml: node 'request': nothing does 'request_callbak'; known are ",
        ),
        (
            "scripts/extortion/flow.toml",
            replaced('no_line = "no_line"\n"*" = "refused"', 'no_line = "no_line"'),
            "extortion/flow.toml: node 'can_call': 'check_number' may answer 'refused'; say where that leads.",
        ),
        ("scripts/extortion/ar.toml", replaced("[consent]", "[content]"), "extortion/ar.toml: sentence 'consent': "),
        ("scripts/extortion/ar.toml", spoiled, "extortion/ar.toml: whole file: it is not UTF-8; save it as UTF-8."),
        ("scripts/extortion/keywords.toml", Path.unlink, "extortion/keywords.toml: whole file: it is missing"),
        ("scripts/extortion/keywords.toml", replaced("[stop]", "[stopp]"), "extortion/keywords.toml: "),
        ("scripts/gate/flow.toml", Path.unlink, "gate/flow.toml: whole file: it is missing; put it back."),
        ("scripts/values/ar.toml", replaced("[alias_first]", "[alias_one]"), "values/ar.toml: value 'alias_first'"),
        ("directory.toml", replaced('digits = "497"', "digits = 497"), "config/directory.toml: entry "),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else None,
)
def test_broken_content_is_told_with_its_file_its_place_and_the_mend(
    installed: Installation, file: str, change: Callable[[Path], None], told: str
) -> None:
    change(installed.folder / file)

    found = wrong(installed)

    assert found
    assert any(line.startswith(f"mend  {told}") for line in found), found
    assert all(len(line.split(": ", 2)) == 3 and line.split(": ", 2)[2] for line in found), found


def test_a_language_without_words_and_a_file_of_gateways_that_is_not_there_are_told(installed: Installation) -> None:
    found = wrong(installed, USSD_AGGREGATORS="/nowhere/gateways.toml")

    assert found == [
        "mend  broken_setting: USSD_AGGREGATORS names a file that cannot be read as TOML; mend its path or it"
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("public/sealing-{today}.pub", "public holds no sealing key: run `sanad keys new`"),
        ("public/staff.pub", "staff.pub is missing: run `sanad keys new`"),
        ("dialler/sealing-{today}.key", "sealing-{today}.key is missing"),
        ("dialler/staff.key", "staff.key is missing"),
    ],
)
def test_a_key_that_is_missing_is_told_with_the_variable_of_its_folder(
    installed: Installation, today: date, name: str, told: str
) -> None:
    (installed.keys / name.format(today=today)).unlink()

    found = wrong(installed)

    assert found
    assert all("SANAD_KEYS: " in line for line in found)
    assert any(told.format(today=today) in line for line in found), found


def test_a_folder_of_keys_that_is_not_there_is_told_once(installed: Installation, tmp_path: Path) -> None:
    shutil.rmtree(installed.keys)

    assert wrong(installed) == [f"mend  keys: SANAD_KEYS: there is no folder {tmp_path}/keys: run `sanad keys new`"]


def test_keys_of_the_last_days_will_do_after_a_pause(installed: Installation, today: date) -> None:
    shutil.rmtree(installed.keys)
    keyfiles.initialise(installed.keys, today - timedelta(days=3))

    assert wrong(installed) == []


def test_a_store_that_nobody_reaches_is_told_before_anything_starts(installed: Installation) -> None:
    told = wrong(installed, REDIS_URL=f"unix://{installed.folder}/nothing.sock")

    assert told == ["mend  store: The store does not answer: start it, or mend REDIS_URL."]


def test_a_store_that_comes_up_a_moment_later_is_waited_for(installed: Installation) -> None:
    store = EmbeddedStore(installed.folder / "store")
    later = threading.Timer(1.0, store.start)
    later.start()

    told = wrong(installed, REDIS_URL=store.url)

    later.join()
    store.stop()
    assert told == []


def test_a_store_that_refuses_one_process_is_told_with_its_name(
    installed: Installation, embedded_store: EmbeddedStore
) -> None:
    addresses = installed.folder / "addresses"
    addresses.mkdir()
    for process in SETTINGS_OF:
        (addresses / f"{process}.url").write_text(embedded_store.urls[process])
    (addresses / "clock.url").write_text(embedded_store.urls["clock"].replace("clock:", "clock:wrong"))

    told = wrong(installed, REDIS_URL_FILE=str(addresses))

    assert told == ["mend  store (for clock): The store refuses the name or the password in REDIS_URL: mend them."]


def test_an_address_of_the_store_with_a_port_that_is_none_is_refused(installed: Installation) -> None:
    [told] = wrong(installed, REDIS_URL="redis://127.0.0.1:port/0")

    assert told.startswith("mend  REDIS_URL (for web, console, worker, dialler, clock): cannot be used; give ")


def test_the_examples_untouched_values_are_told_before_anything_starts(installed: Installation) -> None:
    told = wrong(installed, **PLACEHOLDERS)

    assert sorted(line.split(";")[0] for line in told) == [
        "mend  HOTLINE_NUMBER (for web, dialler): is still the example's",
        "mend  PUBLIC_URL (for web, dialler): is still the example's",
        "mend  TWILIO_ACCOUNT_SID (for dialler): is still the example's",
        "mend  TWILIO_AUTH_TOKEN (for web, dialler): is still the example's",
    ]


def test_the_command_starts_nothing_and_says_why(installed: Installation) -> None:
    with shared_listener() as somebody:
        environ = {name: None for name in os.environ if name.startswith(("REDIS", "TWILIO"))} | installed.environ
        port = str(somebody.getsockname()[1])

        ended = CliRunner().invoke(
            sanad,
            ["up", "--store", str(installed.folder / "store")],
            env={**environ, "WEB_PORT": port, "SUPERVISER_NUMBER": "1"},
        )

    assert ended.exit_code == 1
    assert f"port {port}" in ended.output
    assert "SUPERVISER_NUMBER: is no setting, so nothing reads it: is SUPERVISOR_NUMBER meant?" in ended.output
    assert "nothing was started" in ended.output
    assert not (installed.folder / "store").exists()
