"""Field maps as an installer writes them: invented operators, and aggregators as their public pages describe them."""

import tomllib
from typing import Any, Final

from gateway.providers.aggregator.fieldmap import FieldMap, read_field_map
from gateway.providers.aggregator.ussd import Aggregator

SPELLINGS: Final = {
    # invented: JSON with a type of three numbers
    "rafidain": """
        session = "sessionid"
        number = "msisdn"
        text = "input"
        body = "json"
        phase = { field = "type", first = ["1"], over = ["3"] }
        [answer]
        screen = "message"
        flag = "type"
        more = "2"
        last = "3"
        echo = { sessionid = "session", msisdn = "number" }
        fixed = { encoding = "ucs2", version = 1 }
    """,
    # invented: a form, all keys so far, plain text
    "hadba": """
        session = "sid"
        number = "caller"
        text = "path"
        code = "service"
        cumulative = true
        answer = { more = "C;", last = "E;" }
    """,
    # https://docs.moolre.com/ussd
    "moolre": """
        session = "sessionid"
        number = "msisdn"
        text = "message"
        code = "extension"
        body = "json"
        phase = { field = "new", first = ["true"] }
        answer = { screen = "message", flag = "reply", more = true, last = false }
    """,
    # https://mobiverse-solutions.github.io/uzo-documentation
    "uzo": """
        session = "sessionID"
        number = "msisdn"
        text = "ussdString"
        code = "code"
        body = "json"
        phase = { field = "ussdServiceOp", first = ["1"], over = ["29", "30", "31"] }
        answer = { screen = "message", flag = "ussdServiceOp", more = 2, last = 17 }
    """,
    # https://docs.hollatags.com/ussd/inbound
    "hollatags": """
        session = "session_id"
        number = "session_msisdn"
        text = "session_msg"
        code = "session_from"
        body = "query"
        phase = { field = "session_operation", first = ["begin"], over = ["end"] }
        [answer]
        screen = "session_msg"
        flag = "session_operation"
        more = "continue"
        last = "end"
        echo = { session_id = "session" }
    """,
    # https://developers.hubtel.com/docs/api-reference-prog-services
    "hubtel": """
        session = "SessionId"
        number = "Mobile"
        text = "Message"
        code = "ServiceCode"
        turn = "Sequence"
        body = "json"
        [phase]
        field = "Type"
        first = ["Initiation", "initiation"]
        over = ["Release", "release", "Timeout", "timeout"]
        [answer]
        screen = "Message"
        flag = "Type"
        more = "response"
        last = "release"
        echo = { SessionId = "session" }
    """,
    # Nalo's USSD guide: a flag tells dialling from answering, and in the answer whether it goes on
    "nalo": """
        session = "SESSIONID"
        number = "MSISDN"
        text = "USERDATA"
        body = "json"
        phase = { field = "MSGTYPE", first = ["true"] }
        [answer]
        screen = "MSG"
        flag = "MSGTYPE"
        more = true
        last = false
        echo = { MSISDN = "number", USERDATA = "text" }
        fixed = { USERID = "sanad" }
    """,
    # https://helliomessaging.com/docs/request/ussd
    "hellio": """
        session = "sessionId"
        number = "phoneNumber"
        text = "text"
        code = "serviceCode"
        cumulative = true
        answer = { more = "CON ", last = "END " }
    """,
    # Advanta's guide: all keys so far, after the dialled code
    "advanta": """
        session = "SESSIONID"
        number = "MSISDN"
        text = "INPUT"
        code = "USSDCODE"
        body = "query"
        cumulative = true
        after_code = true
        answer = { more = "CON ", last = "END " }
    """,
    # neither cumulative nor with a phase: the dialled code comes as the first text
    "plain": """
        session = "s"
        number = "n"
        text = "t"
        answer = { more = "1|", last = "0|" }
    """,
}


def table(name: str) -> dict[str, Any]:
    return tomllib.loads(SPELLINGS[name])


def spelling(name: str) -> FieldMap:
    return read_field_map(table(name), name=name)


def wire(name: str) -> Aggregator:
    return Aggregator(spelling(name))
