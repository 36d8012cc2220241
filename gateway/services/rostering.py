"""The roster: adding responders, taking them on and off shift, and forgetting them.

A number goes in sealed and never comes out here. Women only: whoever adds a responder states that she is one.
"""

from dataclasses import replace
from typing import ClassVar

from gateway.core.errors import NotAPhoneNumber, SanadError
from gateway.core.identity import ResponderId
from gateway.core.phone import PhoneNumber, is_callable
from gateway.core.roster import Responder
from gateway.jobs import Bell, JobName
from gateway.ports import Sealer, Store, Transaction
from gateway.services.bridging import STAFF_NUMBER
from gateway.services.chance import Chance


class NotOnTheRoster(SanadError):
    """No responder, or more than one, has this name or id."""

    code: ClassVar[str] = "not_on_the_roster"


class WomenOnly(SanadError):
    """Somebody was to be added without the statement that she is a woman."""

    code: ClassVar[str] = "women_only"


class NameTaken(SanadError):
    """Two responders of one name could not be told apart."""

    code: ClassVar[str] = "name_taken"


class Rostering:
    """The supervisor's work on the roster."""

    def __init__(
        self,
        store: Store,
        *,
        sealer: Sealer,
        chance: Chance,
        regions: frozenset[str],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._chance = chance
        self._regions = regions

    def add(
        self, name: str, number: str, *, is_woman: bool, languages: frozenset[str], skills: frozenset[str] = frozenset()
    ) -> Responder:
        """Add a responder, off shift. Raises `WomenOnly`, `NameTaken`, `NotAPhoneNumber`."""
        if not is_woman:
            raise WomenOnly("Only women answer this line. State it with --woman when you add her.")
        if any(known.name == name for known in self._store.responders()):
            raise NameTaken(f"There is a responder of the name {name} already; add a letter to tell them apart.")
        phone = PhoneNumber.parse(number)
        if not is_callable(phone, self._regions):
            raise NotAPhoneNumber("This number is not an ordinary one of the countries in CALLBACK_REGIONS.")
        responder = Responder(
            id=ResponderId(self._chance.case_id()), name=name, is_woman=True, languages=languages, skills=skills
        )
        sealed = self._sealer.seal(phone, purpose=STAFF_NUMBER, subject=responder.id)

        def work(transaction: Transaction) -> None:
            transaction.keep_responder(responder)
            transaction.keep_staff_number(responder.id, sealed)

        self._store.transact(work)
        return responder

    def roster(self) -> list[Responder]:
        """All responders, by name."""
        return sorted(self._store.responders(), key=lambda responder: responder.name)

    def set_shift(self, who: str, *, on_shift: bool) -> Responder:
        """Take a responder on or off shift; whoever waits is offered to her at once. Raises `NotOnTheRoster`."""
        name = self._find(who).id

        def work(transaction: Transaction) -> Responder:
            responder = transaction.responder(name)
            if responder is None:
                raise _unknown()
            changed = replace(responder, on_shift=on_shift, rest_until=None, misses=0)
            transaction.keep_responder(changed)
            transaction.ring(Bell(JobName.DISPATCH))
            return changed

        return self._store.transact(work)

    def remove(self, who: str) -> Responder:
        """Forget a responder and her number. Raises `NotOnTheRoster`."""
        responder = self._find(who)
        self._store.transact(lambda transaction: transaction.remove_responder(responder.id))
        return responder

    def _find(self, who: str) -> Responder:
        found = [known for known in self._store.responders() if who in {known.name, known.id}]
        if len(found) != 1:
            raise _unknown()
        return found[0]


def _unknown() -> NotOnTheRoster:
    return NotOnTheRoster("No responder has this name or id. `sanad responders list` shows them all.")
