"""How is it said that geometry and records are illustrative?"""

from __future__ import annotations

from layers.definition import Text

ILLUSTRATIVE = Text(
    zh="示意数据：几何图形和台账记录为演示生成，不代表真实地块和事项。",
    en="Illustrative data: geometry and records were generated for demonstration and show no real parcel or case.",
)
