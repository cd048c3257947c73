"""A demo centre in its own process for browser tests, without simulated customers."""

from collections.abc import Iterator

import pytest

from tests.demo_centre import DemoCentre, demo_centre


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCentre]:
    running = demo_centre(tmp_path_factory, "e2e")
    yield running
    running.stop()
