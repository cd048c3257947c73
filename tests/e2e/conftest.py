"""A demo centre in its own process for browser tests, without simulated customers."""

from collections.abc import Iterator

import pytest

from tests.server import RunningCentre


class DemoCentre(RunningCentre):
    """The demo shop; everyone's password is the documented one."""

    shop = "demo"
    password = "xinfu-demo-2026"


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCentre]:
    running = DemoCentre(tmp_path_factory.mktemp("e2e") / "data", command="demo", extra=("--no-simulate",)).start()
    yield running
    running.stop()
