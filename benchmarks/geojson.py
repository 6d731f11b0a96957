"""How fast are features written as GeoJSON, beside geopandas and pyogrio?

    python -m benchmarks.geojson [--sizes 10000 100000 1000000] [--rounds 5] [--peers-up-to 100000]

Synthetic parcels with holes and multipolygons in longitude and latitude, an id and six properties. Ours starts from
columns, from WKB and from the same GeoDataFrame; the peers start from the GeoDataFrame.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable

import geopandas
import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from benchmarks.measure import Measured, growth_exponent, interleaved, markdown, record
from benchmarks.parcels import attributes, parcels, wkb
from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.geojson import feature_collection, feature_collection_chunks

PEER = "gdf.to_json"
OURS = "ours from WKB"
HEADER = "job", "median ms", "CPU ms", f"times as fast as {PEER}", "by CPU", "peak MB"


def jobs(count: int, *, with_peers: bool) -> dict[str, Callable[[], object]]:
    """What is measured, by name; each gives the text of about `count` features."""
    columns = transformed(GeometryColumns.from_shapely(parcels(count)), 4527, 4326)
    shapes, table, ids = columns.to_shapely(), attributes(len(columns)), np.arange(len(columns))
    binary = wkb(shapes)
    frame = geopandas.GeoDataFrame(table.to_pandas(), geometry=shapes, crs=4326)
    ours: dict[str, Callable[[], object]] = {
        "ours from columns": lambda: feature_collection(columns, ids, table),
        OURS: lambda: feature_collection(GeometryColumns.from_wkb(binary), ids, table),
        "ours from GeoDataFrame": lambda: _from_frame(frame),
        "ours in pieces": lambda: sum(map(len, feature_collection_chunks(columns, ids, table))),
    }
    peers = {PEER: lambda: frame.to_json(), "pyogrio": lambda: _pyogrio(frame)}
    return ours | peers if with_peers else ours


def _from_frame(frame: geopandas.GeoDataFrame) -> bytes:
    properties = pa.Table.from_pandas(frame.drop(columns="geometry"), preserve_index=False)
    return feature_collection(GeometryColumns.from_geoseries(frame.geometry), frame.index.to_numpy(), properties)


def _pyogrio(frame: geopandas.GeoDataFrame) -> bytes:
    out = io.BytesIO()
    pyogrio.write_dataframe(frame, out, driver="GeoJSON", RFC7946="YES")
    return out.getvalue()


def check() -> None:
    """Raises ValueError unless ours and the peer say the same of a few parcels."""
    done = {name: job() for name, job in jobs(400, with_peers=True).items()}
    ours, peer = (json.loads(text)["features"] for text in (done[OURS], done[PEER]))  # type: ignore[arg-type]
    shapes = [shapely.from_geojson([json.dumps(f["geometry"]) for f in features]) for features in (ours, peer)]
    same_types = (shapely.get_type_id(shapes[0]) == shapely.get_type_id(shapes[1])).all()
    apart = shapely.hausdorff_distance(*shapes).max()
    if not same_types or apart > 1e-7 or [f["properties"] for f in ours] != [f["properties"] for f in peer]:
        raise ValueError(f"The texts differ, by {apart} degrees at most.")


def main() -> None:
    """Prints medians, ratios, peak memory and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="beyond, peers run once")
    parser.add_argument("--peers-at-most", type=int, default=1_000_000, help="gdf.to_json of a million takes 10 GB")
    asked = parser.parse_args()
    check()
    measured: dict[int, dict[str, Measured]] = {}
    for size in asked.sizes:
        once = (PEER, "pyogrio") if size > asked.peers_up_to else ()
        todo = jobs(size, with_peers=size <= asked.peers_at_most)
        measured[size] = interleaved(todo, rounds=asked.rounds, once=once)
        record("GeoJSON text", size, measured[size], ours=OURS)
        rows = [_row(name, of, measured[size].get(PEER)) for name, of in measured[size].items()]
        print(f"\n{size} parcels\n\n{markdown(HEADER, rows)}", flush=True)
    for name in measured[asked.sizes[-1]]:
        exponent = growth_exponent({size: of[name].cpu_seconds for size, of in measured.items()})
        print(f"\n{name}: CPU time grows as n^{exponent:.2f}")


def _row(name: str, of: Measured, peer: Measured | None) -> tuple[str, ...]:
    ratios = (f"{peer.seconds / of.seconds:.1f}", f"{peer.cpu_seconds / of.cpu_seconds:.1f}") if peer else ("-", "-")
    return name, f"{of.seconds * 1000:.1f}", f"{of.cpu_seconds * 1000:.1f}", *ratios, f"{of.peak_mb:.0f}"


if __name__ == "__main__":
    main()
