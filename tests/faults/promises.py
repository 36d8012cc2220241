"""The eight promises, held against what the phones heard and what the store holds at the end of a run.

Each check gives the first offences it finds, with the number of the event that shows them. A caller is named by her
place in the plan: a report is kept, and a number must not be in it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final
from urllib.request import urlopen

from gateway.cli.stage import HOTLINE, STAFF
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage import keys
from gateway.storage.inspection import everything, written_files
from tests.faults.book import OUTGOING, Leg
from tests.faults.broken import Broken
from tests.faults.people import Caller, Then, Woman
from tests.faults.run import Seen
from tests.faults.safe import INBOUND, only_when_it_is_safe
from tests.faults.words import PROMISES

ENDS: Final = frozenset(["closed", "unreached", "cancelled", "erased"])
NETWORKS_OWN: Final = "An application error has occurred. Goodbye."  # said where a webhook was not answered
LONGEST_ANSWER: Final = timedelta(seconds=15)
LEAST_SHARE, LEAST_TALKS = 0.3, 0.03
GRACE: Final = timedelta(seconds=5)  # until everybody has found the store again, and the words are spoken
WORDS_FROM: Final = frozenset(["web", "store"])  # without these, words that say so are all that can be had


# --- 1. heard means kept ---------------------------------------------------------------------------


def heard_means_kept(seen: Seen) -> Iterator[Broken]:
    """Who heard that we will call has an open case, was reached, had her attempts, or wanted no more."""
    open_cases = _open_cases(seen)
    kept = _names_of_calls(seen)
    for place, caller in enumerate(seen.callers):
        for leg in seen.book.legs_of(caller.number, INBOUND):
            told = [n for n, text in leg.said if seen.words.heard(text) & PROMISES]
            names = kept.get(leg.sid, set())
            if told and not any(name in open_cases for name in names) and not _is_settled(seen, caller, leg):
                was = sorted(str(seen.watcher.cases[name]["state"]) for name in names)
                yield Broken(
                    f"caller {place} ({caller.kind}) was promised a call; her case is gone, was {was}", told[0]
                )
    yield from _cases_out_of_sight(seen, open_cases)
    opened = Counter(case["records"][-1] for case in seen.watcher.cases.values() if len(case["records"]) == 1)
    for sid, count in opened.items():
        if count > 1:
            yield Broken(f"one call made {count} cases", seen.book.legs[sid].begun if sid in seen.book.legs else 0)


def _is_settled(seen: Seen, caller: Caller, leg: Leg) -> bool:
    """Whether her phone shows why her case may be gone."""
    after = leg.begun
    if any(caller.number in bridge.numbers and bridge.began > after for bridge in seen.book.bridges):
        return True
    heard = [(n, prompt) for other in seen.book.legs_of(caller.number, INBOUND) for n, text in other.said
             for prompt in seen.words.heard(text)]  # fmt: skip
    if any(n > after and prompt in {"cancelled", "no_callback_words"} for n, prompt in heard):
        return caller.then is not Then.CANCEL_WRONG
    told = max((seen.words.attempts_told(text) or 0 for _, text in leg.said), default=0) or 3
    return len(seen.book.legs_of(caller.number, OUTGOING)) >= told


def _cases_out_of_sight(seen: Seen, open_cases: Mapping[str, Any]) -> Iterator[Broken]:
    """An open case that stands in no list is never looked at again; one without a number can never be rung."""
    with seen.watcher.connect() as client:
        places = (*client.scan_iter(keys.lane("*")), keys.LATER, keys.MOTION)
        for name, case in open_cases.items():
            lists = [key for key in places if client.zscore(key, name) is not None]
            if not lists:
                yield Broken(f"a case that is {case['state']} stands in no list")
            if case["may_ring"] and not client.exists(f"sealed:{name}"):
                yield Broken(f"a case that is {case['state']} is to be rung, and has no number")
        for key in client.smembers("roster"):
            yield from _held_for_nothing(client, key.decode(), open_cases)


def _held_for_nothing(client: Any, name: str, open_cases: Mapping[str, Any]) -> Iterator[Broken]:
    woman = json.loads(client.get(f"responder:{name}") or b"{}")
    busy = woman.get("busy_with")
    case = open_cases.get(str(busy))
    asked = [] if case is None else [case["holder"], *(offer["responder"] for offer in case["offers"])]
    if busy and name not in asked:
        yield Broken(
            f"{woman['name']} is taken to be busy with a case that she does not have: nobody can be offered her"
        )


# --- 2. one at a time ------------------------------------------------------------------------------


def one_at_a_time(seen: Seen) -> Iterator[Broken]:
    """No phone is rung by two calls of ours at once; no case is with two women."""
    for place, caller in enumerate(seen.callers):
        legs = seen.book.legs_of(caller.number, OUTGOING)
        for leg in legs:
            met = [other for other in legs if other is not leg and _overlap(other, leg)]
            if met:
                yield Broken(f"the phone of caller {place} ({caller.kind}) was rung twice at once", leg.begun)
                break
        pairs = [bridge for bridge in seen.book.bridges if caller.number in bridge.numbers]
        for one, other in pairwise(pairs):
            if one.ended is None or one.ended > other.began:
                yield Broken(f"caller {place} was connected twice at once", other.began)
    for bridge in seen.book.bridges:
        if len(bridge.numbers) != 2:
            yield Broken(f"{len(bridge.numbers)} phones were connected with each other", bridge.began)
    yield from map(Broken, seen.watcher.doubles[:3])


def _overlap(one: Leg, other: Leg) -> bool:
    """Whether `other` came about while `one` rang or talked. A phone that was taken gives no ring, only an end."""
    begun, began = one.rang_at, other.rang_at or other.ended_at
    return (
        begun is not None and began is not None and begun < began < (one.ended_at or datetime.max.replace(tzinfo=UTC))
    )


# --- 4. the number is nowhere ----------------------------------------------------------------------


def the_number_is_nowhere(seen: Seen) -> Iterator[Broken]:
    """Searches the store, logs and files; and every display shows a number of the service."""
    numbers = [*(caller.number for caller in seen.callers), *(woman.number for woman in seen.women), *seen.outsiders]
    needles = Needles.for_numbers([PhoneNumber.parse(number) for number in numbers], shortest_tail=9)
    with seen.watcher.connect() as client:
        places = [*everything(client), *_pages(seen)]
    for path, content in written_files(seen.stage.folder):
        if path.name != "simulator.log" and "keys" not in path.parts:
            places.append((path.name, content))
    for label, content in places:
        for leak in find(needles, label, content):
            yield Broken(f"{leak.form} in {leak.label}")
    for leg in seen.book.legs.values():
        if leg.rang_at is not None and leg.display not in {HOTLINE, STAFF}:
            yield Broken("a phone showed a number that is not the service's", leg.begun)


def _pages(seen: Seen) -> Iterator[tuple[str, bytes]]:
    """What the two faces show to whoever asks. A page that does not exist shows nothing."""
    for port in (seen.stage.ports.web, seen.stage.ports.console):
        for page in ("/healthz", "/readyz", "/metrics", "/"):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}{page}", timeout=5) as answer:
                yield page, bytes(answer.read())


# --- 5. women only ---------------------------------------------------------------------------------


def women_only(seen: Seen) -> Iterator[Broken]:
    """Whoever is connected is one caller and one woman of the roster; nobody else is rung, and no woman off shift."""
    callers, team = {caller.number for caller in seen.callers}, {woman.number for woman in seen.women}
    for bridge in seen.book.bridges:
        if sum(number in team for number in bridge.numbers) != 1 or not set(bridge.numbers) <= callers | team:
            yield Broken("somebody was connected who is not on the roster", bridge.began)
    for n, _, number in seen.book.placed:
        if number not in callers | team:
            yield Broken("a call was placed to somebody who is neither a caller nor on the roster", n)
    for woman in seen.women:
        yield from _rung_off_shift(seen, woman)


def _rung_off_shift(seen: Seen, woman: Woman) -> Iterator[Broken]:
    """Calls placed to her after she heard that her shift is over, and before she asked to come back."""
    legs = seen.book.by_number.get(woman.number, [])
    ended = [n for leg in legs for n, text in leg.said if "shift_ended" in seen.offer.heard(text)]
    back = [leg.begun for leg in legs if leg.direction == INBOUND]
    for n, _, number in seen.book.placed:
        last = max((one for one in ended if one < n), default=None)
        if number == woman.number and last is not None and not any(last < one < n for one in back):
            yield Broken(f"{woman.name} was rung after she had ended her shift", n)


# --- 7. never dead air -----------------------------------------------------------------------------


def never_dead_air(seen: Seen) -> Iterator[Broken]:
    """While `web` ran, every voice webhook was answered with a document in time."""
    down = [(begun, over) for begun, over, deed in seen.saboteur.diary if deed.whom == "web"]
    for webhook in seen.book.webhooks:
        if not webhook.path.startswith("/twilio/voice"):
            continue
        if any(begun <= webhook.ended_at and webhook.began_at <= over for begun, over in down):
            continue
        if webhook.problem or webhook.ended_at - webhook.began_at > LONGEST_ANSWER:
            took = (webhook.ended_at - webhook.began_at).total_seconds()
            yield Broken(f"{_route(webhook.path)}: {webhook.problem} {webhook.status} after {took:.1f} s", webhook.n)
    broken_off = [(begun - GRACE, over + GRACE) for begun, over, deed in seen.saboteur.diary if deed.whom in WORDS_FROM]
    for leg in seen.book.legs.values():
        sorry = [n for n, text in leg.said if "unavailable" in seen.words.heard(text)]
        ended = leg.ended_at or leg.answered_at
        if sorry and ended and not any(begun <= ended <= over for begun, over in broken_off):
            yield Broken("a caller heard that nothing works, while everything ran", sorry[0])
    for event in seen.book.strange:
        if event["kind"] == "violation":
            yield Broken(f"the network could not do what it was told: {event['message']}", int(event["n"]))


def _route(path: str) -> str:
    return "/".join(path.split("/")[:4])


# --- 8. forgotten means gone -----------------------------------------------------------------------


def forgotten_means_gone(seen: Seen) -> Iterator[Broken]:
    """Of a case that is over nothing is left but a token or two, which lead nowhere."""
    open_cases = _open_cases(seen)
    with seen.watcher.connect() as client:
        places = (*client.scan_iter(keys.lane("*")), keys.LATER, keys.MOTION, keys.BORN)
        for name in seen.watcher.cases.keys() - open_cases.keys():
            left = [kind for kind in ("case", "sealed", "place", "line") if client.exists(f"{kind}:{name}")]
            left += [key for key in places if client.zscore(key, name) is not None]
            left += ["session" for call in seen.watcher.calls_of[name] if client.exists(f"session:{call}")]
            taken = any(seen.watcher.calls_of[name] & seen.watcher.calls_of[other] for other in open_cases)
            if left and not (taken and set(left) == {"session"}):
                yield Broken(f"of a case that was {seen.watcher.cases[name]['state']} is left: {', '.join(left)}")
        for key in client.scan_iter("open:*"):
            gone = [name for name in client.smembers(key) if name.decode() not in open_cases]
            if gone:
                yield Broken("the index of a phone still names a case that is over")
        for key in client.scan_iter("sealed:*"):
            if key.decode().removeprefix("sealed:") not in open_cases:
                yield Broken("a sealed number is left without a case")
        noted = (*client.zrange(keys.RECORDS, 0, -1), *client.smembers(keys.GIVEN_UP))
        known = {record.decode().partition(":")[2] for record in noted}
    yield from _forgotten_records(seen, known | {call for case in open_cases.values() for call in case["records"]})


def _forgotten_records(seen: Seen, known: set[str]) -> Iterator[Broken]:
    """Calls of which the house heard, whose record at the provider is neither deleted nor going to be.

    Of a call that was told that nothing works nothing could be noted, nor of one that heard the network's own words
    only: `web` was down.
    """
    ours = {sid: [text for _, text in leg.said if text != NETWORKS_OWN] for sid, leg in seen.book.legs.items()}
    told = {
        sid for sid, said in ours.items() if said and not any("unavailable" in seen.words.heard(text) for text in said)
    }
    left = told - known - seen.book.deleted
    if left:
        events = [seen.book.legs[call].begun for call in sorted(left) if call in seen.book.legs]
        yield Broken(
            f"the provider keeps the records of {len(left)} calls that nobody will delete", min(events, default=0)
        )


# --- pieces ----------------------------------------------------------------------------------------


def _open_cases(seen: Seen) -> dict[str, dict[str, Any]]:
    return {name: case for name, case in seen.watcher.look().items() if case["state"] not in ENDS}


def _names_of_calls(seen: Seen) -> dict[str, set[str]]:
    """For each call the cases that came from it, also those that took over from others."""
    found: dict[str, set[str]] = {}
    for name, calls in seen.watcher.calls_of.items():
        for call in calls:
            found.setdefault(call, set()).add(name)
    return found


def the_run_meant_something(seen: Seen) -> Iterator[Broken]:
    """Promises that nobody was given cannot be broken: many callers must have come through, and some have talked."""
    promised = sum(known.promised for known in seen.known.values())
    if promised < len(seen.callers) * LEAST_SHARE:
        yield Broken(f"only {promised} of {len(seen.callers)} callers were promised a call")
    if len(seen.book.bridges) < len(seen.callers) * LEAST_TALKS:
        yield Broken(f"only {len(seen.book.bridges)} talks came about")


CHECKS: Final[Mapping[str, Callable[[Seen], Iterator[Broken]]]] = MappingProxyType(
    {
        "0 the run meant something": the_run_meant_something,
        "1 heard means kept": heard_means_kept,
        "2 one at a time": one_at_a_time,
        "3 only when it is safe": only_when_it_is_safe,
        "4 the number is nowhere": the_number_is_nowhere,
        "5 women only": women_only,
        "7 never dead air": never_dead_air,
        "8 forgotten means gone": forgotten_means_gone,
    }
)
