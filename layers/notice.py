"""How is it said that geometry is illustrative?"""

from __future__ import annotations

from layers.definition import Text

ILLUSTRATIVE = Text(
    zh="示意数据：几何图形为演示生成，不代表真实地块。",
    en="Illustrative data: the geometry was generated for demonstration and shows no real parcel.",
)
