"""What do the common warnings of GDAL and pyogrio say in Chinese?"""

from __future__ import annotations

import re

from gis.formats.model import Note

_CHINESE = {
    r"Measured \(M\) geometry types are not supported": "坐标的测量值（M）不受支持，已去掉。",
    r"too many members in array .* At most 3 are handled": "坐标多于三个数，多出的已忽略。",
    r"Geometry field with same name \((.*?)\) already exists": r"几何字段“\1”重复，只读取第一个。",
    r"Field with same name \((.*?)\) already exists": r"字段“\1”重复，只读取第一个。",
    r"laundered field name: '(.*)' to '(.*)'": r"字段“\1”不合格式的命名规则，已改名为“\2”。",
    r"laundered layer name: '(.*)' to '(.*)'": r"图层名“\1”不合格式的命名规则，已改为“\2”。",
    r"Value (.*) of field (.*) of feature (\d+) not successfully written": (
        r"第 \3 个要素（从 0 起）字段“\2”的值 \1 超出字段宽度，未能完整写出。"
    ),
    r"Value '(.*)' of field (?:source\.)?(.*) parsed incompletely to \w+ (.*?)\.?$": (
        r"字段“\2”的值“\1”不是完整的数字，读作 \3。"
    ),
}
"""Chinese by what a warning holds; a group is what the warning names."""


def remark(text: str) -> Note:
    """The warning `text` as a note; one that is not common keeps its English behind words in Chinese."""
    found = ((re.search(pattern, text), chinese) for pattern, chinese in _CHINESE.items())
    chinese = next((match.expand(words) for match, words in found if match), f"读取库提示：{text}")
    return Note(chinese, f"The reading library remarks: {text}")
