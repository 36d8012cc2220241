"""USSD as Africa's Talking brings it to a service: a dialog of short screens, each of them one request.

    POST sessionId=ussdabc phoneNumber=+9647... networkCode=41805 serviceCode=*726# text=1*2
    200  text/plain  CON Choose ... | END Done.

`text` is empty first, then all that was typed so far, joined by `*`. Nothing is signed. An answer is awaited for
15 s, a person has 60 s for each screen, and all of it ends after 180 s.
"""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from gateway.simulator.calls import Phone, mint
from gateway.simulator.errors import NotPossible
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.faults import Faults
from gateway.simulator.timing import Pace, now
from gateway.simulator.units import cut_to_screen, fits_screen, size_of
from gateway.simulator.webhooks import Answer, WebhookFailed, Webhooks

_PERSON_SECONDS: Final = 60.0
_SESSION_SECONDS: Final = 180.0
_MOST_DIALOGS: Final = 20_000
_MOST_ENTRIES: Final = 1_000
_DIALLED = re.compile(r"[*#][0-9*#]{1,40}#")
_ANSWER = re.compile(r"(CON|END)(?:\s(.*))?", re.DOTALL)
_NETWORKS: Final[Mapping[str, str]] = {"+96475": "41840", "+96477": "41805", "+96478": "41820", "+96479": "41830"}
_ELSEWHERE: Final = "99999"


@dataclass(eq=False, slots=True)
class Dialog:
    """One dialog on one phone. `id` is the network's own; `wire_id` is the sessionId that the service sees."""

    phone: Phone
    code: str
    wire_id: str
    id: str = field(default_factory=lambda: mint("ussd"))
    typed: list[str] = field(default_factory=list)
    entries: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=_MOST_ENTRIES))
    screen: str = ""
    busy: bool = False
    ended: str = ""  # why it is over; "" while it is not
    clocks: list[asyncio.TimerHandle] = field(default_factory=list)  # the whole session's, then the screen's

    def shown(self) -> dict[str, object]:
        """As JSON. `ended` is null, or why it is over: end, cancelled, silent, too long, dropped, error."""
        size = size_of(self.screen)
        return {
            "session": self.id,
            "session_id": self.wire_id,
            "code": self.code,
            "open": not self.ended,
            "waiting": self.busy,
            "ended": self.ended or None,
            "screen": self.screen,
            "units": size.units,
            "encoding": size.encoding,
            "entries": list(self.entries),
        }


