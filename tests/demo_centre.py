"""The demo shop, filled once for a whole run of tests; each centre that needs it starts from a copy of its own."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import RunningCentre


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
            command = [sys.executable, "-c", "from xinfu.cli import main; main()", "init", "--demo", "--data", str(data)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            done.touch()
    return data
