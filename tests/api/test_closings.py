"""A closed year over HTTP and on its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.catalogue import load_catalogue
from layers.report import read_report
from layers.report.closing import close_year
from layers.sample import open_with_sample


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service on a township whose year 2024 was closed, and which has lost a grid cell since."""
    path: Path = tmp_path_factory.mktemp("closed") / "gaodu.gpkg"
    with open_with_sample(str(path), load_catalogue()) as store:
        close_year(store, read_report(2024), who="张三", why="年终")
        with store.transaction(who="test", why="one less") as transaction:
            transaction.delete("grids", store.read("grids")["fid"].to_pylist()[:1])
        with TestClient(create_app(Settings(_env_file=None), store)) as client:
            yield client


def derived(client: TestClient, **parameters: int) -> float:
    document = client.get("/api/report/2024", params=parameters).json()
    return next(each["derived"]["value"] for each in document["figures"] if each["code"] == "grids.cells")


def test_an_open_year_has_no_closing(client: TestClient) -> None:
    assert client.get("/api/report/2024").json()["closing"] is None
    assert client.get("/api/report/2024/closing").json() == {"year": 2024, "closing": None, "history": []}


def test_a_closed_year_gives_its_frozen_values(closed: TestClient) -> None:
    assert derived(closed) == 46
    assert derived(closed, asof=2) == 45


def test_a_figure_of_a_closed_year_is_frozen_too(closed: TestClient) -> None:
    assert closed.get("/api/report/2024/figures/grids.cells").json()["derived"]["value"] == 46
    assert closed.get("/api/report/2024/figures/grids.cells/features").json()["numberMatched"] == 46


def test_the_report_tells_of_the_closing_and_of_what_moved(closed: TestClient) -> None:
    closing = closed.get("/api/report/2024").json()["closing"]
    assert (closing["revision"], closing["who"], closing["unchanged"]) == (1, "张三", True)
    assert [each["code"] for each in closing["moved"]] == ["grids.cells"]


def test_the_history_of_closings_is_given(closed: TestClient) -> None:
    document = closed.get("/api/report/2024/closing").json()
    assert [(each["who"], each["why"]) for each in document["history"]] == [("张三", "年终")]
    assert document["history"][0]["checksum"] == document["closing"]["checksum"]


def test_the_page_says_that_the_year_is_closed(closed: TestClient) -> None:
    page = closed.get("/report/2024").text
    assert "已封存" in page
    assert "张三" in page
    assert "封存时推算 46，按最新数据为 45。" in page
    assert "Closed" in closed.get("/report/2024", params={"lang": "en"}).text
