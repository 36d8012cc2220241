"""That the benchmark can be run at all; it asserts no time."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import report
from tests.bench.run import TINY, run


@pytest.mark.slow
def test_the_benchmark_measures_every_kind_of_request_and_writes_its_results_down(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"

    results = asyncio.run(run(tmp_path, TINY, say=lambda _words: None))
    report.show(results, Console(quiet=True))
    report.write(results, page, today=date(2026, 1, 1))

    assert len(results.throughput.menu.times) == 3 * TINY.webhooks.calls
    assert len(results.throughput.queueing.times) == TINY.webhooks.calls
    assert len(results.offers) == TINY.offers
    assert "a menu step" in page.read_text("utf-8")
