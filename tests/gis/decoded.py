"""What does a vector tile say? Read back by the protobuf classes of mapbox-vector-tile, rings kept as they are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mapbox_vector_tile.Mapbox import vector_tile_pb2


@dataclass
class Feature:
    """One feature: kind 1 point, 2 line, 3 polygon; paths as integer arrays, y down."""

    id: int | None
    kind: int
    paths: list[np.ndarray]
    attributes: dict[str, Any]

    def shape(self) -> Any:
        """The feature as shapely geometry; rings of positive area begin a polygon, others are holes in it."""
        if self.kind == 1:
            return shapely.MultiPoint(np.concatenate(self.paths))
        if self.kind == 2:
            return shapely.MultiLineString(self.paths)
        polygons: list[tuple[Any, list[Any]]] = []
        for path in self.paths:
            if surveyor(path) > 0:
                polygons.append((path, []))
            else:
                polygons[-1][1].append(path)
        return shapely.MultiPolygon(polygons)


def surveyor(path: np.ndarray) -> float:
    """Area by the surveyor's formula in tile coordinates."""
    x, y = path.T.astype(float)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def layers(tile: bytes) -> dict[str, list[Feature]]:
    """The features of each layer of a tile."""
    message = vector_tile_pb2.tile()
    message.ParseFromString(tile)
    assert all(layer.version == 2 and layer.extent == 4096 for layer in message.layers)
    return {layer.name: [_feature(layer, feature) for feature in layer.features] for layer in message.layers}


def _feature(layer: Any, feature: Any) -> Feature:
    values = [{d.name: v for d, v in value.ListFields()} for value in layer.values]
    tags = list(feature.tags)
    attributes = {layer.keys[k]: next(iter(values[v].values())) for k, v in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(feature.id if feature.HasField("id") else None, feature.type, _paths(feature), attributes)


def _paths(feature: Any) -> list[np.ndarray]:
    paths: list[list[list[int]]] = []
    x = y = at = 0
    commands = list(feature.geometry)
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            assert feature.type == 3
            continue
        for _ in range(count):
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            at += 2
            if command == 1:
                paths.append([])
            paths[-1].append([x, y])
    return [np.array(path) for path in paths]
