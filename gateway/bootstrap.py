"""The one place that joins the parts: settings in, a process out. Nothing else makes a store or a telephone."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from config.closures import closed_dates
from config.settings import (
    ClockSettings,
    ConsoleSettings,
    DiallerSettings,
    RuleSettings,
    StoreSettings,
    WebSettings,
    WorkerSettings,
    read,
)
from gateway import logs, outlets
from gateway.core.errors import BrokenKey
from gateway.core.identity import ResponderId
from gateway.core.phone import PhoneNumber
from gateway.core.roster import Responder
from gateway.core.windows import Calendar, Hours, SafeTime
from gateway.jobs import JobName, QueueName
from gateway.providers.registry import SMS_WIRES, field_maps, ussd_wires
from gateway.providers.twilio.account import TwilioAccount
from gateway.providers.twilio.transport import Transport
from gateway.providers.twilio.twiml import voice_of
from gateway.services.alarming import Supervisor, Watch
from gateway.services.asking import Asking
from gateway.services.bridging import Bridging, RingTimes
from gateway.services.callreports import CallReports
from gateway.services.casekeeping import Casekeeping
from gateway.services.chance import Chance
from gateway.services.conversations import Conversations
from gateway.services.desk import Desk
from gateway.services.dispatch import Dispatcher
from gateway.services.gate import Gate
from gateway.services.intake import Intake
from gateway.services.keykeeping import Keykeeping
from gateway.services.legs import Legs
from gateway.services.messagereports import MessageReports
from gateway.services.reception import Letterbox, Reception
from gateway.services.recordkeeping import Recordkeeping
from gateway.services.reporting import Reporting
from gateway.services.rostering import Rostering
from gateway.services.sending import StaffPost
from gateway.services.shifts import Shifts
from gateway.services.staffnumbers import number_of, responder_of
from gateway.services.staffroom import Staffroom
from gateway.services.sweep import Sweep
from gateway.services.switchboard import ALARM_SCRIPT, CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT
from gateway.services.texts import Texts
from gateway.services.troubles import NotedRecords, NotedTelephone, Troubles
from gateway.storage import keyfiles
from gateway.storage.connect import Client, connect
from gateway.storage.library import Library, load
from gateway.storage.store import RedisStore, RedisStrongroom
from gateway.storage.vault import OpeningVault, PublicVault, SessionNamer
from gateway.web.house import WebHouse

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "ivr_scripts"
DIRECTORY = ROOT / "config" / "directory.toml"

Handlers = Mapping[JobName, Callable[..., object]]


def utc_now() -> datetime:
    """The present, aware UTC, in whole seconds: fractions would only be digits to search through for leaks."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clock's process needs."""

    store: RedisStore
    shifts: Shifts
    sweep: Sweep
    watch: Watch


