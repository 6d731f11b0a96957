"""How is it said that geometry and records, and what is derived from them, are illustrative?"""

from __future__ import annotations

from layers.definition import Text

ILLUSTRATIVE = Text(
    zh="示意数据：几何图形和台账记录为演示生成，不代表真实地块和事项。",
    en="Illustrative data: geometry and records were generated for demonstration and show no real parcel or case.",
)

DERIVED = Text(
    zh="图层推算的数值出自示意数据：几何图形和台账记录为演示生成，不能用来核实报告中的数值。",
    en="The values from the layers stand on illustrative data: geometry and records were generated for demonstration "
    "and prove nothing about the values of the report.",
)
