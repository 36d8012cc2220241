"""Turning the keys of the day: new pair, numbers sealed anew, old pair destroyed. The dialler runs this."""

from collections.abc import Callable
from datetime import date, datetime

from gateway.services.casekeeping import Casekeeping


class Keykeeping:
    """`renew` makes what the day needs, `destroy` takes away what is old; both say how many key files that were."""

    def __init__(
        self,
        casekeeping: Casekeeping,
        *,
        renew: Callable[[date], int],
        destroy: Callable[[date], int],
        clock: Callable[[], datetime],
    ) -> None:
        self._casekeeping = casekeeping
        self._renew = renew
        self._destroy = destroy
        self._clock = clock

    def turn(self) -> tuple[int, int]:
        """Do what the day asks for, if it was not done yet; the number of key files made and destroyed."""
        today = self._clock().date()
        made = self._renew(today)
        self._casekeeping.seal_anew()
        return made, self._destroy(today)
