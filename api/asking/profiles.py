"""In which manner are properties written?"""

from __future__ import annotations

import pyarrow as pa

from api.errors import BadParameter
from api.settings import Language
from layers.codes import code_list
from layers.definition import LayerDefinition

CODES, TITLES = "val-as-code", "val-as-title"
PROFILES: dict[str, str] = {
    "rfc7946": "GeoJSON（RFC 7946）",
    "jsonfg": "JSON-FG",
    "jsonfg-plus": "JSON-FG 并附经纬度几何 / JSON-FG with a geometry in longitude and latitude beside it",
    CODES: "代码字段给出代码 / codes as they stand",
    TITLES: "代码字段给出名称 / codes as their names",
}
"""The profiles that `profile=` takes (OGC API Features 5; JSON-FG)."""


def asked_profiles(text: str | None) -> frozenset[str]:
    """The profiles that `text` names, separated by commas. Raises BadParameter for one that is not there."""
    names = frozenset(name.strip() for name in (text or "").split(",") if name.strip())
    for name in sorted(names):
        if name not in PROFILES:
            raise BadParameter(
                f"没有写法“{name[:80]}”。", f"There is no profile {name[:80]!r}.", place="profile",
                remedy_zh=f"可用：{'、'.join(PROFILES)}。", remedy_en=f"Profiles: {', '.join(PROFILES)}.",
            )  # fmt: skip
    return names


def titled(definition: LayerDefinition, properties: pa.Table, language: Language) -> pa.Table:
    """`properties` with the names of codes in their place; a code that its list lacks stays."""
    for field in definition.fields:
        if field.codes is None or field.name not in properties.column_names:
            continue
        codes = code_list(field.codes)
        values = [_title(codes, value, language) for value in properties[field.name].to_pylist()]
        index = properties.column_names.index(field.name)
        properties = properties.set_column(index, field.name, pa.array(values, pa.string()))
    return properties


def _title(codes: object, value: object, language: Language) -> str | None:
    if value is None:
        return None
    code = codes.get(str(value)) if isinstance(codes, dict) else None
    if code is None:
        return str(value)
    return str(code.name_en if language == "en" else code.name_zh)
