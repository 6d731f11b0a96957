"""What does a failure of the database mean to a person?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from layers.errors import StoreError

logger = logging.getLogger(__name__)

Remedy = tuple[str, str, str, str]

KNOWN: dict[str, Remedy] = {
    "database is locked": ("另一个程序正在写入。", "Another program is writing.",
                           "请稍后重试。", "Try again in a moment."),
    "statement timeout": ("另一个程序正在写入。", "Another program is writing.",
                          "请稍后重试。", "Try again in a moment."),
    "lock timeout": ("另一个程序正在写入。", "Another program is writing.",
                     "请稍后重试。", "Try again in a moment."),
    "disk is full": ("磁盘已满，未写入任何内容。", "The disk is full; nothing was written.",
                     "请腾出空间后重试。", "Free some space and try again."),
    "no space left": ("磁盘已满，未写入任何内容。", "The disk is full; nothing was written.",
                      "请腾出空间后重试。", "Free some space and try again."),
    "disk i/o error": ("磁盘读写出错，未写入任何内容。", "The disk failed; nothing was written.",
                       "请检查磁盘，必要时用 gaodu restore 恢复备份。",
                       "Check the disk; restore a backup with gaodu restore if need be."),
    "readonly": ("数据库只能读。", "The store is read-only.",
                 "请检查文件和文件夹的权限。", "Check the permissions of the file and its folder."),
    "unable to open": ("无法打开或新建该文件。", "The file cannot be opened or made.",
                       "请检查文件夹是否存在、是否可写。", "Check that the folder exists and can be written to."),
    "file is not a database": ("该文件不是 GeoPackage。", "The file is not a GeoPackage.",
                               "请另选文件。", "Choose another file."),
    "malformed": ("数据库文件已损坏。", "The store is damaged.",
                  "请用 gaodu restore 恢复备份。", "Restore a backup with gaodu restore."),
    "connection": ("无法连接 PostgreSQL。", "PostgreSQL cannot be reached.",
                   "请检查地址、用户和密码，以及服务是否在运行。",
                   "Check the address, user and password, and that the server runs."),
}  # fmt: skip
"""Part of the database's message -> what it means and what to do, in zh and en."""

DRIVERS = (psycopg.Error, sqlite.Error)
"""What the drivers raise where they are called without SQLAlchemy, as for COPY."""

OTHER: Remedy = ("存储操作失败。", "The store failed.", "请查看日志。", "See the log.")


@contextmanager
def store_errors(place: str) -> Iterator[None]:
    """Turns what the database raises within into a StoreError at `place`, without SQL, values or passwords."""
    try:
        yield
    except (SQLAlchemyError, *DRIVERS) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise store_error(cause or error, place) from error


def store_error(cause: BaseException, place: str) -> StoreError:
    """The StoreError that explains `cause`."""
    message = str(cause).strip()
    zh, en, remedy_zh, remedy_en = next((meaning for part, meaning in KNOWN.items() if part in message.lower()), OTHER)
    logger.error("store %s: %s", place, message)
    detail = message.splitlines()[0] if message else type(cause).__name__
    return StoreError(f"{zh}（{detail}）", f"{en} ({detail})", place=place, remedy_zh=remedy_zh, remedy_en=remedy_en)
