"""What do `gaodu report read` and `gaodu report compare` write and print, and how do they refuse?"""

from pathlib import Path

import pytest

from layers.report import read_report_file
from tests.api.test_cli import done, gaodu

BODY = """2030年工作总结
一、主要工作
盘活闲置低效土地820亩,建成风车37座,受理市民工单3102件;推行“1455”工作法,社会大局保持和谐稳定,各项事业都取得了新的明显进步,群众获得感不断增强,
全街道上下凝心聚力,奋力谱写高质量发展新篇章。
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "report.txt").write_text(BODY, encoding="gb18030")
    return tmp_path


def test_read_writes_a_draft_and_counts_what_it_found(written: Path) -> None:
    printed = done(written, "report", "read", "report.txt", "--out", "draft.toml")
    assert "figures 3，已有编码 known codes 2，新编码 new codes 1" in printed
    assert [figure.value for figure in read_report_file(written / "draft.toml").figures] == ["820", "37", "3102"]


def test_read_does_not_replace_a_file_unasked(written: Path) -> None:
    (written / "draft.toml").write_text("mine")
    refused = gaodu(written, "report", "read", "report.txt", "--out", "draft.toml")
    assert refused.returncode == 1
    assert "--overwrite" in refused.stderr
    assert (written / "draft.toml").read_text() == "mine"


def test_read_replaces_a_file_when_asked(written: Path) -> None:
    (written / "draft.toml").write_text("mine")
    done(written, "report", "read", "report.txt", "--out", "draft.toml", "--overwrite")
    assert "820" in (written / "draft.toml").read_text(encoding="utf-8")


def test_read_into_a_folder_that_is_not_there_is_refused(written: Path) -> None:
    refused = gaodu(written, "report", "read", "report.txt", "--out", "nowhere/draft.toml")
    assert refused.returncode == 1
    assert "无法写入" in refused.stderr


def test_read_refuses_what_is_no_report(written: Path) -> None:
    (written / "poem.txt").write_text("春眠不觉晓，处处闻啼鸟。" * 9, encoding="utf-8")
    refused = gaodu(written, "report", "read", "poem.txt", "--out", "draft.toml")
    assert refused.returncode == 1
    assert "poem.txt" in refused.stderr
    assert not (written / "draft.toml").exists()


def test_compare_shows_differences_and_what_one_year_alone_has(written: Path) -> None:
    done(written, "report", "read", "report.txt", "--out", "draft.toml")
    printed = done(written, "report", "compare", "2024", "draft.toml")
    # 820 - 1570 = -750 mu, -47.77 %
    assert "-750" in printed
    assert "-47.77" in printed
    assert "建成风车" in printed


def test_compare_with_a_year_that_is_not_there_is_refused(written: Path) -> None:
    refused = gaodu(written, "report", "compare", "2024", "1999")
    assert refused.returncode == 1
    assert "1999" in refused.stderr


def test_write_makes_a_workbook_and_refuses_to_replace_it(written: Path) -> None:
    done(written, "report", "write", "2024", "--out", "report.xlsx", "--lang", "en")
    assert (written / "report.xlsx").read_bytes().startswith(b"PK")
    refused = gaodu(written, "report", "write", "2024", "--out", "report.xlsx")
    assert refused.returncode == 1
    assert "--overwrite" in refused.stderr
