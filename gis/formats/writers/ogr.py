"""How does GDAL write a table? Loaded in the limited process only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pyogrio.raw

from gis.errors import FormatError
from gis.formats.drivers import only
from gis.formats.model import GEOMETRY


def write(job: dict[str, Any]) -> dict[str, Any]:
    """Writes the Arrow IPC file job["readable"][0] to job["target"] with the driver and options the job names."""
    target = Path(job["target"])
    target.parent.mkdir()
    os.environ.update(job["settings"])
    with pa.OSFile(job["readable"][0]) as source, only(job["driver"]):  # not mapped: GDAL writes into the key's buffer
        opened = pa.ipc.open_file(source)
        batches = (opened.get_batch(i) for i in range(opened.num_record_batches))
        table = pa.RecordBatchReader.from_batches(opened.schema, batches)
        try:
            pyogrio.raw.write_arrow(
                table, str(target), layer=job["layer"], driver=job["driver"], geometry_name=GEOMETRY,
                geometry_type=job["geometry"], crs=f"EPSG:{job['epsg']}", layer_options=job["layer_options"],
            )  # fmt: skip
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
            raise _refusal(error) from error
        except (pyogrio.errors.FieldError, pyogrio.errors.GeometryError, pyogrio.errors.CRSError) as error:
            raise _refusal(error) from error
        except (RuntimeError, ValueError) as error:
            raise _refusal(error) from error
    return {"notes": []}


def _refusal(error: Exception) -> FormatError:
    return FormatError(f"GDAL 无法写出：{error}", f"GDAL cannot write it: {error}")
