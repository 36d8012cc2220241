"""Every wire that brings messages or USSD, in plain sight. A new one is a folder and a line here.

Wires that need nothing but their name stand in the tables; USSD aggregators are described in the settings, by a field
map each, and join them in `ussd_wires`.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.core.errors import BrokenSetting
from gateway.providers.africastalking.ussd import AfricasTalking
from gateway.providers.aggregator.fieldmap import FieldMap, read_field_map
from gateway.providers.aggregator.ussd import Aggregator
from gateway.providers.kannel.inbound import Kannel
from gateway.providers.twilio.messages import TwilioMessages
from gateway.providers.wires import SmsWire, UssdWire

SMS_WIRES: Final[Mapping[str, Callable[[str], SmsWire]]] = MappingProxyType(
    {
        "twilio": TwilioMessages,
        "kannel": lambda _: Kannel(),
    }
)
"""Each is made with our own address as its provider reaches it."""
USSD_WIRES: Final[Mapping[str, Callable[[], UssdWire]]] = MappingProxyType(
    {
        "africastalking": AfricasTalking,
    }
)


def ussd_wires(described: Mapping[str, FieldMap]) -> dict[str, UssdWire]:
    """All USSD wires by name: ours, and those that the settings describe. Raises `BrokenSetting` for a taken name."""
    taken = USSD_WIRES.keys() & described.keys()
    if taken:
        raise BrokenSetting(f"the USSD wire {min(taken)} is built in; give the one in the settings another name")
    built_in = {name: make() for name, make in USSD_WIRES.items()}
    return {**built_in, **{name: Aggregator(spelling) for name, spelling in described.items()}}


def field_maps(path: Path | None) -> dict[str, FieldMap]:
    """The USSD aggregators that a file describes, by name. Raises `BrokenSetting`."""
    if path is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BrokenSetting("USSD_AGGREGATORS names a file that cannot be read as TOML; mend its path or it") from None
    return {name: read_field_map(table, name=name) for name, table in tables.items()}
