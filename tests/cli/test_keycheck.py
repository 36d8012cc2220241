"""The key files as the doctor sees them: days that should be gone or should be there, and who may read them."""

from datetime import date, timedelta

import pytest

from gateway.cli.keycheck import keys_in_order
from gateway.cli.remarks import Mark
from gateway.storage import keyfiles
from tests.cli.conftest import Installation


def key_marks(installed: Installation, today: date) -> list[tuple[Mark, str]]:
    return [(remark.mark, remark.text) for remark in keys_in_order(installed.keys, today)]


def test_fresh_keys_are_in_order(installed: Installation, today: date) -> None:
    assert key_marks(installed, today) == [(Mark.WELL, f"sealing keys of {today}")]


def test_keys_that_were_not_turned_are_worth_a_look(installed: Installation, today: date) -> None:
    found = key_marks(installed, today + timedelta(days=1))

    assert [mark for mark, _ in found] == [Mark.LOOK, Mark.LOOK, Mark.WELL]
    assert f"the newest sealing key is of {today}" in found[0][1]


def test_keys_that_should_be_destroyed_must_be(installed: Installation, today: date) -> None:
    keyfiles.new_day(installed.keys, today + timedelta(days=2))

    found = key_marks(installed, today + timedelta(days=2))

    assert any(mark is Mark.MEND and "run `sanad keys rotate`" in text for mark, text in found)


def test_a_key_of_a_day_to_come_means_that_the_clock_is_wrong(installed: Installation, today: date) -> None:
    found = key_marks(installed, today - timedelta(days=1))

    assert (found[0][0], "set the machine's clock right" in found[0][1]) == (Mark.MEND, True)


@pytest.mark.parametrize(
    ("name", "mode", "word"),
    [
        ("dialler/staff.key", 0o640, "chmod 600"),
        ("dialler", 0o750, "chmod 700"),
        ("web", 0o701, "chmod 700"),
        ("public/staff.pub", 0o666, "chmod go-w"),
        ("public", 0o777, "chmod go-w"),
    ],
)
def test_keys_that_others_can_read_or_change_must_be_closed(
    installed: Installation, today: date, name: str, mode: int, word: str
) -> None:
    (installed.keys / name).chmod(mode)

    found = [text for mark, text in key_marks(installed, today) if mark is Mark.MEND]

    assert [word in text and name.rpartition("/")[2] in text for text in found] == [True]
