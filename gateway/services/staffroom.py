"""Messages to the staff number: who wrote, is the PIN hers, and then what she wants. Only the dialler can find out.

Everybody was answered the same before. A stranger, and whoever has not the PIN, changes nothing and hears nothing more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from gateway.core import events as on
from gateway.core.case import Offer
from gateway.core.errors import CannotOpen, ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CaseId, ResponderId
from gateway.core.pins import WRONG_TRIES, is_right
from gateway.core.roster import Reach, taken_by_hand
from gateway.core.stafftexts import StaffText, StaffWish, from_note
from gateway.jobs import Bell, JobName
from gateway.ports import Opener, Strongroom, Transaction
from gateway.services.casework import apply_all
from gateway.services.chance import Chance
from gateway.services.dispatch import ANSWERING_TAKES
from gateway.services.reception import STAFF_TEXT
from gateway.services.sending import StaffPost
from gateway.services.staffnumbers import responder_of

ANSWER_LIVES = timedelta(minutes=10)


class Staffroom:
    """Does what responders ask for by text. `post` is None where the house cannot send messages."""

    def __init__(
        self,
        store: Strongroom,
        *,
        opener: Opener,
        post: StaffPost | None,
        chance: Chance,
        ring_for: timedelta,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._opener = opener
        self._post = post
        self._chance = chance
        self._ring_for = ring_for
        self._clock = clock
        self._zone = zone

    def hear(self, name: str) -> None:
        """Do what a message asks for, if its writer is on the roster and has the PIN."""
        responder, text = self._proven(name)
        if responder is not None and text is not None:
            outcome = self._store.transact(partial(self._do, responder=responder, wish=text.wish))
            self._tell(responder, outcome)
        self._store.wish_fulfilled(JobName.STAFF_TEXT, name)

    def _proven(self, name: str) -> tuple[ResponderId | None, StaffText | None]:
        sealed = self._store.staff_text(name)
        if sealed is None:
            return None, None
        try:
            number, note = self._opener.open_with_note(sealed, purpose=STAFF_TEXT, subject=name)
        except CannotOpen:
            return None, None
        responder, text = responder_of(number, self._store, self._opener), from_note(note)
        if responder is None or text is None or not self._knows_the_pin(responder, text.pin, name=name):
            return None, None
        return responder, text

    def _knows_the_pin(self, responder: ResponderId, pin: str, *, name: str) -> bool:
        """Counted before it is looked at: two who guess at the same moment have two tries, not more."""
        kept = self._store.pin(responder)
        if kept is None:
            return False
        if self._store.count_pin_try(responder, name) > WRONG_TRIES:
            structlog.get_logger().warning("pin_locked", mend="sanad responders pin NAME gives her a new one")
            return False
        if not is_right(pin, kept):
            return False
        self._store.pin_was_right(responder)
        return True

    def _do(self, transaction: Transaction, *, responder: ResponderId, wish: StaffWish) -> str | None:
        """Carry it out; the sentence that tells her what came of it, None if her phone will ring instead."""
        if wish is StaffWish.ACCEPT:
            return self._accept(transaction, responder)
        declined = wish in {StaffWish.DECLINE, StaffWish.OFF} and self._decline(transaction, responder)
        if wish is StaffWish.DECLINE:
            return "text_declined" if declined else "text_late"
        self._set_shift(transaction, responder, on_shift=wish is StaffWish.ON)
        return "text_on" if wish is StaffWish.ON else "text_off"

    def _accept(self, transaction: Transaction, responder: ResponderId) -> str | None:
        """Her phone is rung, and the key is asked for there once more: a voicemail may answer."""
        found = self._offer(transaction, responder)
        if found is None:
            return "text_late"
        now, (name, offer) = self._clock(), found
        case = transaction.case(name)
        answered = on.OfferAnswered(offer.token, now + self._ring_for + ANSWERING_TAKES)
        if case is not None and offer.by is Reach.TEXT:
            apply_all(transaction, case, answered, now=now)
        return None

    def _decline(self, transaction: Transaction, responder: ResponderId) -> bool:
        found = self._offer(transaction, responder)
        case = None if found is None else transaction.case(found[0])
        if found is None or case is None:
            return False
        return apply_all(transaction, case, on.OfferDeclined(found[1].token), now=self._clock()) is not None

    @staticmethod
    def _offer(transaction: Transaction, responder: ResponderId) -> tuple[CaseId, Offer] | None:
        """The case that she is asked for now, and the offer."""
        known = transaction.responder(responder)
        case = None if known is None or known.busy_with is None else transaction.case(known.busy_with)
        offers = () if case is None else case.offers
        offer = next((offer for offer in offers if offer.responder == responder), None)
        return None if case is None or offer is None else (case.id, offer)

    def _set_shift(self, transaction: Transaction, responder: ResponderId, *, on_shift: bool) -> None:
        known = transaction.responder(responder)
        if known is not None:
            transaction.keep_responder(taken_by_hand(known, on=on_shift, now=self._clock(), zone=self._zone))
            transaction.ring(Bell(JobName.DISPATCH))

    def _tell(self, responder: ResponderId, sentence: str | None) -> None:
        """A word of what came of it. A message that does not go out changes nothing of what was done."""
        if sentence is None or self._post is None:
            return
        try:
            self._post.send(responder, sentence, token=self._chance.token(), valid_for=ANSWER_LIVES)
        except (ProviderBusy, ProviderRefused, ProviderUncertain) as problem:
            structlog.get_logger().warning("staff_not_told", code=problem.code)
