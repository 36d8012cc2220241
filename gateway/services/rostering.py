"""The roster: adding responders, taking them on and off shift, giving them a PIN, and forgetting them.

A number goes in sealed and never comes out here. Women only: whoever adds a responder states that she is one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from gateway.core.errors import NotAPhoneNumber, SanadError
from gateway.core.identity import ResponderId
from gateway.core.naming import check_name
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


class NumberTaken(SanadError):
    """Two responders of one number: the second could never be asked while the first talks, nor be known by it."""

    code: ClassVar[str] = "number_taken"


class UnknownLanguage(SanadError):
    """A language that no caller is spoken to in. It is not repeated."""

    code: ClassVar[str] = "unknown_language"


class Rostering:
    """The supervisor's work on the roster."""

    def __init__(
        self,
        store: Store,
        *,
        sealer: Sealer,
        holder_of: Callable[[PhoneNumber], ResponderId | None] | None,
        chance: Chance,
        regions: frozenset[str],
        languages: frozenset[str],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        """`holder_of` tells who on the roster has a number; None where this user cannot open numbers.

        `languages` are those that callers are spoken to in.
        """
        self._store = store
        self._sealer = sealer
        self._holder_of = holder_of
        self._chance = chance
        self._regions = regions
        self._languages = languages
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
        """Add a responder, off shift.

        Raises `WomenOnly`, `BrokenName`, `BrokenCode`, `NameTaken`, `UnknownLanguage`, `NotAPhoneNumber`,
        `NumberTaken`.
        """
        self.check_new(name, is_woman=is_woman, languages=languages)
        phone = PhoneNumber.parse(number)
        if not is_callable(phone, self._regions):
            raise NotAPhoneNumber("This number is not an ordinary one of the countries in CALLBACK_REGIONS.")
        self._refuse_number_of_another(phone)
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

    def check_new(self, name: str, *, is_woman: bool, languages: frozenset[str]) -> None:
        """Whether somebody can be added so, to be asked before her number is typed. Raises as `add`."""
        if not is_woman:
            raise WomenOnly("Only women answer this line. State it with --woman when you add her.")
        check_name(name)
        if any(known.name == name for known in self._store.responders()):
            raise NameTaken(
                f"There is a responder of the name {name} already: `sanad responders change {name}` changes what is"
                f" known of her, and for another number remove her first. For another woman add a letter to the name."
            )
        self._refuse_unknown(languages)

    def _refuse_unknown(self, languages: frozenset[str]) -> None:
        if not languages <= self._languages:
            known = ", ".join(sorted(self._languages))
            raise UnknownLanguage(f"No caller is spoken to in this language, so nobody was changed: known are {known}.")

    @property
    def compares_numbers(self) -> bool:
        """Whether one number given for two women is found out here."""
        return self._holder_of is not None

    def _refuse_number_of_another(self, phone: PhoneNumber) -> None:
        holder = None if self._holder_of is None else self._holder_of(phone)
        if holder is None:
            return
        name = next((known.name for known in self._store.responders() if known.id == holder), holder)
        raise NumberTaken(
            f"{name} has this number already, and nobody was added. If a number was mistaken, try again, or"
            f" `sanad responders remove {name}` and add her anew."
        )

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
        """Change what is known of a responder; None leaves it as it is, and a load of 0 lifts it.

        Raises `NotOnTheRoster`, `UnknownLanguage`, `BrokenCode`.
        """
        self._refuse_unknown(languages or frozenset())

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
        """Forget a responder and her number; what she is asked for just now goes to a colleague.

        Raises `NotOnTheRoster`.
        """
        responder = self._find(who)
        self._store.transact(partial(_remove, name=responder.id))
        return responder

    def _find(self, who: str) -> Responder:
        found = [known for known in self._store.responders() if who in {known.name, known.id}]
        if len(found) != 1:
            raise _unknown()
        return found[0]


def _remove(transaction: Transaction, *, name: ResponderId) -> None:
    """The offers to her are left to the dialler, which may change cases: whoever works on the roster may not."""
    known = transaction.responder(name)
    case = None if known is None or known.busy_with is None else transaction.case(known.busy_with)
    if case is not None:
        hers = (offer.token for offer in case.offers if offer.responder == name)
        for token in hers:
            transaction.ring(Bell(JobName.RING_RESPONDER, (case.id, token)))
    transaction.remove_responder(name)


def _unknown() -> NotOnTheRoster:
    return NotOnTheRoster("No responder has this name or id. `sanad responders list` shows them all.")
