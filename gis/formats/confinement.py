"""What may the process that reads a stranger's file still do?

Called in the worker only, before the file is touched. The limits of memory, time and file size are POSIX; the
refusal of sockets (seccomp) and of files beyond those named (Landlock) are Linux and best effort: an old kernel
without them leaves the driver allow-list, which holds everywhere.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of `gis`."""

GDAL_SETTINGS = {
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",  # the discard port: what seccomp does not stop ends here
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GDAL_NUM_THREADS": "1",
    "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",  # the other breaks on a missing geometry (GDAL 3.12)
    "PROJ_NETWORK": "OFF",
}
"""Environment of the worker: nothing over HTTP, nothing from another file."""

_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ, _LIST = 0b100, 0b1000  # LANDLOCK_ACCESS_FS_READ_FILE, READ_DIR
_EVERYTHING = (1 << 13) - 1  # the access rights of Landlock's first version
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class _Programme(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction))]


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def limit_resources(*, memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    """Caps address space, processor time and size of any file written; no core dumps. Does nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource  # POSIX only

    def lower(kind: int, value: int) -> None:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    lower(resource.RLIMIT_AS, memory_bytes)
    lower(resource.RLIMIT_CPU, cpu_seconds)
    lower(resource.RLIMIT_FSIZE, output_bytes)
    lower(resource.RLIMIT_CORE, 0)


def refuse_sockets() -> bool:
    """Makes socket() fail with EPERM from now on; returns whether the kernel took the filter."""
    if sys.platform != "linux" or platform.machine() not in _SOCKET_CALLS:
        return False
    architecture, socket_call = _SOCKET_CALLS[platform.machine()]
    allow, refuse = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO | EPERM
    load, jump_equal, answer = 0x20, 0x15, 0x06
    steps = [
        (load, 0, 0, 4),
        (jump_equal, 0, 3, architecture),
        (load, 0, 0, 0),
        (jump_equal, 1, 0, socket_call),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    instructions = (_Instruction * len(steps))(*[_Instruction(*step) for step in steps])
    programme = _Programme(len(steps), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(programme), 0, 0) == 0)


def only_files(readable: Iterable[Path], writable: Path) -> bool:
    """Lets the process read `readable` and the interpreter's folders, and write below `writable`, nothing else.

    Returns whether the kernel knows Landlock (Linux 5.13) and took the rules.
    """
    if sys.platform != "linux" or platform.machine() not in _SOCKET_CALLS:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset = _Ruleset(_EVERYTHING)
    rules = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0)
    if rules < 0:
        return False
    for path in [*_interpreter_folders(), *readable]:
        _allow(libc, rules, path, _READ | _LIST if path.is_dir() else _READ)
    _allow(libc, rules, PACKAGE.parent, _LIST)  # the import system lists it; its files stay closed
    _allow(libc, rules, writable, _EVERYTHING)
    taken = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(taken)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = _PathBeneath(access, descriptor)
    libc.syscall(_LANDLOCK_ADD, rules, 1, ctypes.byref(rule), 0)
    os.close(descriptor)


def _interpreter_folders() -> set[Path]:
    """What the interpreter reads modules, shared libraries and their data from."""
    system = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
    named = [sys.prefix, sys.base_prefix, *system, "/proc/self", "/sys/devices/system/cpu"]
    installed = [entry for entry in sys.path if entry and Path(entry) != PACKAGE.parent]
    return {PACKAGE, *(Path(name) for name in [*named, *installed] if Path(name).exists())}
