"""The sample team and callers of the demo. The numbers exist on the simulated network only."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway import bootstrap
from gateway.cli.network import Network

# roles, not persons
RESPONDERS: Mapping[str, str] = MappingProxyType(
    {"Responder A": "+9647300000201", "Responder B": "+9647300000202", "Responder C": "+9647300000203"}
)
SPOKEN = frozenset({"ar", "en"})  # whatever HOTLINE_LANGUAGE is
CALLER = "+9647715550142"


def take_on(environ: Mapping[str, str]) -> None:
    """Put the sample team on the roster and on shift, if they are not there yet."""
    rostering = bootstrap.rostering(environ)
    known = {responder.name for responder in rostering.roster()}
    for name, number in RESPONDERS.items():
        if name not in known:
            rostering.add(name, number, is_woman=True, languages=SPOKEN)
        rostering.set_shift(name, on_shift=True)


def hand_out_phones(network: Network, *, on_ring: str = "manual") -> None:
    """Give the team their phones."""
    for name, number in RESPONDERS.items():
        network.add_phone(number, name=name, on_ring=on_ring)
