"""One small trained model for all tests of teaching that need some model: a training process takes seconds."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.teaching.builders import Made, little_effort, train_apart


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("training")
    with ThreadPoolExecutor(1) as thread:  # a loop of its own, whatever loop the test runner is in
        return thread.submit(asyncio.run, train_apart(folder / "job", little_effort(folder))).result()
