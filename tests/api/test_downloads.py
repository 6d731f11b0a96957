"""Files on their way to a client."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from collections.abc import Iterator

import anyio
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from api.delivery.downloads import Download, File, disposition
from api.errors import Busy
from layers.store import Store


class Pieces:
    """A file of endless pieces that tells whether it was closed."""

    def __init__(self) -> None:
        self.sent, self.is_closed = 0, False

    def opened(self) -> File:
        return File({}, self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        try:
            while True:
                self.sent += 1
                yield b"x" * 10
        finally:
            self.is_closed = True


def sent_to_a_client_that_leaves(pieces: Pieces, places: threading.BoundedSemaphore, after: int) -> list[dict]:
    """What is sent to a client that disconnects after so many messages."""
    messages: list[dict] = []
    gone = anyio.Event()

    async def receive() -> dict:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        messages.append(message)
        if len(messages) == after:
            gone.set()
        await anyio.sleep(0)

    response = Download(pieces.opened, places, media_type="text/plain", headers={})
    anyio.run(response, {"type": "http"}, receive, send)
    return messages


def test_a_client_that_leaves_ends_the_reading_and_frees_the_place() -> None:
    pieces, places = Pieces(), threading.BoundedSemaphore(1)
    messages = sent_to_a_client_that_leaves(pieces, places, after=5)
    assert pieces.is_closed
    assert places.acquire(blocking=False)
    assert len(messages) < 20
    assert messages[-1]["more_body"]  # the client must not take what it got for the whole


def test_without_a_place_it_is_busy() -> None:
    places = threading.BoundedSemaphore(1)
    places.acquire()
    with pytest.raises(Busy):
        sent_to_a_client_that_leaves(Pieces(), places, after=1)


def test_the_name_is_given_in_chinese_and_in_ascii() -> None:
    # 地 E5 9C B0, 块 E5 9D 97 in UTF-8
    wanted = "attachment; filename=\"parcels.csv\"; filename*=UTF-8''%E5%9C%B0%E5%9D%97.csv"
    assert disposition("parcels.csv", "地块.csv") == wanted


@pytest.mark.parametrize("suffix", [".geojson", ".parquet", ".csv"])
def test_the_checksum_is_that_of_the_file(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/exports/villages{suffix}")
    line = client.get(answer.headers["link"].split("<")[1].split(">")[0]).text
    sent = {".csv": ".csv.zip"}.get(suffix, suffix)
    assert line == f"{hashlib.sha256(answer.content).hexdigest()}  行政村{sent}\n"


def test_a_file_that_is_whole_states_its_digest_and_length(client: TestClient) -> None:
    answer = client.get("/exports/villages.xlsx")
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_its_checksum_is_no_address_of_its_own(client: TestClient) -> None:
    answer = client.get("/exports/villages.xlsx.sha256")
    assert answer.status_code == 404
    assert "Repr-Digest" in answer.json()["en"]


def test_the_count_stands_at_the_end(client: TestClient) -> None:
    text = client.get("/exports/grids.geojson").content
    assert text.endswith(b'"numberReturned":46}')
    assert json.loads(text)["numberReturned"] == len(json.loads(text)["features"]) == 46


def test_parquet_is_read_by_others(client: TestClient) -> None:
    table = pq.read_table(io.BytesIO(client.get("/exports/grids.parquet").content))
    assert table.num_rows == 46
    assert b"geo" in table.schema.metadata


def test_a_past_revision_is_downloaded(client: TestClient, sample_store: Store) -> None:
    none = client.get("/exports/grids.geojson?asof=1990-01-01").json()
    assert none["numberReturned"] == 0
    now = client.get(f"/exports/grids.geojson?asof={sample_store.revision()}")
    assert now.content == client.get("/exports/grids.geojson").content


def test_a_download_is_not_compressed_on_the_way(client: TestClient) -> None:
    answer = client.get("/exports/land_use.geojson", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "identity"
