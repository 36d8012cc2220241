"""What a run has shown, for people: counts, and each promise held or broken with the first event that shows it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults import strangers
from tests.faults.broken import Broken
from tests.faults.people import numbers
from tests.faults.promises import CHECKS
from tests.faults.run import Seen, wake
from tests.faults.story import told

MOST_SHOWN = 3
PROMISE_SIX = "6 nothing is admitted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lines` to print; `broken` is empty if all promises held."""

    lines: tuple[str, ...]
    broken: Mapping[str, Sequence[Broken]]


def judge(seen: Seen) -> Verdict:
    """Hold each promise against the run, while its house still stands, at rest. For the sixth it works again."""
    offences = {name: list(check(seen)) for name, check in CHECKS.items()}
    wake(seen.stage)
    offences[PROMISE_SIX] = [Broken(what) for what in _promise_six(seen)]
    lines = list(_counts(seen))
    for name, found in sorted(offences.items()):
        lines.append(f"promise {name}: {'BROKEN, ' + str(len(found)) + ' times' if found else 'held'}")
        for broken in found[:MOST_SHOWN]:
            lines.append(f"    event {broken.event}: {broken.what}")
            lines.extend(f"      {line}" for line in told(seen, broken.event))
    return Verdict(tuple(lines), {name: found for name, found in offences.items() if found})


def _promise_six(seen: Seen) -> list[str]:
    if not seen.plan.pairs:
        return []
    known = [caller.number for caller in seen.callers if seen.known[caller.number].promised and not caller.withheld]
    strange = numbers(Random(f"strangers of {seen.plan.seed}"))
    unknown = [number for number in (next(strange) for _ in range(len(known) * 2)) if number not in seen.known]
    return list(strangers.compare(seen.stage, known, unknown[: len(known)], pairs=seen.plan.pairs))


def _counts(seen: Seen) -> list[str]:
    book = seen.book
    states = Counter(str(case["state"]) for case in seen.watcher.look().values())
    promised = sum(known.promised for known in seen.known.values())
    done = Counter(f"{deed.what} {deed.whom}" for _, _, deed in seen.saboteur.diary)
    return [
        f"seed {seen.plan.seed}: {len(seen.callers)} callers, {promised} heard that we will call, in {seen.took:.0f} s",
        f"{len(seen.watcher.cases)} cases; left: {', '.join(f'{n} {state}' for state, n in states.items()) or 'none'}",
        f"{len(book.bridges)} talks, {book.counts.get('ring', 0)} rings, {len(book.webhooks)} webhooks,"
        f" {book.counts.get('fault', 0)} faults of the network",
        f"deeds: {', '.join(f'{n} x {what}' for what, n in done.items()) or 'none'}",
        _of_the_power(seen),
    ]


def _of_the_power(seen: Seen) -> str:
    if seen.saboteur.power is None:
        return "no C compiler here: no power cut took what was not synced"
    return f"power cuts took {seen.saboteur.cut_away} bytes that were not synced"
