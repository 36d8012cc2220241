"""Key files: whole or not there, refused when others can read them, renewed daily and destroyed in time."""

import stat
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.core.errors import BrokenKey
from gateway.storage.keyfiles import (
    STAFF,
    DiallerKeys,
    PublicKeys,
    WebKeys,
    check_pair,
    destroy_old,
    initialise,
    new_day,
    new_sealing_pair,
    parse_epoch,
)

DAY = date(2025, 11, 24)
HEAD = b"sanad-key 1 sealing-private 2025-11-24\n"


def days_after(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    initialise(tmp_path / "keys", DAY)
    return tmp_path / "keys"


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_first_time_makes_every_key(folder: Path) -> None:
    assert names(folder) == {
        "public/sealing-2025-11-24.pub",
        "public/staff.pub",
        "dialler/sealing-2025-11-24.key",
        "dialler/staff.key",
        "web/session-2025-11-24.key",
        "web/session-2025-11-25.key",
    }


def test_private_files_and_folders_are_their_owners_alone(folder: Path) -> None:
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}

    assert {modes[name] for name in ("dialler", "web")} == {0o700}
    assert {mode for name, mode in modes.items() if name.endswith(".key")} == {0o600}
    assert modes["public"] == 0o755
    assert {mode for name, mode in modes.items() if name.endswith(".pub")} == {0o644}


def test_doing_it_again_changes_nothing(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    made = [*initialise(folder, DAY), *new_day(folder, DAY)]

    assert made == []
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before


def test_the_file_says_in_its_first_line_what_it_is(folder: Path) -> None:
    text = (folder / "dialler/sealing-2025-11-24.key").read_text()

    assert text.splitlines()[0] == "sanad-key 1 sealing-private 2025-11-24"


def test_each_reader_touches_its_own_folder_only(folder: Path) -> None:
    (folder / "dialler").rename(folder / "elsewhere")

    assert len(PublicKeys(folder).sealing("2025-11-24")) == 1184 + 32
    assert len(PublicKeys(folder).sealing(STAFF)) == 1184 + 32
    assert len(WebKeys(folder).session(DAY)) == 32
    with pytest.raises(BrokenKey, match="keys new"):
        DiallerKeys(folder).opening("2025-11-24")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_private_key_that_others_can_read_is_refused_with_the_mend(folder: Path, mode: int) -> None:
    path = folder / "dialler/sealing-2025-11-24.key"
    path.chmod(mode)

    with pytest.raises(BrokenKey, match=f"chmod 600 {path}"):
        DiallerKeys(folder).opening("2025-11-24")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"garbage", HEAD, HEAD + b"AAAA\n", b"\xff\x00" * 40,
     HEAD + b"!!!\n", HEAD.replace(b"1", b"2", 1) + b"A" * 128 + b"\n",
     HEAD.replace(b"private", b"public") + b"A" * 128 + b"\n"],
)  # fmt: skip
def test_a_malformed_key_is_refused_with_its_name_and_what_to_do(folder: Path, content: bytes) -> None:
    path = folder / "dialler/sealing-2025-11-24.key"
    path.write_bytes(content)

    with pytest.raises(BrokenKey, match=r"24\.key .*put the right file back"):
        DiallerKeys(folder).opening("2025-11-24")


def test_a_folder_that_cannot_be_listed_is_named(folder: Path) -> None:
    (folder / "public").rename(folder / "elsewhere")
    (folder / "public").write_text("a file, where a folder should be")

    with pytest.raises(BrokenKey, match="public cannot be read"):
        PublicKeys(folder).days()


def test_what_else_lies_in_the_folder_is_no_key(folder: Path) -> None:
    for name in (
        "sealing-2025-11-25.pub.bak",
        "sealing-x.pub",
        ".sealing-2025-11-26.pub.abc.tmp",
        "sealing-2025-11-27",
    ):
        (folder / "public" / name).write_text("x")

    assert PublicKeys(folder).days() == [DAY]


def test_a_key_under_another_days_name_is_refused(folder: Path) -> None:
    (folder / "dialler/sealing-2025-11-24.key").rename(folder / "dialler/sealing-2025-11-25.key")

    with pytest.raises(BrokenKey, match="2025-11-25"):
        DiallerKeys(folder).opening("2025-11-25")


