"""Numbers are sealed for one purpose and subject, opened only with the key of their day, and named without a digit."""

import base64
import hmac
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BrokenKey, CannotOpen
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.ports import Opener, Sealed, Sealer
from gateway.storage.keyfiles import destroy_old, initialise, new_day
from gateway.storage.vault import _LETTERS, OpeningVault, PublicVault, SessionNamer, _bound, _naming_key

DAY = date(2025, 11, 24)
HERS = PhoneNumber.parse("+9647701234567")


@dataclass(slots=True)
class Clock:
    seconds: float = 0.0
    day: date = DAY

    def monotonic(self) -> float:
        return self.seconds

    def today(self) -> date:
        return self.day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    initialise(tmp_path / "keys", DAY)
    return tmp_path / "keys"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(folder: Path, clock: Clock) -> OpeningVault:
    return OpeningVault(folder, monotonic=clock.monotonic)


def turn(folder: Path, clock: Clock, *, days: int = 1) -> None:
    clock.day += timedelta(days=days)
    clock.seconds += 86_400 * days
    new_day(folder, clock.day)
    destroy_old(folder, clock.day)


def test_what_is_sealed_opens_for_the_same_purpose_and_subject(vault: OpeningVault) -> None:
    sealed = vault.seal(HERS, purpose="case", subject="abc")

    assert vault.open(sealed, purpose="case", subject="abc") == HERS
    assert sealed.epoch == "2025-11-24"


def test_the_two_vaults_are_what_the_ports_ask_for(folder: Path, clock: Clock) -> None:
    sealer: Sealer = PublicVault(folder, monotonic=clock.monotonic)
    opener: Opener = OpeningVault(folder, monotonic=clock.monotonic)

    assert opener.open(sealer.seal(HERS, purpose="case", subject="a"), purpose="case", subject="a") == HERS


def test_web_seals_where_no_opening_key_exists(folder: Path, clock: Clock) -> None:
    shutil.rmtree(folder / "dialler")

    sealed = PublicVault(folder, monotonic=clock.monotonic).seal(HERS, purpose="case", subject="abc")

    assert len(sealed.box) == 1168


@pytest.mark.parametrize(
    ("purpose", "subject"), [("case", "abd"), ("cas", "eabc"), ("casea", "bc"), ("staff", "abc"), ("", "")]
)
def test_another_purpose_or_subject_does_not_open(vault: OpeningVault, purpose: str, subject: str) -> None:
    sealed = vault.seal(HERS, purpose="case", subject="abc")

    with pytest.raises(CannotOpen):
        vault.open(sealed, purpose=purpose, subject=subject)


@pytest.mark.parametrize("epoch", ["2025-11-25", "staff", "", "../staff", "2025-11-24\n", "x" * 300, "\0"])
def test_another_epoch_does_not_open(folder: Path, clock: Clock, vault: OpeningVault, epoch: str) -> None:
    sealed = vault.seal(HERS, purpose="case", subject="abc")
    new_day(folder, DAY + timedelta(days=1))

    with pytest.raises(CannotOpen):
        vault.open(replace(sealed, epoch=epoch), purpose="case", subject="abc")


def test_any_damage_is_refused_without_details(vault: OpeningVault) -> None:
    box = vault.seal(HERS, purpose="case", subject="abc").box
    damaged = [b"", box[:-1], box + b"\0", box[1:], bytes(len(box)), b"x" * 5000]
    damaged += [box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :] for place in (0, 600, 1119, 1120, 1167)]

    refusals = []
    for other in damaged:
        with pytest.raises(CannotOpen) as refusal:
            vault.open(Sealed("2025-11-24", other), purpose="case", subject="abc")
        refusals.append(refusal.value)

    assert len({error.advice for error in refusals}) == 1
    assert all(error.__cause__ is None for error in refusals)


def test_every_box_has_the_same_size_and_none_is_like_another(vault: OpeningVault) -> None:
    short, long = PhoneNumber.parse("+96460123456"), PhoneNumber.parse("+4915112345678")

    boxes = [vault.seal(number, purpose="case", subject="abc").box for number in (short, long, HERS, HERS)]

    assert {len(box) for box in boxes} == {1168}
    assert len(set(boxes)) == 4


def test_nothing_of_the_number_is_in_box_or_index(vault: OpeningVault) -> None:
    needles = Needles.for_numbers([HERS])

    sealed, index = vault.seal(HERS, purpose="case", subject="abc"), vault.indexes(HERS, purpose="case")[0]

    assert find(needles, "box", sealed.box) == []
    assert find(needles, "index", index.name.encode()) == []


