"""Folders of this machine as stores, and one on another disk where there is one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Item, Root
from tests.support.store_contract import Stage

OTHER_DISK = Path("/dev/shm")


def put(store: Store, rel: str, content: bytes) -> Item:
    path = f"{store.root.path}/{rel}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    item = store.stat(rel)
    assert item is not None
    return item


def content(store: Store, rel: str) -> bytes:
    with open(f"{store.root.path}/{rel}", "rb") as file:
        return file.read()


def local(path: Path, key: str = "s", **options: int) -> LocalStore:
    path.mkdir(exist_ok=True)
    return LocalStore(Root(key, str(path)), **options)


@pytest.fixture
def far_folder(tmp_path: Path) -> Iterator[Path | None]:
    if not OTHER_DISK.is_dir() or not os.access(OTHER_DISK, os.W_OK) or os.stat(OTHER_DISK).st_dev == os.stat(tmp_path).st_dev:
        yield None
        return
    folder = Path(tempfile.mkdtemp(dir=OTHER_DISK))
    yield folder
    shutil.rmtree(folder)


def staged(tmp_path: Path, far_folder: Path | None, **options: int) -> Stage:
    far = local(far_folder, "far", **options) if far_folder else None
    return Stage(local(tmp_path / "one", "one", **options), local(tmp_path / "two", "two", **options), far, put, content)
