"""Turning the keys of the day: new pair, numbers sealed and phones named anew, old pair destroyed. The dialler's work.

Every step can be done again, and the turn may stop anywhere: what was sealed and named by an older key is found and
opened as long as that key exists, and it is destroyed only when nothing that is held needs it.
"""

from collections.abc import Callable
from datetime import date, datetime

from gateway.jobs import Bell, JobName
from gateway.ports import Store
from gateway.services.casekeeping import Casekeeping

AT_ONCE = 1000  # numbers; a caller in danger must not wait behind a long queue that is sealed anew


class Keykeeping:
    """`renew` makes what the day needs, `destroy` takes away what is old; both say how many key files that were."""

    def __init__(
        self,
        casekeeping: Casekeeping,
        store: Store,
        *,
        renew: Callable[[date], int],
        destroy: Callable[[date], int],
        clock: Callable[[], datetime],
        at_once: int = AT_ONCE,
    ) -> None:
        self._casekeeping = casekeeping
        self._store = store
        self._renew = renew
        self._destroy = destroy
        self._clock = clock
        self._at_once = at_once

    def turn(self) -> tuple[int, int]:
        """Do all that the day asks for and was not done yet; the number of key files made and destroyed."""
        today = self._clock().date()
        made = self._renew(today)
        while not self._casekeeping.renew_numbers(self._at_once):
            pass
        return made, self._destroy(today)

    def go_on_turning(self) -> None:
        """Do a part of it, and ring for the next part behind everybody who waits."""
        today = self._clock().date()
        self._renew(today)
        if self._casekeeping.renew_numbers(self._at_once):
            self._destroy(today)
        else:
            self._store.ring(Bell(JobName.TURN_KEYS))
