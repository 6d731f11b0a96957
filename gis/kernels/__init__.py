"""How are the few compiled loops compiled, cached and warmed?

A kernel is a function under `@compiled(...)` in a module of this package. It is given the types that the engine calls
it with, so that `warm` can compile it before a request needs it. Arrays of `GeometryColumns` are read-only: their types
are XY, REALS, INTS, FLAGS and BYTES here; what a kernel writes to is `OUT_*`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import logging
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
from numba import types
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

log = logging.getLogger(__name__)

XY = types.Array(types.float64, 2, "C", readonly=True)
REALS = types.Array(types.float64, 1, "C", readonly=True)
INTS = types.Array(types.int64, 1, "C", readonly=True)
FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
BYTES = types.Array(types.uint8, 1, "C", readonly=True)
OUT_XY = types.Array(types.float64, 2, "C")
OUT_REALS = types.Array(types.float64, 1, "C")
OUT_INTS = types.Array(types.int64, 1, "C")
OUT_FLAGS = types.Array(types.boolean, 1, "C")
OUT_BYTES = types.Array(types.uint8, 1, "C")
INT, REAL, FLAG = types.int64, types.float64, types.boolean

_BASE_STAMP = hashlib.sha256(
    b"".join((Path(__file__).parent / name).read_bytes() for name in ("__init__.py", "unaligned.py", "writing.py"))
).hexdigest()

_DAMAGED = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ImportError, MemoryError, pickle.PickleError,
)  # fmt: skip
"""What reading or writing a cache file may end in; a damaged pickle in nearly anything (library reference, pickle)."""

_to_warm: list[tuple[Dispatcher, tuple[Any, ...]]] = []


class KernelCache(FunctionCache):
    """numba's cache on disk, made safe for a service.

    numba (0.68) lets a full disk or a damaged cache file end the call that compiled, and does not notice that a kernel
    called from another file has changed. Here the first only costs a compilation, and the stamp covers the callees and
    this file.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self.stamp = (self._cache_file._source_stamp, _BASE_STAMP, *_callee_stamps(function))
        self._cache_file._source_stamp = self.stamp

    @contextlib.contextmanager
    def _guard_against_spurious_io_errors(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            log.warning("kernel cache not used: %s", error)


def compiled(*arguments: tuple[Any, ...], any_order: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """A decorator that compiles a function with numba on first use, releasing the GIL, cached on disk where possible.

    `arguments` are the tuples of argument types that `warm` compiles; a kernel called only from kernels needs none.
    Division by zero gives inf or NaN as in numpy: a test for it would keep loops from being vectorised.
    With `any_order` sums may be added up in another order than written: then loops that sum are vectorised too.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        loose = {"reassoc", "nsz"} if any_order else False
        dispatcher: Any = numba.njit(nogil=True, error_model="numpy", fastmath=loose)(function)
        if isinstance(dispatcher, Dispatcher):  # not so under NUMBA_DISABLE_JIT
            try:
                dispatcher._cache = KernelCache(function)  # type: ignore[attr-defined]
            except RuntimeError:
                _say_uncached()
            _to_warm.extend((dispatcher, signature) for signature in arguments)
        return dispatcher

    return decorate


@functools.cache
def _say_uncached() -> None:
    """Once, not once a kernel."""
    log.warning("no folder for compiled kernels is writable: they are compiled at every start; set NUMBA_CACHE_DIR")


MAP = ("wkb", "gather", "boxtree", "simplify", "tile_shape", "rings", "crossing", "collapse", "mvt")
"""The modules of this package that a vector tile needs."""


def _module(dispatcher: Dispatcher) -> str:
    return str(dispatcher.py_func.__module__).rpartition(".")[2]


def warm() -> int:
    """Compiles every kernel for its declared types, or loads it from the cache; returns how many there are.

    What a map needs comes first (`MAP`): numba compiles one kernel at a time, and the first start has them all to do.
    Safe to call from a background thread: numba holds its own lock, and a request that comes first waits only for the
    kernel it needs.
    """
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    for dispatcher, signature in sorted(_to_warm, key=lambda item: _module(item[0]) not in MAP):
        dispatcher.compile(signature)
    return len(_to_warm)


def _callee_stamps(function: Callable[..., Any]) -> list[Any]:
    """The stamps of the kernels of other files that `function` may call, imported by name or with their module."""
    known: list[Any] = []
    for value in function.__globals__.values():
        in_reach = vars(value).values() if isinstance(value, ModuleType) and __name__ in value.__name__ else [value]
        known.extend(kernel for kernel in in_reach if isinstance(kernel, Dispatcher))
    caches = {kernel._cache for kernel in known if kernel.py_func.__module__ != function.__module__}
    return sorted((cache.stamp for cache in caches if isinstance(cache, KernelCache)), key=repr)
