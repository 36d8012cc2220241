"""`sanad doctor`: what is misconfigured, and how to mend it; with `--leaks`, where a number stands that may not."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import click

from config.settings import BrokenSettings, DiallerSettings, RuleSettings, StoreSettings, read
from gateway import bootstrap
from gateway.cli import storecheck
from gateway.cli.beside import refuse_without_store
from gateway.cli.content import content
from gateway.cli.keycheck import keys_in_order, needed_keys
from gateway.cli.leaksearch import search
from gateway.cli.preflight import has_store, key_folder, misspelt_settings, seen_by, settings, store_answers
from gateway.cli.remarks import Remark, look, mend, tell, well
from gateway.core.errors import BrokenKey, ProviderError, SanadError
from gateway.core.roster import Responder
from gateway.core.troubles import MENDS, Trouble
from gateway.storage.connect import Client, connect, wait_for_answer
from gateway.storage.holdings import forget_given_up, holdings
from gateway.storage.users import operator_environ
from gateway.supervise import STORE

TWILIO = "https://api.twilio.com"
USUAL_ZONE = "Asia/Baghdad"


@click.command()
@click.option(
    "--leaks", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Search for the numbers in this file, one a line: in the store, in its folder, and wherever --also says.",
)  # fmt: skip
@click.option(
    "--also", "places", multiple=True, metavar="PATH|URL",
    help="With --leaks: a file, a folder (logs) or an http address (pages, metrics) to search as well; repeatable.",
)  # fmt: skip
@click.option(
    "--store", type=click.Path(path_type=Path), default=STORE, show_default=True,
    help="Folder of the embedded store.",
)  # fmt: skip
@click.option(
    "--records-gone", is_flag=True,
    help="Forget the list of records that the provider would not delete: its support has deleted them.",
)  # fmt: skip
def doctor(leaks: Path | None, places: tuple[str, ...], store: Path, records_gone: bool) -> None:
    """Say how this installation stands: ok, look (somebody should), mend (exit code 1). Changes nothing.

    With --leaks, look for numbers where none may be; exit code 1 if one is found.
    """
    if places and leaks is None:
        raise click.UsageError("--also says where to look for the numbers of --leaks FILE; give that, too")
    environ = operator_environ(os.environ, store)
    if records_gone:
        click.echo(f"{forget_given_up(_client(environ))} records are forgotten here")
        return
    if leaks is not None:
        sys.exit(search(leaks, client=_client(environ), folder=store, places=places))
    sys.exit(tell(_remarks(environ, processes=os.environ)))


def _remarks(environ: Mapping[str, str], *, processes: Mapping[str, str]) -> Iterator[Remark]:
    """All remarks: on the operator's own environment, and on the store's addresses that the processes will be given."""
    folder, today = key_folder(environ), bootstrap.utc_now().date()
    yield from settings(processes)
    yield from misspelt_settings(processes)
    yield from _rules(environ)
    yield from needed_keys(folder, today)
    yield from keys_in_order(folder, today)
    yield from content(seen_by(environ)["web"])
    yield from _guarded("provider", lambda: _provider(environ))
    yield from store_answers(processes, seconds=0.0)
    yield from _guarded("store", lambda: _store(environ))


def _guarded(where: str, check: Callable[[], Iterable[Remark]]) -> Iterator[Remark]:
    """What a check says; what it ends with is a remark, too. Broken settings were told already."""
    try:
        yield from check()
    except BrokenSettings:
        yield look(where, "was not looked at: mend the settings first")
    except SanadError as error:
        yield mend(where, error.advice)


def _rules(environ: Mapping[str, str]) -> Iterator[Remark]:
    """What works without, and what somebody may have forgotten."""
    try:
        rules = read(RuleSettings, seen_by(environ)["clock"])
        number = read(DiallerSettings, seen_by(environ)["dialler"]).supervisor_number
    except BrokenSettings:
        return  # said by the check of the settings
    if number is None:
        yield look("SUPERVISOR_NUMBER", "is not set: nobody is told when no woman takes a case; give her number")
    zone, hour = rules.timezone.key, f"{bootstrap.utc_now().astimezone(rules.timezone):%H:%M}"
    usual = zone == USUAL_ZONE
    said = f"{zone}, where it is {hour} now"
    yield well("TIMEZONE", said) if usual else look("TIMEZONE", f"{said}; callers' safe hours follow it: is it theirs?")


def _provider(environ: Mapping[str, str]) -> Iterator[Remark]:
    """Ask the provider whether it knows us; nobody is called."""
    dialler = read(DiallerSettings, seen_by(environ)["dialler"])
    try:
        bootstrap.provider_account(dialler).check()
    except ProviderError as error:
        elsewhere = error.trouble is Trouble.UNKNOWN_RECORD and dialler.twilio_api_base != TWILIO
        if elsewhere:
            yield look("provider", "it knows no such account, or is a switch that has none to show: check"
                                   " TWILIO_ACCOUNT_SID")  # fmt: skip
        elif error.trouble is Trouble.UNKNOWN_RECORD:
            yield mend("provider", "it knows no account of this id: check TWILIO_ACCOUNT_SID")
        else:
            yield mend("provider", MENDS[error.trouble].removeprefix("the provider "))
    else:
        yield well("provider", "it answers, and the account is active")


def _store(environ: Mapping[str, str]) -> Iterator[Remark]:
    if not has_store(environ):
        yield look("store", "the embedded one does not run here; `sanad up` starts it: look again then")
        return
    client, rules, now = _client(environ), read(RuleSettings, environ), bootstrap.utc_now()
    wait_for_answer(client, seconds=0.0)
    yield from storecheck.store_settings(client)
    found = holdings(client)
    yield from storecheck.held(found, retention=timedelta(hours=rules.retention_hours), now=now)
    yield from storecheck.records(found, now=now)
    yield from storecheck.bells(found)
    yield from storecheck.troubles(found.troubles, now=now)
    lost = _out_of_reach(environ)
    yield from storecheck.out_of_reach(lost)
    women = [responder for responder in bootstrap.responders(client) if responder not in lost]
    if women or not lost:
        yield from storecheck.roster(women, rules, now=now)


def _out_of_reach(environ: Mapping[str, str]) -> list[Responder]:
    try:
        return bootstrap.out_of_reach(environ)
    except BrokenKey:
        return []  # said by the check of the keys


def _client(environ: Mapping[str, str]) -> Client:
    refuse_without_store(environ)
    return connect(read(StoreSettings, environ).redis_url.get_secret_value())
