"""The staff number: calls and messages of responders. `web` does not know who it is; the dialler will.

Everybody who calls here hears the same words, and everybody who writes here reads the same, known or not.
"""

from collections.abc import Mapping
from datetime import timedelta

from gateway.core.conversation import HangUp, Outcome, Prompt, Say
from gateway.core.keywords import Keywords
from gateway.core.messages import MessageArrived
from gateway.core.phone import PhoneNumber
from gateway.core.stafftexts import StaffText, as_note, read_staff_text
from gateway.ports import Knock, Namer, Sealer, Store, Transaction
from gateway.services.chance import Chance
from gateway.services.conversations import SILENT, Answer, Handler, Scene
from gateway.services.switchboard import callable_number

KNOCK_NUMBER = "knock"  # what the number of somebody who calls the staff number is sealed for
STAFF_TEXT = "staff text"  # what the number of somebody who writes to it is sealed for, with what she wrote
STAFF_ROUNDS = "staff rounds"  # what it is named for while her messages are counted
SHIFT_ON, SHIFT_OFF = "on", "off"
# Messages answered in a quarter of an hour, or up to three fewer (ROUNDS_BLUR): two machines would go on for ever.
MOST_ROUNDS = 12
NOTED = Answer((Say((Prompt("text_noted"),)), HangUp()), None)


class Reception:
    """The effects of the staff script, by name in `handlers`."""

    def __init__(self, *, sealer: Sealer, chance: Chance, retention: timedelta) -> None:
        """`retention` is how long any number is held at most."""
        self._sealer = sealer
        self._chance = chance
        self._retention = retention

    def handlers(self) -> Mapping[str, Handler]:
        """The name of each effect, and what does it."""
        return {"shift_on": self._shift_on, "shift_off": self._shift_off}

    def _shift_on(self, transaction: Transaction, scene: Scene) -> Outcome:
        return self._knock(transaction, scene, SHIFT_ON)

    def _shift_off(self, transaction: Transaction, scene: Scene) -> Outcome:
        return self._knock(transaction, scene, SHIFT_OFF)

    def _knock(self, transaction: Transaction, scene: Scene, wish: str) -> Outcome:
        caller = scene.caller
        if caller is not None:
            name = self._chance.token()
            sealed = self._sealer.seal(caller, purpose=KNOCK_NUMBER, subject=name)
            transaction.keep_knock(name, Knock(sealed, wish), life=self._retention)
        return Outcome("done")


class Letterbox:
    """Takes messages to the staff number in."""

    def __init__(
        self,
        store: Store,
        *,
        keywords: Keywords,
        sealer: Sealer,
        namer: Namer,
        chance: Chance,
        regions: frozenset[str],
    ) -> None:
        """`regions`: the countries whose phones responders may have."""
        self._store = store
        self._regions = regions
        self._chance = chance
        self._keywords = keywords
        self._sealer = sealer
        self._namer = namer

    def message(self, arrived: MessageArrived) -> Answer:
        """The answer to a message: one and the same, whoever wrote whatever; none to whom we may not write."""
        sender = callable_number(arrived.from_text, self._regions)
        if sender is None:
            return self._turn_away(arrived)
        read = read_staff_text(arrived.text, self._keywords)
        return self._store.transact(lambda transaction: self._keep(transaction, arrived, sender, read))

    def _turn_away(self, arrived: MessageArrived) -> Answer:
        record = arrived.record
        if record is not None:
            self._store.transact(lambda transaction: transaction.note_message(record))
        return SILENT

    def _keep(
        self, transaction: Transaction, arrived: MessageArrived, sender: PhoneNumber, read: StaffText | None
    ) -> Answer:
        """Named by the message's id: told of again, it is no second try of a PIN."""
        if arrived.record is not None:
            transaction.note_message(arrived.record)
        counted = self._namer.name(STAFF_ROUNDS, sender.reveal())
        rounds = transaction.count_round(counted, first=self._chance.first_round())
        if read is not None:
            name = self._namer.name(STAFF_TEXT, f"{arrived.id}\n{sender.reveal()}")
            sealed = self._sealer.seal(sender, purpose=STAFF_TEXT, subject=name, note=as_note(read))
            transaction.keep_staff_text(name, sealed)
        return NOTED if rounds <= MOST_ROUNDS else SILENT