def test_a_day_is_destroyed_24_hours_after_its_end_and_not_before(folder: Path) -> None:
    new_day(folder, days_after(1))

    assert destroy_old(folder, days_after(1)) == []
    new_day(folder, days_after(2))
    gone = destroy_old(folder, days_after(2))

    assert sorted(path.name for path in gone) == [
        "sealing-2025-11-24.key",
        "sealing-2025-11-24.pub",
        "session-2025-11-24.key",
    ]
    assert PublicKeys(folder).days() == [days_after(1), days_after(2)]


def test_no_opening_key_is_older_than_48_hours_when_the_turn_is_made_daily(folder: Path) -> None:
    for day in range(1, 10):
        new_day(folder, days_after(day))
        destroy_old(folder, days_after(day))

        assert PublicKeys(folder).days() == [days_after(day - 1), days_after(day)]
        assert WebKeys(folder).days()[0] == days_after(day - 1)


def test_after_missed_turns_the_key_in_use_a_moment_ago_stays_for_a_day(folder: Path) -> None:
    new_day(folder, days_after(5))

    destroy_old(folder, days_after(5))
    assert DiallerKeys(folder).has("2025-11-24")
    new_day(folder, days_after(6))
    destroy_old(folder, days_after(6))

    assert not DiallerKeys(folder).has("2025-11-24")
    assert DiallerKeys(folder).has("2025-11-29")


def test_the_only_key_is_never_destroyed_and_that_of_the_staff_stays(folder: Path) -> None:
    destroy_old(folder, days_after(300))

    assert {"dialler/sealing-2025-11-24.key", "dialler/staff.key"} <= names(folder)


def test_a_destroyed_key_takes_along_what_a_crash_while_writing_left(folder: Path) -> None:
    (folder / "dialler/.sealing-2025-11-24.key.abc.tmp").write_bytes(b"the same key")
    new_day(folder, days_after(1))

    destroy_old(folder, days_after(2))

    assert not [name for name in names(folder) if "2025-11-24" in name]


def test_a_crash_between_the_two_halves_is_mended_by_the_next_turn(folder: Path) -> None:
    public = folder / "public/sealing-2025-11-24.pub"
    before = public.read_bytes()
    public.unlink()

    made = new_day(folder, DAY)

    assert made == [public]
    assert public.read_bytes() == before


@pytest.mark.parametrize(
    ("private", "public"),
    [("sealing-2025-11-24.key", "sealing-2025-11-24.pub"), ("staff.key", "staff.pub")],
)
def test_a_private_half_that_is_lost_is_told_with_a_mend_that_works(folder: Path, private: str, public: str) -> None:
    (folder / "dialler" / private).unlink()

    with pytest.raises(BrokenKey) as refusal:
        initialise(folder, DAY)
    assert f"remove {folder / 'public' / public}" in refusal.value.advice
    assert "run `sanad keys new`" in refusal.value.advice
    (folder / "public" / public).unlink()
    made = initialise(folder, DAY)

    assert made == [folder / "dialler" / private, folder / "public" / public]


def test_halves_of_two_pairs_are_told_apart(folder: Path, tmp_path: Path) -> None:
    initialise(tmp_path / "other", DAY)
    check_pair(folder, STAFF)

    (tmp_path / "other" / "dialler" / "staff.key").replace(folder / "dialler" / "staff.key")

    with pytest.raises(BrokenKey, match="is not the other half"):
        check_pair(folder, STAFF)
    (folder / "public" / "staff.pub").unlink()
    initialise(folder, DAY)
    check_pair(folder, STAFF)


@pytest.mark.parametrize("ahead", [1, 2, 30, 400])
def test_a_clock_that_was_ahead_destroys_no_key_in_use_and_its_own_keys_go_on_the_next_day(
    folder: Path, ahead: int
) -> None:
    new_day(folder, days_after(ahead))
    destroy_old(folder, days_after(ahead))

    new_day(folder, DAY)
    at_once = destroy_old(folder, DAY)
    sealing_with = PublicKeys(folder).days()
    still_opening = DiallerKeys(folder).has(days_after(ahead).isoformat())
    new_day(folder, days_after(1))
    destroy_old(folder, days_after(1))

    assert [path for path in at_once if path.name.startswith("sealing-")] == []
    assert sealing_with[-1] == DAY
    assert still_opening
    assert DiallerKeys(folder).has(days_after(ahead).isoformat()) is (ahead == 1)  # that is today by now, and in use


