"""How is a file read or written without trusting it?

Each call starts one worker process, limited as `confinement` says, with an empty environment and a folder of its own
that goes when the call ends. What comes back is Arrow, mapped from the worker's file, and a small JSON answer.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis.errors import FormatError
from gis.formats.confinement import GDAL_SETTINGS, PACKAGE
from gis.formats.model import Limits
from gis.formats.remarks import shortened

_WORKER = ("-m", "gis.formats.worker")
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PROJ_DATA")
_LINES_OF_CAUSE = 3
_ENDINGS = {
    "SIGSEGV": ("读写库访问内存出错", "the library made a memory fault"),
    "SIGBUS": ("读写库访问内存出错", "the library made a memory fault"),
    "SIGABRT": ("读写库自行中止", "the library gave up"),
    "SIGFPE": ("读写库计算出错", "the library made an arithmetic fault"),
    "SIGILL": ("读写库指令出错", "the library made an illegal instruction"),
    "SIGKILL": ("被系统强行结束，多因内存不足", "killed by the system, most often for want of memory"),
    "SIGTERM": ("被要求结束", "it was asked to stop"),
    "SIGXFSZ": ("输出文件超过上限", "its output grew beyond the limit"),
}
"""What a signal that ended the worker means, in Chinese and English."""

_WANT_OF_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "failed to map segment", "malloc of size")


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for one job, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="gaodu-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def run(job: dict[str, Any], *, work: Path, readable: list[Path], limits: Limits, place: str) -> dict[str, Any]:
    """The worker's answer to `job`; it may read `readable` and write in `work` only.

    Raises FormatError, its place beginning with `place`, for what the worker refuses and for its crash, time-out or
    want of memory.
    """
    inside = work / "work"
    inside.mkdir()
    job = {**job, "work": str(inside), "readable": [str(path) for path in readable], "limits": asdict(limits)}
    job_path, result_path, errors_path = work / "job.json", inside / "result.json", work / "errors.txt"
    job_path.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    with errors_path.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", *_WORKER, str(job_path), str(result_path)],
            cwd=inside, env=_environment(inside), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise _timed_out(limits, place) from None
        finally:
            _end(process)
    if status != 0 or not result_path.exists():
        raise _died(status, errors_path, limits, place)
    answer: dict[str, Any] = json.loads(result_path.read_text(encoding="utf-8"))
    return _checked(answer, work, limits, place)


def mapped(path: Path) -> pa.Table:
    """The Arrow IPC file `path`, mapped into memory and checked; the mapping outlives the file.

    Raises FormatError where its content is not valid Arrow.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        table.validate(full=True)
    except pa.ArrowInvalid as error:
        raise FormatError(f"读取结果无效：{error}", f"What was read is not valid: {error}") from error
    return table


def _environment(work: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    ours = {"HOME": str(work), "TMPDIR": str(work), "TEMP": str(work), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return {**kept, **ours, **quiet, **GDAL_SETTINGS, "PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _checked(answer: dict[str, Any], work: Path, limits: Limits, place: str) -> dict[str, Any]:
    if answer.get("refused_memory"):
        raise _out_of_memory(limits, place)
    if "refused" in answer:
        zh, en, inner, remedy_zh, remedy_en = (_without(text, work) for text in answer["refused"])
        where = f"{place}: {inner}" if inner and inner != place else place
        raise FormatError(zh, en, place=where, remedy_zh=remedy_zh, remedy_en=remedy_en)
    return answer


def _without(text: str, work: Path) -> str:
    """`text` without the temporary folder, which means nothing to a person."""
    return text.replace(str(work / "work") + "/", "").replace(str(work) + "/", "")


def _timed_out(limits: Limits, place: str) -> FormatError:
    return FormatError(
        f"读写超过 {limits.seconds:g} 秒，已停止。", f"It took more than {limits.seconds:g} seconds and was stopped.",
        place=place, remedy_zh="请拆分文件后重试。", remedy_en="Split the file and try again.",
    )  # fmt: skip


def _out_of_memory(limits: Limits, place: str) -> FormatError:
    size = f"{limits.memory_bytes / 2**30:.3g} GiB"
    return FormatError(
        f"读写所需内存超过 {size}，已停止。", f"It needs more than {size} of memory and was stopped.",
        place=place, remedy_zh="请拆分文件后重试。", remedy_en="Split the file and try again.",
    )  # fmt: skip


def _died(status: int, errors_path: Path, limits: Limits, place: str) -> FormatError:
    said = errors_path.read_text(encoding="utf-8", errors="replace").strip()
    if any(sign in said for sign in _WANT_OF_MEMORY):
        return _out_of_memory(limits, place)
    if status == -getattr(signal, "SIGXCPU", 24):
        return _timed_out(limits, place)
    zh, en = _ending(status)
    cause = shortened(" / ".join(said.splitlines()[-_LINES_OF_CAUSE:]))
    return FormatError(
        f"读写进程意外终止（{zh}）" + (f"：{cause}" if cause else "。"),
        f"The worker process ended unexpectedly ({en})" + (f": {cause}" if cause else "."),
        place=place, remedy_zh="文件可能已损坏；请在 GIS 软件中检查并重新导出。",
        remedy_en="The file may be damaged; check it in a GIS and export it again.",
    )  # fmt: skip


def _ending(status: int) -> tuple[str, str]:
    """What the worker's exit `status` means in words, in Chinese and English; negative for a signal."""
    if status >= 0:
        return f"退出码 {status}", f"exit status {status}"
    known = {int(one): one.name for one in signal.Signals}
    name = known.get(-status, str(-status))
    zh, en = _ENDINGS.get(name, ("收到系统信号", "stopped by a signal"))
    return f"{zh}，{name}", f"{en}, {name}"
