"""What a script may ask of the services, and all that they may answer: what a flow is checked against."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.services.switchboard import ALARM_SCRIPT, CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT

# script -> effect -> its outcomes
OUTCOMES: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        CALLER_SCRIPT: {
            "check_number": frozenset({"callable", "refused", "withheld", "no_line", "limit"}),
            "request_callback": frozenset({"kept", "no_number", "limit_text"}),
            "keep_secret": frozenset({"done", "unusable"}),
            "keep_answers": frozenset({"done"}),
            "cancel_request": frozenset({"done"}),
            "request_urgent": frozenset({"kept", "line_only", "by_text", "no_line"}),
            "stop_all": frozenset({"done"}),
            "erase_all": frozenset({"done"}),
            "no_callback": frozenset({"done"}),
            "hold_line": frozenset({"kept", "over"}),
            "check_line": frozenset({"over", "ready", "nobody", "waiting"}),
            "urgent_callback": frozenset({"kept", "line_only"}),
            "check_talk": frozenset({"ended", "cut"}),
        },
        OFFER_SCRIPT: {
            "describe_offer": frozenset({"open", "late"}),
            "accept_offer": frozenset({"accepted", "accepted_live", "accepted_early", "late"}),
            "decline_offer": frozenset({"done"}),
            "end_shift": frozenset({"done"}),
            "check_talk": frozenset({"talked", "unreached", "dialling"}),
            "close_case": frozenset({"done"}),
            "leave_case": frozenset({"over", "kept", "gone"}),
            "call_again": frozenset({"done", "refused"}),
            "bridge_again": frozenset({"dialling", "refused"}),
            "pass_on": frozenset({"done", "no_try", "refused"}),
        },
        GATE_SCRIPT: {
            "answer_gate": frozenset({"ask", "gone"}),
            "check_secret": frozenset({"open", "shut", "gone"}),
            "gate_shut": frozenset({"done"}),
            "check_talk": frozenset({"ended"}),
        },
        STAFF_SCRIPT: {"shift_on": frozenset({"done"}), "shift_off": frozenset({"done"})},
        ALARM_SCRIPT: {},
    }
)
