"""Pages: what they say, in both languages, and that nothing stored becomes HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Language, Settings
from layers.definition import METHODS, AreaMethod
from layers.notice import ILLUSTRATIVE
from layers.store import Store
from tests.api.hostile import HOSTILE, hostile_store

PAGES = ("/", "/layers", "/layers/land_use", "/maps/land_use", "/maps/farmland", "/report/2024")


class Addresses(HTMLParser):
    """Every address of a page that a browser would load by itself, and every id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        for name in ("src", "href"):
            if tag in ("script", "link", "img", "iframe") and found.get(name):
                self.loaded.append(str(found[name]))


@pytest.fixture(scope="module")
def hostile_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = hostile_store(tmp_path_factory.mktemp("hostile"))
    with TestClient(create_app(Settings(_env_file=None), store)) as client:
        yield client
    store.close()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_only_from_its_own_origin(client: TestClient, page: str) -> None:
    loaded = Addresses(client.get(page).text).loaded
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_loads_is_there(client: TestClient, page: str) -> None:
    missing = [address for address in Addresses(client.get(page).text).loaded if client.get(address).status_code != 200]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_no_id_stands_twice_on_a_page(client: TestClient, page: str) -> None:
    ids = Addresses(client.get(page).text).ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES)
def test_inline_scripts_carry_the_nonce_of_the_policy(client: TestClient, page: str) -> None:
    answer = client.get(page)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert nonce
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)([^>]*)>", answer.text)
    assert all(f'nonce="{nonce[1]}"' in attributes for attributes in inline)
    assert not re.search(r"\son[a-z]+=", re.sub(r"<script.*?</script>", "", answer.text, flags=re.S))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_english_when_asked(client: TestClient, page: str) -> None:
    english = client.get(page, params={"lang": "en"})
    client.cookies.clear()
    assert '<html lang="en"' in english.text
    assert "Annual report" in english.text


def test_pages_are_chinese_unless_asked_otherwise(client: TestClient) -> None:
    answer = client.get("/")
    assert '<html lang="zh-CN"' in answer.text
    assert "地块核查" in answer.text


def test_the_language_asked_for_is_remembered(client: TestClient) -> None:
    client.get("/layers", params={"lang": "en"})
    later = client.get("/layers").text
    client.cookies.clear()
    assert '<html lang="en"' in later


def test_the_address_of_the_other_language_keeps_the_question(client: TestClient) -> None:
    answer = client.get("/", params={"layer": "paddy_transfer", "metric": "yield"})
    assert "?layer=paddy_transfer&amp;metric=yield&amp;lang=en" in answer.text


@pytest.mark.parametrize("page", ["/", "/layers", "/layers/land_use", "/maps/land_use"])
def test_illustrative_data_is_called_so(client: TestClient, page: str) -> None:
    assert "示意数据：几何图形和台账记录为演示生成" in client.get(page).text


def test_the_studio_lists_every_layer(client: TestClient, sample_store: Store) -> None:
    page = client.get("/").text
    assert all(f'data-switch="{layer}"' in page for layer in sample_store.catalogue)


def test_the_statistics_of_idle_land_are_those_of_the_report(client: TestClient) -> None:
    page = client.get("/fragments/statistics", params={"layer": "idle_land"}).text
    assert re.search(r"总面积</dt><dd>1,570\.00<small>亩", page)
    assert "图斑椭球面积" in page


def test_the_output_of_paddy_is_that_of_the_report(client: TestClient) -> None:
    page = client.get("/fragments/statistics", params={"layer": "paddy_transfer", "metric": "yield"}).text
    assert re.search(r"总产量</dt><dd>2,400,000<small>斤", page)


def test_a_metric_that_the_layer_lacks_falls_back_to_area(client: TestClient) -> None:
    page = client.get("/fragments/statistics", params={"layer": "land_use", "metric": "yield"}).text
    assert "总面积" in page


def test_a_chart_has_a_value_and_a_colour_for_each_name(client: TestClient) -> None:
    page = client.get("/fragments/statistics", params={"layer": "land_use", "by": "DLBM"}).text
    found = re.search(r"data-chart='([^']*)'", page)
    assert found
    chart = json.loads(found[1])
    assert len(chart["names"]) == len(chart["values"]) == len(chart["colours"]) == 12
    assert chart["values"] == sorted(chart["values"], reverse=True)


def test_points_are_counted(client: TestClient) -> None:
    page = client.get("/fragments/statistics", params={"layer": "clinics"}).text
    assert re.search(r"个数</dt><dd>17</dd>", page)
    assert "总面积" not in page


