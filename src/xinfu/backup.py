"""Copies of a running centre: one tar file with the tables, the uploaded files and the key that signs their links.

Embedded, SQLite's own online backup copies each file as of one moment; the log goes first, so every customer a conversation names is in the
other file. On PostgreSQL all tables are copied in one repeatable-read snapshot, and a restore brings them back through the migrations.
"""

import asyncio
import json
import shutil
import sqlite3
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table

import xinfu
from xinfu import migrations, schema
from xinfu.config import Config
from xinfu.kit.clock import SystemClock
from xinfu.kit.errors import Refusal

MANIFEST = "manifest.json"


class NotEmpty(Refusal):
    code, status = "not_empty", 409
    zh, en = "目标里已经有数据({where}),恢复只写入空的位置。", "There is data already ({where}); a restore only writes into an empty place."


class NotABackup(Refusal):
    code, status = "not_a_backup", 422
    zh, en = "这不是心服的备份文件：{why}", "This is not a backup of Xinfu: {why}"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup or restore moved."""

    store: str
    rows: dict[str, int]
    files: int
    bytes: int


async def backup(config: Config, target: Path) -> BackupReport:
    """Write the centre's copy to `target`, replacing it only when the copy is whole."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        staging = Path(folder)
        if config.database is None:
            rows = await asyncio.to_thread(_copy_sqlite, config, staging)
        else:
            rows = await _copy_postgres(config, staging)
        files = await asyncio.to_thread(_copy_files, config.data, staging)
        store = "sqlite" if config.database is None else "postgresql"
        manifest = {"xinfu": xinfu.__version__, "store": store, "made_at": SystemClock().now().isoformat(), "rows": rows, "files": files}
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=1))
        partial = target.with_name(target.name + ".partial")
        await asyncio.to_thread(_pack, staging, partial)
        size = await asyncio.to_thread(_finish, partial, target)
    return BackupReport(store, rows, files, size)


async def restore(config: Config, source: Path) -> BackupReport:
    """Fill an empty centre from `source`. Raises NotEmpty, NotABackup."""
    await asyncio.to_thread(_claim, config.data)
    with tempfile.TemporaryDirectory(dir=config.data.parent) as folder:
        staging = Path(folder)
        manifest = await asyncio.to_thread(_unpack, source, staging)
        if (manifest["store"] == "sqlite") != (config.database is None):
            raise NotABackup(why=f"store {manifest['store']}")
        if config.database is not None:
            await _load_postgres(config, staging, manifest)
        await asyncio.to_thread(_place_files, staging, config.data, manifest["store"])
    await migrations.upgrade(config)
    return BackupReport(manifest["store"], manifest["rows"], manifest["files"], manifest["size"])


def report_json(report: BackupReport) -> str:
    return json.dumps(asdict(report), ensure_ascii=False)


def _finish(partial: Path, target: Path) -> int:
    partial.replace(target)
    return target.stat().st_size


def _claim(data: Path) -> None:
    if (data / "secret.key").exists() or (data / "xinfu.db").exists():
        raise NotEmpty(where=str(data))
    data.mkdir(parents=True, exist_ok=True)


def _copy_sqlite(config: Config, staging: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name in ("log.db", "xinfu.db"):
        source = sqlite3.connect(f"file:{config.data / name}?mode=ro", uri=True, timeout=30)
        copy = sqlite3.connect(staging / name)
        with source, copy:
            source.backup(copy, pages=4096, sleep=0.005)
        for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
            rows[table] = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - a name from the schema itself
        copy.close()
        source.close()
    return rows


def _copy_files(data: Path, staging: Path) -> int:
    shutil.copy2(data / "secret.key", staging / "secret.key")
    if not (data / "files").is_dir():
        return 0
    shutil.copytree(data / "files", staging / "files", ignore=shutil.ignore_patterns("incoming"))
    return sum(1 for p in (staging / "files").rglob("*") if p.is_file())


def _pack(staging: Path, target: Path) -> None:
    with tarfile.open(target, "w:gz", compresslevel=1) as tar:
        for entry in sorted(staging.iterdir()):
            tar.add(entry, entry.name)


def _unpack(source: Path, staging: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(staging, filter="data")
        manifest: dict[str, Any] = json.loads((staging / MANIFEST).read_text())
    except (tarfile.TarError, OSError, ValueError) as e:
        raise NotABackup(why=type(e).__name__) from e
    if not {"store", "rows", "files"} <= manifest.keys():
        raise NotABackup(why=MANIFEST)
    manifest["size"] = source.stat().st_size
    return manifest


def _place_files(staging: Path, data: Path, store: str) -> None:
    names = ["secret.key", "files", *(["xinfu.db", "log.db"] if store == "sqlite" else [])]
    for name in names:
        if (staging / name).exists():
            shutil.move(staging / name, data / name)


def _tables() -> list[Table]:
    """Every table, those referred to before those that refer."""
    return list(schema.metadata.sorted_tables)


async def _copy_postgres(config: Config, staging: Path) -> dict[str, int]:
    connection = await asyncpg.connect(config.postgres_dsn)
    rows: dict[str, int] = {}
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            (staging / "revision").write_text(await connection.fetchval("SELECT version_num FROM alembic_version"))
            for table in _tables():
                path = staging / f"{table.fullname}.copy"
                status = await connection.copy_from_table(
                    table.name, schema_name=table.schema, columns=[c.name for c in table.columns], output=str(path), format="binary"
                )
                rows[table.name] = int(status.split()[-1])
    finally:
        await connection.close()
    return rows


async def _load_postgres(config: Config, staging: Path, manifest: dict[str, Any]) -> None:
    connection = await asyncpg.connect(config.postgres_dsn)
    try:
        there = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'log')")
        if there:
            raise NotEmpty(where="PostgreSQL")
        await migrations.upgrade(config, (staging / "revision").read_text())
        async with connection.transaction():
            for table in _tables():
                path = staging / f"{table.fullname}.copy"
                if path.exists():
                    # What migrations put in. Not TRUNCATE: the ledger refuses that even when it is empty.
                    await connection.execute(f"DELETE FROM {table.fullname}")  # noqa: S608  # a name of our own
                    await connection.copy_to_table(
                        table.name, schema_name=table.schema, columns=[c.name for c in table.columns], source=str(path), format="binary"
                    )
    finally:
        await connection.close()
