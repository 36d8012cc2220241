"""Who is on shift, kept with every change of a responder where a caller's step can count it without the roster."""

from datetime import datetime

from gateway.core.roster import Responder, is_on_duty
from gateway.storage import keys
from gateway.storage.packet import Command, Packet
from gateway.storage.places import seconds

_LAST_SECOND = 253_402_300_799  # of the year 9999: until then is she on shift whose plan never turns


def note_presence(packet: Packet, responder: Responder) -> None:
    """Keep until when she is on shift, or that she is not."""
    if not is_on_duty(responder):
        packet.zrem(keys.ON_SHIFT, responder.id)
        return
    until = _LAST_SECOND if responder.turns_at is None else seconds(responder.turns_at)
    packet.zadd(keys.ON_SHIFT, {responder.id: until})


def count_present(now: datetime) -> Command:
    """What counts the women on shift: whose plan has turned meanwhile is not counted, though nobody has looked yet."""
    return ("ZCOUNT", keys.ON_SHIFT, f"({seconds(now)}", "+inf")
