"""A throw-away PostgreSQL server for tests: own folder, free loopback port, from the installed binaries, ended by its own process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def binaries() -> Path | None:
    """Where initdb and postgres are, or None when PostgreSQL is not installed. PATH first, then Debian's versioned folders."""
    for root in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (root / "initdb").exists():
            return root
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class PostgresServer:
    """start() … stop(). PostgreSQL refuses to run as root, so root hands the folder to the `postgres` (or `nobody`) user."""

    def __init__(self) -> None:
        root = binaries()
        if root is None:
            raise RuntimeError("PostgreSQL is not installed (apt-get install postgresql)")
        self.bin = root
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="xinfu-pg-"))
        self._data = self.folder / "data"
        self._owner = self._user()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return f"postgresql://xinfu@127.0.0.1:{self.port}"

    def start(self) -> None:
        if self._owner:
            shutil.chown(self.folder, self._owner)
        subprocess.run(
            [self.bin / "initdb", "-D", self._data, "-U", "xinfu", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            user=self._owner,
            cwd="/",
        )
        self.resume()

    def resume(self) -> None:
        """Start on the folder that is there, also after interrupt()."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "shared_buffers": "256MB",
            "max_connections": 200,
            # The server outlives no test run, so nothing of it needs to survive a power cut.
            "fsync": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self._data, *(f"--{k}={v}" for k, v in options.items())],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            user=self._owner,
            cwd="/",
        )
        for _ in range(300):
            ready = subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False)
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start: " + (self.folder / "log").read_text()[-2000:])

    def interrupt(self) -> None:
        """End it at once, with everyone connected, as a crash would; the folder stays. SIGQUIT is its immediate shutdown."""
        assert self.process
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def sql(self, statement: str, database: str = "postgres") -> None:
        subprocess.run(
            [self.bin / "psql", "-q", "-v", "ON_ERROR_STOP=1", f"{self.dsn}/{database}", "-c", statement], check=True, capture_output=True
        )

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _user() -> str | None:
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"
