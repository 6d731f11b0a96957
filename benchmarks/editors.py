"""Do many editors of the same few parcels lose an edit?

Each editor reads a parcel, waits a moment, and changes it with the ETag that it read. Every change that was accepted
must stand in the history once, and every one that was refused (412) must have been made to an older state.

    python -m benchmarks.editors [--editors 50] [--edits 200] [--parcels 20] [--store postgresql://...]
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from layers.catalogue import load_catalogue
from layers.store import Store, open_store
from tests.service import running

LAYER = "paddy_transfer"
FIELD = "BZ"
REVISION = re.compile(r'"[0-9a-f]{8}-(\d+)')


@dataclass(slots=True)
class Tally:
    """What editors were told: for each mark that was accepted its parcel, each refusal with the revision it named."""

    accepted: dict[str, int] = field(default_factory=dict)
    stale: list[tuple[int, int]] = field(default_factory=list)
    others: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


def run(address: str, *, editors: int, edits: int, parcels: list[int], seed: int = 1) -> Tally:
    """Lets `editors` at once make `edits` each on `parcels` of the service at `address`."""
    tally, lock = Tally(), threading.Lock()
    threads = [
        threading.Thread(
            target=_edit, args=(address, editor, edits, parcels, random.Random(seed + editor), tally, lock)
        )
        for editor in range(editors)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.perf_counter() - begun
    return tally


def _edit(
    address: str, editor: int, edits: int, parcels: list[int], chance: random.Random, tally: Tally, lock: threading.Lock
) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    for number in range(edits):
        fid, mark = chance.choice(parcels), f"e{editor}-{number}"
        path = f"/ogc/collections/{LAYER}/items/{fid}"
        etag = _asked(connection, "GET", path)[1]
        time.sleep(chance.random() * 0.01)
        body = json.dumps({"properties": {FIELD: mark}})
        headers = {"If-Match": etag, "Content-Type": "application/merge-patch+json"}
        status, _ = _asked(connection, "PATCH", path, body, headers)
        with lock:
            if status == 204:
                tally.accepted[mark] = fid
            elif status == 412:
                found = REVISION.match(etag)
                tally.stale.append((fid, int(found[1]) if found else -1))
            else:
                tally.others[status] += 1
    connection.close()


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:  # fmt: skip
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    response.read()
    return response.status, response.headers.get("ETag", "")


def faults(store: Store, tally: Tally, *, since: int) -> list[str]:
    """What of `tally` the history after revision `since` does not bear out; nothing if no edit was lost."""
    marks: Counter[tuple[str, int]] = Counter()
    latest: dict[int, int] = {}
    for revision in range(since + 1, store.revision() + 1):
        for change in store.changes(revision, LAYER):
            marks[(change.after or {}).get(FIELD), change.fid] += 1
            latest[change.fid] = revision
    told = Counter((mark, fid) for mark, fid in tally.accepted.items())
    found = [f"{mark} of {fid}: {told[mark, fid]} accepted, {marks[mark, fid]} in the history"
             for mark, fid in {*told, *marks} if told[mark, fid] != marks[mark, fid]]  # fmt: skip
    found += [f"{fid}: refused at {seen}, its latest" for fid, seen in tally.stale if seen >= latest.get(fid, 0)]
    found += [f"{count} x {status}" for status, count in tally.others.items()]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editors", type=int, default=50)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--parcels", type=int, default=20)
    parser.add_argument("--store", help="a store with the sample in it; a new GeoPackage if none is given")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.store or str(Path(folder) / "editors.gpkg")
        with running(url) as address:
            with open_store(url, load_catalogue()) as store:
                since = store.revision()
            parcels = list(range(1, asked.parcels + 1))
            tally = run(address, editors=asked.editors, edits=asked.edits, parcels=parcels)
        with open_store(url, load_catalogue()) as store:
            found = faults(store, tally, since=since)
    print(f"{len(tally.accepted)} accepted, {len(tally.stale)} stale (412), others {dict(tally.others)}, "
          f"{tally.seconds:.0f} s, {(len(tally.accepted) + len(tally.stale)) / tally.seconds:.0f} edits/s")  # fmt: skip
    print("\n".join(found) or "every accepted edit stands in the history once; every refused one was stale")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