def test_a_new_day_is_taken_up_within_seconds_without_a_restart(folder: Path, clock: Clock) -> None:
    sealer = PublicVault(folder, monotonic=clock.monotonic)
    first = sealer.seal(HERS, purpose="case", subject="abc")
    new_day(folder, DAY + timedelta(days=1))

    at_once = sealer.seal(HERS, purpose="case", subject="abc")
    clock.seconds += 5
    later = sealer.seal(HERS, purpose="case", subject="abc")

    assert [first.epoch, at_once.epoch, later.epoch] == ["2025-11-24", "2025-11-24", "2025-11-25"]
    assert sealer.epoch() == "2025-11-25"


def test_an_open_case_is_sealed_anew_at_the_turn_and_outlives_its_first_key(
    folder: Path, clock: Clock, vault: OpeningVault
) -> None:
    first = vault.seal(HERS, purpose="case", subject="abc")
    assert vault.reseal(first, purpose="case", subject="abc") is None

    turn(folder, clock)
    second = vault.reseal(first, purpose="case", subject="abc")
    turn(folder, clock)

    assert second is not None
    assert second.epoch == "2025-11-25"
    assert vault.open(second, purpose="case", subject="abc") == HERS


def test_a_destroyed_key_opens_no_copy_even_in_a_process_that_used_it(
    folder: Path, clock: Clock, vault: OpeningVault
) -> None:
    copy_in_a_backup = vault.seal(HERS, purpose="case", subject="abc")
    vault.open(copy_in_a_backup, purpose="case", subject="abc")

    turn(folder, clock)
    turn(folder, clock)

    with pytest.raises(CannotOpen):
        vault.open(copy_in_a_backup, purpose="case", subject="abc")
    with pytest.raises(CannotOpen):
        vault.reseal(copy_in_a_backup, purpose="case", subject="abc")


def test_staff_numbers_have_a_key_that_does_not_turn(folder: Path, clock: Clock, vault: OpeningVault) -> None:
    sealed = vault.seal(HERS, purpose="staff", subject="amal")

    turn(folder, clock, days=1)
    turn(folder, clock, days=30)

    assert sealed.epoch == "staff"
    assert vault.open(sealed, purpose="staff", subject="amal") == HERS
    assert vault.reseal(sealed, purpose="staff", subject="amal") is None


def test_an_opening_key_that_others_can_read_is_reported_not_taken_for_a_lost_number(
    folder: Path, vault: OpeningVault
) -> None:
    sealed = vault.seal(HERS, purpose="case", subject="abc")
    (folder / "dialler/sealing-2025-11-24.key").chmod(0o644)

    with pytest.raises(BrokenKey, match="chmod 600"):
        vault.open(sealed, purpose="case", subject="abc")


def test_missing_keys_are_named(folder: Path, clock: Clock) -> None:
    shutil.rmtree(folder)

    with pytest.raises(BrokenKey, match="keys new"):
        PublicVault(folder, monotonic=clock.monotonic).seal(HERS, purpose="case", subject="abc")
    with pytest.raises(BrokenKey, match="keys new"):
        OpeningVault(folder, monotonic=clock.monotonic)
    with pytest.raises(BrokenKey, match="keys rotate"):
        SessionNamer(folder, today=clock.today, monotonic=clock.monotonic).name("call", "x")


@pytest.mark.parametrize("content", [b"\xff" * 1216, bytes(1216)])
def test_a_damaged_public_key_never_makes_a_box_that_cannot_be_opened(
    folder: Path, clock: Clock, content: bytes
) -> None:
    path = folder / "public/sealing-2025-11-24.pub"
    path.write_bytes(b"sanad-key 1 sealing-public 2025-11-24\n" + content.hex().encode())

    with pytest.raises(BrokenKey):
        PublicVault(folder, monotonic=clock.monotonic).seal(HERS, purpose="case", subject="abc")


def test_an_index_is_the_same_every_time_bound_to_its_purpose_and_key_and_only_letters(
    tmp_path: Path, clock: Clock, vault: OpeningVault, folder: Path
) -> None:
    initialise(tmp_path / "others", DAY)
    again, other = (OpeningVault(path, monotonic=clock.monotonic) for path in (folder, tmp_path / "others"))

    (index,) = vault.indexes(HERS, purpose="open")

    assert again.indexes(HERS, purpose="open") == (index,)
    assert index not in {vault.indexes(HERS, purpose="erase")[0], other.indexes(HERS, purpose="open")[0]}
    assert index != vault.indexes(PhoneNumber.parse("+9647701234568"), purpose="open")[0]
    assert index.epoch == "2025-11-24"
    assert len(index.name) == 64
    assert set(index.name) <= set("abcdefghijklmnop")


