from __future__ import annotations

import json

import pyarrow as pa
import pytest
import shapely

from gis.columns import GeometryColumns, GeometryKind
from gis.geojson import feature
from tests.gis.zoo import ZOO

NOTHING = pa.table({})
ALL = [(kind, name) for kind, shapes in ZOO.items() for name in shapes]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_each_of_the_zoo_keeps_its_shape(kind, name):
    shape = ZOO[kind][name]
    columns = GeometryColumns.from_shapely([shape], kind=GeometryKind(kind))
    found = json.loads(feature(columns, None, NOTHING, precision=15))["geometry"]
    if shape is None:
        assert found is None
    else:
        back = shapely.from_geojson(json.dumps(found))
        assert shapely.equals_identical(shapely.normalize(back), shapely.normalize(shapely.force_2d(shape)))
