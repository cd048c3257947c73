"""What every browser test begins with: a demo centre in its own process, a browser, customers who are known and colleagues who sign in."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.demo_centre import DemoCentre, demo_centre
from tests.e2e.people import Colleague, Customer, chromium


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCentre]:
    running = demo_centre(tmp_path_factory, "e2e")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def known(browser: Browser, centre: DemoCentre) -> Iterator[Callable[[str], Customer]]:
    """A customer of the demo shop, signed in there, on the shop's chat page."""
    present: list[Customer] = []
    _, people, _ = centre.call("GET", "/api/v1/demo/identities", headers={"Accept-Language": "zh-CN"})
    tokens = {person["name"]: person["identity_token"] for person in people}

    def come(name: str) -> Customer:
        someone = Customer(browser, centre)
        someone.page.goto("about:blank")
        someone.page.goto(f"{centre.url}/chat/{centre.shop}#identity={quote(tokens[name])}")
        present.append(someone)
        return someone

    yield come
    for one in present:
        one.leave()


@pytest.fixture
def customer(browser: Browser, centre: DemoCentre) -> Iterator[Customer]:
    someone = Customer(browser, centre)
    yield someone
    someone.leave()


@pytest.fixture
def colleague(browser: Browser, centre: DemoCentre) -> Iterator[Callable[..., Colleague]]:
    present: list[Colleague] = []

    def come(login: str, **choices: Any) -> Colleague:
        present.append(Colleague(browser, centre, login, **choices))
        return present[-1]

    yield come
    for one in present:
        one.leave()
