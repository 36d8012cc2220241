"""Calls to the staff number: a responder comes on or goes off shift. `web` does not know who calls; the dialler will.

Everybody who calls here hears the same words, known or not.
"""

from collections.abc import Mapping

from gateway.core.conversation import Outcome
from gateway.ports import Knock, Sealer, Transaction
from gateway.services.chance import Chance
from gateway.services.conversations import Handler, Scene

KNOCK_NUMBER = "knock"  # what the number of somebody who calls the staff number is sealed for
SHIFT_ON, SHIFT_OFF = "on", "off"


class Reception:
    """The effects of the staff script, by name in `handlers`."""

    def __init__(self, *, sealer: Sealer, chance: Chance) -> None:
        self._sealer = sealer
        self._chance = chance

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
            transaction.keep_knock(name, Knock(sealed, wish))
        return Outcome("done")
