"""The command line: what it prints, what it leaves behind, and how it refuses."""

import contextlib
import io
import json
import socket
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from importlib import resources
from typing import NamedTuple
from unittest.mock import patch

import geopandas as gpd
import pytest
import shapely

from api.cli import main
from layers.catalogue import load_catalogue
from layers.store import open_store

SQUARES = [shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 50)]  # 10,000 m2 and 5,000 m2


class Result(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def gaodu(folder, *words):
    """Runs the command line in `folder`, in this process, as the program `gaodu` would."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
        patch("sys.argv", ["gaodu", *map(str, words)]),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


def done(folder, *words):
    result = gaodu(folder, *words)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a store that holds one imported layer."""
    folder = tmp_path_factory.mktemp("cli")
    frame = gpd.GeoDataFrame({"crop": ["wheat", "rice"]}, geometry=SQUARES, crs=28992)
    frame.to_file(folder / "fields.shp", engine="pyogrio")
    done(folder, "import", "fields.shp", "--as", "crops", "--why", "test")
    return folder


def test_a_store_that_is_not_there_is_made_without_the_sample(folder):
    layers = {layer["id"]: layer["count"] for layer in json.loads(done(folder, "layers", "--json"))}
    assert layers["crops"] == 2
    assert layers["land_use"] == 0


def test_statistics_as_json(folder):
    document = json.loads(done(folder, "stats", "crops", "--by", "crop", "--json"))
    assert {group["key"]: group["area_m2"] for group in document["groups"]} == {"wheat": 10_000, "rice": 5_000}
    assert document["total"]["area_mu"] == 22.5  # 15,000 m2 x 0.0015


def test_statistics_as_a_table(folder):
    printed = done(folder, "stats", "crops", "--by", "crop")
    assert "22.50" in printed
    assert "planar" in printed


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp.zip", ".fgb", ".parquet", ".csv", ".gdb.zip"])
def test_what_is_exported_reads_back(folder, suffix):
    done(folder, "export", "crops", f"out{suffix}", "--overwrite")
    path = f"out{suffix}"
    if suffix == ".csv":
        frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(gpd.pd.read_csv(folder / path)["WKT"]))
    elif suffix == ".parquet":
        frame = gpd.read_parquet(folder / path)
    else:
        frame = gpd.read_file(folder / path)
    areas = frame.to_crs(28992).area if frame.crs else frame.area
    assert sorted(areas) == pytest.approx([5_000, 10_000], rel=1e-4)


def test_the_workbook_is_one(folder):
    done(folder, "export", "crops", "out.xlsx", "--overwrite")
    assert "xl/workbook.xml" in zipfile.ZipFile(folder / "out.xlsx").namelist()


def test_a_file_that_exists_is_not_overwritten_unasked(folder):
    (folder / "kept.geojson").write_text("mine")
    result = gaodu(folder, "export", "crops", "kept.geojson")
    assert result.returncode == 1
    assert "--overwrite" in result.stderr
    assert (folder / "kept.geojson").read_text() == "mine"


def test_a_definition_is_shown_changed_and_applied(folder):
    text = done(folder, "layers", "show", "crops")
    (folder / "crops.toml").write_text(text.replace('zh = "crops"', 'zh = "作物"'), encoding="utf-8")
    done(folder, "layers", "apply", "crops.toml")
    with open_store(folder / "gaodu.gpkg", load_catalogue()) as store:
        assert store.catalogue["crops"].title.zh == "作物"


def test_a_definition_with_a_mistake_changes_nothing(folder):
    text = done(folder, "layers", "show", "crops")
    (folder / "wrong.toml").write_text(text.replace("planar", "flat"), encoding="utf-8")
    result = gaodu(folder, "layers", "apply", "wrong.toml")
    assert result.returncode == 1
    assert "wrong.toml" in result.stderr
    assert "'planar'" in result.stderr
    assert done(folder, "layers", "show", "crops") == text


