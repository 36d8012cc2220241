"""A program that holds phones: what `gateway.cli.network` offers for messages and USSD."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.cli.network import Network
from tests.simulator.people import ACCOUNT, HOTLINE, ZAHRA, People, sdk
from tests.simulator.service import Service


def test_a_program_writes_and_reads_messages(service: Service, people: People) -> None:
    service.pages["/text"] = "<Response><Message>أهلاً</Message></Response>"
    network = Network(people.address)

    sid = network.text(ZAHRA, HOTLINE, "اتصل")
    network.text(ZAHRA, HOTLINE, "اتصل", message_id=sid)
    network.until("two replies", lambda: len(network.messages(ZAHRA)) == 3)

    mine, *theirs = network.messages(ZAHRA)
    assert (mine["direction"], mine["text"], mine["with"], mine["message_sid"]) == ("out", "اتصل", HOTLINE, sid)
    assert [(entry["direction"], entry["text"], entry["units"]) for entry in theirs] == [("in", "أهلاً", 5)] * 2


def test_a_program_holds_a_ussd_dialog(service: Service, people: People) -> None:
    service.pages["/ussd"] = lambda form: "END bye" if form["text"] else "CON hello"
    network = Network(people.address)

    first = network.dial_ussd(ZAHRA, "*726#", session_id="abc")
    last = network.type_ussd(first["session"], "1")
    left = network.end_ussd(network.dial_ussd(ZAHRA, "*726#")["session"])
    dropped = network.end_ussd(network.dial_ussd(ZAHRA, "*726#")["session"], dropped=True)

    assert (first["screen"], first["open"], first["session_id"]) == ("hello", True, "abc")
    assert (last["screen"], last["ended"]) == ("bye", "end")
    assert (left["ended"], dropped["ended"]) == ("cancelled", "dropped")


def test_the_account_is_shown_to_whoever_has_its_credentials_and_to_nobody_else(people: People) -> None:
    found = sdk(people).api.v2010.accounts(ACCOUNT).fetch()

    assert (found.sid, found.status) == (ACCOUNT, "active")
    with pytest.raises(TwilioRestException) as refused:
        sdk(people, token="another").api.v2010.accounts(ACCOUNT).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as unknown:
        sdk(people).api.v2010.accounts("AC" + "0" * 32).fetch()
    assert unknown.value.status == 404


def test_a_call_is_as_large_as_twilios_with_the_addresses_of_all_that_hangs_on_it(people: People) -> None:
    people.dial(ZAHRA, HOTLINE)

    [call] = sdk(people).calls.list()

    assert call.subresource_uris["siprec"] == call.uri.replace(".json", "/Siprec.json")
    assert len(json.dumps(call.subresource_uris)) > 1200
