"""How fast are overlaps and gaps of a coverage found, beside an STRtree self-join and GEOS's coverage check?

    python -m benchmarks.topology [--sizes 10000 100000 1000000] [--rounds 5] [--peers-up-to 100000] [--real FILE]

Everything starts from WKB. One parcel in a thousand is pushed over its neighbours by 0.5 m, which leaves overlaps and
gaps on all its sides. The self-join finds overlaps with their areas, and gaps as holes of the union; GEOS's coverage
check only tells at which edges something is wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import shapely

from benchmarks.measure import growth_exponent, interleaved, markdown, record
from benchmarks.parcels import parcels, wkb
from gis.columns import GeometryColumns
from gis.topology import findings
from gis.topology_rules import Rule

PEER = "STRtree self-join and union"
OURS = "overlaps and gaps, from WKB"

Jobs = dict[str, Callable[[], Any]]


def jobs(binary: pa.Array, epsg: int) -> Jobs:
    """What is measured, by name."""
    ours: Jobs = {
        OURS: lambda: findings(GeometryColumns.from_wkb(binary), epsg, rules=[Rule.OVERLAP, Rule.GAP]),
        "all rules, from WKB": lambda: findings(GeometryColumns.from_wkb(binary), epsg),
    }
    peers: Jobs = {
        PEER: lambda: self_join(binary),
        "GEOS coverage_invalid_edges": lambda: shapely.coverage_invalid_edges(_shapes(binary), gap_width=1),
    }
    return ours | peers


def self_join(binary: pa.Array) -> tuple[dict[tuple[int, int], float], list[float]]:
    """Overlaps (areas by pair) and gaps (areas) with what shapely offers."""
    shapes = _shapes(binary)
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, two = one[one < two], two[one < two]
    areas = shapely.area(shapely.intersection(shapes[one], shapes[two]))
    overlaps = {(int(a), int(b)): float(m2) for a, b, m2 in zip(one, two, areas, strict=True) if m2 > 0}
    parts = shapely.get_parts(shapely.union_all(shapes))
    holes = [shapely.Polygon(hole).area for part in parts for hole in part.interiors]
    return overlaps, holes


def _shapes(binary: pa.Array) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = shapely.from_wkb(binary.to_numpy(zero_copy_only=False))
    return found


def agreement(made: Jobs) -> str:
    """How the sums of ours and of the self-join compare."""
    found = made[OURS]()
    overlaps, holes = made[PEER]()
    sums = [sum(f.measure for f in found if f.rule is rule) for rule in (Rule.OVERLAP, Rule.GAP)]
    return (
        f"overlaps: {sums[0]:.3f} m2 ours, {sum(overlaps.values()):.3f} m2 the self-join's; "
        f"gaps: {sums[1]:.3f} m2 ours, {sum(holes):.3f} m2 the union's"
    )


def real(path: Path) -> tuple[pa.Array, int]:
    """The polygons of a file that GDAL reads, made valid (the peers stop at invalid ones), and their CRS."""
    about, table = pyogrio.read_arrow(path, columns=[])
    shapes = _shapes(table.column(table.num_columns - 1).combine_chunks())
    shapes = shapely.make_valid(shapely.force_2d(shapes), method="structure", keep_collapsed=False)
    shapes = shapes[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    return wkb(shapes), int(pyproj.CRS.from_user_input(about["crs"]).to_epsg() or 0)


def report(title: str, made: Jobs, rounds: int, *, size: int, at_once: bool = False) -> float:
    """Prints a table of the jobs, and with `at_once` runs the peers once only; the seconds of ours."""
    measured = interleaved(made, rounds=rounds, once=[*made][2:] if at_once else ())
    record(title, size, measured, ours=OURS)
    peer = measured.get(PEER)
    rows = [
        (name, f"{of.seconds * 1000:.0f}", f"{peer.seconds / of.seconds:.1f}" if peer else "-", f"{of.peak_mb:.0f}")
        for name, of in measured.items()
    ]
    print(
        f"\n{title}, {size} features\n\n{markdown(('job', 'median ms', 'faster than the self-join', 'peak MB'), rows)}",
        flush=True,
    )
    if peer and not at_once:
        print(f"\n{agreement(made)}", flush=True)
    return measured[OURS].seconds


def main() -> None:
    """Prints medians, ratios, peak memory and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="beyond, peers run once")
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="files of polygons in a plane of metres")
    asked = parser.parse_args()
    seconds = {}
    for size in asked.sizes:
        made = jobs(wkb(parcels(size, faults=size // 1000)), 4527)
        at_once = size > asked.peers_up_to
        seconds[size] = report("overlaps and gaps of a coverage", made, asked.rounds, size=size, at_once=at_once)
    if len(seconds) > 1:
        print(f"\n{OURS}: grows as n^{growth_exponent(seconds):.2f}")
    for path in asked.real:
        binary, epsg = real(path)
        report(f"overlaps and gaps, {path.name}", jobs(binary, epsg), asked.rounds, size=len(binary))


if __name__ == "__main__":
    main()