def web(environ: Mapping[str, str]) -> WebHouse:
    """The webhooks' house: it can seal numbers and open none. Raises `BrokenSettings`, `BrokenScript`, `BrokenKey`."""
    settings = read(WebSettings, environ)
    logs.configure("web", settings.log_level)
    library = load(SCRIPTS, DIRECTORY, today=utc_now().date())
    store = RedisStore(connect(settings.redis_url.get_secret_value()), clock=utc_now)
    sealer = PublicVault(settings.sanad_keys, monotonic=time.monotonic)
    sealer.epoch()
    chance, calendar = _chance(library, settings), _calendar(settings)
    regions = frozenset(settings.callback_regions)
    namer = SessionNamer(settings.sanad_keys, today=lambda: utc_now().date(), monotonic=time.monotonic)
    hold = timedelta(seconds=settings.urgent_hold_seconds)
    intake = Intake(sealer=sealer, namer=namer, chance=chance, calendar=calendar, regions=regions, hold=hold)
    conversations = Conversations(
        store,
        scripts=library.scripts,
        handlers={
            CALLER_SCRIPT: intake.handlers(),
            OFFER_SCRIPT: Desk(chance=chance, calendar=calendar).handlers(),
            GATE_SCRIPT: Gate(calendar=calendar).handlers(),
            ALARM_SCRIPT: {},
            STAFF_SCRIPT: Reception(sealer=sealer, chance=chance, retention=calendar.retention).handlers(),
        },
        clock=utc_now,
        new_secret=chance.secret,
        language=settings.hotline_language,
    )
    return WebHouse(
        texts=Texts(conversations, keywords=library.keywords, namer=namer, chance=chance, regions=regions),
        letterbox=Letterbox(
            store, keywords=library.keywords, sealer=sealer, namer=namer, chance=chance, regions=regions
        ),
        message_reports=MessageReports(store, clock=utc_now),
        sms_wires={name: make(settings.public_url) for name, make in SMS_WIRES.items()},
        ussd_wires=ussd_wires(field_maps(settings.ussd_aggregators)),
        kannel_secret=settings.kannel_secret.get_secret_value() if settings.kannel_secret else None,
        ussd_secret=settings.ussd_secret.get_secret_value() if settings.ussd_secret else None,
        conversations=conversations,
        reports=CallReports(store, calendar=calendar, clock=utc_now),
        wordings=library.wordings(settings.hotline_language),
        voice=voice_of(settings.hotline_language),
        public_url=settings.public_url,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        numbers={settings.staff_number: STAFF_SCRIPT} if settings.staff_number else {},
        recordings=SCRIPTS,
        check=lambda: _check_web(store, sealer),
    )


def _check_web(store: RedisStore, sealer: PublicVault) -> None:
    store.ping()
    sealer.epoch()


def worker(queue: QueueName, environ: Mapping[str, str]) -> tuple[Client, Handlers]:
    """A worker's connection, and what it may run."""
    return _dispatching(environ) if queue is QueueName.WORK else _dialling(environ)


def _dispatching(environ: Mapping[str, str]) -> tuple[Client, Handlers]:
    settings = read(WorkerSettings, environ)
    logs.configure("worker", settings.log_level)
    client = connect(settings.redis_url.get_secret_value(), answer_seconds=None)
    dispatcher = Dispatcher(
        RedisStore(client, clock=utc_now),
        chance=_chance(load(SCRIPTS, DIRECTORY, today=utc_now().date()), settings),
        calendar=_calendar(settings),
        clock=utc_now,
        ring_for=timedelta(seconds=settings.offer_ring_seconds),
    )
    return client, {JobName.DISPATCH: dispatcher.dispatch}


def _dialling(environ: Mapping[str, str]) -> tuple[Client, Handlers]:
    settings = read(DiallerSettings, environ)
    logs.configure("dialler", settings.log_level)
    client = connect(settings.redis_url.get_secret_value(), answer_seconds=None)
    store = RedisStrongroom(client, clock=utc_now)
    vault = OpeningVault(settings.sanad_keys, monotonic=time.monotonic)
    troubles = Troubles(store)
    telephone = NotedTelephone(outlets.telephone(settings, client), troubles)
    library = load(SCRIPTS, DIRECTORY, today=utc_now().date())
    chance, calendar = _chance(library, settings), _calendar(settings)
    post = _post(settings, client, store, vault, library)
    bridging = Bridging(
        store,
        telephone=telephone,
        opener=vault,
        chance=chance,
        calendar=calendar,
        times=RingTimes(
            responder=timedelta(seconds=settings.offer_ring_seconds),
            caller=timedelta(seconds=settings.caller_ring_seconds),
        ),
        clock=utc_now,
    )
    asking = Asking(store, bridging=bridging, post=post, clock=utc_now)
    staffroom = Staffroom(
        store,
        opener=vault,
        post=post,
        chance=chance,
        ring_for=timedelta(seconds=settings.offer_ring_seconds),
        clock=utc_now,
        zone=settings.timezone,
    )
    reports = CallReports(store, calendar=calendar, clock=utc_now)
    legs = Legs(store, telephone=telephone, opener=vault, reports=reports, clock=utc_now)
    keeping = _casekeeping(settings, store, vault)
    records = Recordkeeping(
        store,
        telephone=telephone,
        forget_message=outlets.message_deletion(settings, client),
        lists=NotedRecords(outlets.records(settings), troubles),
        clock=utc_now,
    )
    keys = _keykeeping(keeping, store, settings.sanad_keys)
    supervisor = Supervisor(store, telephone, number=outlets.supervisor_number(settings), clock=utc_now)
    return client, _dialler_handlers(
        asking=asking,
        bridging=bridging,
        legs=legs,
        staffroom=staffroom,
        keeping=keeping,
        records=records,
        keys=keys,
        supervisor=supervisor,
    )