def test_the_attribute_table_pages_through_the_layer(client: TestClient) -> None:
    first = client.get("/layers/land_use").text
    following = re.search(r'href="\?after=(\d+)#table" rel="next"', first)
    assert following
    second = client.get("/layers/land_use", params={"after": following[1]}).text
    assert f"feature={int(following[1]) + 1}" in second
    assert f'feature={following[1]}"' not in second


def test_the_attribute_table_names_codes(client: TestClient) -> None:
    assert re.search(r"<td >\d{4} \w+</td>", client.get("/layers/land_use").text)


def test_an_unknown_layer_is_a_page_with_the_choices(client: TestClient) -> None:
    answer = client.get("/layers/nope")
    assert answer.status_code == 404
    assert "没有名为“nope”的图层" in answer.text
    assert "land_use" in answer.text


def test_a_theme_shows_each_of_its_layers(client: TestClient, sample_store: Store) -> None:
    page = client.get("/maps/farmland").text
    of_theme = [layer for layer, definition in sample_store.catalogue.items() if definition.theme == "farmland"]
    assert all(f'data-switch="{layer}"' in page for layer in of_theme)
    assert 'data-switch="clinics"' not in page


def test_search_finds_a_village_by_a_part_of_its_name(client: TestClient) -> None:
    assert "塘崖" in client.get("/fragments/search", params={"q": "塘"}).text


def test_search_says_when_nothing_is_found(client: TestClient) -> None:
    assert "没有找到" in client.get("/fragments/search", params={"q": "不存在的名字"}).text


def test_the_report_page_lists_every_figure(client: TestClient) -> None:
    page = client.get("/report/2024").text
    figures = client.get("/api/report/2024").json()["figures"]
    assert all(f'<tr id="{figure["code"]}">' in page for figure in figures)


def test_report_leads_to_the_latest_year(client: TestClient) -> None:
    assert client.get("/report", follow_redirects=False).headers["location"] == "/report/2024"


@pytest.mark.parametrize(
    "page", ["/layers/villages", "/fragments/statistics?layer=villages", "/fragments/search?q=img", "/"]
)
def test_stored_html_is_text(hostile_client: TestClient, page: str) -> None:
    html = hostile_client.get(page).text
    assert HOSTILE not in html
    assert "onerror" in html
    assert "<img src=x" not in html


def test_the_vendored_files_keep_their_licences() -> None:
    vendor = Path(__file__).parents[2] / "api" / "web" / "static" / "vendor"
    packages = [folder for folder in vendor.glob("*") if folder.is_dir() and not folder.name.startswith("@")]
    packages += list(vendor.glob("@*/*"))
    assert packages
    assert all(any(re.search("licen[cs]e", file.name, re.I) for file in folder.iterdir()) for folder in packages)


def test_a_parameter_that_a_page_does_not_take_is_refused_by_a_page(client: TestClient) -> None:
    answer = client.get("/layers?lang=fr")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "可选值：zh、en" in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_scripts_are_told_the_mu_and_the_names_of_methods(client: TestClient, language: Language) -> None:
    page = client.get("/", params={"lang": language}).text
    client.cookies.clear()
    found = re.search(r'<script type="application/json" id="texts">(.*?)</script>', page, re.S)
    assert found
    texts = json.loads(found[1])
    assert texts["mu_per_m2"] == 0.0015
    assert texts["planar"] == METHODS[AreaMethod.PLANAR].get(language)
    assert texts["ellipsoidal"] == METHODS[AreaMethod.ELLIPSOIDAL].get(language)


def test_statistics_carry_the_notice_of_illustrative_data(client: TestClient) -> None:
    assert ILLUSTRATIVE.zh in client.get("/fragments/statistics?layer=villages").text


@pytest.mark.parametrize(("layer", "offered"), [("clinics", False), ("idle_land", True)])
def test_boundary_points_are_offered_for_polygons_only(client, layer, offered):
    assert (f"/exports/{layer}.txt" in client.get(f"/layers/{layer}").text) is offered


def test_the_report_page_says_what_the_audit_finds(client: TestClient) -> None:
    page = client.get("/report/2024").text
    findings = client.get("/api/report/2024/audit").json()["findings"]
    assert page.count('<li class="error">') == sum(finding["severity"] == "error" for finding in findings) > 0
    assert "11.72" in page[page.index('id="audit"') :]  # 413 of 3,523, printed 10.72 %
