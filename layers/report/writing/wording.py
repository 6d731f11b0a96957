"""Which words stand in a written report?"""

from __future__ import annotations

from layers.definition import Text
from layers.report.audit import Severity
from layers.report.derived import Verdict
from layers.report.writing.blocks import Tone

SUMMARY = Text(zh="概要", en="Summary")
FIGURES = Text(zh="报告数据", en="Figures")
SOURCES = Text(zh="来源与算法", en="Sources and methods")
AUDIT = Text(zh="报告审核", en="Audit")
CHARTS = Text(zh="统计图", en="Charts")
MAPS = Text(zh="专题图", en="Maps")
CONTENTS = Text(zh="目录", en="Contents")

SECTION = Text(zh="章节", en="Section")
FIGURE = Text(zh="指标", en="Figure")
CODE = Text(zh="编码", en="Code")
STATED = Text(zh="报告数值", en="Stated")
UNIT = Text(zh="单位", en="Unit")
PERIOD = Text(zh="期间", en="Period")
DERIVED = Text(zh="图层推算", en="Derived")
DIFFERENCE = Text(zh="差值", en="Diff.")
TOLERANCE = Text(zh="允许误差", en="Allowed")
VERDICT = Text(zh="结论", en="Verdict")
METHOD = Text(zh="算法", en="Method")
LAYER = Text(zh="图层", en="Layer")
REVISION = Text(zh="修订", en="Revision")
FEATURES = Text(zh="要素数", en="Features")
CHECKSUM = Text(zh="校验和 SHA-256", en="Checksum SHA-256")
SEVERITY = Text(zh="级别", en="Severity")
SUM = Text(zh="算式", en="Sum")
EXPLANATION = Text(zh="说明", en="Explanation")
COUNTED = Text(zh="项目", en="What")
NUMBER = Text(zh="数量", en="Number")
NAME = Text(zh="名称", en="Name")

TABLE = Text(zh="表", en="Table ")
PICTURE = Text(zh="图", en="Figure ")
PAGE = Text(zh="第 {} 页　共 {} 页", en="Page {} of {}")
KEY = Text(zh="图中编号：", en="Numbers in the picture: ")
RASTER = Text(zh="栅格 {}", en="raster {}")
ILLUSTRATIVE_SOURCE = Text(zh="（示意）", en=" (illustrative)")
NOTHING_FOUND = Text(zh="没有发现问题。", en="Nothing was found.")
TOLD_APART = Text(
    zh="“图层推算”由系统按算法从图层计算；差值为推算数值减报告数值。结论考虑报告的有效位数、限定词和允许误差。",
    en="“Derived” is computed from the layers by the method; the difference is derived less stated. The verdict allows "
    "for printed digits, qualifiers and what the method allows.",
)
STATE = Text(
    zh="数据状态：修订 {revision}（{day}）。", en="State of the data: revision {revision} ({day})."
)  # fmt: skip
CLOSED = Text(
    zh="本年数据已于{day}由{who}封存，推算数值冻结于修订{revision}。",
    en="The year was closed on {day} by {who}; derived values are frozen at revision {revision}. ",
)
CHANGED = Text(zh="封存后有变化：", en="Changed since the closing: ")
EMPTY = Text(zh="数据状态：尚无数据。", en="State of the data: the store is empty.")
AT_REVISION = Text(zh="修订 {}", en="revision {}")

FIGURES_IN_ALL = Text(zh="报告中的数据", en="Figures in the report")
WITH_RECIPE = Text(zh="其中由图层推算", en="of these, derived from layers")
FINDINGS = Text(zh="审核发现：{}", en="Audit findings: {}")

VERDICTS = {
    Verdict.AGREES: (Text(zh="一致", en="agrees"), Tone.GOOD),
    Verdict.DIFFERS: (Text(zh="不一致", en="differs"), Tone.BAD),
    Verdict.FAILED: (Text(zh="未能推算", en="failed"), Tone.UNSURE),
}
SEVERITIES = {
    Severity.ERROR: (Text(zh="错误", en="error"), Tone.BAD),
    Severity.WARNING: (Text(zh="警告", en="warning"), Tone.UNSURE),
    Severity.NOTE: (Text(zh="提示", en="note"), Tone.GOOD),
}
