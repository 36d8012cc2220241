"""What a person hears, kept with her phone and told as an event; and the keys that she presses."""

from gateway.simulator.calls import Call
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.timing import now


class Hearing:
    """Notes what was heard and pressed."""

    def __init__(self, *, events: EventLog) -> None:
        self._events = events

    def note(self, call: Call, what: str, **details: object) -> None:
        """`what` is say, play, music, joined, left or ended."""
        if call.phone is not None:
            call.phone.heard.append({"at": now().isoformat(), "kind": what, "call_sid": call.sid, **details})
        self._events.add(Kind.HEARD, number=call.far_number, what=what, call_sid=call.sid, **details)

    def press(self, call: Call, keys: str, *, by: str) -> int:
        """Press keys on the far phone. How many of them anybody listened to."""
        heard = call.press(keys)
        self._events.add(Kind.PRESS, number=call.far_number, call_sid=call.sid, keys=keys, by=by, heard=heard)
        return heard
