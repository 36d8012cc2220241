"""That the benchmark can be run at all; it asserts no time."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import report
from tests.bench.plan import TINY, Part
from tests.bench.run import run
from tests.bench.throughput import Kind


@pytest.mark.slow
def test_the_benchmark_measures_every_kind_of_request_and_writes_its_results_down(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"

    results = asyncio.run(run(tmp_path, TINY, tuple(Part), say=lambda _words: None))
    report.show(results, Console(quiet=True))
    report.write(results, page, today=date(2026, 1, 1))

    assert results.is_whole
    assert results.webhooks is not None
    assert len(results.webhooks.speeds[Kind.MENU].times) == 3 * TINY.webhooks.calls
    assert all(results.webhooks.speeds[kind].times and results.webhooks.halves[kind].times for kind in Kind)
    assert len(results.rang or ()) == TINY.calls
    assert len(results.texts or ()) == TINY.texts
    assert [one.waiting for one in results.dispatched or ()] == list(TINY.sizes)
    assert "a menu step" in page.read_text("utf-8")
