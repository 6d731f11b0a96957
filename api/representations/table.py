"""How do features look as CSV?"""

from __future__ import annotations

import pyarrow as pa
import shapely
from fastapi import Response

from api.asking.coordinates import CRS84
from api.asking.paging import paged
from api.asking.selection import Selection
from api.documents.links import link_header, page_links
from api.media import CSV
from api.representations.geojson import crs_header
from gis.columns import GeometryColumns
from gis.formats.writers.delimited import NOTICE_FIELD, WKT_FIELD, rows_text
from layers.notice import ILLUSTRATIVE


def csv_items(selection: Selection) -> Response:
    """A page of `selection`: fid, the properties and the geometry as WKT; the links stand in the header Link."""
    page = paged(selection)
    crs = selection.crs or CRS84
    columns = crs.written(GeometryColumns.from_wkb(page.rows["geom"]), selection.definition.crs)
    wkt = shapely.to_wkt(columns.to_shapely(), rounding_precision=crs.decimals, trim=True)
    table = selection.shown(page.rows).add_column(0, "fid", page.rows["fid"])
    table = table.append_column(WKT_FIELD, pa.array(wkt, pa.string()))
    if selection.store.is_illustrative(selection.layer):
        notice = f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}"
        table = table.append_column(NOTICE_FIELD, pa.array([notice] * table.num_rows, pa.string()))
    links = page_links(selection, following=page.following, before=page.before)
    headers = {**crs_header(crs), **link_header(links), "OGC-NumberMatched": str(page.matched)}
    headers["OGC-NumberReturned"] = str(page.rows.num_rows)
    return Response(rows_text(table), media_type=f"{CSV}; charset=utf-8; header=present", headers=headers)
