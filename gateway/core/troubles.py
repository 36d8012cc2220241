"""What can be wrong between us and a provider, in words of our own, and what a person does about it.

A provider's own sentence holds numbers, and its codes look like parts of numbers; these words can stand in any log.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Trouble(StrEnum):
    """One kind of trouble with a provider. `EXPECTED` is none: a record that is not final yet, a call that is over."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    FAILING = "failing"
    CREDENTIALS = "credentials"
    ACCOUNT = "account"
    TOO_MUCH = "too_much"
    SERVICE_NUMBER = "service_number"
    COUNTRY = "country"
    OUR_ADDRESS = "our_address"
    NOT_CALLABLE = "not_callable"
    UNKNOWN_RECORD = "unknown_record"
    REFUSED = "refused"
    UNLISTED = "unlisted"
    EXPECTED = "expected"


MENDS: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.UNREACHABLE: "the provider cannot be reached: check the network and TWILIO_API_BASE",
        Trouble.SILENT: "the provider was asked and gave no whole answer: check the network, see its status page",
        Trouble.FAILING: "the provider itself fails: see its status page",
        Trouble.CREDENTIALS: "the provider does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN: copy both again"
        " from its console",
        Trouble.ACCOUNT: "the account may not do this (not active, a trial, or for tests): see the provider's console",
        Trouble.TOO_MUCH: "the provider asks us to go slower: lower CALLS_PER_SECOND, or have its limit raised",
        Trouble.SERVICE_NUMBER: "the account may not call or text from HOTLINE_NUMBER: buy or verify it there",
        Trouble.COUNTRY: "the account may not reach this country: allow it in the provider's geographic permissions",
        Trouble.OUR_ADDRESS: "the provider cannot use our address: PUBLIC_URL must be a public https address",
        Trouble.NOT_CALLABLE: "the provider takes a number for one that nobody can be reached at",
        Trouble.UNKNOWN_RECORD: "the provider knows no such account, call or message: check TWILIO_ACCOUNT_SID",
        Trouble.REFUSED: "the provider refused a request: see the debugger in its console",
        Trouble.UNLISTED: "a list of the calls or messages that the provider keeps cannot be read: what nobody told us"
        " of stays there. See what else is said of the provider; a switch without messages has no list of them",
        Trouble.EXPECTED: "nothing: this happens in a healthy house",
    }
)
