"""How fast is the official ellipsoidal area, beside pyproj, DuckDB and GEOS, and how far apart are they?

    python -m benchmarks.area [--sizes 10000 100000 1000000] [--rounds 5] [--real FOLDER]

Everything starts from WKB and ends in an area a feature. Ours reads EPSG:4527, densifies and rounds as the standard
says; the peers read the same parcels in degrees, where their areas are defined. `--real` measures layers of files too.
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

from benchmarks.duckdb_spatial import connection
from benchmarks.measure import growth_exponent, interleaved, markdown, record
from benchmarks.parcels import parcels, wkb
from gis.area import area_m2
from gis.columns import GeometryColumns
from gis.crs import transformed

PEER = "pyproj Geod loop"
OURS, OURS_DEGREES = "official, from WKB", "official, from WKB in degrees"
GEOD = pyproj.Geod(ellps="GRS80")

Jobs = dict[str, Callable[[], Any]]


def jobs(degrees: pa.Array, plane: pa.Array | None = None) -> Jobs:
    """What is measured, by name: of parcels in longitude and latitude and, if given, the same in EPSG:4527."""
    columns = GeometryColumns.from_wkb(degrees)
    found: Jobs = {
        OURS_DEGREES: lambda: area_m2(GeometryColumns.from_wkb(degrees), "ellipsoidal", 4490),
        "official, from columns in degrees": lambda: area_m2(columns, "ellipsoidal", 4490),
        PEER: lambda: geod_areas(degrees),
    }
    if plane is not None:
        in_plane = GeometryColumns.from_wkb(plane)
        found[OURS] = lambda: area_m2(GeometryColumns.from_wkb(plane), "ellipsoidal", 4527)
        found["official, from columns"] = lambda: area_m2(in_plane, "ellipsoidal", 4527)
        found["planar, from WKB"] = lambda: area_m2(GeometryColumns.from_wkb(plane), "planar", 4527)
        found["shapely.area, planar"] = lambda: shapely.area(shapely.from_wkb(plane.to_numpy(zero_copy_only=False)))
    if database := connection():
        database.register("parcels", pa.table({"geom": degrees}))
        # the extension takes latitude first
        query = "SELECT ST_Area_Spheroid(ST_FlipCoordinates(ST_GeomFromWKB(geom))) AS area FROM parcels"
        found["DuckDB ST_Area_Spheroid"] = lambda: database.execute(query).fetchnumpy()["area"]
    return found


def geod_areas(degrees: pa.Array) -> np.ndarray[Any, Any]:
    """The area of each feature as pyproj's documentation does it."""
    shapes = shapely.from_wkb(degrees.to_numpy(zero_copy_only=False))
    return np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapes])


def synthetic(count: int) -> Jobs:
    """Parcels with holes and multipolygons, 13 vertices a ring."""
    shapes = parcels(count)
    degrees = transformed(GeometryColumns.from_shapely(shapes), 4527, 4490)
    return jobs(wkb(shapely.orient_polygons(degrees.to_shapely())), wkb(shapely.orient_polygons(shapes)))


def real(path: Path) -> Jobs:
    """The polygons of a file that GDAL reads, in degrees."""
    about, table = pyogrio.read_arrow(path, columns=[])
    epsg = int(pyproj.CRS.from_user_input(about["crs"]).to_epsg() or 0)
    shapes = shapely.force_2d(shapely.from_wkb(table.column(table.num_columns - 1).to_numpy()))
    shapes = shapely.orient_polygons(shapely.make_valid(shapes, method="structure", keep_collapsed=False))
    shapes = shapes[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    return jobs(wkb(transformed(GeometryColumns.from_shapely(shapes), epsg, 4490).to_shapely()))


def report(title: str, made: Jobs, rounds: int, *, size: int, at_once: bool = False) -> float:
    """Prints a table of the jobs and how far ours is from pyproj's; the seconds of ours. `at_once` runs pyproj once."""
    ours = OURS if OURS in made else OURS_DEGREES
    ours_m2, peer_m2 = made[ours](), made[PEER]()
    measured = interleaved(made, rounds=rounds, once=(PEER,) if at_once else ())
    record(title, size, measured, ours=ours)
    rows = [
        (name, f"{of.seconds * 1000:.1f}", f"{measured[PEER].seconds / of.seconds:.1f}", f"{of.peak_mb:.0f}")
        for name, of in measured.items()
    ]
    print(f"\n{title}, {size} features\n\n{markdown(('job', 'median ms', f'faster than {PEER}', 'peak MB'), rows)}")
    apart = np.abs(ours_m2 - peer_m2) / np.maximum(peer_m2, 1)
    print(f"\n{ours} and geodesic: {apart.max():.1e} apart at most, {np.median(apart):.1e} in the middle", flush=True)
    return measured[ours].seconds


def main() -> None:
    """Prints medians, ratios, peak memory, differences and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="beyond, pyproj runs once")
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="files of polygons")
    asked = parser.parse_args()
    seconds = {
        size: report(
            "official ellipsoidal area", synthetic(size), asked.rounds, size=size, at_once=size > asked.peers_up_to
        )
        for size in asked.sizes
    }
    if len(seconds) > 1:
        print(f"\n{OURS}: grows as n^{growth_exponent(seconds):.2f}")
    for path in asked.real:
        made = real(path)
        report(f"official area, {path.name}", made, asked.rounds, size=len(made[PEER]()))


if __name__ == "__main__":
    main()