def test_a_day_whose_key_was_withdrawn_has_the_same_key_when_it_comes(folder: Path) -> None:
    new_day(folder, days_after(1))
    before = PublicKeys(folder).sealing("2025-11-25")
    new_day(folder, DAY)  # the clock was set back over midnight by a second

    made = new_day(folder, days_after(1))

    assert folder / "public/sealing-2025-11-25.pub" in made
    assert PublicKeys(folder).sealing("2025-11-25") == before


def test_session_keys_of_days_that_a_wrong_clock_made_are_destroyed(folder: Path) -> None:
    new_day(folder, days_after(30))
    new_day(folder, DAY)

    destroy_old(folder, DAY)

    assert WebKeys(folder).days() == [DAY, days_after(1)]


@pytest.mark.parametrize(
    ("path", "mode", "mend"),
    [
        ("dialler", 0o750, "chmod 700"),
        ("dialler", 0o705, "chmod 700"),
        ("dialler/staff.key", 0o604, "chmod 600"),
        ("public", 0o777, "chmod go-w"),
        ("public/staff.pub", 0o664, "chmod go-w"),
    ],
)
def test_what_is_open_to_others_is_refused_with_the_mend(folder: Path, path: str, mode: int, mend: str) -> None:
    (folder / path).chmod(mode)

    with pytest.raises(BrokenKey, match=f"{mend} {folder / path}"):
        _ = DiallerKeys(folder).opening(STAFF), PublicKeys(folder).sealing(STAFF)


def test_a_folder_that_was_open_is_closed_by_making_the_keys_again(folder: Path) -> None:
    (folder / "dialler").chmod(0o755)

    made = initialise(folder, DAY)

    assert made == []
    assert stat.S_IMODE((folder / "dialler").stat().st_mode) == 0o700


@pytest.mark.parametrize("gone", range(8))
def test_making_the_keys_again_goes_on_where_it_was_killed(folder: Path, gone: int) -> None:
    order = (
        "dialler/staff.key", "public/staff.pub", "dialler/sealing-2025-11-24.key", "public/sealing-2025-11-24.pub",
        "web/session-2025-11-24.key", "web/session-2025-11-25.key",
    )  # fmt: skip
    for name in order[gone:]:
        (folder / name).unlink()
    (folder / "dialler/.staff.key.abc.tmp").write_bytes(b"half a key")

    initialise(folder, DAY)

    assert set(order) <= names(folder)
    assert PublicKeys(folder).sealing(STAFF)
    assert initialise(folder, DAY) == []


def test_a_place_where_no_folder_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(BrokenKey, match=f"{tmp_path}/keys cannot be made"):
        initialise(tmp_path / "keys", DAY)


def test_what_else_lies_in_an_older_folder_is_left_alone(folder: Path) -> None:
    (folder / "dialler/index.key").write_text("something else")

    made = initialise(folder, DAY)

    assert made == []
    assert (folder / "dialler/index.key").exists()


def test_turns_made_at_the_same_time_agree_on_one_pair(folder: Path) -> None:
    start = threading.Barrier(8)

    def turn() -> None:
        start.wait()
        new_sealing_pair(folder, days_after(1))

    threads = [threading.Thread(target=turn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    public = (folder / "public/sealing-2025-11-25.pub").read_bytes()
    (folder / "public/sealing-2025-11-25.pub").unlink()
    new_sealing_pair(folder, days_after(1))

    assert (folder / "public/sealing-2025-11-25.pub").read_bytes() == public
    assert not [name for name in names(folder) if name.endswith(".tmp")]


@pytest.mark.parametrize(
    "text", ["", "20251124", "2025-W47-1", "2025-13-01", "../staff", "2025-11-24/", "٢٠٢٥-11-24", "staff"]
)
def test_an_epoch_is_a_plain_day(text: str) -> None:
    assert parse_epoch(text) is None
    assert parse_epoch("2025-11-24") == DAY
