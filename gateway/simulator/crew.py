"""The running tasks of the network, so that all of them can be ended together."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Crew:
    """Starts tasks and keeps them from being collected while they run."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run this beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self) -> None:
        """Cancel what runs, and what it starts while it ends, until nothing is left."""
        while waiting := [task for task in self._tasks if task is not asyncio.current_task()]:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            self._tasks.difference_update(waiting)
