"""The whole HTTP API against generated requests: whatever comes, the answer is no 5xx, and the centre is still well afterwards."""

import contextlib
import random
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from tests.demo_centre import demo_centre
from tests.server import RunningCentre

pytestmark = pytest.mark.slow

EXAMPLES = 3


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    running = demo_centre(tmp_path_factory, "openapi")
    yield running
    running.stop()


def operations(centre: RunningCentre) -> list[APIOperation]:
    """Every call of the document but one: signing out would end the very session the test speaks with."""
    schema = schemathesis.openapi.from_url(centre.url + "/openapi.json").exclude(path="/api/v1/auth/logout")
    return [found.ok() for found in schema.get_all_operations()]


def real_ids(centre: RunningCentre, headers: dict[str, str]) -> dict[str, list[str]]:
    """Ids that exist, by the name of the path parameter: a made-up id never gets past "not found"."""

    def ids(path: str, key: str = "id") -> list[str]:
        status, body, _ = centre.call("GET", "/api/v1" + path, headers=headers)
        assert status == 200, body
        return [str(item[key]) for item in (body["items"] if isinstance(body, dict) else body)]

    centre.session("somebody")
    return {
        "conversation_id": ids("/conversations?view=all"),
        "customer_id": ids("/customers"),
        "no": ids("/orders", "no"),
        "product_id": ids("/products"),
        "article_id": ids("/knowledge/articles"),
        "script_id": ids("/scripts"),
        "slug": ["demo"],
    }


def hammer(operation: APIOperation, headers: dict[str, str], known: dict[str, list[str]]) -> list[str]:
    """Valid and invalid requests of one kind, half of them about things that exist. Returns those that broke the server."""
    broken: list[str] = []
    chance = random.Random(operation.label)

    def attempt(case: Case) -> None:
        for name in case.path_parameters or {}:
            if known.get(name) and chance.random() < 0.5:
                case.path_parameters[name] = chance.choice(known[name])
        answer = case.call(headers=headers)
        if answer.status_code >= 500:
            broken.append(f"{answer.status_code} {case.as_curl_command()}")

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        strategy = operation.as_strategy(generation_mode=mode)
        quiet = settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        with contextlib.suppress(Unsatisfiable):  # a call without anything to send has no invalid form
            quiet(given(strategy)(attempt))()
    return broken


def test_no_request_breaks_the_server(centre: RunningCentre) -> None:
    headers = centre.sign_in("owner", "xinfu-demo-2026")
    known = real_ids(centre, headers)
    broken = [line for operation in operations(centre) for line in hammer(operation, headers, known)]
    assert broken == []
    assert centre.call("GET", "/readyz")[0] == 200
    assert centre.call("GET", "/api/v1/auth/me", headers=headers)[0] == 200
