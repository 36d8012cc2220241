"""Who talks with whom at this moment. The one place that says so, for conferences and for dialled numbers alike."""

from collections.abc import Iterable

from gateway.simulator.calls import Call
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.hearing import Hearing


class Bridges:
    """Groups of calls that hear each other."""

    def __init__(self, *, events: EventLog, hearing: Hearing) -> None:
        self._events = events
        self._hearing = hearing
        self._groups: dict[str, tuple[Call, ...]] = {}

    def change(self, bridge: str, calls: Iterable[Call]) -> None:
        """From now on these calls, if two or more, are connected by this bridge (a conference's or a dial's id)."""
        before = self._groups.get(bridge, ())
        after = tuple(sorted(calls, key=lambda call: call.sid))
        after = after if len(after) > 1 else ()
        if before == after:
            return
        if after:
            self._groups[bridge] = after
        else:
            del self._groups[bridge]
        self._tell(bridge, before, after)

    def partners(self, call: Call | None) -> list[str]:
        """The numbers that this call is connected with."""
        group = next((group for group in self._groups.values() if call in group), ())
        return sorted(other.far_number for other in group if other is not call)

    def clear(self) -> None:
        """Forget all, without a word."""
        self._groups.clear()

    def _tell(self, bridge: str, before: tuple[Call, ...], after: tuple[Call, ...]) -> None:
        if before:
            self._events.add(Kind.UNBRIDGED, bridge=bridge, numbers=sorted(call.far_number for call in before))
        if after:
            displays = {call.far_number: call.phone.display for call in after if call.phone is not None}
            self._events.add(
                Kind.BRIDGED,
                bridge=bridge,
                numbers=sorted(call.far_number for call in after),
                calls=sorted(call.sid for call in after),
                displays=displays,
            )
        for call in after:
            self._hearing.note(call, "joined", **{"with": self.partners(call)})
        for call in before:
            if call not in after:
                others = sorted(other.far_number for other in before if other is not call)
                self._hearing.note(call, "left", **{"with": others})
