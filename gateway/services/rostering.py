"""The roster: adding responders, taking them on and off shift, giving them a PIN, and forgetting them.

A number goes in sealed and never comes out here. Women only: whoever adds a responder states that she is one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from gateway.core.errors import NotAPhoneNumber, SanadError
from gateway.core.identity import ResponderId
from gateway.core.phone import PhoneNumber, is_callable
from gateway.core.pins import keep_pin
from gateway.core.roster import Reach, Responder, seen_at, taken_by_hand, with_plan
from gateway.core.shifts import Plan, revised
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
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._chance = chance
        self._regions = regions
        self._clock = clock
        self._zone = zone

    def add(
        self,
        name: str,
        number: str,
        *,
        is_woman: bool,
        languages: frozenset[str],
        skills: frozenset[str] = frozenset(),
        areas: frozenset[str] = frozenset(),
        load: int | None = None,
        by: Reach = Reach.CALL,
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
            id=ResponderId(self._chance.case_id()), name=name, is_woman=True,
            languages=languages, skills=skills, areas=areas, load=load, by=by,
        )  # fmt: skip
        sealed = self._sealer.seal(phone, purpose=STAFF_NUMBER, subject=responder.id)

        def work(transaction: Transaction) -> None:
            transaction.keep_responder(responder)
            transaction.keep_staff_number(responder.id, sealed)

        self._store.transact(work)
        return responder

    def roster(self) -> list[Responder]:
        """All responders as they are now, by name."""
        now = self._clock()
        found = (seen_at(responder, now=now, zone=self._zone) for responder in self._store.responders())
        return sorted(found, key=lambda responder: responder.name)

    def find(self, who: str) -> Responder:
        """One responder as she is now, by name or id. Raises `NotOnTheRoster`."""
        return seen_at(self._find(who), now=self._clock(), zone=self._zone)

    def set_shift(self, who: str, *, on_shift: bool) -> Responder:
        """On or off shift until her plan next turns; whoever waits is offered at once. Raises `NotOnTheRoster`."""
        return self._change(who, lambda known: taken_by_hand(known, on=on_shift, now=self._clock(), zone=self._zone))

    def revise_plan(self, who: str, by: Plan, *, anew: bool = False) -> Responder:
        """Change a responder's plan, or give her this one `anew`. Raises `NotOnTheRoster`."""
        now = self._clock()
        today = now.astimezone(self._zone).date()

        def revise(known: Responder) -> Responder:
            plan = revised(Plan() if anew else known.plan, by, today=today)
            return with_plan(known, plan, now=now, zone=self._zone)

        return self._change(who, revise)

    def change(
        self,
        who: str,
        *,
        languages: frozenset[str] | None = None,
        skills: frozenset[str] | None = None,
        areas: frozenset[str] | None = None,
        load: int | None = None,
    ) -> Responder:
        """Change what is known of a responder; None leaves it as it is, and a load of 0 lifts it."""

        def describe(known: Responder) -> Responder:
            return replace(
                known,
                languages=known.languages if languages is None else languages,
                skills=known.skills if skills is None else skills,
                areas=known.areas if areas is None else areas,
                load=known.load if load is None else load or None,
            )

        return self._change(who, describe)

    def _change(self, who: str, change: Callable[[Responder], Responder]) -> Responder:
        name = self._find(who).id

        def work(transaction: Transaction) -> Responder:
            responder = transaction.responder(name)
            if responder is None:
                raise _unknown()
            changed = change(responder)
            transaction.keep_responder(changed)
            transaction.ring(Bell(JobName.DISPATCH))
            return changed

        return self._store.transact(work)

    def reach(self, who: str, by: Reach) -> Responder:
        """Ask a responder by calls or by messages from now on. Raises `NotOnTheRoster`."""
        name = self._find(who).id

        def work(transaction: Transaction) -> Responder:
            responder = transaction.responder(name)
            if responder is None:
                raise _unknown()
            changed = replace(responder, by=by)
            transaction.keep_responder(changed)
            return changed

        return self._store.transact(work)

    def set_pin(self, who: str, pin: str) -> Responder:
        """Give a responder a PIN, and unlock it. Raises `NotOnTheRoster`, `BrokenPin`."""
        responder = self._find(who)
        kept = keep_pin(pin, salt=self._chance.token())
        self._store.transact(lambda transaction: transaction.keep_pin(responder.id, kept))
        return responder

    def wrong_pins(self, responder: Responder) -> int | None:
        """Wrong tries since her PIN was last right; None if she has none."""
        return self._store.wrong_pins(responder.id)

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
