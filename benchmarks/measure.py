"""How long does a job take beside its peers, and how much memory?"""

from __future__ import annotations

import gc
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

LEDGER = "GAODU_BENCH_LEDGER"
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of the runs by the clock and by the processor, and the most MB held beyond those held before (or NaN).

    On a busy machine the processor's seconds are the ones to compare.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


def interleaved(
    jobs: Mapping[str, Callable[[], object]], *, rounds: int = 5, once: Collection[str] = ()
) -> dict[str, Measured]:
    """Each job once to warm up, then all of them in turn, `rounds` times, so that a busy machine slows all alike.

    Those named in `once` (peers that would take minutes) run once only, and that is what counts.
    """
    firsts = {name: _run(job) for name, job in jobs.items()}
    runs: dict[str, list[Measured]] = {name: [first] if name in once else [] for name, first in firsts.items()}
    for _ in range(rounds):
        for name in (name for name in jobs if name not in once):
            runs[name].append(_run(jobs[name]))
    return {name: _middle(runs[name], firsts[name].peak_mb) for name in jobs}


def record(title: str, size: int, measured: Mapping[str, Measured], *, ours: str) -> None:
    """Appends what was measured to the ledger of `python -m benchmarks`: a file named by GAODU_BENCH_LEDGER, if any."""
    if ledger := os.environ.get(LEDGER):
        jobs = {name: (of.seconds, of.peak_mb) for name, of in measured.items()}
        with Path(ledger).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"title": title, "size": size, "ours": ours, "jobs": jobs}) + "\n")


def _middle(runs: list[Measured], first_peak: float) -> Measured:
    return Measured(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        max(first_peak, *(run.peak_mb for run in runs)),
    )


def _run(job: Callable[[], object]) -> Measured:
    gc.collect()
    before = _reset_peak()
    start, cpu_start = time.perf_counter(), time.process_time()
    result = job()
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    peak = _status_mb("VmHWM") - before
    del result
    return Measured(seconds, cpu_seconds, peak)


def _reset_peak() -> float:
    """Forgets the process's peak memory where the system can (Linux); what it holds now, in MB, or NaN."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return math.nan
    return _status_mb("VmRSS")


def _status_mb(key: str) -> float:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return math.nan
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{key}:"))


def growth_exponent(seconds_by_size: Mapping[int, float]) -> float:
    """The e for which seconds grow as size to the power of e, from the smallest to the largest size; NaN for one."""
    small, large = min(seconds_by_size), max(seconds_by_size)
    if small == large:
        return math.nan
    return math.log(seconds_by_size[large] / seconds_by_size[small]) / math.log(large / small)


def markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
