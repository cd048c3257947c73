"""The whole HTTP API against generated requests: whatever comes, the answer is no 5xx and fits the document."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error

from tests.server import RunningCentre

schema = schemathesis.pytest.from_fixture("api")
_state: dict[str, dict[str, str]] = {}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    running = RunningCentre(tmp_path_factory.mktemp("openapi") / "data", command="demo", extra=("--no-simulate",)).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def api(centre: RunningCentre) -> schemathesis.BaseSchema:
    _state["headers"] = centre.sign_in("owner", "xinfu-demo-2026")
    loaded = schemathesis.openapi.from_url(centre.url + "/openapi.json")
    # Signing oneself out, and changing one's own password or role, would only end the test early.
    return loaded.exclude(path_regex="auth/(logout|password|login)").exclude(
        path_regex="^/api/v1/(staff|roles)", method=["POST", "PUT", "PATCH"]
    )


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_breaks_the_server(case: Case) -> None:
    response = case.call(headers=_state["headers"])
    case.validate_response(response, checks=[not_a_server_error])
