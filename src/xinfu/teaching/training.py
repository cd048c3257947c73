"""Training: runs with their progress, the versions they make, and which of them a shop uses."""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.teaching import repository
from xinfu.teaching.contracts import BUILT_IN, Labels, Line
from xinfu.teaching.errors import ClearlyWorse, NotRunning, TooFewLines, TrainingRunning
from xinfu.teaching.measuring import RESAMPLES
from xinfu.teaching.model import ModelContent, ModelInUse, ModelVersion, TrainingRun
from xinfu.teaching.policy import LEAST_LINES
from xinfu.teaching.readers import Readers, load_model, model_path, place
from xinfu.teaching.worker import THREADS, write_job

log = structlog.get_logger()

TOUCH_S = 10.0
SILENT_S = 120  # a run untouched for so long belonged to a process that is gone
_MOST_LISTED = 100

type Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How a training is done; other than the default only for tests: `sentences` replaces the built-in ones (worker.write_job)."""

    sentences: Path | None = None
    resamples: int = RESAMPLES
    least: int = LEAST_LINES


class Training:
    """`folder` is DATA/models. start() and stop() once per process."""

    def __init__(self, database: Database, clock: Clock, folder: Path, readers: Readers, effort: Effort | None = None) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder
        self._readers = readers
        self._effort = effort or Effort()
        self._tasks: dict[Id, tuple[TrainingRun, asyncio.Task[None]]] = {}

    async def start(self) -> None:
        """Give up runs whose process is gone, and clear away what they left."""
        now = self._clock.now()
        async with self._database.unit() as unit:
            await repository.abandon(unit, now - timedelta(seconds=SILENT_S), now)
            active = await repository.active_runs(unit)
        await asyncio.to_thread(_clear, self._folder / "work", active)

    async def stop(self) -> None:
        """End what is under way; it is marked as interrupted."""
        under_way = list(self._tasks.values())
        for _, task in under_way:
            task.cancel()
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)
        for run, _ in under_way:
            await self._failed(run, "interrupted")

    async def begin(self, actor: Actor, shop_id: Id, told: Told | None = None) -> TrainingRun:
        """Start a run in a process of its own and come back at once. Raises TooFewLines, TrainingRunning."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        await self.start()
        now = self._clock.now()
        async with self._database.read() as unit:
            parts = await repository.parts(unit, shop_id)
            using = await repository.in_use(unit, shop_id)
        if parts["train"] < self._effort.least:
            raise TooFewLines(lines=parts["train"], least=self._effort.least)
        run = TrainingRun(
            id=new_id(), shop_id=shop_id, active=shop_id, state="running", step="waiting", share=0.0, lines=parts["train"],
            held=parts["held"], compared_with=(using and using.version_id) or BUILT_IN, problem="", actor_id=actor.id, actor=actor.name,
            started_at=now, touched_at=now,
        )  # fmt: skip
        try:
            async with self._database.unit() as unit:
                unit.add(run)
                audit.record(unit, actor, now, "training.begun", shop_id, "training_run", run.id, lines=run.lines, held=run.held)
        except IntegrityError as error:
            raise TrainingRunning from error
        task = asyncio.create_task(self._work(actor, run, told), name=f"training {run.id}")
        task.add_done_callback(lambda _: self._tasks.pop(run.id, None))
        self._tasks[run.id] = (run, task)
        return run

    async def finish(self, actor: Actor, shop_id: Id, run_id: Id) -> TrainingRun:
        """Wait for a run of this process and give its end."""
        if known := self._tasks.get(run_id):
            await asyncio.wait([known[1]])
        return await self.run(actor, shop_id, run_id)

    async def cancel(self, actor: Actor, shop_id: Id, run_id: Id) -> TrainingRun:
        """End a run, on whichever node it goes on: its process notices within seconds. Raises NotFound, NotRunning."""
        await self.run(actor, shop_id, run_id)
        now = self._clock.now()
        async with self._database.unit() as unit:
            gone = {"active": None, "state": "cancelled", "finished_at": now}
            if not await repository.touch(unit, shop_id, run_id, gone):
                raise NotRunning
            audit.record(unit, actor, now, "training.cancelled", shop_id, "training_run", run_id)
        if known := self._tasks.get(run_id):
            known[1].cancel()
            await asyncio.wait([known[1]])
        return await self.run(actor, shop_id, run_id)

    async def run(self, actor: Actor, shop_id: Id, run_id: Id) -> TrainingRun:
        """Raises NotFound."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        if not is_id(run_id):
            raise NotFound
        async with self._database.read() as unit:
            found = await repository.run(unit, shop_id, run_id)
        if found is None:
            raise NotFound
        return found

    async def runs(self, actor: Actor, shop_id: Id, limit: int = 20) -> Sequence[TrainingRun]:
        """Newest first."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        async with self._database.read() as unit:
            return await repository.runs(unit, shop_id, limit)

    async def versions(self, actor: Actor, shop_id: Id) -> Sequence[ModelVersion]:
        """Newest first."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        async with self._database.read() as unit:
            return await repository.versions(unit, shop_id, _MOST_LISTED)

    async def version(self, actor: Actor, shop_id: Id, version_id: Id) -> ModelVersion:
        """Raises NotFound."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        if not is_id(version_id):
            raise NotFound
        async with self._database.read() as unit:
            found = await repository.version(unit, shop_id, version_id)
        if found is None:
            raise NotFound
        return found

    async def in_use(self, actor: Actor, shop_id: Id) -> ModelInUse | None:
        """None: the built-in one, never changed."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        async with self._database.read() as unit:
            return await repository.in_use(unit, shop_id)

    async def use(self, actor: Actor, shop_id: Id, version_id: Id | None, even_if_worse: bool = False) -> ModelInUse:
        """Publish a version, go back to an older one, or (None) to the one that comes with Xinfu. This node reads with it at once.

        Raises NotFound, ClearlyWorse unless confirmed, ModelOutdated. Nothing changes before the file has been loaded once.
        """
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        if version_id is not None:
            version = await self.version(actor, shop_id, version_id)
            if version.verdict == "worse" and not even_if_worse:
                raise ClearlyWorse
            await self._readers.content(shop_id, version.id, version.number, version.sha256)
            await asyncio.to_thread(load_model, model_path(self._folder, shop_id, version.number), self._clock)
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = await repository.in_use(unit, shop_id)
            was = row.version_id if row else None
            if row is None:
                row = ModelInUse(shop_id=shop_id)
                unit.add(row)
            row.version_id, row.actor_id, row.actor, row.since = version_id, actor.id, actor.name, now
            detail = {"was": was or BUILT_IN, "even_if_worse": even_if_worse}
            audit.record(unit, actor, now, "model.published", shop_id, "model_version", version_id or BUILT_IN, **detail)
        await self._readers.refresh()
        return row

    async def _work(self, actor: Actor, run: TrainingRun, told: Told | None) -> None:
        folder = self._folder / "work" / run.id
        problem = ""
        try:
            await self._prepare(run, folder)
            problem = await self._follow(run, folder, told)
            if not problem:
                await self._keep(actor, run, folder)
        except Exception as error:
            problem = type(error).__name__
            log.exception("training.failed", shop_id=run.shop_id, run_id=run.id)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if problem:
            await self._failed(run, problem)

    async def _failed(self, run: TrainingRun, problem: str) -> None:
        ended = {"active": None, "state": "failed", "problem": problem[:500], "finished_at": self._clock.now()}
        with contextlib.suppress(Exception):  # a database that is away: the run is given up later by its silence
            async with self._database.unit() as unit:
                await repository.touch(unit, run.shop_id, run.id, ended)

    async def _prepare(self, run: TrainingRun, folder: Path) -> None:
        async with self._database.read() as unit:
            rows = await repository.every_line(unit, run.shop_id)
            using = None if run.compared_with == BUILT_IN else await repository.version(unit, run.shop_id, run.compared_with)
        present = await self._readers.content(run.shop_id, using.id, using.number, using.sha256) if using else None
        lines = [Line(text, before, Labels(*labels), part) for text, before, part, *labels in rows]
        await asyncio.to_thread(write_job, folder, lines, present, self._effort.sentences, self._effort.resamples)

    async def _follow(self, run: TrainingRun, folder: Path, told: Told | None) -> str:
        """Run the worker to its end; what went wrong, or "". Its progress goes to the tables and to `told`."""
        with (folder / "problems").open("wb") as problems:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "xinfu.teaching.worker", str(folder),
                stdout=asyncio.subprocess.PIPE, stderr=problems, stdin=asyncio.subprocess.DEVNULL,
                env=os.environ | dict.fromkeys(THREADS, "1"),
            )  # fmt: skip
        try:
            while line := await self._next_line(process, run):
                step = json.loads(line)
                if told:
                    told(step["step"], step["share"])
                await self._touch(run, step=step["step"], share=step["share"])
            if await process.wait() == 0:
                return ""
            log.warning("training.worker_failed", run_id=run.id, code=process.returncode)
            return (folder / "problems").read_text("utf-8", "replace").strip().rpartition("\n")[2] or f"exit {process.returncode}"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _next_line(self, process: asyncio.subprocess.Process, run: TrainingRun) -> bytes:
        """What the worker says next, b"" at its end; meanwhile the run is touched, and given up when it was cancelled elsewhere."""
        assert process.stdout is not None
        waiting = asyncio.ensure_future(process.stdout.readline())
        try:
            while not (await asyncio.wait([waiting], timeout=TOUCH_S))[0]:
                await self._touch(run)
            return waiting.result()
        finally:
            waiting.cancel()

    async def _touch(self, run: TrainingRun, **values: Any) -> None:
        async with self._database.unit() as unit:
            alive = await repository.touch(unit, run.shop_id, run.id, {"touched_at": self._clock.now(), **values})
        if not alive:
            raise asyncio.CancelledError

    async def _keep(self, actor: Actor, run: TrainingRun, folder: Path) -> None:
        """The model and its figures as a new version, and the run's end, in one transaction."""
        content = await asyncio.to_thread((folder / "model.npz").read_bytes)
        figures = json.loads((folder / "figures.json").read_text("utf-8"))
        now, version_id = self._clock.now(), new_id()
        async with self._database.unit() as unit:
            ended = {"active": None, "state": "done", "version_id": version_id, "share": 1.0, "finished_at": now}
            if not await repository.touch(unit, run.shop_id, run.id, ended):
                raise asyncio.CancelledError
            number = await repository.newest_number(unit, run.shop_id) + 1
            version = ModelVersion(
                id=version_id, shop_id=run.shop_id, number=number, lines=figures["train"], held=figures["held"], verdict=figures["verdict"],
                figures=figures, compared_with=run.compared_with, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
                actor_id=actor.id, actor=actor.name, made_at=now,
            )  # fmt: skip
            unit.add(version)
            await unit.flush()
            unit.add(ModelContent(version_id=version_id, shop_id=run.shop_id, content=content))
            audit.record(
                unit, actor, now, "training.done", run.shop_id, "model_version", version_id, number=number, verdict=version.verdict
            )
        await asyncio.to_thread(place, model_path(self._folder, run.shop_id, number), content)


def _clear(work: Path, active: set[Id]) -> None:
    for folder in work.iterdir() if work.is_dir() else ():
        if folder.name not in active:
            shutil.rmtree(folder, ignore_errors=True)
