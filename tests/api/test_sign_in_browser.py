"""Signing in in a real browser, which runs no script."""

from collections.abc import Iterator

import pytest

from api.access.auth import COOKIE
from api.app import create_app
from api.settings import Settings
from layers.roles import Role
from layers.store import Store, open_store
from tests.browser import Page, browser, new_page, served
from tests.layers.store import sample

pytestmark = pytest.mark.browser


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with open_store(tmp_path / "store.gpkg", sample.catalogue()) as store:
        yield store


@pytest.fixture
def origin(store: Store) -> Iterator[str]:
    with served(create_app(Settings(_env_file=None, anonymous_reading=False), store)) as origin:
        yield origin


@pytest.fixture
def page() -> Iterator[Page]:
    with browser() as devtools, new_page(devtools) as opened:
        opened.call("Emulation.setScriptExecutionDisabled", value=True)
        yield opened


def submit(page: Page, form: str) -> None:
    page.click_on(f"form[action='{form}'] button")


def test_one_signs_in_looks_at_pages_and_signs_out(page, origin, store):
    token = store.tokens.add("规划", Role.PLANNER)
    page.open(f"{origin}/layers")
    page.evaluate(f"document.querySelector('input[name=token]').value = '{token}'")
    submit(page, "/sign-in")
    page.wait_for("location.pathname == '/layers' && document.querySelector('form[action=\"/sign-out\"]')")
    assert "规划" in page.evaluate("document.querySelector('form.who').textContent")
    assert COOKIE not in page.evaluate("document.cookie")
    page.open(f"{origin}/report/2024")
    submit(page, "/sign-out")
    page.wait_for("document.querySelector('form[action=\"/sign-in\"]')")