def test_a_phone_has_another_name_every_day_and_is_still_known_by_yesterdays(
    folder: Path, clock: Clock, vault: OpeningVault
) -> None:
    (first,) = vault.indexes(HERS, purpose="open")

    turn(folder, clock)
    today, yesterday = vault.indexes(HERS, purpose="open")

    assert yesterday == first
    assert (today.epoch, today.name == first.name) == ("2025-11-25", False)


def test_when_a_day_is_destroyed_nobody_can_name_a_phone_as_on_that_day(
    folder: Path, clock: Clock, vault: OpeningVault
) -> None:
    in_an_old_backup = vault.indexes(HERS, purpose="open")[0].name

    for _ in range(2):
        turn(folder, clock)

    names = {index.name for index in vault.indexes(HERS, purpose="open")}
    by_whoever_has_the_folder = {
        hmac.digest(key, purpose + HERS.reveal().encode(), "sha256").hex().translate(_LETTERS)
        for path in folder.rglob("*.key")
        for key in _keys_made_from(path)
        for purpose in (b"open\0", b"")
    }
    assert in_an_old_backup not in names | by_whoever_has_the_folder


def test_what_was_kept_under_the_first_name_is_looked_for_under_every_older_one_that_exists(
    folder: Path, clock: Clock, vault: OpeningVault
) -> None:
    turn(folder, clock, days=5)  # the machine was off

    epochs = [index.epoch for index in vault.indexes(HERS, purpose="open")]

    assert epochs == ["2025-11-29", "2025-11-24"]


def _keys_made_from(path: Path) -> tuple[bytes, bytes]:
    raw = base64.b64decode(path.read_bytes().partition(b"\n")[2])
    return raw, _naming_key(raw)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_no_two_lists_of_parts_are_bound_alike(one: list[str], other: list[str]) -> None:
    assert (_bound(*one) == _bound(*other)) == (one == other)


def test_a_conversation_that_began_before_midnight_is_found_after_it(folder: Path, clock: Clock) -> None:
    namer = SessionNamer(folder, today=clock.today, monotonic=clock.monotonic)
    before = namer.name("call", "CA1")

    turn(folder, clock)
    today, yesterday = namer.names("call", "CA1")
    turn(folder, clock)

    assert yesterday == before
    assert today != before
    assert before not in namer.names("call", "CA1")


def test_all_web_processes_change_their_session_key_at_the_same_moment(folder: Path, clock: Clock) -> None:
    one, other = (SessionNamer(folder, today=clock.today, monotonic=clock.monotonic) for _ in range(2))
    one.name("call", "CA1")
    clock.day += timedelta(days=1)  # midnight; nobody has made the turn yet

    assert one.names("call", "CA1") == other.names("call", "CA1")


def test_a_session_name_is_letters_bound_to_its_purpose_and_takes_any_text(folder: Path, clock: Clock) -> None:
    namer = SessionNamer(folder, today=clock.today, monotonic=clock.monotonic)

    found = {namer.name(purpose, text) for purpose in ("call", "limit") for text in ("CA1", "", "\0", "\ud800", "٠٧٧")}

    assert len(found) == 10
    assert set("".join(found)) <= set("abcdefghijklmnop")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12))
def test_whatever_the_clock_says_no_number_that_is_held_is_lost(days: list[int]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, clock = Path(place) / "keys", Clock()
        initialise(folder, DAY)
        vault = OpeningVault(folder, monotonic=clock.monotonic)
        held = [vault.seal(HERS, purpose="case", subject="abc")]

        for passed in days:
            clock.seconds += 10
            held.append(vault.seal(HERS, purpose="case", subject="abc"))
            today = DAY + timedelta(days=passed)
            new_day(folder, today)
            held = [vault.reseal(sealed, purpose="case", subject="abc") or sealed for sealed in held]
            destroy_old(folder, today)
            clock.seconds += 10

            assert {vault.open(sealed, purpose="case", subject="abc") for sealed in held} == {HERS}
            assert vault.epoch() <= today.isoformat()


def test_a_clock_that_was_wrong_keeps_web_from_naming_nothing(folder: Path, clock: Clock) -> None:
    namer = SessionNamer(folder, today=clock.today, monotonic=clock.monotonic)
    clock.day -= timedelta(days=30)

    assert namer.name("call", "CA1")
