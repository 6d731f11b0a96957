"""Where do reports come from, and what is wrong in their files?"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from layers.errors import ReportError, UnknownYear
from layers.report.figures import Report


def report_years() -> tuple[int, ...]:
    """The years there is a report of, sorted."""
    names = (file.name for file in (files("data") / "report").iterdir())
    return tuple(sorted(int(name[:-5]) for name in names if name.endswith(".toml") and name[:-5].isdigit()))


def read_report(year: int) -> Report:
    """The report of `year` from data/report/<year>.toml; raises ReportError naming file, line, key and cause."""
    name = f"data/report/{year}.toml"
    if year not in report_years():
        years = "、".join(map(str, report_years()))
        raise UnknownYear(
            f"没有 {year} 年的报告。",
            f"There is no report for {year}.",
            place=name,
            remedy_zh=f"已有年份：{years}。",
            remedy_en=f"Years: {years.replace('、', ', ')}.",
        )
    return parse_report((files("data") / "report" / f"{year}.toml").read_text("utf-8"), place=name)


def read_report_file(path: Path) -> Report:
    """The report in the TOML file at `path`; raises ReportError as `read_report` does, also if it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(
            f"无法读取报告文件：{error}", f"The report file cannot be read: {error}", place=str(path),
            remedy_zh="请给出 UTF-8 编码的 TOML 文件，格式同 data/report/2024.toml。",
            remedy_en="Give a TOML file in UTF-8 like data/report/2024.toml.",
        ) from error  # fmt: skip
    return parse_report(text, place=str(path))


def report_before(report: Report) -> Report | None:
    """The report of the year before, None where there is none."""
    return read_report(report.year - 1) if report.year - 1 in report_years() else None


def parse_report(text: str, *, place: str) -> Report:
    """The report in TOML `text`; `place` names its origin. Raises ReportError naming file, line, key and cause."""
    try:
        found = tomllib.loads(text)
        report = Report.model_validate(found)
    except ValidationError as error:
        raise _report_error(error, found, text, place) from error
    except (ValueError, RecursionError) as error:  # beside TOMLDecodeError: integers too long, nesting too deep
        raise ReportError(f"不是有效的 TOML：{error}", f"This is not valid TOML: {error}", place=place) from error
    return report.placed(dict(zip(report.by_code, (f"{place}:{line}" for line in _lines(text)), strict=False)))


def _report_error(error: ValidationError, found: dict[str, Any], text: str, place: str) -> ReportError:
    first = error.errors(include_url=False)[0]
    keys, message = first["loc"], str(first["msg"]).removeprefix("Value error, ")
    if keys[:1] == ("figures",) and len(keys) > 1 and isinstance(keys[1], int):
        lines = _lines(text)
        line = f":{lines[keys[1]]}" if keys[1] < len(lines) else ""
        entry = found["figures"][keys[1]]
        code = entry.get("code", keys[1]) if isinstance(entry, dict) else keys[1]
        place, keys = f"{place}{line}", (code, *keys[2:])
    key = ".".join(map(str, keys))
    return ReportError(
        f"报告文件有误：{key}：{message}" if key else f"报告文件有误：{message}",
        f"The report is wrong: {key}: {message}" if key else f"The report is wrong: {message}",
        place=place,
        remedy_zh="各键的含义见 data/report/2024.toml 开头。",
        remedy_en="The head of data/report/2024.toml says what each key means.",
    )


def _lines(text: str) -> list[int]:
    """The line of each [[figures]], from 1."""
    return [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*figures\s*\]\]", line)]