def test_a_backup_restores_to_the_same_features(folder):
    done(folder, "backup", "backup.gpkg")
    done(folder, "restore", "backup.gpkg", "--store", "restored.gpkg")
    with open_store(folder / "restored.gpkg", load_catalogue()) as restored:
        assert restored.read("crops")["crop"].to_pylist() == ["wheat", "rice"]
        assert restored.revisions()[-1].why == "test"


def test_a_figure_is_printed_with_what_the_layers_give(tmp_path):
    printed = done(tmp_path, "report", "figure", "relocation.enterprises")
    assert "7" in printed
    assert "一致 agrees" in printed
    assert "职业学院拆迁范围" in printed
    assert "revision 1" in printed


def test_a_figure_without_recipe_says_so(tmp_path):
    assert "no recipe" in done(tmp_path, "report", "figure", "finance.local_revenue")


def test_a_year_is_audited(tmp_path):
    printed = done(tmp_path, "report", "audit", "2024")
    assert "413 / 3523 = 11.72 %" in printed
    assert "20人次 / 5批次 = 4 人次" in printed
    assert json.loads(done(tmp_path, "report", "audit", "--json"))["counts"]["error"] == 2


def test_a_report_file_is_audited_against_the_year_before(tmp_path):
    text = resources.files("data").joinpath("report/2024.toml").read_text("utf-8")
    later = (
        text.replace("year = 2024", "year = 2025").replace('period = "2024', 'period = "2025').replace("2024-", "2025-")
    )
    (tmp_path / "draft.toml").write_text(later.replace('value = "10.72"', 'value = "11.72"'), "utf-8")
    document = json.loads(done(tmp_path, "report", "audit", "draft.toml", "--json"))
    assert (document["year"], document["before"]) == (2025, 2024)
    # 222,740.23 wan yuan in both years cannot have grown by 8.9 %
    rules = {(finding["rule"], finding["figures"][0]["code"]) for finding in document["findings"]}
    assert ("growth_of_values", "industry.output_growth") in rules
    assert ("shares_of_counts", "hotline.share_property") not in rules


def test_a_year_is_closed_and_verified(tmp_path):
    done(tmp_path, "report")
    assert "revision 1" in done(tmp_path, "report", "close", "2024", "--out", "2024.json", "--who", "test")
    assert "unchanged" in done(tmp_path, "report", "verify", "2024.json")
    assert "unchanged" in done(tmp_path, "report", "verify", "2024")


def test_a_closed_year_is_closed_again_only_when_asked(tmp_path):
    done(tmp_path, "report")
    done(tmp_path, "report", "close", "2024", "--who", "first")
    refused = gaodu(tmp_path, "report", "close", "2024")
    assert refused.returncode == 1
    assert "--again" in refused.stderr
    done(tmp_path, "report", "close", "2024", "--who", "second", "--again")
    printed = done(tmp_path, "report", "verify", "2024")
    assert "first" in printed
    assert "second" in printed


def test_an_open_year_cannot_be_verified(tmp_path):
    done(tmp_path, "report")
    refused = gaodu(tmp_path, "report", "verify", "2024")
    assert refused.returncode == 1
    assert "gaodu report close 2024" in refused.stderr


def test_a_forged_closing_is_noticed(tmp_path):
    done(tmp_path, "report")
    done(tmp_path, "report", "close", "2024", "--out", "2024.json")
    closing = json.loads((tmp_path / "2024.json").read_text("utf-8"))
    next(figure for figure in closing["figures"] if figure["code"] == "grids.cells")["stated"] = "47"
    (tmp_path / "2024.json").write_text(json.dumps(closing), "utf-8")
    verified = gaodu(tmp_path, "report", "verify", "2024.json")
    assert verified.returncode == 1
    assert "was 47 and is 46" in verified.stdout


def test_a_closing_is_not_written_over(tmp_path):
    (tmp_path / "2024.json").write_text("mine")
    refused = gaodu(tmp_path, "report", "close", "2024", "--out", "2024.json")
    assert refused.returncode == 1
    assert (tmp_path / "2024.json").read_text() == "mine"


