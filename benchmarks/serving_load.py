"""How much time of the processor does a server take for a request, and how much memory?"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.serving_services import HOST, Service

SERVER_CORE, CLIENT_CORE = "0", "1"
START_S = 120.0


@dataclass(slots=True)
class Running:
    """A service that was started: its processes, a connection kept alive, and where its database's CPU time shows."""

    service: Service
    processes: list[subprocess.Popen[bytes]]
    postgis: str | None
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(HOST, self.service.port, timeout=600)

    def get(self, path: str) -> bytes:
        """The body of an answer; raises OSError for any status but 200 and 204."""
        answer = self._asked(path)
        body = answer.read()
        if answer.status not in (200, 204):
            raise OSError(f"{self.service.name}: {answer.status} for {path}: {body[:200]!r}")
        return body

    def _asked(self, path: str) -> http.client.HTTPResponse:
        """The answer, over a new connection where the server has closed the idle one."""
        for is_last in (False, True):
            try:
                self.connection.request("GET", path, headers={"Accept-Encoding": "identity"})
                return self.connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                if is_last:
                    raise
        raise OSError(f"{self.service.name} does not answer")

    def drain(self, path: str) -> tuple[int, float, float]:
        """The bytes of a long answer, the seconds to its first byte, and the most MB of RssAnon meanwhile."""
        start = time.perf_counter()
        answer = self._asked(path)
        size = len(answer.read(1))
        first_s, most_mb = time.perf_counter() - start, self.anonymous_mb()
        while piece := answer.read(1 << 22):
            size += len(piece)
            most_mb = max(most_mb, self.anonymous_mb())
        return size, first_s, most_mb

    def cpu_s(self) -> float:
        """The seconds of CPU time that the service and its connections in PostGIS have taken."""
        pids = [*self._pids(), *self._backends()]
        return sum(_cpu_ns(pid) for pid in pids) / 1e9

    def anonymous_mb(self) -> float:
        """RssAnon of all its processes, in MB."""
        return sum(_anonymous_kb(pid) for pid in self._pids()) / 1024

    def _pids(self) -> list[int]:
        return [pid for process in self.processes for pid in _tree(process.pid)]

    def _backends(self) -> list[int]:
        if self.postgis is None or not self.service.application:
            return []
        with psycopg.connect(self.postgis) as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
            return [int(pid) for (pid,) in connection.execute(asked, (self.service.application,))]


def _tree(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _tree(int(child))
    return found


def _cpu_ns(pid: int) -> int:
    """User and system time in ns, as the scheduler counts it, of all threads that there are."""
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


def _anonymous_kb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


@contextlib.contextmanager
def running(service: Service, postgis: str | None, log: Path) -> Iterator[Running]:
    """The service on its core, ready to answer; ended afterwards. Raises OSError where it does not start."""
    pin = ["taskset", "-c", SERVER_CORE] if shutil.which("taskset") else []
    with log.open("wb") as out:
        processes = [
            subprocess.Popen([*pin, *command], env={**os.environ, **service.environment}, stdout=out, stderr=out,
                             start_new_session=True)
            for command in service.commands
        ]  # fmt: skip
        try:
            found = Running(service, processes, postgis)
            _wait(found)
            yield found
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


def _wait(found: Running) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            found.get(found.service.ready)
            return
        except (OSError, http.client.HTTPException):
            found.connection.close()
            if time.monotonic() > end or any(process.poll() is not None for process in found.processes):
                raise
            time.sleep(0.2)


def settle(found: Running) -> None:
    """Returns once the service does nothing any more: what it prepares in the background is done."""
    last = found.cpu_s()
    while True:
        time.sleep(1.0)
        now = found.cpu_s()
        if now - last < 0.05:
            return
        last = now


@dataclass(slots=True)
class Taken:
    """What the requests of one job have taken of one service."""

    count: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    bytes: int = 0

    def add(self, found: Running, paths: Sequence[str]) -> None:
        """Sends the requests one after another."""
        before, start = found.cpu_s(), time.perf_counter()
        for path in paths:
            self.bytes += len(found.get(path))
        self.seconds += time.perf_counter() - start
        self.cpu_s += found.cpu_s() - before
        self.count += len(paths)

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU time a request."""
        return 1000 * self.cpu_s / max(self.count, 1)

    @property
    def rate(self) -> float:
        """Requests a second, one at a time."""
        return self.count / self.seconds if self.seconds else 0.0
