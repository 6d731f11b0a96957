"""What does the limited process do with one file?

Run as `python -P -m gis.formats.worker JOB RESULT`: reads the job (JSON), limits itself, does it, and leaves RESULT
(JSON) and, for tables, an Arrow IPC file beside it. Only `gis.formats.sandbox` starts it.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from gis.errors import FormatError
from gis.formats import confinement
from gis.formats.model import Limits, Note
from gis.formats.remarks import legible, shortened
from gis.formats.warned import remark

DATA = "data.arrow"


def main(job_path: str, result_path: str) -> int:
    """Does the job and writes its result; returns the exit status, 0 also for a refusal that was written down."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    limits = Limits(**job["limits"])
    confinement.limit_resources(
        memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds, output_bytes=limits.output_bytes
    )
    work = Path(job["work"])
    confinement.refuse_sockets()
    confinement.only_files([Path(name) for name in job["readable"]], work)
    Path(result_path).write_text(json.dumps(_answer(job, limits), ensure_ascii=False), encoding="utf-8")
    return 0


class _NoFrames(MetaPathFinder):
    """Keeps pandas out: pyogrio and pyarrow load it where they can, which is half of the time the worker takes."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """None for anything else, so that the next finder is asked."""
        if fullname in {"geopandas", "pandas"}:
            raise ModuleNotFoundError(f"{fullname} is not used here", name=fullname)


def _answer(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    sys.meta_path.insert(0, _NoFrames())
    from gis.formats import jobs  # GDAL is loaded only once the process is confined

    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = jobs.JOBS[job["action"]](job, limits)
    except FormatError as error:
        return {"refused": _parts(error)}
    except MemoryError:
        return {"refused_memory": True}
    if "notes" in answer:
        answer["notes"] += [asdict(note) for note in _remarks(caught)]
    return answer


def _parts(error: FormatError) -> list[str]:
    """Message, place and remedy of `error`, legible; the message is cut short where it quotes a library's error."""
    message = shortened if error.__cause__ else legible
    return [message(error.zh), message(error.en), *map(legible, (error.place, error.remedy_zh, error.remedy_en))]


def _remarks(caught: list[warnings.WarningMessage]) -> list[Note]:
    """What GDAL and pyogrio warned of, once each: fields skipped, geometry types changed..."""
    texts = dict.fromkeys(
        shortened(str(w.message)) for w in caught if issubclass(w.category, (UserWarning, RuntimeWarning))
    )
    return [remark(text) for text in list(texts)[:20]]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
