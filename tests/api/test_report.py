"""The report's figures over HTTP."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.report import read_report


def test_every_figure_of_the_report_is_given(client):
    document = client.get("/api/report/2024").json()
    assert document["year"] == 2024
    assert [figure["code"] for figure in document["figures"]] == [figure.code for figure in read_report(2024).figures]


def test_a_figure_carries_value_unit_and_qualifier(client):
    figures = {figure["code"]: figure for figure in client.get("/api/report/2024").json()["figures"]}
    transferred = figures["paddy.transferred"]
    assert (transferred["value"], transferred["unit"], transferred["unit_zh"]) == (2500, "mu", "亩")
    assert (transferred["qualifier"], transferred["qualifier_en"]) == ("余", "and more")
    assert figures["industry.output"]["value"] == 222740.23


def test_the_years_are_listed(client):
    assert client.get("/api/report").json() == {"years": [2024]}


def test_a_year_without_a_report_is_not_found(client):
    response = client.get("/api/report/1999")
    assert response.status_code == 404
    assert "2024" in response.json()["remedy_en"]


def test_figures_with_a_recipe_stand_beside_what_the_layers_give(client):
    figures = {figure["code"]: figure for figure in client.get("/api/report/2024").json()["figures"]}
    cells = figures["grids.cells"]
    assert (cells["stated"], cells["derived"]["value"], cells["derived"]["verdict"]) == (46, 46, "agrees")
    assert "derived" not in figures["finance.local_revenue"]


def test_what_the_layers_give_can_be_left_out(client):
    figures = client.get("/api/report/2024", params={"derived": False}).json()["figures"]
    assert [figure["code"] for figure in figures if "derived" in figure] == []


def test_a_single_figure_says_what_it_stands_on(client):
    figure = client.get("/api/report/2024/figures/relocation.enterprises").json()
    derived = figure["derived"]
    assert (figure["stated"], derived["value"], derived["difference"], derived["verdict"]) == (7, 7, 0, "agrees")
    assert "relocation area" in derived["recipe_en"]
    assert [(source["layer"], source["count"]) for source in derived["sources"]] == [
        ("enterprises", 7),
        ("relocation_area", 1),
    ]
    assert all(len(source["checksum"]) == 64 and source["revision"] == 1 for source in derived["sources"])


def test_a_figure_that_no_layer_gives_has_none_derived(client):
    figure = client.get("/api/report/2024/figures/finance.local_revenue").json()
    assert (figure["stated"], figure["derived"]) == (4849, None)


def test_a_figure_and_more_keeps_its_difference(client):
    derived = client.get("/api/report/2024/figures/paddy.transferred").json()["derived"]
    assert derived["verdict"] == "agrees"
    assert 0 < derived["difference"] < 100


def test_the_features_behind_a_figure_are_given(client):
    link = next(
        link
        for link in client.get("/api/report/2024/figures/relocation.enterprises").json()["links"]
        if link["rel"] == "items"
    )
    features = client.get(link["href"]).json()
    assert features["numberMatched"] == 7
    assert {feature["properties"]["SFBQ"] for feature in features["features"]} == {"1"}


def test_features_go_on_after_the_last(client):
    url = "/api/report/2024/figures/grids.cells/features"
    fids = [feature["id"] for feature in client.get(url).json()["features"]]
    left = client.get(url, params={"after": fids[39]}).json()["features"]
    assert [feature["id"] for feature in left] == fids[40:]


def test_pages_of_features_are_bounded_in_bytes(sample_store):
    # a point as WKB takes 21 bytes: 1 of order, 4 of type, 2 x 8 of coordinates; 100 of them fit into 2,100
    settings = Settings(_env_file=None, max_page_bytes=2100)
    with TestClient(create_app(settings, sample_store)) as client:
        seen, url = [], "/api/report/2024/figures/hotline.property_orders/features"
        while url:
            page = client.get(url).json()
            seen.append([feature["id"] for feature in page["features"]])
            url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert [len(fids) for fids in seen] == [100, 100, 100, 100, 13]
    assert len({fid for fids in seen for fid in fids}) == 413


def test_the_features_of_a_growth_are_those_of_both_years(client):
    page = client.get("/api/report/2024/figures/hotline.property_orders_decline/features").json()
    years = [feature["properties"]["SLRQ"][:4] for feature in page["features"]]
    assert (years.count("2023"), years.count("2024"), page["numberMatched"]) == (516, 413, 929)
    assert page["illustrative"] is True


def test_a_figure_can_be_asked_for_as_of_a_revision(client):
    derived = client.get("/api/report/2024/figures/grids.cells", params={"asof": "0"}).json()["derived"]
    assert (derived["value"], derived["difference"], derived["verdict"]) == (0, -46, "differs")


@pytest.mark.parametrize(
    "url",
    ["/api/report/2024/figures/gone.figure", "/api/report/1999/figures/grids.cells", "/api/report/1999/audit",
     "/api/report/2024/figures/finance.local_revenue/features", "/api/report/2024/figures/gone.figure/features"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client, url):
    assert client.get(url).status_code == 404


def test_a_revision_that_is_none_is_refused(client):
    assert client.get("/api/report/2024/figures/grids.cells", params={"asof": "99"}).status_code == 400


def test_the_audit_finds_the_share_and_the_petitions(client):
    document = client.get("/api/report/2024/audit").json()
    errors = {each["figures"][0]["code"]: each for each in document["findings"] if each["severity"] == "error"}
    assert document["counts"]["error"] == 2
    assert errors["hotline.share_property"]["sum_en"] == "413 / 3523 = 11.72 %, printed 10.72 %"
    assert "20人次 / 5批次" in errors["petitions.group_visitors"]["sum_zh"]
    assert document["before"] is None


def test_the_page_shows_stated_and_derived_side_by_side(client):
    page = client.get("/report/2024", params={"lang": "en"}).text
    row = page.split('<tr id="relocation.enterprises">')[1].split("</tr>")[0]
    assert ">7</a>" in row
    assert "agrees" in row
    assert "/maps/enterprises?figure=2024/relocation.enterprises" in row
    assert "relocation area" in row


def test_the_page_says_that_derived_values_stand_on_illustrative_data(client):
    page = client.get("/report/2024", params={"lang": "zh"}).text
    assert '<p class="notice" role="note">图层推算的数值出自示意数据' in page
    assert "stand on illustrative data" in client.get("/report/2024", params={"lang": "en"}).text


def test_the_page_tells_parts_from_shares(client):
    page = client.get("/report/2024", params={"lang": "en"}).text
    rows = {code: page.split(f'<tr id="{code}">')[1].split("</tr>")[0] for code in
            ("hotline.response_rate", "hotline.property_orders")}  # fmt: skip
    assert ["share of" in row for row in rows.values()] == [True, False]
    assert ["part of" in row for row in rows.values()] == [False, True]


def test_the_page_leaves_figures_without_recipe_alone(client):
    page = client.get("/report/2024").text
    row = page.split('<tr id="finance.local_revenue">')[1].split("</tr>")[0]
    assert "一致" not in row


def test_an_unknown_figure_is_not_found_under_its_own_code(client):
    answer = client.get("/api/report/2024/figures/none.such")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_figure")


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_report_can_be_downloaded_as_a_file(client, form):
    response = client.get("/api/report/2024/document", params={"f": form, "lang": "en"})
    assert response.content.startswith(b"PK")
    assert response.headers["content-type"].startswith("application/vnd.openxmlformats-officedocument.")
    assert response.headers["content-disposition"] == f'attachment; filename="report-2024.{form}"'


def test_a_form_that_the_report_is_not_written_in_is_refused(client):
    response = client.get("/api/report/2024/document", params={"f": "pdf"})
    assert response.status_code == 400
    assert "docx, xlsx" in response.json()["remedy_en"]


def test_a_year_without_a_report_has_no_document(client):
    assert client.get("/api/report/1999/document").status_code == 404


def test_two_years_are_compared(client):
    document = client.get("/api/report/2024/compare/2024").json()
    assert (document["before"], document["after"], document["missing"], document["new"]) == (2024, 2024, [], [])
    assert {change["difference"] for change in document["changes"]} == {0}


def test_a_year_that_is_not_there_cannot_be_compared(client):
    assert client.get("/api/report/2024/compare/1999").status_code == 404
