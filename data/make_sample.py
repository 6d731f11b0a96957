"""How is the sample township made? Run by hand: python -m data.make_sample [FOLDER]"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import shapely

from data.sample_township.contracts import contract_table
from data.sample_township.farmland import RICE_JIN, choose, protection_table, transfer_table
from data.sample_township.files import write_raster, write_table
from data.sample_township.governance import governance_tables
from data.sample_township.ground import Ground
from data.sample_township.land import draw
from data.sample_township.livelihood import livelihood_tables
from data.sample_township.places import industry_tables
from data.sample_township.rasters import elevations, whole_jin, yields
from data.sample_township.survey import division_tables, land_use_table

SAMPLE = Path(__file__).parent / "sample"


def make(folder: Path) -> list[Path]:
    """Writes every layer and raster of the sample into `folder`; gives their paths.

    The same libraries write the same bytes. Totals are closed before any table is written, because a closed border
    belongs to two parcels and to every layer they are in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    land = draw()
    farmland = choose(land)
    industry = industry_tables(land)
    before, after = elevations(shapely.union_all(land.polygons[farmland.valley]))
    raster, output_kg = yields(land.polygons[farmland.paddy], RICE_JIN / 2)
    divisions = division_tables(land)
    ground = Ground(land, [row["WGBM"] for row in divisions[-1].rows])
    tables = [
        *divisions,
        land_use_table(land),
        contract_table(land, farmland.protected),
        protection_table(land, farmland),
        transfer_table(land, farmland, whole_jin(np.asarray(output_kg), RICE_JIN)),
        *industry,
        *governance_tables(ground),
        *livelihood_tables(ground),
    ]
    written = [write_table(table, folder) for table in tables]
    return [*written, *(write_raster(grid, folder) for grid in (before, after, raster))]


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE):
        print(f"{path.name:28} {path.stat().st_size / 1024:9.1f} kB")
