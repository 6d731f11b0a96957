"""How fast does the service answer, beside the servers that people use today?

    python -m benchmarks.serving --folder FOLDER [--postgis postgresql://...] [--count 1000000] [--rounds 5]
        [--only NAME ...] [--jobs items item ...] [--out TABLES.md]

The same synthetic parcels for all, each server on one core, asked in turn from the other core over connections kept
alive. CPU milliseconds a request, those of PostGIS for it among them, are the figures to compare: on a busy machine
requests a second say little. What is not installed is named as absent. How the peers are installed stands in
`benchmarks/serving_services.py`; the data stay in FOLDER for the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.measure import markdown
from benchmarks.parcels import EAST, NORTH, SIDE_M
from benchmarks.serving_data import Data, made
from benchmarks.serving_load import CLIENT_CORE, Running, Taken, running, settle
from benchmarks.serving_raster import SIDE
from benchmarks.serving_services import Absent, Service, Tile, Window, services
from gis.columns import GeometryColumns, GeometryKind
from gis.crs import transformed

PEER = "tipg"
PEERS = {"raster tile": "TiTiler"}
"""The service that others are compared with, by job, where it is not PEER."""

WINDOW_M = 1_950.0
"""The side of a window of a little over 1,000 parcels."""

HOT_ZOOM = 14
"""The zoom of the tile that is asked for again and again."""

RASTER_ZOOM = 18
"""The zoom of raster tiles: many, so that few are asked for twice."""

Asker = Callable[[Service, np.random.Generator, int], str | None]


def main() -> None:
    """Prints a Markdown table a job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--postgis")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], help="names of services, or how they begin")
    parser.add_argument("--jobs", nargs="*", default=[*JOBS, "export"])
    parser.add_argument("--out", type=Path, help="a file for the tables, beside the screen")
    asked = parser.parse_args()
    show = _Shown(asked.out)
    data = made(asked.folder, asked.count, asked.postgis)
    os.sched_setaffinity(0, {int(CLIENT_CORE)} & os.sched_getaffinity(0) or os.sched_getaffinity(0))
    wanted = [
        each
        for each in services(data, asked.folder, *_hot(data.count))
        if not asked.only or each.name.startswith(tuple(asked.only))
    ]
    with ExitStack() as stack:
        started: list[Running] = []
        for each in wanted:
            try:
                if isinstance(each, Absent):
                    raise OSError(each.reason)
                log = asked.folder / f"{each.name.replace(' ', '_')}.log"
                started.append(stack.enter_context(running(each, asked.postgis, log)))
            except OSError as error:
                show(f"absent: {each.name} ({error})")
        _warm(started, data, show)
        for job in asked.jobs:
            if job != "export":
                show(_table(job, _measured(job, started, data, asked.rounds), started))
        if "export" in asked.jobs:
            show(_exports(started, data))
        show(f"\nload of the machine at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


class _Shown:
    """What is printed, and added to a file where one is given."""

    def __init__(self, out: Path | None) -> None:
        self._out = out
        if out is not None:
            out.write_text("", encoding="utf-8")

    def __call__(self, text: str) -> None:
        print(text, flush=True)
        if self._out is not None:
            with self._out.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")


def _warm(started: list[Running], data: Data, show: _Shown) -> None:
    """Asks every service for a little of everything, so that what is prepared on the first requests stands ready."""
    generator = np.random.default_rng(3)
    for found in started:
        for _ in range(4):
            for job in JOBS:
                if (path := JOBS[job](found.service, generator, data.count)) is not None:
                    _tried(found, path, job)
        settle(found)
        if found.service.items is not None:
            returned = len(json.loads(found.get(found.service.items(_window(generator, data.count))))["features"])
            show(f"{found.service.name}: {returned} features a page, RssAnon {found.anonymous_mb():.0f} MB")


def _tried(found: Running, path: str, job: str) -> None:
    try:
        found.get(path)
    except OSError as error:
        print(f"{job}: {error}", flush=True)


def _measured(job: str, started: list[Running], data: Data, rounds: int) -> dict[str, Taken]:
    generator = np.random.default_rng(1)
    taken: dict[str, Taken] = {}
    for _ in range(rounds):
        seeds = generator.integers(0, 2**31, AT_ONCE[job])
        for found in started:
            paths = [JOBS[job](found.service, np.random.default_rng(seed), data.count) for seed in seeds]
            plain = [path for path in paths if path is not None]
            if plain:
                try:
                    taken.setdefault(found.service.name, Taken()).add(found, plain)
                except OSError as error:
                    print(f"{job}: {error}", flush=True)
    return taken


def _table(job: str, taken: dict[str, Taken], started: list[Running]) -> str:
    rival = PEERS.get(job, PEER)
    peer = taken.get(rival)
    memory = {found.service.name: found.anonymous_mb() for found in started}
    rows: list[tuple[str, ...]] = [
        (
            name, f"{of.rate:.1f}", f"{of.cpu_ms:.2f}", f"{peer.cpu_ms / of.cpu_ms:.1f}" if peer else "-",
            f"{of.bytes / max(of.count, 1) / 1000:.0f}", f"{memory[name]:.0f}",
        )
        for name, of in taken.items()
    ]  # fmt: skip
    header = (
        "service",
        "requests/s",
        "CPU ms a request",
        f"times as fast as {rival} by CPU",
        "kB",
        "RssAnon MB",
    )
    return f"\n{job}\n\n{markdown(header, rows)}"


def _exports(started: list[Running], data: Data) -> str:
    rows: list[tuple[str, ...]] = []
    for found in started:
        if found.service.export:
            before, start = found.cpu_s(), time.perf_counter()
            size, first_s, most_mb = found.drain(found.service.export)
            cpu_s = found.cpu_s() - before
            rows.append((found.service.name, f"{data.count / cpu_s / 1000:.0f}", f"{time.perf_counter() - start:.1f}",
                         f"{first_s * 1000:.0f}", f"{size / 1e6:.0f}", f"{most_mb:.0f}"))  # fmt: skip
    if shutil.which("ogr2ogr"):
        rows.append(_ogr2ogr(data))
    else:
        print("absent: ogr2ogr (gdal-bin is not installed)")
    header = ("export", "1,000 features a CPU second", "seconds", "ms to the first byte", "MB", "RssAnon MB")
    return f"\nexport of {data.count} features as GeoJSON\n\n{markdown(header, rows)}"


def _ogr2ogr(data: Data) -> tuple[str, ...]:
    out = data.folder / "ogr2ogr.geojson"
    out.unlink(missing_ok=True)
    before, start = os.times(), time.perf_counter()
    subprocess.run(["ogr2ogr", "-f", "GeoJSON", str(out), str(data.plain)], check=True)
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    size = out.stat().st_size
    out.unlink()
    seconds = time.perf_counter() - start
    return "ogr2ogr", f"{data.count / cpu_s / 1000:.0f}", f"{seconds:.1f}", "-", f"{size / 1e6:.0f}", "-"


def _place(generator: np.random.Generator, count: int, side_m: float) -> Window:
    """A square somewhere in the parcels, in degrees."""
    across = np.sqrt(count) * SIDE_M - side_m
    west, south = generator.uniform(0, max(across, 1.0), 2) + np.array([EAST, NORTH])
    shape = np.array([[west, south], [west + side_m, south + side_m]])
    steps = np.arange(3)
    flags = np.ones(2, np.bool_), np.zeros(2, np.bool_)
    corners = GeometryColumns(GeometryKind.POINT, shape, None, steps, steps, steps, *flags)
    west, south, east, north = transformed(corners, 4527, 4326).xy.reshape(-1).tolist()
    return west, south, east, north


def _window(generator: np.random.Generator, count: int) -> Window:
    return _place(generator, count, WINDOW_M)


def _tile(generator: np.random.Generator, count: int, zoom: int) -> Tile:
    west, south, _, _ = _place(generator, count, 1.0)
    x = int((west + 180) / 360 * 2**zoom)
    y = int((1 - np.arcsinh(np.tan(np.radians(south))) / np.pi) / 2 * 2**zoom)
    return zoom, x, y


def _items(service: Service, generator: np.random.Generator, count: int) -> str | None:
    return None if service.items is None else service.items(_window(generator, count))


def _item(service: Service, generator: np.random.Generator, count: int) -> str | None:
    return None if service.item is None else service.item(int(generator.integers(1, count)))


def _raster(service: Service, generator: np.random.Generator, count: int) -> str | None:
    if service.raster is None:
        return None
    return service.raster(_tile(generator, (SIDE // int(SIDE_M)) ** 2, RASTER_ZOOM))


def _tile_at(zoom: int) -> Asker:
    def path(service: Service, generator: np.random.Generator, count: int) -> str | None:
        return None if service.tile is None else service.tile(_tile(generator, count, zoom))

    return path


def _hot_tile(service: Service, generator: np.random.Generator, count: int) -> str | None:
    if service.ready_tile:
        return service.ready_tile
    return None if service.tile is None else service.tile(_hot(count)[0])


def _hot(count: int) -> tuple[Tile, Window]:
    """The tile that is asked for again and again, and a window around it in degrees."""
    west, south, east, north = _place(np.random.default_rng(5), count, 1.0)
    room = 360 / 2**HOT_ZOOM
    return _tile(np.random.default_rng(5), count, HOT_ZOOM), (west - room, south - room, east + room, north + room)


JOBS: dict[str, Asker] = {
    "items": _items,
    "item": _item,
    "tile z14": _tile_at(14),
    "tile z12": _tile_at(12),
    "hot tile": _hot_tile,
    "raster tile": _raster,
}
"""What is asked for, by job: 1,000 features in a window, one feature by id, vector tiles, raster tiles (PNG)."""

AT_ONCE = {"items": 20, "item": 100, "tile z14": 20, "tile z12": 3, "hot tile": 100, "raster tile": 40}
"""Requests sent to a service before the next one has its turn."""


if __name__ == "__main__":
    main()
