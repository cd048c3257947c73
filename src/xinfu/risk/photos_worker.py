"""Photo comparison beside the event loop: one helper process of its own, with little memory to lose and no way to stay for ever.

OpenCV lives only there. A picture made to hurt costs that process, never the centre.
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from xinfu.kit.errors import Overloaded, Refusal
from xinfu.risk.photos import PhotoMatcher
from xinfu.risk.photos_print import Candidate, Looked, Seen

_MEMORY = 1536 * 1024 * 1024


class PhotosBusy(Overloaded):
    code = "risk.photos_unavailable"
    zh, en = "照片比对暂时不可用，稍后会再试。", "Photos cannot be compared right now; it will be tried again."


class PhotoWorker:
    """`async with PhotoWorker() as worker`: starts its process with the first photo and ends it at the end."""

    def __init__(self, *, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> "PhotoWorker":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def look(self, data: bytes) -> Looked:
        """Raises NotAPicture, PictureTooLarge or PhotosBusy."""
        found = await self._run(_look, data)
        if isinstance(found, Looked):
            return found
        raise found()

    async def match(self, photo: bytes | Looked, candidates: Sequence[Candidate]) -> list[Seen]:
        looked = await self.look(photo) if isinstance(photo, bytes) else photo
        return await self._run(_match, looked, list(candidates))

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, work: Callable[..., T], *args: object) -> T:
        if self._pool is None:
            # Spawned, not forked: the child shares neither sockets nor locks with the centre.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_modest)
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args))
            return await asyncio.wait_for(future, self._seconds)
        except (TimeoutError, BrokenProcessPool):
            self.close()
            raise PhotosBusy() from None


def _modest() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _look(data: bytes) -> Looked | type[Refusal]:
    """A refusal travels by its class: exceptions with named arguments do not survive the way between processes."""
    try:
        return PhotoMatcher().look(data)
    except Refusal as refusal:
        return type(refusal)


def _match(photo: Looked, candidates: list[Candidate]) -> list[Seen]:
    return PhotoMatcher().match(photo, candidates)
