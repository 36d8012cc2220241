"""Asking a responder for a case: by a call, or by a text if she prefers one and can answer it. The dialler runs this.

A text needs an answer with her PIN: whoever has none, or has locked it, is rung instead.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from gateway.core import events as on
from gateway.core.case import Case, Offer
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CaseId, ResponderId, Token
from gateway.core.pins import WRONG_TRIES
from gateway.core.roster import Reach
from gateway.ports import Strongroom, Transaction
from gateway.services.bridging import Bridging
from gateway.services.casework import apply_all
from gateway.services.sending import StaffPost

OFFER = "offer_text"


class Asking:
    """`post` is None where the house cannot send messages: then everybody is rung."""

    def __init__(
        self, store: Strongroom, *, bridging: Bridging, post: StaffPost | None, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._bridging = bridging
        self._post = post
        self._clock = clock

    def ask(self, name: CaseId, token: Token) -> None:
        """Ask the woman of an offer, if that was not begun already. One who was removed meanwhile is asked no more."""
        if self._store.transact(partial(self._take_back, name=name, token=token)):
            return
        case = self._store.case(name)
        offer = None if case is None else case.offer(token)
        if case is None or offer is None:
            return
        if self._post is not None and offer.by is Reach.TEXT and self._can_answer(offer.responder):
            self._text(case, offer, self._post)
        else:
            self._bridging.ring_responder(name, token)

    def _take_back(self, transaction: Transaction, *, name: CaseId, token: Token) -> bool:
        """End an offer to somebody who is not on the roster, and her phone's ringing; whether it was one."""
        case = transaction.case(name)
        offer = None if case is None else case.offer(token)
        if case is None or offer is None or transaction.responder(offer.responder) is not None:
            return False
        return apply_all(transaction, case, on.OfferMissed(token), now=self._clock()) is not None

    def _can_answer(self, responder: ResponderId) -> bool:
        on_shift = any(known.id == responder and known.on_shift for known in self._store.responders())
        wrong = self._store.wrong_pins(responder)
        return on_shift and wrong is not None and wrong < WRONG_TRIES

    def _text(self, case: Case, offer: Offer, post: StaffPost) -> None:
        if not self._store.transact(partial(self._move, name=case.id, event=on.OfferIntended(offer.token))):
            return
        values = {"alias_first": case.alias.first, "alias_second": case.alias.second, "class": case.urgency.value}
        valid_for = offer.expires_at - self._clock()
        try:
            sent = post.send(offer.responder, OFFER, token=offer.token, valid_for=valid_for, values=values)
        except ProviderBusy:
            self._note(case, on.OfferFailed(offer.token))
            return
        except ProviderRefused:
            sent = False
        except ProviderUncertain:
            sent = True  # if it was not, nobody answers and the offer ends by itself
        if not sent:
            self._note(case, on.OfferMissed(offer.token))

    def _note(self, case: Case, event: on.Event) -> None:
        self._store.transact(partial(self._move, name=case.id, event=event))

    def _move(self, transaction: Transaction, *, name: CaseId, event: on.Event) -> bool:
        case = transaction.case(name)
        return case is not None and apply_all(transaction, case, event, now=self._clock()) is not None
