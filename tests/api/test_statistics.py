"""Statistics over HTTP agree with the report and with the features themselves."""

import pytest


def get(client, layer, **params):
    response = client.get(f"/api/statistics/{layer}", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def test_idle_land_has_the_area_of_the_report(client):
    # report: 1570 mu
    assert get(client, "idle_land")["total"]["area_mu"] == pytest.approx(1570, abs=0.01)


def test_paddy_transfer_has_area_and_output_of_the_report(client):
    total = get(client, "paddy_transfer", metric="yield")["total"]
    assert 2500 < total["area_mu"] < 2600
    assert total["output_jin"] == pytest.approx(2_400_000)
    # 1 jin = 0.5 kg
    assert total["output_kg"] == pytest.approx(1_200_000)
    assert total["yield_jin_per_mu"] == pytest.approx(2_400_000 / total["area_mu"])


def test_units_hang_together(client):
    total = get(client, "land_use")["total"]
    assert total["area_ha"] == pytest.approx(total["area_m2"] / 10_000)
    assert total["area_mu"] == pytest.approx(total["area_m2"] * 3 / 2000)


@pytest.mark.parametrize(("layer", "field"), [("land_use", "DLBM"), ("idle_land", "XZQMC"), ("grids", "XZQMC")])
def test_groups_add_up_to_the_total(client, layer, field):
    document = get(client, layer, by=field)
    assert sum(group["count"] for group in document["groups"]) == document["total"]["count"]
    assert sum(group["area_m2"] for group in document["groups"]) == pytest.approx(document["total"]["area_m2"])
    assert sum(group["share_percent"] for group in document["groups"]) == pytest.approx(100)


def test_groups_carry_the_names_of_their_codes(client):
    names = {
        group["key"]: (group["name_zh"], group["name_en"]) for group in get(client, "land_use", by="DLBM")["groups"]
    }
    assert names["0101"] == ("水田", "Paddy field")


def test_points_are_counted(client):
    total = get(client, "enterprises")["total"]
    assert total == {"count": 19}


def test_the_method_and_the_revision_stand_beside_the_figure(client):
    document = get(client, "contracted_parcels")
    assert (document["method"], document["revision"], document["illustrative"]) == ("planar", 1, True)


def test_before_the_first_revision_there_is_nothing(client):
    assert get(client, "idle_land", asof="1999-12-31")["total"]["count"] == 0


@pytest.mark.parametrize(
    ("layer", "params", "status"),
    [
        ("nope", {}, 404),
        ("land_use", {"by": "nope"}, 400),
        ("land_use", {"by": "DLBM", "filtr": "area_m2 > 1000"}, 400),
        ("land_use", {"metric": "nope"}, 400),
        ("land_use", {"metric": "yield"}, 400),
        ("land_use", {"asof": "soon"}, 400),
        ("land_use", {"by": 'DLBM"; drop table land_use'}, 400),
    ],
)
def test_what_cannot_be_answered_is_refused(client, layer, params, status):
    response = client.get(f"/api/statistics/{layer}", params=params)
    assert response.status_code == status
    assert response.json()["remedy_zh"]


@pytest.mark.parametrize("asof", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00", "20991", "-1", "1e3", "２０２４"])
def test_a_moment_that_cannot_be_is_refused(client, asof):
    assert client.get("/api/statistics/idle_land", params={"asof": asof}).status_code == 400


def test_eight_digits_are_a_date(client):
    assert get(client, "idle_land", asof="19991231")["total"]["count"] == 0