def _dialler_handlers(
    *,
    asking: Asking,
    bridging: Bridging,
    legs: Legs,
    staffroom: Staffroom,
    keeping: Casekeeping,
    records: Recordkeeping,
    keys: Keykeeping,
    supervisor: Supervisor,
) -> Handlers:
    return {
        JobName.ADMIT: keeping.admit,
        JobName.WITHDRAW: keeping.withdraw,
        JobName.RING_RESPONDER: asking.ask,
        JobName.DIAL_CALLER: bridging.dial_caller,
        JobName.CHECK_CALLS: legs.check,
        JobName.RELEASE_RESPONDER: legs.release_responder,
        JobName.RELEASE_CALLER: legs.release_caller,
        JobName.HANG_UP: legs.hang_up,
        JobName.CALL_OFF: legs.call_off,
        JobName.ERASE: keeping.erase,
        JobName.FORGET_RECORDS: records.forget_records,
        JobName.FIND_RECORDS: records.find_records,
        JobName.TURN_KEYS: keys.go_on_turning,
        JobName.KNOCK: keeping.answer_knock,
        JobName.STAFF_TEXT: staffroom.hear,
        JobName.ALARM: supervisor.tell,
        JobName.COMPACT: keeping.compact,
    }


def _post(
    settings: DiallerSettings, client: Client, store: RedisStrongroom, vault: OpeningVault, library: Library
) -> StaffPost | None:
    """Messages to responders, from the staff number; none without one."""
    texting = outlets.staff_texting(settings, client)
    if texting is None:
        return None
    wording = library.wordings(settings.hotline_language)[STAFF_SCRIPT]
    return StaffPost(store, texting=texting, opener=vault, wording=wording, clock=utc_now)


def _casekeeping(settings: DiallerSettings, store: RedisStrongroom, vault: OpeningVault) -> Casekeeping:
    return Casekeeping(store, opener=vault, clock=utc_now, calendar=_calendar(settings))


def provider_account(settings: DiallerSettings) -> TwilioAccount:
    """The account at the provider, to be asked whether it is well by somebody who waits for the answer."""
    return TwilioAccount(
        account=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        transport=Transport(api_base=settings.twilio_api_base, answer_within=timedelta(seconds=5)),
    )


def _keykeeping(keeping: Casekeeping, store: RedisStore, folder: Path) -> Keykeeping:
    def renew(today: date) -> int:
        return len(keyfiles.new_day(folder, today))

    def destroy(today: date) -> int:
        return len(keyfiles.destroy_old(folder, today))

    return Keykeeping(keeping, store, renew=renew, destroy=destroy, clock=utc_now)


def turn_keys(environ: Mapping[str, str]) -> tuple[int, int]:
    """Turn the keys by hand, as the dialler does by itself: how many key files were made and destroyed."""
    settings = read(DiallerSettings, environ)
    client = connect(settings.redis_url.get_secret_value())
    store = RedisStrongroom(client, clock=utc_now)
    vault = OpeningVault(settings.sanad_keys, monotonic=time.monotonic)
    keeping = _casekeeping(settings, store, vault)
    return _keykeeping(keeping, store, settings.sanad_keys).turn()


