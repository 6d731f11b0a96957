"""How fast does the embedded store answer for a small window, beside pyogrio reading a GeoPackage?

    python -m benchmarks.window [--sizes 10000 100000 1000000] [--rounds 5]

From the query to Arrow rows of about 32 parcels with six attributes, 40 windows a run. Ours asks the store, history and
exact intersection included; pyogrio reads a plain GeoPackage of the same parcels through its R-tree, to a GeoDataFrame
as users do and to bare Arrow. A million parcels take some minutes to be written.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw

from benchmarks.measure import growth_exponent, interleaved, markdown, record
from benchmarks.parcels import EAST, NORTH, SIDE_M, attributes, parcels, wkb
from gis.types import Bounds
from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.query import Query
from layers.store import Store, open_store

LAYER, WINDOWS, AT_ONCE = "parcels", 40, 50_000
OURS = "ours, the store"
PEERS = "pyogrio to GeoDataFrame", "pyogrio to Arrow"
HEADER = "job", "median ms a window", "CPU ms", *(f"times as fast as {peer}" for peer in PEERS), "rows a window"
FIELDS = {"BSM": "text", "DLBM": "text", "ZLDWMC": "text", "TBMJ": "real", "mu": "real", "SJNF": "integer"}
DEFINITION = f"""
id = "{LAYER}"
title = {{zh = "地块", en = "Parcels"}}
geometry = "multipolygon"
crs = 4527
date = 2024-12-31
source = {{zh = "合成", en = "synthetic"}}
area = {{method = "planar"}}
""" + "".join(
    f'[[fields]]\nname = "{name}"\ntitle = {{zh = "{name}", en = "{name}"}}\ntype = "{kind}"\n'
    for name, kind in FIELDS.items()
)

Job = Callable[[], int]


def written(folder: Path, count: int) -> tuple[Store, Path]:
    """A store and a plain GeoPackage of the same parcels."""
    binary = wkb(parcels(count))
    rows = attributes(len(binary)).append_column("geom", binary)
    store = open_store(folder / "store.gpkg", Catalogue({LAYER: parse_definition(DEFINITION, place=LAYER)}))
    with store.transaction(who="benchmark", why="") as transaction:
        for first in range(0, rows.num_rows, AT_ONCE):
            transaction.insert(LAYER, rows.slice(first, AT_ONCE))
    plain = folder / "plain.gpkg"
    pyogrio.raw.write(
        plain, binary.to_numpy(zero_copy_only=False), [rows[name].to_numpy(zero_copy_only=False) for name in FIELDS],
        list(FIELDS), layer=LAYER, driver="GPKG", geometry_type="Unknown", crs="EPSG:4527",
    )  # fmt: skip
    return store, plain


def windows(count: int) -> list[Bounds]:
    """Windows of about 32 parcels over the ground of `count` parcels, the same each time."""
    ground = np.ceil(np.sqrt(count)) * SIDE_M
    across, up = 5.2 * SIDE_M, 4.2 * SIDE_M
    corners = [EAST, NORTH] + np.random.default_rng(4).random((WINDOWS, 2)) * [ground - across, ground - up]
    return [Bounds(x, y, x + across, y + up) for x, y in corners.tolist()]


def jobs(store: Store, plain: Path, wanted: list[Bounds]) -> dict[str, Job]:
    """What is measured, by name; each gives the rows of all windows."""

    def arrow(bounds: Bounds) -> pa.Table:
        return pyogrio.read_arrow(plain, bbox=tuple(bounds))[1]

    return {
        OURS: lambda: sum(len(store.read(LAYER, Query(bbox=bounds))) for bounds in wanted),
        PEERS[0]: lambda: sum(len(pyogrio.read_dataframe(plain, bbox=tuple(b))) for b in wanted),
        PEERS[1]: lambda: sum(len(arrow(bounds)) for bounds in wanted),
        "pyogrio to numpy": lambda: sum(len(pyogrio.raw.read(plain, bbox=tuple(b))[2]) for b in wanted),
    }


def main() -> None:
    """Prints medians, ratios and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    cpu: dict[int, float] = {}
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            store, plain = written(Path(folder), size)
            with store:
                todo = jobs(store, plain, windows(size))
                rows = {name: job() / WINDOWS for name, job in todo.items()}
                measured = interleaved(todo, rounds=asked.rounds)
        record(f"{WINDOWS} windows of the embedded file", size, measured, ours=OURS)
        cpu[size] = measured[OURS].cpu_seconds
        lines = [
            (
                name, f"{of.seconds / WINDOWS * 1000:.2f}", f"{of.cpu_seconds / WINDOWS * 1000:.2f}",
                *(f"{measured[peer].seconds / of.seconds:.1f}" for peer in PEERS), f"{rows[name]:.0f}",
            )
            for name, of in measured.items()
        ]  # fmt: skip
        print(f"\n{size} parcels\n\n{markdown(HEADER, lines)}", flush=True)
    print(f"\n{OURS}: CPU time grows as n^{growth_exponent(cpu):.2f}")


if __name__ == "__main__":
    main()
