"""The people's side: phones, events, and beginning anew."""

import json
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.simulator.people import HOTLINE, MARYAM, NOOR, ZAHRA, People, Refusal, network, wait_for
from tests.simulator.service import Service

HELLO = '<Response><Gather numDigits="1" action="/key"><Say>hello</Say></Gather></Response>'


def test_events_are_numbered_without_gaps_and_can_be_waited_for(service: Service, people: People) -> None:
    service.pages |= {"/voice": HELLO, "/key": "<Response/>"}
    timer = threading.Timer(0.2, lambda: people.dial(ZAHRA, keys=["1"]))
    timer.start()

    first = people.ask("events?after=0&wait=5")["events"]
    people.until("ended")
    events = people.events()

    assert first[0]["n"] == 1
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    mine = [event["kind"] for event in events if event["kind"] in {"answer", "gather", "press", "ended"}]
    assert mine == ["answer", "gather", "press", "ended"]


def test_the_stream_sends_the_same_events(service: Service, people: People) -> None:
    service.pages["/voice"] = "<Response><Say>hello</Say></Response>"
    people.dial(ZAHRA)
    people.until("ended")

    with urllib.request.urlopen(f"{people.address}/sim/stream", timeout=5) as stream:
        lines = [stream.readline().decode() for _ in range(3)]

    assert lines[0] == "id: 1\n"
    assert json.loads(lines[1].removeprefix("data: ")) == people.events()[0]


def test_a_reset_hangs_up_and_forgets(service: Service, people: People) -> None:
    service.pages["/voice"] = HELLO
    people.dial(ZAHRA)
    people.until("gather")

    people.ask("reset", {})

    assert people.ask("phones")["phones"] == []
    assert people.events() == []
    people.phone(ZAHRA)
    people.dial(ZAHRA)
    assert people.until("gather")["number"] == ZAHRA


def test_keys_given_beforehand_are_the_same_for_each_call(service: Service, people: People) -> None:
    service.pages |= {"/voice": HELLO, "/key": "<Response/>"}
    people.phone(ZAHRA, keys=["7"])

    for times in (1, 2):
        people.dial(ZAHRA)
        people.until("ended", times=times)

    assert [visit.params["Digits"] for visit in service.to("/key")] == ["7", "7"]


def test_a_phone_can_be_told_to_hang_up_at_a_question(service: Service, people: People) -> None:
    service.pages |= {"/voice": HELLO}

    sid = people.dial(ZAHRA, keys=["hangup"])

    assert people.until("ended", call_sid=sid)["status"] == "completed"
    assert service.to("/key") == []


def test_an_impatient_phone_presses_before_the_prompt_is_over(service: Service, people: People) -> None:
    service.pages |= {"/voice": HELLO.replace("hello", "word " * 400), "/key": "<Response/>"}
    people.phone(ZAHRA, keys=["1"], impatient=True)

    sid = people.dial(ZAHRA)

    assert people.until("ended", call_sid=sid)["duration"] < 60


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("phones", {"number": ""}, 400),
        ("phones", {"number": ZAHRA, "on_ring": "sing"}, 400),
        ("phones", {"number": ZAHRA, "keys": ["A"]}, 400),
        ("phones", {"number": ZAHRA, "colour": "red"}, 400),
        ("phones", {"number": ZAHRA, "answer_after": -1}, 400),
        ("phones", [], 400),
        ("calls", {"from": NOOR, "to": HOTLINE}, 404),
        (f"phones/{ZAHRA}/press", {"keys": "1"}, 409),
        (f"phones/{ZAHRA}/press", {"keys": "one"}, 400),
        (f"phones/{ZAHRA}/answer", {}, 409),
        (f"phones/{NOOR}/hangup", {}, 404),
    ],
)
def test_what_cannot_be_is_refused_with_words(people: People, path: str, body: object, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        people.ask(path, body)

    assert refused.value.status == status


def test_a_ringing_phone_that_hangs_up_declines(service: Service, people: People) -> None:
    service.pages["/voice"] = f'<Response><Dial callerId="{HOTLINE}">{MARYAM}</Dial></Response>'

    people.dial(ZAHRA)
    people.until("ring", number=MARYAM)
    people.does(MARYAM, "hangup")

    assert people.until("ended", number=MARYAM)["status"] == "busy"


def test_two_hundred_calls_at_once_all_come_to_their_end(service: Service) -> None:
    service.pages |= {"/voice": HELLO, "/key": "<Response><Say>thank you</Say></Response>"}
    numbers = [f"+96477010{index:05d}" for index in range(200)]
    with network(service, speed=10) as people:
        for number in numbers:
            people.phone(number, keys=["1"])

        for number in numbers:
            people.dial(number)
        wait_for(lambda: len(people.events("ended")) == 200, "the end of all calls")

        assert {event["status"] for event in people.events("ended")} == {"completed"}
        assert people.events("application_error") == []
        assert len(service.to("/key")) == 200


def test_the_program_says_when_it_is_ready_and_ends_when_told(project: Path) -> None:
    command = f"-m gateway.simulator --port 0 --account-sid AC1 --auth-token t --number {HOTLINE}=/voice --speed 20"
    program = subprocess.Popen(
        [sys.executable, *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=project
    )

    assert program.stdout is not None
    line = program.stdout.readline()
    with urllib.request.urlopen(line.split()[-1] + "/sim/healthz", timeout=5) as answer:
        healthy = json.loads(answer.read())
    program.terminate()
    rest, complaints = program.communicate(timeout=10)

    assert line.startswith("simulator ready on http://127.0.0.1:")
    assert healthy == {"ok": True}
    assert (rest, complaints, program.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    "options",
    ["", "--account-sid A --auth-token t", "--account-sid A --auth-token t --number 1=/ --gateway http://192.0.2.1"],
)
def test_options_that_cannot_be_are_refused_with_words(project: Path, options: str) -> None:
    environment = {"PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-m", "gateway.simulator", *options.split()],
        capture_output=True,
        text=True,
        cwd=project,
        env=environment,
        timeout=20,
        check=False,
    )

    assert done.returncode == 2
    assert "--" in done.stderr.splitlines()[-1]