def clock(environ: Mapping[str, str]) -> Clock:
    """The clock: it sweeps, and holds no key."""
    settings = read(ClockSettings, environ)
    logs.configure("clock", settings.log_level)
    store = RedisStore(connect(settings.redis_url.get_secret_value()), clock=utc_now)
    sweep = Sweep(store, calendar=_calendar(settings), clock=utc_now)
    shifts = Shifts(store, clock=utc_now, zone=settings.timezone)
    return Clock(store, shifts, sweep, Watch(store, clock=utc_now))


def console(environ: Mapping[str, str]) -> Callable[[], None]:
    """The console's check of its own health."""
    settings = read(ConsoleSettings, environ)
    logs.configure("console", settings.log_level)
    return RedisStore(connect(settings.redis_url.get_secret_value()), clock=utc_now).ping


def rostering(environ: Mapping[str, str]) -> Rostering:
    """The supervisor's work on the roster. It can seal a responder's number, and compare it where it may open one."""
    settings, rules = read(ConsoleSettings, environ), read(RuleSettings, environ)
    store = RedisStrongroom(connect(settings.redis_url.get_secret_value()), clock=utc_now)
    library = load(SCRIPTS, DIRECTORY, today=utc_now().date())
    return Rostering(
        store,
        sealer=PublicVault(settings.sanad_keys, monotonic=time.monotonic),
        holder_of=_holder_of(store, settings.sanad_keys),
        chance=_chance(library, rules),
        regions=frozenset(rules.callback_regions),
        languages=frozenset(library.scripts[CALLER_SCRIPT].languages),
        clock=utc_now,
        zone=rules.timezone,
    )


def _holder_of(store: RedisStrongroom, folder: Path) -> Callable[[PhoneNumber], ResponderId | None] | None:
    """Who on the roster has a number; None for a user to whom the dialler's keys are closed."""
    try:
        vault = OpeningVault(folder, monotonic=time.monotonic)
    except BrokenKey:
        return None
    return partial(responder_of, store=store, opener=vault)


def zone(environ: Mapping[str, str]) -> ZoneInfo:
    """The hotline's time zone, in whose hours shifts are written. Raises `BrokenSettings`."""
    return read(RuleSettings, environ).timezone


def responders(client: Client) -> list[Responder]:
    """The whole roster, to look at."""
    return RedisStore(client, clock=utc_now).responders()


def out_of_reach(environ: Mapping[str, str]) -> list[Responder]:
    """Who of the roster is never rung, because no key here opens her number. Raises `BrokenKey` if there is no key."""
    settings = read(ConsoleSettings, environ)
    store = RedisStrongroom(connect(settings.redis_url.get_secret_value()), clock=utc_now)
    keyfiles.check_pair(settings.sanad_keys, keyfiles.STAFF)
    vault = OpeningVault(settings.sanad_keys, monotonic=time.monotonic)
    return [responder for responder in store.responders() if number_of(responder.id, store, vault) is None]


def reporting(environ: Mapping[str, str]) -> Reporting:
    """The counts by week."""
    client = connect(read(StoreSettings, environ).redis_url.get_secret_value())
    return Reporting(RedisStore(client, clock=utc_now).figures, clock=utc_now)


def _chance(library: Library, settings: RuleSettings) -> Chance:
    first, second = library.aliases
    return Chance(first_names=first, second_names=second, secret_digits=settings.secret_digits)


def _calendar(settings: RuleSettings) -> Calendar:
    parts = {
        SafeTime.MORNING: settings.morning,
        SafeTime.AFTERNOON: settings.afternoon,
        SafeTime.EVENING: settings.evening,
    }
    return Calendar(
        zone=settings.timezone,
        parts={name: Hours(part.opens, part.closes) for name, part in parts.items()},
        now_lasts=timedelta(hours=settings.now_hours),
        opening=Hours(*settings.opening_hours),
        closed_weekdays=settings.closed_weekdays,
        closed_dates=closed_dates(settings, today=utc_now().astimezone(settings.timezone).date()),
        retention=timedelta(hours=settings.retention_hours),
    )
