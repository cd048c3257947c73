"""A real centre in its own process: `xinfu serve` on a free loopback port, ended by its own process id."""

import json
import multiprocessing
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from http.client import RemoteDisconnected
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.postgres import free_port

PROCESSES = multiprocessing.get_context("forkserver")
# Reading all modules takes seconds; a process that has only done that is forked for each start.
PROCESSES.set_forkserver_preload(["xinfu.cli"])


class RunningCentre:
    """start(), then .url; kill() is the power cut, stop() the orderly end."""

    def __init__(self, data: Path, dsn: str | None = None, command: str = "serve", extra: tuple[str, ...] = ()) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self._dsn = dsn
        self._command = command
        self._extra = extra
        self.process: ForkServerProcess | None = None
        self.log = data.parent / f"centre-{self.port}.log"

    def start(self) -> "RunningCentre":
        words = [self._command, "--data", str(self.data), "--port", str(self.port), *self._extra]
        if self._dsn:
            words += ["--database", self._dsn]
        self.process = PROCESSES.Process(target=_xinfu, args=(words, str(self.log)))
        self.process.start()
        for _ in range(1800):
            if not self.process.is_alive():
                raise RuntimeError(self.log.read_text()[-3000:])
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except (OSError, RemoteDisconnected):
                time.sleep(0.1)
        raise RuntimeError("the centre did not start: " + self.log.read_text()[-3000:])

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        assert self.process and self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def stop(self) -> None:
        if self.process and self.process.is_alive():
            self.process.terminate()
            self.process.join(20)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any, dict[str, str]]:
        """One HTTP request: (status, decoded body, cookies)."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _decoded(answer.read()), _cookies(answer.headers.get_all("Set-Cookie") or [])
        except urllib.error.HTTPError as error:
            return error.code, _decoded(error.read()), {}

    def session(self, visitor: str = "", shop: str = "") -> dict[str, Any]:
        """Open a chat as a visitor."""
        status, body, _ = self.call("POST", "/api/v1/widget/sessions", {"shop": shop, "visitor": visitor})
        assert status == 200, body
        found: dict[str, Any] = body
        return found

    def sign_in(self, login: str, password: str) -> dict[str, str]:
        """The headers of a signed-in member of staff, for HTTP and for the socket."""
        status, body, cookies = self.call("POST", "/api/v1/auth/login", {"login": login, "password": password})
        assert status == 200, body
        cookie = "; ".join(f"{k}={v}" for k, v in cookies.items())
        return {"Cookie": cookie, "X-CSRF-Token": cookies["xinfu_csrf"], "Origin": self.url}


def _xinfu(words: list[str], log: str) -> None:
    """The command as a shell would run it: its own arguments, and what it says in a file."""
    with Path(log).open("ab") as said:
        os.dup2(said.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["xinfu", *words]
    import_module("xinfu.cli").main()


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def _cookies(headers: list[str]) -> dict[str, str]:
    pairs = (h.partition(";")[0].partition("=") for h in headers)
    return {name: value for name, _, value in pairs}
