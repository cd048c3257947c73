"""A centre made before order operations gets the rights for them with its roles, and what its owner set stays."""

import json
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from xinfu import migrations
from xinfu.config import Config
from xinfu.identity.policy import SEEDED_ROLES

BEFORE = {"agent": ["orders.read"], "ai": ["orders.read"], "lead": ["orders.read"], "owner": [], "helper": ["orders.read"]}


async def test_roles_from_before_get_the_new_rights(data_dir: Path, postgres_dsn_empty: str | None) -> None:
    config = Config(data=data_dir, database=postgres_dsn_empty)
    await migrations.upgrade(config, "0003")
    engine = create_async_engine(config.database_url)
    async with engine.begin() as connection:
        for key, held in BEFORE.items():
            await connection.execute(
                text("INSERT INTO role (key, permissions) VALUES (:key, :held)"), {"key": key, "held": json.dumps(held)}
            )
    await migrations.upgrade(config, "0004")
    async with engine.connect() as connection:
        found = {
            key: set(json.loads(held) if isinstance(held, str) else held)
            for key, held in await connection.execute(text("SELECT key, permissions FROM role"))
        }
    await engine.dispose()
    later = {"aftersales.approve", "aftersales.limits"}
    new = {p for p in SEEDED_ROLES["owner"] if p.startswith(("aftersales.", "orders."))} - {"orders.import", "orders.read", *later}
    for key in ("agent", "ai", "lead"):
        assert found[key] == {"orders.read"} | (new & SEEDED_ROLES[key])
    assert found["helper"] == {"orders.read"} and found["owner"] == set()
