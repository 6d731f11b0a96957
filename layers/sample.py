"""How does the sample township come into a store?"""

from __future__ import annotations

import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import pyarrow.parquet as pq

from layers.catalogue import Catalogue
from layers.errors import StoreError
from layers.store import Store, open_store

WHO = "gaodu"
WHY = "示意乡镇样例数据 / the illustrative sample township"


def load_sample(store: Store) -> int:
    """Writes every layer of data/sample into `store` in one revision, marked illustrative; gives that revision.

    Raises StoreError where one of those layers holds features already.
    """
    taken = [layer for layer in sample_layers() if layer in store.catalogue and store.count(layer)]
    if taken:
        raise StoreError(
            f"图层已有数据：{'、'.join(taken)}。",
            f"Layers hold data already: {', '.join(taken)}.",
            place=store.url,
            remedy_zh="样例只能装入空图层；请用新的存储。",
            remedy_en="The sample goes into empty layers only; use a new store.",
        )
    with store.transaction(who=WHO, why=WHY, illustrative=True) as transaction:
        for layer in sample_layers():
            with as_file(files("data") / "sample" / f"{layer}.parquet") as path:
                transaction.insert(layer, pq.read_table(path))
    return transaction.revision


def sample_layers() -> tuple[str, ...]:
    """The ids of the layers that the sample has."""
    names = (file.name for file in (files("data") / "sample").iterdir())
    return tuple(sorted(name.removesuffix(".parquet") for name in names if name.endswith(".parquet")))


def open_with_sample(url: str, catalogue: Catalogue) -> Store:
    """The store at `url`; a GeoPackage that does not exist yet is made with the sample in it, whole or not at all."""
    path = Path(url)
    if "://" not in url and not path.exists() and path.parent.is_dir():
        try:
            _make_with_sample(path, catalogue)
        except OSError as error:
            raise StoreError(
                f"无法新建存储：{error.strerror}。", f"The store cannot be made: {error.strerror}.", place=url,
                remedy_zh="请换一个可写的文件夹。", remedy_en="Choose a folder that can be written.",
            ) from error  # fmt: skip
    return open_store(url, catalogue)


def _make_with_sample(path: Path, catalogue: Catalogue) -> None:
    """Makes the file aside and then gives it its name, so that it is never there half-made."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-") as folder:
        finished = Path(folder) / "finished.gpkg"
        with open_store(Path(folder) / path.name, catalogue) as store:
            load_sample(store)
            store.backup(finished)
        finished.rename(path)
