"""Which GDAL driver may open the file?

GDAL picks a driver by content, so a .geojson that holds VRT text is opened by the VRT driver, which reads any other
file. The driver that the suffix names is therefore the only one left registered while a file is open. pyogrio has no
argument for it; the C functions of the GDAL it loaded are called directly.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyogrio

from gis.errors import FormatError


@contextmanager
def only(driver: str) -> Iterator[None]:
    """A context in which `driver` is the only one GDAL knows; raises FormatError where GDAL cannot be restricted."""
    gdal, known = _library(), _drivers()
    for handle in known.values():
        gdal.GDALDeregisterDriver(handle)
    gdal.GDALRegisterDriver(known[driver])
    left = [name for name in pyogrio.list_drivers() if name != driver]
    if left or gdal.GDALGetDriverCount() != 1:
        raise FormatError(
            "无法限制 GDAL 驱动，已拒绝读取。", "GDAL's drivers cannot be restricted; the file was not opened.",
            remedy_zh="请重新安装 pyogrio。", remedy_en="Reinstall pyogrio.",
        )  # fmt: skip
    try:
        yield
    finally:
        gdal.GDALDeregisterDriver(known[driver])


@cache
def _drivers() -> dict[str, int]:
    gdal = _library()
    handles = [gdal.GDALGetDriver(i) for i in range(gdal.GDALGetDriverCount())]
    return {gdal.GDALGetDriverShortName(handle).decode(): handle for handle in handles}


@cache
def _library() -> ctypes.CDLL:
    package = Path(pyogrio.__file__).parent
    beside = [*package.parent.glob("pyogrio.libs/*gdal*"), *package.glob(".dylibs/*gdal*"), *package.glob("_io*.so")]
    for path in beside:
        library = ctypes.CDLL(str(path))
        if hasattr(library, "GDALDeregisterDriver"):
            library.GDALGetDriver.restype = ctypes.c_void_p
            library.GDALGetDriver.argtypes = [ctypes.c_int]
            library.GDALGetDriverShortName.restype = ctypes.c_char_p
            library.GDALGetDriverShortName.argtypes = [ctypes.c_void_p]
            library.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
            library.GDALRegisterDriver.argtypes = [ctypes.c_void_p]
            return library
    raise FormatError(
        "找不到 pyogrio 所用的 GDAL 库，无法限制驱动。", "The GDAL library of pyogrio was not found.",
        remedy_zh="请用 pip 安装 pyogrio 的轮子包。", remedy_en="Install the wheel of pyogrio with pip.",
    )  # fmt: skip