def test_the_text_of_a_report_is_audited(tmp_path):
    text = (
        "一、2025年工作总结\n2025年以来,街道坚持稳中求进,各项工作取得新的成效,现将有关情况报告如下。\n(一)聚焦治理\n"
        "一是办好热线。今年以来,街道热线办理共受理市民工单3523件,及时回应群众关切,为民办事的能力不断提升。\n"
        "二是维护稳定。严格落实机关干部坐班接访制度,今年来累计接待群众来访51批次69人次,其中集体诉求5批次20人次。\n"
        "二、下一步计划\n(一)继续努力\n进一步完善工作机制,提高服务水平,确保各项任务按期完成,让群众更加满意。\n"
    )
    (tmp_path / "report.txt").write_text(text, "utf-8")
    document = json.loads(done(tmp_path, "report", "audit", "report.txt", "--json"))
    assert document["year"] == 2025
    assert "20人次 / 5批次 = 4 人次" in {finding["sum_zh"] for finding in document["findings"]}


def test_the_report_is_printed_and_makes_a_store_with_the_sample(tmp_path):
    figures = json.loads(done(tmp_path, "report", "--json"))["figures"]
    assert len(figures) > 80
    with open_store(tmp_path / "gaodu.gpkg", load_catalogue()) as store:
        assert store.count("enterprises") == 19


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["stats", "nope"], "没有名为“nope”的图层"),
        (["stats", "crops", "--by", "nope"], "没有字段"),
        (["import", "missing.shp"], "missing.shp"),
        (["import", "fields.shp", "--layer", "land_use"], "必填字段"),
        (["import", "fields.shp", "--map", "x"], "目标=来源"),
        (["export", "crops", "out.doc"], "out.doc"),
        (["layers", "show", "land_use"], "land_use"),
        (["report", "--year", "1999"], "1999"),
        (["report", "figure", "grids.cell"], "grids.cells"),
        (["report", "figure", "grids.cells", "--asof", "99"], "99"),
        (["report", "audit", "1999"], "1999"),
        (["report", "audit", "gone.toml"], "gone.toml"),
        (["report", "audit", "gone.txt"], "gone.txt"),
        (["stats", "crops", "--asof", "soon"], "soon"),
        (["layers", "--store", "."], "."),
    ],
)
def test_a_refusal_is_one_line_in_each_language_and_no_traceback(folder, words, cause):
    result = gaodu(folder, *words)
    assert result.returncode == 1
    assert cause in result.stderr
    assert len(result.stderr.strip().splitlines()) == 2
    assert "Traceback" not in result.stderr


def test_a_port_that_is_taken_is_refused(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = gaodu(tmp_path, "serve", "--port", taken.getsockname()[1])
    assert result.returncode == 1
    assert "--port" in result.stderr
    assert not (tmp_path / "gaodu.gpkg").exists()


def old_parcels(folder):
    """A square in zone 39 of Xian 1980 (EPSG:2363)."""
    square = shapely.box(39_500_000, 3_860_000, 39_500_100, 3_860_100)
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[square], crs=2363).to_file(folder / "old.gpkg")


def test_an_old_datum_is_refused_with_the_option_that_helps(tmp_path):
    old_parcels(tmp_path)
    refused = gaodu(tmp_path, "import", "old.gpkg", "--as", "old")
    assert refused.returncode == 1
    assert "--datum-parameters" in refused.stderr.replace("\n", "")


def test_an_old_datum_comes_in_with_its_parameters(tmp_path):
    old_parcels(tmp_path)
    done(tmp_path, "import", "old.gpkg", "--as", "old", "--datum-parameters", "1,2,3,0,0,0,0,position_vector")
    with open_store(tmp_path / "gaodu.gpkg", load_catalogue()) as store:
        assert store.catalogue["old"].crs == 4527


def test_bad_datum_parameters_are_refused(tmp_path):
    old_parcels(tmp_path)
    assert gaodu(tmp_path, "import", "old.gpkg", "--as", "old", "--datum-parameters", "1,2").returncode == 1
