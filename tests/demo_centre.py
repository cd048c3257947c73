"""The demo shop, filled once for a whole run of tests; each centre that needs it starts from a copy of its own."""

import asyncio
import fcntl
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from tests.server import PROCESSES, RunningCentre
from xinfu.config import Config
from xinfu.demo import Size

SMALL = Size(customers=600, orders=3_000)
"""Everybody with a story and a crowd; the whole demo takes six times as long to fill and to read in."""


class DemoCentre(RunningCentre):
    """The demo shop without simulated customers; everyone's password is the documented one."""

    shop = "demo"
    password = "xinfu-demo-2026"


def demo_centre(tmp_path_factory: pytest.TempPathFactory, name: str) -> DemoCentre:
    """A started centre on its own copy. Workers of the run share one filled folder; the first to come fills it, the others wait."""
    data = tmp_path_factory.mktemp(name) / "data"
    shutil.copytree(_filled(_of_the_run(tmp_path_factory)), data)
    return DemoCentre(data, command="demo", extra=("--no-simulate",)).start()


def _of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A worker's temporary folder lies in the one of the whole run; without workers they are the same."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


def _filled(folder: Path) -> Path:
    data, done = folder / "demo-shop", folder / "demo-shop.done"
    with (folder / "demo-shop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            filling = PROCESSES.Process(target=_fill, args=(data,))
            filling.start()
            filling.join()
            assert filling.exitcode == 0
            done.touch()
    return data


def _fill(data: Path) -> None:
    asyncio.run(import_module("xinfu.cli").initialise(Config(data=data, demo=True), SMALL))
