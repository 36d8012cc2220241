"""The load generator: keep-alive connections on raw sockets, in a process of its own.

It shares the machine with what it measures, so it does next to nothing: requests are bytes already, answers are only
looked at for their status, their length and one expected word. Closed loop: every connection sends its next request
when it has an answer. Open loop: requests come at their own times, and whoever waits for a connection waits measured.
"""

import asyncio
import gc
import multiprocessing
import random
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Self

from tests.bench.calls import Batch

LONGEST_RUN_SECONDS = 60.0
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"


class WrongAnswer(AssertionError):
    """The server answered something else than the step that was asked for; nothing was measured."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how long it took in all, and each request's time, in seconds."""

    seconds: float
    times: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.times) / self.seconds


class Generator:
    """The process that makes load; enter it before the first run."""

    def __enter__(self) -> Self:
        self._process = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def run(self, port: int, batch: Batch, *, connections: int, rate: float | None = None) -> Run:
        """Send a batch to a port of this machine, at a mean `rate` per second or as fast as it goes.

        Raises `WrongAnswer` for the first unexpected answer, `TimeoutError` after a minute.
        """
        return self._process.submit(_run, port, batch, connections, rate).result()


def _run(port: int, batch: Batch, connections: int, rate: float | None) -> Run:
    due = None if rate is None else _arrivals(len(batch.requests), rate)
    gc.disable()
    try:
        return asyncio.run(_send(port, batch, connections, due))
    finally:
        gc.enable()


async def _send(port: int, batch: Batch, connections: int, due: Sequence[float] | None) -> Run:
    async with asyncio.timeout(LONGEST_RUN_SECONDS):
        return await _Load(batch, due, asyncio.get_running_loop().create_future()).send(port, connections)


def _arrivals(count: int, rate: float) -> list[float]:
    """When each request comes, in seconds from the start: people call independently of each other (Poisson)."""
    chance, moment, moments = random.Random(count), 0.0, []
    for _ in range(count):
        moment += chance.expovariate(rate)
        moments.append(moment)
    return moments


class _Load:
    """One run's bookkeeping. A request's time counts from the moment it was due, in closed loop from its sending."""

    def __init__(self, batch: Batch, due: Sequence[float] | None, done: "asyncio.Future[None]") -> None:
        self.expects = batch.expects
        self._requests = batch.requests
        self._due = due
        self._waiting = deque(range(len(batch.requests)) if due is None else ())
        self._idle: list[_Connection] = []
        self._begun = [0.0] * len(batch.requests)
        self._times: list[float] = []
        self._done = done

    async def send(self, port: int, connections: int) -> Run:
        """Send everything, and wait for the last answer."""
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port) for _ in range(connections)]
        lines = [line for _, line in made]
        start = time.perf_counter()
        for line in lines:
            self.is_free(line)
        if self._due is not None:
            await self._offer(start, self._due)
        await self._done
        seconds = time.perf_counter() - start
        for line in lines:
            line.close()
        return Run(seconds, tuple(self._times))

    async def _offer(self, start: float, due: Sequence[float]) -> None:
        for number, moment in enumerate(due):
            early = start + moment - time.perf_counter()
            if early > 0:
                await asyncio.sleep(early)
            if self._done.done():
                return
            self._begun[number] = start + moment
            if self._idle:
                self._idle.pop().send(number, self._requests[number])
            else:
                self._waiting.append(number)

    def is_free(self, line: "_Connection") -> None:
        """Give a connection its next request."""
        if not self._waiting:
            self._idle.append(line)
            return
        number = self._waiting.popleft()
        if self._due is None:
            self._begun[number] = time.perf_counter()
        line.send(number, self._requests[number])

    def answered(self, number: int, line: "_Connection") -> None:
        """Note an answer."""
        self._times.append(time.perf_counter() - self._begun[number])
        if len(self._times) == len(self._requests):
            self._done.set_result(None)
        else:
            self.is_free(line)

    def failed(self, error: BaseException) -> None:
        """End the run."""
        if not self._done.done():
            self._done.set_exception(error)


class _Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._number = -1
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, number: int, request: bytes) -> None:
        """Send a request; its answer is told to the load."""
        self._number = number
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """See asyncio. Nearly every answer comes in one piece."""
        answer = self._answer + data if self._answer else data
        if not is_whole(answer):
            self._answer = answer
            return
        self._answer = b""
        if answer.startswith(b"HTTP/1.1 200") and self._load.expects in answer:
            self._load.answered(self._number, self)
        else:
            self._load.failed(WrongAnswer(f"{answer[:12].decode('ascii', 'replace')}, without {self._load.expects!r}"))

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio."""
        self._load.failed(ConnectionError("the server closed a connection"))

    def close(self) -> None:
        """Close it."""
        self._transport.close()


def is_whole(answer: bytes) -> bool:
    """Whether an HTTP answer with a length has come to its end."""
    head = answer.find(_HEAD_ENDS)
    if head < 0:
        return False
    at = answer[:head].lower().find(_LENGTH)
    if at < 0:
        raise WrongAnswer("an answer without a length")
    length = int(answer[at + len(_LENGTH) : head].partition(b"\r\n")[0])
    return len(answer) >= head + len(_HEAD_ENDS) + length
