"""`sanad report`: a table of weeks, read with the operator's rights."""

from datetime import timedelta

import redis
from click.testing import CliRunner

from gateway import bootstrap
from gateway.cli.main import sanad
from gateway.cli.report import HEADS
from gateway.core.figures import weeks_before
from gateway.services.reporting import FIGURES
from gateway.storage import keys
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.users import OPERATOR


def test_the_counts_of_whole_weeks_are_shown_and_small_ones_are_not(
    embedded_store: EmbeddedStore, store_client: redis.Redis
) -> None:
    last = weeks_before(bootstrap.utc_now().date(), 1)[0]
    store_client.hset(keys.counts(last.isoformat()), mapping={"requested": 31, "closed": 4})
    store_client.hset(keys.counts((last + timedelta(days=6)).isoformat()), mapping={"requested": 11, "bridged": 6})

    shown = CliRunner().invoke(sanad, ["report", "--weeks", "2"], env={"REDIS_URL": embedded_store.urls[OPERATOR]})

    assert shown.exit_code == 0, shown.exception
    [row] = [line.split() for line in shown.output.splitlines() if str(last) in line]
    assert row == [str(last), "42", "<5", "6", "<5", "<5", "<5"]


def test_every_figure_has_a_head() -> None:
    assert tuple(HEADS) == FIGURES
