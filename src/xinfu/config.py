"""Where this centre keeps its things. Built by the CLI from its options; nothing else reads the environment."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from xinfu.kit.database import sqlite_url


@dataclass(frozen=True, slots=True)
class Config:
    """`data` holds xinfu.db, log.db, durable.db, files/, search/ and secret.key; `database` replaces the .db files by PostgreSQL."""

    data: Path
    database: str | None = None
    host: str = "127.0.0.1"
    port: int = 8600
    demo: bool = False
    simulate: bool = False

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the business tables."""
        if self.database is None:
            return sqlite_url(self.data / "xinfu.db")
        scheme, _, rest = self.database.partition("://")
        return f"postgresql+asyncpg://{rest}" if scheme in ("postgresql", "postgres") else self.database

    @property
    def postgres_dsn(self) -> str | None:
        """The plain postgresql:// address for asyncpg, or None when embedded."""
        if self.database is None:
            return None
        return "postgresql://" + self.database.partition("://")[2]

    @property
    def durable_store(self) -> Path | str:
        """Where durable workflows are kept: a file of their own, or the PostgreSQL database."""
        return self.postgres_dsn or self.data / "durable.db"

    @property
    def log_path(self) -> Path:
        return self.data / "log.db"

    def secret(self) -> bytes:
        """The 32-byte key that signs sessions and file links; made at first use, readable by the owner of the files alone."""
        path = self.data / "secret.key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as f:
                f.write(secrets.token_bytes(32))
        return path.read_bytes()
