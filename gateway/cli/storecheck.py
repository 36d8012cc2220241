"""What the store shows of the house: what is held for too long, what is stuck, and who could answer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from config.settings import RuleSettings
from gateway.cli.remarks import Remark, look, mend, well
from gateway.core.roster import Responder, seen_at
from gateway.core.troubles import MENDS, Trouble
from gateway.jobs import QueueName
from gateway.storage.connect import Client
from gateway.storage.holdings import Holdings
from gateway.storage.inspection import settings_that_lose_data

SWEEP_TAKES = timedelta(minutes=10)  # from the end of the retention time until the number is surely gone
WISHES_TAKE = timedelta(days=1)
MANY_BELLS = 200
MOST_IDS = 20
PROCESS_OF: Mapping[QueueName, str] = {QueueName.WORK: "worker", QueueName.DIAL: "dialler"}


def store_settings(client: Client) -> Iterator[Remark]:
    """Settings of the store that break a promise. Raises `StoreUnavailable`."""
    found = [mend(f"store, {setting}", advice) for setting, advice in settings_that_lose_data(client)]
    yield from found or [well("store", "every write is on disk before it is answered, and nothing is forgotten")]


def held(holdings: Holdings, *, retention: timedelta, now: datetime) -> Iterator[Remark]:
    """How old the oldest number is, and wishes that nobody fulfils."""
    if holdings.oldest_number_at is None:
        yield well("oldest number held", "none is held")
    else:
        age = now - holdings.oldest_number_at
        if age > retention + SWEEP_TAKES:
            yield mend(
                "oldest number held",
                f"{_age(age)} old, but RETENTION_HOURS allows {_age(retention)}: the clock or the dialler does not run;"
                " start them, see their log, and look again",
            )
        else:
            yield well(
                "oldest number held", f"{_age(age)} old, of {_age(retention)} at most; {holdings.cases} cases open"
            )
    oldest = holdings.oldest_wish_of
    if oldest is not None and now - datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC) > 2 * WISHES_TAKE:
        yield mend(
            "wishes",
            f"{holdings.wishes} wishes to cancel or calls to the staff number wait, the oldest since {oldest}, each"
            " with a sealed number: the dialler does not run; start it, see its log",
        )


def records(holdings: Holdings, *, now: datetime) -> Iterator[Remark]:
    """What the provider still knows of our calls."""
    if holdings.records:
        since = "" if holdings.records_since is None else f", the oldest for {_age(now - holdings.records_since)}"
        yield well("provider's records", f"{holdings.records} wait to be deleted there{since}; it can take two weeks")
    if holdings.given_up:
        dated = [at for at in holdings.given_up.values() if at is not None]
        since = f", tried since {min(dated).date()}" if dated else ""
        ids = " ".join(list(holdings.given_up)[:MOST_IDS])
        more = " ..." if len(holdings.given_up) > MOST_IDS else ""
        yield mend(
            "provider's records",
            f"{len(holdings.given_up)} could not be deleted there{since}: ask its support to delete them, then run"
            f" `sanad doctor --records-gone`: {ids}{more}",
        )


def bells(holdings: Holdings) -> Iterator[Remark]:
    """Queues that nobody works on."""
    for queue, length in holdings.bells.items():
        if length > MANY_BELLS:
            yield mend(f"queue {queue}", f"{length} jobs wait: the {PROCESS_OF[queue]} does not run, or is too slow;"
                                         " see its log")  # fmt: skip


def troubles(noted: Mapping[Trouble, datetime], *, now: datetime) -> Iterator[Remark]:
    """What the dialler has noted of the provider lately: `TROUBLE_LIFE`, `UNLISTED_LIFE`."""
    for trouble, since in noted.items():
        yield look("provider, in the log", f"{_age(now - since)} ago: {MENDS[trouble]}")


def roster(responders: Iterable[Responder], settings: RuleSettings, *, now: datetime) -> Iterator[Remark]:
    """Whether anybody could answer, by the plans of shifts as they stand now."""
    women = [seen_at(responder, now=now, zone=settings.timezone) for responder in responders]
    if not women:
        yield mend("roster", "nobody is on it, so nobody is called back: `sanad responders add NAME --woman`")
        return
    if not any(settings.hotline_language in woman.languages for woman in women):
        yield mend(
            "roster",
            f"nobody on it speaks {settings.hotline_language} (HOTLINE_LANGUAGE), which callers hear: add a responder",
        )
    on_shift = sum(woman.on_shift for woman in women)
    if not on_shift:
        yield look("roster", f"{len(women)} on it, nobody on shift: `sanad responders on NAME`")
    else:
        yield well("roster", f"{len(women)} on it, {on_shift} on shift")


def out_of_reach(women: Iterable[Responder]) -> Iterator[Remark]:
    """Women whose numbers nobody can open: the key that sealed them is gone."""
    names = ", ".join(sorted(woman.name for woman in women))
    if names:
        yield mend(
            "roster",
            f"no key here opens the number of {names}, so it never rings. Add each again:"
            " `sanad responders remove NAME`, then `sanad responders add NAME --woman`",
        )


def _age(length: timedelta) -> str:
    """`3 days`, `71 h`, `5 min`: rough on purpose, one thing to read."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 60 * 24 * 5 else f"{minutes // (60 * 24)} days"
