"""A copy of a running centre holds all that was acked before it began, and becomes a centre again."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.faults.customers import Customer
from tests.postgres import PostgresServer
from tests.server import RunningCentre
from xinfu.cli import app
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import new_id

pytestmark = pytest.mark.slow


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_backup_of_a_busy_centre_restores_every_acked_message(
    store: str, tmp_path: Path, postgres_dsn_empty: str | None, request: pytest.FixtureRequest
) -> None:
    copy = tmp_path / "copy.tar.gz"
    centre = RunningCentre(tmp_path / "data", postgres_dsn_empty).start()
    where = ["--database", postgres_dsn_empty] if postgres_dsn_empty else []
    try:
        customers = [Customer(centre, centre.session(f"regular-{n}")["token"]) for n in range(5)]
        enough = asyncio.Event()
        talking = [asyncio.create_task(c.talk(enough)) for c in customers]
        await asyncio.sleep(1)
        before = [dict(c.acks) for c in customers]
        await asyncio.to_thread(run, "backup", str(copy), "--data", str(centre.data), *where)
        enough.set()
        await asyncio.gather(*talking)
    finally:
        centre.stop()

    dsn = None
    if postgres_dsn_empty:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = f"t_{new_id()}"
        server.sql(f"CREATE DATABASE {name}")
        dsn = f"{server.dsn}/{name}"
    where = ["--database", dsn] if dsn else []
    again = RunningCentre(tmp_path / "again", dsn)
    await asyncio.to_thread(run, "restore", str(copy), "--data", str(again.data), *where)
    again.start()
    try:
        for customer, acked in zip(customers, before, strict=True):
            assert acked
            returned = Customer(again, customer.token, acks=acked)
            await returned.nothing_lost_nothing_doubled()
    finally:
        again.stop()
    with pytest.raises(Refusal):
        await asyncio.to_thread(run, "restore", str(copy), "--data", str(again.data), *where)


def test_a_file_that_is_no_backup_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.tar.gz"
    rubbish.write_bytes(b"not a tar")
    with pytest.raises(Refusal):
        run("restore", str(rubbish), "--data", str(tmp_path / "new"))
    assert not (tmp_path / "new" / "xinfu.db").exists()
