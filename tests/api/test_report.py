"""The report's figures over HTTP."""

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
