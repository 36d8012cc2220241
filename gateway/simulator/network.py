"""The network as a whole: joins its parts, begins calls, and can be reset. What people and the service ask of it."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp

from gateway.simulator.bridges import Bridges
from gateway.simulator.callbacks import StatusCallbacks
from gateway.simulator.calls import WITHHELD, By, Call, Callback, Direction, Phone, Source
from gateway.simulator.conferences import Conferences
from gateway.simulator.crew import Crew
from gateway.simulator.dialling import Dialling
from gateway.simulator.errors import NotPossible
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.executor import Executor
from gateway.simulator.faults import Faults, Plan
from gateway.simulator.hearing import Hearing
from gateway.simulator.lines import Lines
from gateway.simulator.messages import MessageBook
from gateway.simulator.messaging import Messaging
from gateway.simulator.registry import MOST_PHONES, Registry
from gateway.simulator.timing import Pace
from gateway.simulator.ussd import Ussd
from gateway.simulator.webhooks import Webhooks

_INTERNAL_ERROR: Final = 20500


@dataclass(frozen=True, slots=True)
class Settings:
    """What the network is told at its start. `numbers`: the service's number -> path of its voice webhook. `sms_path`
    is where messages to any of them are told, `ussd_url` where USSD is asked, "" if the service has neither.
    `ussd_code` is the only code in service; "" stands for any."""

    account: str
    token: str
    gateway: str
    public_url: str
    numbers: Mapping[str, str]
    status_path: str
    speed: float
    most_events: int
    glossary: Path | None = None
    panel: str | None = None
    sms_path: str = ""
    ussd_url: str = ""
    ussd_code: str = ""


class Network:
    """Everything between the service and the telephones."""

    def __init__(self, settings: Settings, client: aiohttp.ClientSession) -> None:
        self.settings = settings
        self.pace = Pace(settings.speed)
        self.events = EventLog(settings.most_events)
        self.faults = Faults()
        self.registry = Registry()
        self._crew = Crew()
        self.hearing = Hearing(events=self.events)
        self.bridges = Bridges(events=self.events, hearing=self.hearing)
        webhooks = Webhooks(
            client,
            token=settings.token,
            gateway=settings.gateway,
            public_url=settings.public_url,
            pace=self.pace,
            events=self.events,
            faults=self.faults,
        )
        self.conferences = Conferences(bridges=self.bridges, webhooks=webhooks, crew=self._crew)
        callbacks = StatusCallbacks(webhooks, crew=self._crew, pace=self.pace, events=self.events, faults=self.faults)
        self._lines = Lines(
            callbacks=callbacks,
            webhooks=webhooks,
            hearing=self.hearing,
            crew=self._crew,
            pace=self.pace,
            events=self.events,
        )
        self._executor = Executor(
            lines=self._lines, webhooks=webhooks, hearing=self.hearing, pace=self.pace, events=self.events
        )
        self._executor.dials = Dialling(
            executor=self._executor,
            lines=self._lines,
            conferences=self.conferences,
            bridges=self.bridges,
            registry=self.registry,
            crew=self._crew,
            pace=self.pace,
        )
        self.messages = MessageBook()
        self.messaging = Messaging(
            webhooks,
            account=settings.account,
            url=settings.public_url + settings.sms_path if settings.sms_path else "",
            numbers=frozenset(settings.numbers),
            book=self.messages,
            registry=self.registry,
            crew=self._crew,
            pace=self.pace,
            events=self.events,
            faults=self.faults,
        )
        self.ussd = Ussd(
            webhooks,
            url=settings.ussd_url,
            code=settings.ussd_code,
            pace=self.pace,
            events=self.events,
            faults=self.faults,
        )

    def register(self, phone: Phone) -> None:
        """A telephone from now on. Raises `NotPossible` if there are too many."""
        if len(self.registry.phones) >= MOST_PHONES:
            raise NotPossible("there are too many phones")
        self.registry.phones[phone.number] = phone

    def dial(self, phone: Phone, to: str, *, keys: tuple[str, ...], withheld: bool) -> Call:
        """Somebody dials the service. Raises `NotPossible`."""
        path = self.settings.numbers.get(to)
        if path is None:
            raise NotPossible("this number is not one of the service's")
        if phone.call is not None:
            raise NotPossible("this phone is in a call")
        call = Call(
            account=self.settings.account,
            shown=WITHHELD if withheld else phone.number,
            to=to,
            direction=Direction.INBOUND,
            callback=Callback(self.settings.public_url + self.settings.status_path)
            if self.settings.status_path
            else None,
            phone=phone,
        )
        call.keys.extend(keys)
        phone.call = call
        self.registry.add(call)
        act = partial(self._executor.follow, Source(self.settings.public_url + path))
        self._run(call, self._lines.incoming(call, act=act, follow=self._executor.follow))
        return call

    def place(self, call: Call, source: Source) -> None:
        """The service calls a telephone; answered, it hears this document."""
        self.registry.add(call)
        phone = self.registry.phones.get(call.to)
        act = partial(self._executor.follow, source)
        self._run(call, self._lines.outgoing(call, phone, act=act, follow=self._executor.follow))

    def change_faults(self, plan: Plan) -> None:
        """From now on, this goes wrong."""
        self.faults.change(plan)

    async def reset(self) -> None:
        """Hang up everything, forget phones, calls, faults and events."""
        self.faults.change(Plan())
        for call in list(self.registry.newest_first()):
            call.callback, call.farewell = None, None
            call.hang_up(By.SERVICE)
        await self._crew.end()
        self.conferences.clear()
        self.bridges.clear()
        self.messages.clear()
        self.ussd.clear()
        self.registry.clear()
        self.events.clear()

    def _run(self, call: Call, life: Awaitable[None]) -> None:
        self._crew.start(self._live(call, life))

    async def _live(self, call: Call, life: Awaitable[None]) -> None:
        """The outermost handler of a call: a mistake of the network's own ends this call only, and is told."""
        try:
            await life
        except Exception as error:  # a mistake here must be seen by whoever reads the events, not end the network
            self.events.add(
                Kind.APPLICATION_ERROR,
                number=call.far_number,
                call_sid=call.sid,
                code=_INTERNAL_ERROR,
                message=f"the network itself failed: {type(error).__name__}: {error}",
                where="network",
            )
