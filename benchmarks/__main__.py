"""How fast is everything, in one table?

    python -m benchmarks [--out benchmarks/RESULTS.md] [--sizes 10000 100000 1000000] [--only overlay tiles]
                         [--data FOLDER]

Runs every script of this folder in a process of its own, one core each, and writes one table with the facts of the
machine, then what each script printed. Peers that are not installed are named as absent; PostGIS takes part where
GAODU_BENCH_POSTGIS holds the address of a database to write to. Beyond 100,000 parcels peers run once. `--data` is a
folder of real parcel sets (GeoPackages, Shapefiles, FlatGeobufs), which area and topology measure as well.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import LEDGER, growth_exponent, markdown

SCRIPTS = ("area", "geojson", "overlay", "topology", "zonal", "tiles", "window")
NO_SIZES = ("raster_tiles",)
OF_REAL_SETS = ("area", "topology")
PEERS = {
    "duckdb_extension_spatial": "DuckDB spatial",
    "exactextract": "exactextract",
    "mapbox_vector_tile": "mapbox-vector-tile",
    "rio_tiler": "rio-tiler",
}
HEADER = "job", "features", "ours ms", "peak MB", "growth", "peer", "peer ms", "times as fast"
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GDAL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
TIME_LIMIT_S, REAL_LIMIT_S = 1500, 100
OWN = ("ours", "official", "planar", "all rules")
"""How the names of our own jobs begin."""

Entry = dict[str, Any]


def run(script: str, options: list[str], ledger: Path, *, limit_s: int = TIME_LIMIT_S) -> str:
    """What a script prints, and under it the end of its errors if it fails."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *options]
    environment = os.environ | ONE_CORE | {LEDGER: str(ledger)}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=limit_s)
    except subprocess.TimeoutExpired:
        return f"`benchmarks.{script}` took more than {limit_s} s and was ended."
    failed = (
        ""
        if done.returncode == 0
        else f"\n\nIt failed: {(done.stderr.strip().splitlines() or [str(done.returncode)])[-1][:400]}"
    )
    return done.stdout.strip() + failed


def rows(entries: list[Entry]) -> list[tuple[str, ...]]:
    """The table: a line for each job, size and peer."""
    lines = []
    for entry in (entry for entry in entries if entry["size"]):
        seconds = {name: job[0] for name, job in entry["jobs"].items()}
        same = {e["size"]: e["jobs"][e["ours"]][0] for e in entries if e["title"] == entry["title"]}
        growth = growth_exponent(same)
        mine, peak = entry["jobs"][entry["ours"]]
        first = (
            entry["title"], f"{entry['size']:,}", f"{mine * 1000:,.1f}", "-" if math.isnan(peak) else f"{peak:,.0f}",
            "-" if math.isnan(growth) else f"n^{growth:.2f}",
        )  # fmt: skip
        for name in seconds:
            if name != entry["ours"] and not name.startswith(OWN):
                lines.append((*first, name, f"{seconds[name] * 1000:,.1f}", f"{seconds[name] / mine:,.1f}"))
    return lines


def machine() -> str:
    """What it ran on."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        if (info.exists())
        else []
    )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.date.today()}, {os.cpu_count()} cores ({names[0] if names else platform.processor()}), one used; "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; load before: {load}."
    )


def absent() -> str:
    """The peers that do not take part."""
    missing = [name for package, name in PEERS.items() if importlib.util.find_spec(package) is None]
    if not os.environ.get("GAODU_BENCH_POSTGIS"):
        missing.append("PostGIS")
    return f"Absent peers: {', '.join(missing)}." if missing else "All peers took part."


def real_sets(folder: Path) -> list[str]:
    """The files of polygons in a folder and those below it."""
    return sorted(str(path) for kind in ("*.gpkg", "*.shp", "*.fgb") for path in folder.rglob(kind))


def write(out: Path, sizes: list[str], facts: str, ledger: Path, printed: list[str]) -> None:
    """Writes what was measured so far, so that a run that is ended leaves what it has."""
    entries = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    head = f"# What the benchmarks measured\n\n`python -m benchmarks --sizes {' '.join(sizes)}`\n\n{facts} {absent()}\n"
    out.write_text("\n".join([head, markdown(HEADER, rows(entries)), "", *printed, ""]), encoding="utf-8")


def main() -> None:
    """Runs the scripts and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/RESULTS.md"))
    parser.add_argument("--sizes", nargs="+", default=["10000", "100000", "1000000"])
    parser.add_argument("--only", nargs="+", choices=[*SCRIPTS, *NO_SIZES], default=[*SCRIPTS, *NO_SIZES])
    parser.add_argument("--data", type=Path, help="a folder of real parcel sets")
    asked = parser.parse_args()
    facts, printed = machine(), []
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger"
        ledger.touch()
        for script in asked.only:
            options = [] if script in NO_SIZES else ["--sizes", *asked.sizes]
            start = time.monotonic()
            printed.append(f"## {script}\n\n{run(script, options, ledger)}")
            for path in real_sets(asked.data) if asked.data and script in OF_REAL_SETS else []:
                options = ["--sizes", "--rounds", "1", "--real", path]
                printed.append(f"### {Path(path).name}\n\n{run(script, options, ledger, limit_s=REAL_LIMIT_S)}")
            write(asked.out, asked.sizes, facts, ledger, printed)
            print(f"{script}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
