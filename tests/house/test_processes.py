"""The Procfile, the settings and the queues speak of the same processes."""

import re
from configparser import ConfigParser

import pytest

from config.settings import SETTINGS_OF
from gateway.jobs import QUEUE_OF, QueueName
from gateway.supervise import procfile
from tests.house.plan import PROJECT

PROCESSES = procfile(PROJECT / "Procfile")


def test_every_process_of_the_procfile_has_settings_of_its_own() -> None:
    assert PROCESSES.keys() == SETTINGS_OF.keys()


def test_each_queue_has_exactly_one_process_and_no_process_has_two() -> None:
    served = [match[1] for command in PROCESSES.values() if (match := re.fullmatch(r".*workers\.run (.*)", command))]

    assert sorted(served) == sorted(QueueName)


def test_every_queue_has_jobs() -> None:
    assert set(QUEUE_OF.values()) == set(QueueName)


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_process_runs_exists(process: str) -> None:
    found = re.search(r"-m ([\w.]+)|([\w.]+):\w+$", PROCESSES[process])

    assert found is not None
    module = PROJECT / ((found[1] or found[2]).replace(".", "/") + ".py")
    assert module.is_file()


@pytest.mark.parametrize("face", ["web", "console"])
def test_a_face_listens_on_this_machine_only_and_keeps_no_log_of_requests(face: str) -> None:
    command = PROCESSES[face]

    assert "--host 127.0.0.1" in command
    assert "--no-access-log" in command


def test_the_sample_for_systemd_runs_all_of_it_as_no_root_and_holds_no_setting() -> None:
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are written in both cases
    unit.read(PROJECT / "config" / "sanad.service.example", encoding="utf-8")
    service = dict(unit["Service"])

    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/sanad up"
    assert service["EnvironmentFile"] == f"{service['WorkingDirectory']}/sanad.env"
    assert service["User"] not in {"", "root", "0"}
    assert (service["Restart"], unit["Install"]["WantedBy"]) == ("always", "multi-user.target")
    assert not service.keys() & {"Environment", "PassEnvironment"}