class Ussd:
    """Holds all dialogs, bounded: those that are over are forgotten, the oldest first."""

    def __init__(
        self, webhooks: Webhooks, *, url: str, code: str, pace: Pace, events: EventLog, faults: Faults
    ) -> None:
        self._webhooks = webhooks
        self._url = url
        self._code = code
        self._pace = pace
        self._events = events
        self._faults = faults
        self._dialogs: dict[str, Dialog] = {}
        self._latest: dict[str, Dialog] = {}

    def of(self, phone: Phone) -> Dialog | None:
        """The dialog that this phone shows, or showed last."""
        return self._latest.get(phone.number)

    async def open(self, phone: Phone, code: str, *, wire_id: str = "") -> Dialog:
        """Somebody dials a code; returns with the first screen. Raises `NotPossible`."""
        service_code, typed = self._parts(code)
        last = self._latest.get(phone.number)
        if last is not None and not last.ended:
            raise NotPossible("this phone has a dialog open")
        dialog = Dialog(phone, service_code, wire_id or mint("ussd"), typed=typed)
        self._remember(dialog)
        self._note(dialog, "opened", text=code)
        dialog.clocks.append(self._ring_in(_SESSION_SECONDS, dialog, "too long"))
        await self._ask(dialog)
        return dialog

    async def type(self, session: str, text: str) -> Dialog:
        """An answer to the screen; returns with the next. Raises `NotPossible`."""
        dialog = self._open_one(session)
        if dialog.busy:
            raise NotPossible("the network waits for the service")
        dialog.typed.append(text)
        self._note(dialog, "typed", text=text)
        await self._ask(dialog)
        return dialog

    def end(self, session: str, reason: str) -> Dialog:
        """She leaves, or the network loses it: at any time, and the service is not told. Raises `NotPossible`."""
        dialog = self._open_one(session)
        self._end(dialog, reason)
        return dialog

    def clear(self) -> None:
        """Forget all, without a word."""
        for dialog in self._dialogs.values():
            dialog.ended = dialog.ended or "dropped"
            _stop(dialog.clocks)
        self._dialogs.clear()
        self._latest.clear()

    def _parts(self, code: str) -> tuple[str, list[str]]:
        """The service's code, and what was dialled with it: `*726*1*2#` is `*726#` and 1, 2."""
        if not self._url or not _DIALLED.fullmatch(code):
            raise NotPossible("this code cannot be dialled here")
        if not self._code or code == self._code:
            return code, []
        stem = self._code.removesuffix("#") + "*"
        if not code.startswith(stem):
            raise NotPossible("this code is not in service")
        return self._code, code.removeprefix(stem).removesuffix("#").split("*")

    def _open_one(self, session: str) -> Dialog:
        dialog = self._dialogs.get(session)
        if dialog is None or dialog.ended:
            raise NotPossible("this dialog is over")
        return dialog

    def _remember(self, dialog: Dialog) -> None:
        self._dialogs[dialog.id] = self._latest[dialog.phone.number] = dialog
        if len(self._dialogs) > _MOST_DIALOGS:
            oldest = list(islice(self._dialogs.values(), _MOST_DIALOGS // 10))
            for old in oldest:
                if old.ended:
                    del self._dialogs[old.id]

    async def _ask(self, dialog: Dialog) -> None:
        """One request, and what becomes of its answer."""
        _stop(dialog.clocks[1:])
        dialog.busy = True
        try:
            answer = await self._webhooks.ask(self._url, method="POST", params=_params(dialog), signed=False)
        except WebhookFailed as problem:
            self._fail(dialog, str(problem))
            return
        finally:
            dialog.busy = False
        if dialog.ended:
            return  # she left, or time was over: the answer reaches nobody
        if self._faults.strikes("drop_ussd"):
            self._events.add(Kind.FAULT, fault="drop_ussd", session=dialog.id)
            self._end(dialog, "dropped")
            return
        self._show(dialog, answer)

    def _show(self, dialog: Dialog, answer: Answer) -> None:
        found = _ANSWER.fullmatch(answer.body)
        if found is None or answer.content_type != "text/plain":
            self._complain(dialog, "an answer must be text/plain and begin with CON or END")
            self._fail(dialog, "the answer cannot be shown")
            return
        text = found[2] or ""
        size = size_of(text)
        if not fits_screen(text):
            self._complain(dialog, f"a screen of {size.units} units in {size.encoding} is cut off")
        dialog.screen = cut_to_screen(text)
        self._note(
            dialog, "shown", text=dialog.screen, units=size.units, encoding=size.encoding, ends=found[1] == "END"
        )
        if found[1] == "END":
            self._end(dialog, "end")
        else:
            dialog.clocks[1:] = [self._ring_in(_PERSON_SECONDS, dialog, "silent")]

    def _fail(self, dialog: Dialog, message: str) -> None:
        self._events.add(
            Kind.APPLICATION_ERROR, message=message, number=dialog.phone.number, session=dialog.id, where="ussd"
        )
        if not dialog.ended:
            self._end(dialog, "error")

    def _end(self, dialog: Dialog, reason: str) -> None:
        dialog.ended = reason
        _stop(dialog.clocks)
        self._note(dialog, "ended", reason=reason)

    def _ring_in(self, seconds: float, dialog: Dialog, reason: str) -> asyncio.TimerHandle:
        """The network ends the dialog in so many simulated seconds."""
        return asyncio.get_running_loop().call_later(self._pace.real(seconds), self._expire, dialog, reason)

    def _expire(self, dialog: Dialog, reason: str) -> None:
        if not dialog.ended:
            self._end(dialog, reason)

    def _complain(self, dialog: Dialog, message: str) -> None:
        self._events.add(Kind.VIOLATION, message=message, session=dialog.id, number=dialog.phone.number)

    def _note(self, dialog: Dialog, what: str, **details: object) -> None:
        """`what` is opened, shown, typed or ended."""
        dialog.entries.append({"at": now().isoformat(), "kind": what, **details})
        self._events.add(Kind.USSD, number=dialog.phone.number, session=dialog.id, what=what, **details)


def _params(dialog: Dialog) -> dict[str, str]:
    number = dialog.phone.number
    return {
        "sessionId": dialog.wire_id,
        "phoneNumber": number,
        "networkCode": _NETWORKS.get(number[:6], _ELSEWHERE),
        "serviceCode": dialog.code,
        "text": "*".join(dialog.typed),
    }


def _stop(clocks: list[asyncio.TimerHandle]) -> None:
    for clock in clocks:
        clock.cancel()
