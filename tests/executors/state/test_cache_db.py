"""The catalog: what stands at its place and is not ours is not opened, written to, locked or removed."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reshelve.executors.state.cache_db import empty, foreign, open_catalog, rows

TABLE = "CREATE TABLE IF NOT EXISTS digests (a TEXT PRIMARY KEY, b TEXT NOT NULL) WITHOUT ROWID"


def database(path: Path) -> None:
    """Make somebody's database, with tables of the names that a catalog has."""
    with closing(sqlite3.connect(path)) as made, made:
        for table in ("metadata", "digests", "readings", "suggestions"):
            made.execute(f"CREATE TABLE {table} (name TEXT, value TEXT)")
            made.execute(f"INSERT INTO {table} VALUES ('my', 'only copy')")


def link(catalog: Path, theirs: Path) -> None:
    database(theirs)
    catalog.symlink_to(theirs)


def link_to_nothing(catalog: Path, theirs: Path) -> None:
    catalog.symlink_to(theirs)


def link_to_text(catalog: Path, theirs: Path) -> None:
    theirs.write_text("")
    catalog.symlink_to(theirs)


def second_name(catalog: Path, theirs: Path) -> None:
    database(theirs)
    catalog.hardlink_to(theirs)


def itself(catalog: Path, theirs: Path) -> None:
    database(catalog)
    theirs.write_bytes(catalog.read_bytes())


def text(catalog: Path, theirs: Path) -> None:
    catalog.write_text("notes of mine")
    theirs.write_text("notes of mine")


def folder_link(catalog: Path, theirs: Path) -> None:
    theirs.mkdir()
    database(theirs / "catalog.db")
    catalog.parent.rmdir()
    catalog.parent.symlink_to(theirs)


def log_link(catalog: Path, theirs: Path) -> None:
    theirs.write_text("a long text of mine" * 1000)
    open_catalog(catalog, TABLE).close()
    catalog.with_name("catalog.db-wal").symlink_to(theirs)


def journal(catalog: Path, theirs: Path) -> None:
    theirs.write_text("a text that a journal names")
    open_catalog(catalog, TABLE).close()
    catalog.with_name("catalog.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 504)


def everything(folder: Path) -> dict[str, object]:
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


PLANTS: list[Callable[[Path, Path], None]] = [
    link, link_to_nothing, link_to_text, second_name, itself, text, folder_link, log_link, journal,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_not_ours_is_done_without(tmp_path: Path, plant: Callable[[Path, Path], None]) -> None:
    catalog = tmp_path / "ws" / ".reshelve" / "catalog.db"
    catalog.parent.mkdir(parents=True)
    plant(catalog, tmp_path / "theirs")
    before = everything(tmp_path)
    assert foreign(catalog)
    opened = open_catalog(catalog, TABLE)
    opened.execute("INSERT INTO digests VALUES ('a', 'b')")
    opened.close()
    assert rows(catalog) == {}
    empty(catalog)
    assert everything(tmp_path) == before


def test_a_catalog_is_known_again_also_while_it_is_open(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.db"
    first = open_catalog(catalog, TABLE)
    first.execute("INSERT INTO digests VALUES ('a', 'b')")
    assert foreign(catalog) == ""
    second = open_catalog(catalog, TABLE)
    assert second.execute("SELECT * FROM digests").fetchall() == [("a", "b")]
    second.close()
    assert rows(catalog) == {"digests": 1}
    first.close()
    assert foreign(catalog) == "" and rows(catalog) == {"digests": 1}
    empty(catalog)
    assert rows(catalog) == {"digests": 0}


def test_a_catalog_that_was_made_before_these_were_marked_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE digests (fs TEXT, ino INTEGER, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, digest TEXT)")
        made.execute("CREATE TABLE suggestions (key TEXT)")
    made.close()
    assert foreign(path) == ""
    open_catalog(path, TABLE).close()
    with sqlite3.connect(path) as there:
        assert there.execute("PRAGMA application_id").fetchone()[0] != 0
        assert there.execute("SELECT count(*) FROM suggestions").fetchone()[0] == 0
    there.close()
