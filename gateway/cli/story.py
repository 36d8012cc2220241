"""One whole case, told line by line: she dials, a woman's phone rings, they talk, and nothing of her number is left.

It holds the phones itself and looks at what they hear and show. At the end every promise that can be seen is checked.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from gateway.cli import team
from gateway.cli.glossary import Translator
from gateway.cli.network import Network, NeverHappened
from gateway.cli.stage import HOTLINE, Stage
from gateway.core.leaks import Leak, Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage.connect import Client, connect
from gateway.storage.inspection import everything, written_files

CALLER = team.CALLER


class Story:
    """Tells itself through `tell_line`. `tell()` returns an exit code: 0 if every promise held."""

    def __init__(self, stage: Stage, tell_line: Callable[[str], object], *, translator: Translator) -> None:
        self._stage = stage
        self._english = translator.english
        self._tell = tell_line
        self._network = Network(stage.network)
        self._client: Client = connect(stage.store.url)
        self._broken: list[str] = []

    def tell(self) -> int:
        """Play the case from the first ring to nothing left."""
        try:
            self._prepare()
            secret = self._ask_for_a_call()
            holder = self._wait_for_a_responder()
            self._pass_the_gate(secret)
            self._talk(holder)
            self._wrap_up(holder)
            self._look_for_traces()
        except NeverHappened as never:
            self._broken.append(str(never))
        for promise in self._broken:
            self._tell(f"BROKEN  {promise}")
        self._tell(
            f"{len(self._broken)} promises broken" if self._broken else "every promise that can be seen here held"
        )
        return 1 if self._broken else 0

    def _prepare(self) -> None:
        team.hand_out_phones(self._network)
        self._network.add_phone(CALLER, name="Caller", on_ring="manual")
        team.take_on(self._stage.environ)
        self._tell("three women are on shift; every phone is an ordinary telephone")

    def _ask_for_a_call(self) -> str:
        self._tell("a caller dials the short number")
        self._network.call(CALLER, HOTLINE)
        asked = 0
        for key, meaning in (
            ("2", "call me"),
            ("1", "I agree"),
            ("1", "the phone is mine alone"),
            ("1", "now is safe"),
        ):
            asked = self._network.until_asked(CALLER, after=asked)
            self._tell_heard("she hears", CALLER)
            self._tell(f"  she presses {key} ({meaning})")
            self._network.press(CALLER, key)
        self._network.until_asked(CALLER, after=asked)
        self._tell_heard("she hears", CALLER)
        sealed = list(self._client.scan_iter("sealed:*"))
        self._check(
            len(sealed) == 1, "heard means kept: her number is in the store, sealed, before she hears that it is"
        )
        secret = self._secret()
        self._network.hang_up(CALLER)
        self._tell("  she hangs up; only she knows the secret number")
        return secret

    def _secret(self) -> str:
        case = next(self._client.scan_iter("case:*"))
        found = re.search(rb'"secret":"([0-9]+)"', self._client.get(case))
        return found[1].decode() if found else ""

    def _wait_for_a_responder(self) -> str:
        holder = str(self._network.until("a responder's phone ringing", self._ringing))
        self._tell(f"{self._name(holder)}'s phone rings and shows {self._network.phone(holder)['display']}")
        self._network.answer(holder)
        self._network.until_asked(holder)
        self._tell_heard("she hears", holder)
        self._tell("  she presses 1 (accept)")
        self._network.press(holder, "1")
        return holder

    def _ringing(self) -> str | None:
        return next((number for number in team.RESPONDERS.values() if self._state(number) == "ringing"), None)

    def _state(self, number: str) -> str:
        return str(self._network.phone(number)["state"])

    def _pass_the_gate(self, secret: str) -> None:
        self._network.until("the caller's phone ringing", lambda: self._state(CALLER) == "ringing")
        display = str(self._network.phone(CALLER)["display"])
        self._check(display == HOTLINE, "every call we place shows a number of the service")
        self._tell(f"the caller's phone rings and shows {display}")
        asked = self._network.times_asked(CALLER)
        self._network.answer(CALLER)
        self._network.until_asked(CALLER, after=asked)
        self._tell_heard("whoever answers hears", CALLER)
        self._tell("  she presses her secret number")
        self._network.press(CALLER, secret)

    def _talk(self, holder: str) -> None:
        self._network.until("the two being connected", lambda: self._network.phone(holder)["with"])
        self._tell(f"{self._name(holder)} and the caller talk; neither has seen the other's number")
        self._check(self._network.phone(holder)["with"] == [CALLER], "one at a time: exactly these two are connected")
        self._check(CALLER not in str(self._network.phone(holder)["display"]), "her display shows no caller's number")
        asked = self._network.times_asked(holder)
        self._network.hang_up(CALLER)
        self._tell("the caller hangs up")
        self._network.until_asked(holder, after=asked)

    def _wrap_up(self, holder: str) -> None:
        self._tell_heard(f"{self._name(holder)} hears", holder)
        self._tell("  she presses 1 (done)")
        asked = 0
        while not self._is_erased():  # asked again, she presses again: her line may have been switched just then
            asked = self._network.until_asked(holder, after=asked)
            self._network.press(holder, "1")
            self._network.until(
                "everything of the case being erased", partial(self._is_erased_or_asked_again, holder, asked)
            )
        self._tell("the case is closed: the sealed number, its index and the secret number are gone")

    def _is_erased_or_asked_again(self, holder: str, asked: int) -> bool:
        return self._is_erased() or self._network.times_asked(holder) > asked

    def _is_erased(self) -> bool:
        left = [key for kind in ("case", "sealed", "open", "place") for key in self._client.scan_iter(f"{kind}:*")]
        return not left

    def _look_for_traces(self) -> None:
        leaks = [f"{leak.label} ({leak.form})" for leak in self._leaks()]
        self._check(not leaks, " ".join(["the number is nowhere: not in the store, its files, keys and logs", *leaks]))

    def _leaks(self) -> Iterator[Leak]:
        needles = Needles.for_numbers([PhoneNumber.parse(CALLER)])
        for label, content in everything(self._client):
            yield from find(needles, label, content)
        for path, content in written_files(self._stage.folder):
            if path.name != "simulator.log":  # it is the telephone network's own, which sees numbers
                yield from find(needles, path.name, content)

    def _tell_heard(self, who: str, number: str) -> None:
        arabic = self._last_heard(number)
        self._tell(f"  {who}: {arabic}")
        english = self._english(arabic)
        if english is not None:
            self._tell(f"    in English: {english}")

    def _last_heard(self, number: str) -> str:
        words = self._network.heard(number)
        return words[-1] if words else "(nothing)"

    @staticmethod
    def _name(number: str) -> str:
        return next(name for name, known in team.RESPONDERS.items() if known == number)

    def _check(self, holds: bool, promise: str) -> None:
        if holds:
            self._tell(f"  held: {promise}")
        else:
            self._broken.append(promise)
