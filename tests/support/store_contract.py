"""The store contract, written once: a subclass gives the stores, and every promise of contracts.folder_store is put to them."""

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import xxhash

from reshelve.executors.contracts.folder_store import BLOCK, Receiver, Store
from reshelve.schemas.inventory import TAIL, Item

HOUR_AGO = 1_700_000_000_123_456_789
NAMES = ["plain.mkv", "with space", "new\nline", "caf\udce9.mkv", "née.mkv", "x" * 255, "-rf", "a:b%c"]


@dataclass
class Stage:
    """Two stores on one file system, one on another (None where there is none), and hands to set and see files with."""

    one: Store
    two: Store
    far: Store | None
    put: Callable[[Store, str, bytes], Item]
    content: Callable[[Store, str], bytes]


def tree(store: Store) -> dict[str, tuple[str, int, int, int, int]]:
    """Return what stands in a store, in full, reshelve's own too."""
    items = list(store.walk().items)
    if store.stat(".reshelve-trash"):
        items += store.walk(".reshelve-trash").items
    return {item.rel: (item.kind, item.size if item.kind != "dir" else 0, item.mode, item.ino, item.nlink) for item in items}


class StoreContract:
    """The promises. A subclass gives the fixture `stage`."""

    def refused(self, stage: Stage, code: int, verb: Callable[[], object]) -> None:
        """The verb raises that error, and nothing has changed."""
        stores = [store for store in (stage.one, stage.two, stage.far) if store is not None]
        before = [tree(store) for store in stores]
        with pytest.raises(OSError) as caught:
            verb()
        assert caught.value.errno == code, caught.value
        for store in stores:
            store.forget()
        assert [tree(store) for store in stores] == before

    # Reads.

    @pytest.mark.parametrize("name", NAMES, ids=ascii)
    def test_any_name_can_be_seen_and_moved(self, stage: Stage, name: str) -> None:
        put = stage.put(stage.one, f"in/{name}", b"content")
        seen = stage.one.stat(f"in/{name}")
        assert seen == put
        assert seen.kind == "file"
        assert seen.size == 7
        assert stage.one.names("in") == {name}
        assert [item.rel for item in stage.one.walk().items] == ["in", f"in/{name}"]
        stage.one.make_dir("out")
        stage.one.rename(f"in/{name}", stage.one, f"out/{name}")
        moved = stage.one.stat(f"out/{name}")
        assert moved is not None
        assert (moved.ino, moved.size, moved.mtime_ns, moved.fs) == (put.ino, put.size, put.mtime_ns, put.fs)
        assert stage.one.stat(f"in/{name}") is None

    def test_what_is_not_there_is_none(self, stage: Stage) -> None:
        stage.put(stage.one, "file", b"")
        for rel in ("nothing", "no/thing", "file/below"):
            assert stage.one.stat(rel) is None
            assert stage.one.names(rel) is None
            assert stage.one.walk(rel).items == []
        assert stage.one.names("file") is None
        assert stage.one.names("") == {"file"}

    def test_links_are_listed_with_where_they_lead_if_something_is_there(self, stage: Stage) -> None:
        stage.put(stage.one, "real/film.mkv", b"film")
        stage.put(stage.one, "closed/film.mkv", b"film")
        for text, rel in (
            ("../real/film.mkv", "real/alias"),
            ("real/", "folder"),
            ("nothing", "dangling"),
            ("alias", "real/second"),
        ):
            stage.one.symlink(text, rel)
        stage.one.symlink("film.mkv", "closed/alias")
        top = stage.one.root.path.rstrip("/")
        assert [(link.rel, link.text, link.leads) for link in stage.one.links(lambda rel: rel != "closed")] == [
            ("folder", "real/", f"{top}/real"),
            ("real/alias", "../real/film.mkv", f"{top}/real/film.mkv"),
            ("real/second", "alias", f"{top}/real/alias"),
        ]

    def test_a_link_is_an_item_never_a_road(self, stage: Stage) -> None:
        stage.put(stage.one, "real/film.mkv", b"film")
        stage.one.symlink("real", "alias")
        item = stage.one.stat("alias")
        assert item is not None
        assert item.kind == "link"
        assert stage.one.read_link("alias") == "real"
        assert stage.one.stat("alias/film.mkv") is None
        assert stage.one.names("alias") is None
        assert [item.rel for item in stage.one.walk().items] == ["alias", "real", "real/film.mkv"]
        assert stage.one.walk("alias").items == []
        for verb in (
            lambda: stage.one.make_dir("alias/new"),
            lambda: stage.one.rename("alias/film.mkv", stage.one, "stolen.mkv"),
            lambda: stage.one.rename("real/film.mkv", stage.one, "alias/film2.mkv"),
            lambda: stage.one.copy_to("real/film.mkv", stage.one, "alias/copy"),
            lambda: stage.one.write_to(b"x", "alias/new"),
            lambda: stage.one.link("real/film.mkv", stage.one, "alias/new"),
            lambda: stage.one.symlink("x", "alias/new"),
            lambda: stage.one.remove("alias/film.mkv"),
            lambda: stage.one.remove_dir("alias"),
            lambda: stage.one.set_times("alias/film.mkv", 5),
            lambda: stage.one.make_trash("alias/.reshelve-trash/run"),
        ):
            self.refused(stage, errno.ENOTDIR, verb)
        for rel in ("alias", "real"):
            with pytest.raises(OSError):
                stage.one.digest(rel)
        with pytest.raises(OSError):
            stage.one.copy_to("alias", stage.one, "copy")

    def test_no_path_leaves_the_root(self, stage: Stage) -> None:
        stage.put(stage.one, "in/file", b"x")
        for bad in ("../x", "in/../../x", "..", "in/..", "/etc/x", "in//file", "in/./file", "./file", "in/", "nul\0name"):
            for verb in (
                lambda: stage.one.stat(bad),  # noqa: B023
                lambda: stage.one.make_dir(bad),  # noqa: B023
                lambda: stage.one.rename("in/file", stage.one, bad),  # noqa: B023
                lambda: stage.one.rename(bad, stage.one, "y"),  # noqa: B023
                lambda: stage.one.set_times(bad, 5),  # noqa: B023
                lambda: stage.one.remove(bad),  # noqa: B023
                lambda: stage.one.write_to(b"", bad),  # noqa: B023
            ):
                self.refused(stage, errno.EINVAL, verb)

    def test_a_walk_goes_into_no_folder_that_it_is_told_not_to(self, stage: Stage) -> None:
        for rel in ("a/x", "a/snap/y", "a/snap/deep/z", "snap/y", "z/x"):
            stage.put(stage.one, rel, b"x")
        asked: list[str] = []

        def enter(rel: str) -> bool:
            asked.append(rel)
            return rel.rpartition("/")[2] != "snap"

        assert [item.rel for item in stage.one.walk(enter=enter).items] == ["a", "a/snap", "a/x", "snap", "z", "z/x"]
        assert sorted(asked) == ["a", "a/snap", "snap", "z"]
        assert [item.rel for item in stage.one.walk("a/snap", enter).items] == ["a/snap/deep", "a/snap/deep/z", "a/snap/y"]

    def test_walk_is_sorted_and_leaves_out_reshelves_own(self, stage: Stage) -> None:
        own = ("b/.reshelve-run-1.tmp", ".reshelve.lock", "ws/.reshelve/catalog.db", ".reshelve-trash/run/f")
        for rel in (*own, "b/x", "b.d", "a", "b/.reshelved"):
            stage.put(stage.one, rel, b"")
        found = [item.rel for item in stage.one.walk().items]
        assert found == ["a", "b", "b.d", "b/.reshelved", "b/x", "ws"]
        assert [item.rel for item in stage.one.walk(".reshelve-trash").items] == [".reshelve-trash/run", ".reshelve-trash/run/f"]
        assert [item.rel for item in stage.one.walk("b").items] == ["b/.reshelved", "b/x"]
        assert stage.one.names("") == {"a", "b", "b.d", "ws"}
        assert stage.one.names("ws") == {".reshelve"}
        assert stage.one.names(".reshelve-trash/run") == {"f"}

    def test_digest(self, stage: Stage) -> None:
        content = bytes(range(256)) * 9000
        stage.put(stage.one, "f", content)
        assert stage.one.digest("f") == f"xxh3:{xxhash.xxh3_128(content).hexdigest()}"
        with pytest.raises(FileNotFoundError):
            stage.one.digest("g")

    def test_tail(self, stage: Stage) -> None:
        for name, content in (("long", bytes(range(256)) * 9000), ("short", b"end"), ("empty", b"")):
            stage.put(stage.one, name, content)
            assert stage.one.tail(name) == f"xxh3:{xxhash.xxh3_128(content[-TAIL:]).hexdigest()}"
        with pytest.raises(FileNotFoundError):
            stage.one.tail("gone")

    def test_contents(self, stage: Stage) -> None:
        """Of many files at once; one that is gone, or is not the one seen any more, keeps nothing from the others."""
        held = {"long": bytes(range(256)) * 9000, "short": b"end", "empty": b"", "d/again": b"before", "gone": b"x"}
        for name, content in held.items():
            stage.put(stage.one, name, content)
        seen = [item for name in held if (item := stage.one.stat(name)) is not None]
        for name in ("d/again", "gone"):
            stage.one.remove(name)
        stage.put(stage.one, "d/again", b"after it")
        for ends, start in ((False, 0), (True, -TAIL)):
            told = dict(zip(held, stage.one.contents(seen, ends=ends), strict=True))
            for name in ("long", "short", "empty"):
                assert told[name] == f"xxh3:{xxhash.xxh3_128(held[name][start:]).hexdigest()}"
            assert isinstance(told["gone"], FileNotFoundError)
            assert isinstance(told["d/again"], OSError)

    def test_open_reads_files_and_follows_no_link(self, stage: Stage) -> None:
        stage.put(stage.one, "d/f", b"content")
        stage.one.symlink("f", "d/link")
        stage.one.symlink("d", "road")
        with stage.one.open("d/f") as file:
            assert file.read() == b"content"
        for rel in ("d/link", "road/f", "d", "d/none"):
            with pytest.raises(OSError):
                stage.one.open(rel)

    def test_space_and_file_system(self, stage: Stage) -> None:
        space = stage.one.space("not/yet/there")
        assert 0 < space.free <= space.total
        assert stage.one.fs_of("not/yet/there") == stage.one.fs_of("")
        assert stage.one.fs_of("")[1] == ""
        assert stage.one.fs_of("")[0] == stage.two.fs_of("")[0]
        assert stage.one.root.fs
        if stage.far is not None:
            assert stage.far.fs_of("")[0] != stage.one.fs_of("")[0]
            assert stage.far.root.fs != stage.one.root.fs
        item = stage.put(stage.one, "x", b"")
        assert item.fs == stage.one.root.fs

    def test_writable(self, stage: Stage) -> None:
        stage.put(stage.one, "file", b"")
        stage.one.symlink("elsewhere", "alias")
        assert stage.one.writable("") is None
        assert stage.one.writable("not/yet") is None
        for rel in ("file/below", "file/far/below"):
            assert "file" in str(stage.one.writable(rel))
        assert stage.one.writable("alias/below") is not None

    # Verbs.

    def test_make_dir_has_exactly_the_mode(self, stage: Stage) -> None:
        for mode in (0o700, 0o777, 0o2775, 0o555):
            stage.one.make_dir(f"d{mode:o}", mode)
            item = stage.one.stat(f"d{mode:o}")
            assert item is not None
            assert (item.kind, item.mode) == ("dir", mode)
        self.refused(stage, errno.EEXIST, lambda: stage.one.make_dir("d700"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.make_dir("no/parent"))

    def test_remove_dir_takes_only_an_empty_folder(self, stage: Stage) -> None:
        stage.put(stage.one, "full/f", b"x")
        stage.one.make_dir("empty")
        self.refused(stage, errno.ENOTEMPTY, lambda: stage.one.remove_dir("full"))
        self.refused(stage, errno.ENOTDIR, lambda: stage.one.remove_dir("full/f"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.remove_dir("gone"))
        stage.one.remove_dir("empty")
        assert stage.one.stat("empty") is None

    def test_make_trash(self, stage: Stage) -> None:
        stage.put(stage.one, "file", b"x")
        for _ in range(2):
            stage.one.make_trash(".reshelve-trash/run/a/b")
        for rel in (".reshelve-trash", ".reshelve-trash/run", ".reshelve-trash/run/a/b"):
            item = stage.one.stat(rel)
            assert item is not None
            assert (item.kind, item.mode) == ("dir", 0o700)
        self.refused(stage, errno.ENOTDIR, lambda: stage.one.make_trash("file/.reshelve-trash"))

    def test_rename_never_replaces(self, stage: Stage) -> None:
        stage.put(stage.one, "a", b"a")
        stage.put(stage.two, "b", b"b")
        stage.two.make_dir("d")
        stage.two.symlink("nowhere", "l")
        for taken in ("b", "d", "l"):
            self.refused(stage, errno.EEXIST, lambda: stage.one.rename("a", stage.two, taken))  # noqa: B023
        self.refused(stage, errno.EEXIST, lambda: stage.one.rename("a", stage.one, "a"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.rename("gone", stage.one, "c"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.rename("a", stage.two, "no/parent"))
        stage.one.rename("a", stage.two, "d/a")
        assert stage.content(stage.two, "d/a") == b"a"
        assert stage.one.stat("a") is None

    def test_rename_of_a_folder_takes_what_is_below(self, stage: Stage) -> None:
        stage.put(stage.one, "d/e/f", b"f")
        assert stage.one.stat("d/e/f") is not None
        stage.one.make_dir("d/e/g")
        self.refused(stage, errno.EINVAL, lambda: stage.one.rename("d", stage.one, "d/e/d"))
        stage.one.rename("d", stage.one, "other")
        assert stage.one.stat("d/e/f") is None
        assert stage.one.stat("other/e/f") is not None
        stage.put(stage.one, "d/e/f", b"new")
        stage.one.rename("d/e/f", stage.one, "d/e/moved")
        assert stage.content(stage.one, "d/e/moved") == b"new"
        assert stage.content(stage.one, "other/e/f") == b"f"

    def test_a_race_for_one_name_has_one_winner(self, stage: Stage) -> None:
        stage.one.make_dir("to")
        for round_ in range(10):
            for one in range(12):
                stage.put(stage.one, f"from{one}/f{round_}", str(one).encode())

            def run(one: int, number: int = round_) -> bool:
                try:
                    stage.one.rename(f"from{one}/f{number}", stage.one, f"to/f{number}")
                except FileExistsError:
                    return False
                return True

            with ThreadPoolExecutor(12) as pool:
                won = list(pool.map(run, range(12)))
            assert won.count(True) == 1
            assert stage.content(stage.one, f"to/f{round_}") == str(won.index(True)).encode()
            left = [one for one in range(12) if stage.one.stat(f"from{one}/f{round_}") is not None]
            assert left == [one for one in range(12) if not won[one]]

    def test_across_file_systems_nothing_is_renamed_or_linked(self, stage: Stage) -> None:
        far = stage.far
        if far is None:
            pytest.skip("only one file system here")
        stage.put(stage.one, "a", b"a")
        self.refused(stage, errno.EXDEV, lambda: stage.one.rename("a", far, "a"))
        self.refused(stage, errno.EXDEV, lambda: stage.one.link("a", far, "a"))

    def test_copy_keeps_what_a_file_is(self, stage: Stage) -> None:
        content = os.urandom(3_000_001)
        for number, target in enumerate(store for store in (stage.one, stage.two, stage.far) if store is not None):
            rel = f"in/film{number}"
            stage.put(stage.one, rel, content)
            stage.one.set_times(rel, HOUR_AGO)
            told: list[int] = []
            item, digest = stage.one.copy_to(rel, target, f".reshelve-{number}", progress=told.append)
            source = stage.one.stat(rel)
            assert source is not None
            assert (item.size, item.mtime_ns, item.mode, item.kind) == (len(content), HOUR_AGO, source.mode, "file")
            assert (item.ino, item.fs) != (source.ino, source.fs)
            assert item.fs == target.root.fs
            assert item == target.stat(f".reshelve-{number}")
            assert digest == stage.one.digest(rel) == target.digest(f".reshelve-{number}")
            assert stage.content(target, f".reshelve-{number}") == content
            assert sum(told) == len(content)
            assert target.owner(f".reshelve-{number}") == stage.one.owner(rel)

    def test_a_copy_that_fails_leaves_nothing(self, stage: Stage) -> None:
        stage.put(stage.one, "a", b"a" * 5_000_000)
        stage.put(stage.one, "b", b"b")
        stage.one.make_dir("d")
        self.refused(stage, errno.EEXIST, lambda: stage.one.copy_to("a", stage.one, "b"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.copy_to("gone", stage.one, "c"))
        self.refused(stage, errno.EINVAL, lambda: stage.one.copy_to("d", stage.one, "c"))
        self.refused(stage, errno.ECANCELED, lambda: stage.one.copy_to("a", stage.one, "c", cancel=lambda: True))

    def test_write(self, stage: Stage) -> None:
        item = stage.one.write_to(b"text\n", "new")
        assert stage.content(stage.one, "new") == b"text\n"
        assert item == stage.one.stat("new")
        self.refused(stage, errno.EEXIST, lambda: stage.one.write_to(b"other", "new"))
        assert stage.one.write_to(b"", "empty").size == 0

    @pytest.mark.parametrize("from_disk", [False, True])
    @pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 5000])
    def test_what_is_received_in_any_order_is_whole(self, stage: Stage, size: int, from_disk: bool) -> None:
        whole = (b"%08d" * 65536 % tuple(range(65536)) * (size // 524288 + 1))[:size]
        offsets = [BLOCK, 3 * BLOCK, 0, 2 * BLOCK]

        def fill(into: Receiver) -> None:
            def write(offset: int) -> None:
                piece = whole[offset : offset + BLOCK]
                block = into.block()
                block[: len(piece)] = piece
                into.write_at(offset, block[: len(piece)])

            with ThreadPoolExecutor(2) as pool:
                list(pool.map(write, [offset for offset in offsets if offset < size]))

        item, digest = stage.one.receive("new", fill, mtime_ns=HOUR_AGO, mode=0o640, from_disk=from_disk)
        assert item == stage.one.stat("new")
        assert (item.size, digest) == (size, f"xxh3:{xxhash.xxh3_128_hexdigest(whole)}")
        assert stage.content(stage.one, "new") == whole
        stage.one.remove("new")  # some disks that this is tried on are small

    def test_what_is_received_may_come_in_odd_pieces_and_have_holes(self, stage: Stage) -> None:
        def fill(into: Receiver) -> None:
            block = into.block()
            block[:3] = b"end"
            into.write_at(100_001, block[:3])
            into.write_at(0, b"begin")
            into.write_at(5, memoryview(bytearray(b"ning")))

        item, digest = stage.one.receive("new", fill, from_disk=False)
        whole = b"beginning" + bytes(99_992) + b"end"
        assert (item.size, digest) == (len(whole), f"xxh3:{xxhash.xxh3_128_hexdigest(whole)}")
        assert stage.content(stage.one, "new") == whole

    def test_what_is_received_in_vain_leaves_nothing(self, stage: Stage) -> None:
        stage.put(stage.one, "taken", b"b")

        def break_off(into: Receiver) -> None:
            into.write_at(0, into.block())
            raise OSError(errno.EIO, "the answer broke off")

        self.refused(stage, errno.EIO, lambda: stage.one.receive("new", break_off))
        self.refused(stage, errno.EEXIST, lambda: stage.one.receive("taken", lambda into: into.write_at(0, b"a")))

    def test_link_is_the_same_file(self, stage: Stage) -> None:
        put = stage.put(stage.one, "a", b"a")
        stage.one.link("a", stage.two, "b")
        linked = stage.two.stat("b")
        assert linked is not None
        assert (linked.ino, linked.fs, linked.nlink) == (put.ino, put.fs, 2)
        self.refused(stage, errno.EEXIST, lambda: stage.one.link("a", stage.two, "b"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.link("gone", stage.two, "c"))

    def test_symlink_holds_its_text_and_time(self, stage: Stage) -> None:
        for number, text in enumerate(("../x y", "/abs/caf\udce9", "new\nline")):
            stage.one.symlink(text, f"l{number}", HOUR_AGO)
            item = stage.one.stat(f"l{number}")
            assert item is not None
            assert (item.kind, item.mtime_ns) == ("link", HOUR_AGO)
            assert stage.one.read_link(f"l{number}") == text
        self.refused(stage, errno.EEXIST, lambda: stage.one.symlink("other", "l0"))
        stage.one.rename("l0", stage.two, "moved")
        assert stage.two.read_link("moved") == "../x y"

    def test_remove_takes_a_file_or_link_never_a_folder(self, stage: Stage) -> None:
        stage.put(stage.one, "target", b"kept")
        stage.one.symlink("target", "l")
        stage.one.make_dir("d")
        stage.one.remove("l")
        assert stage.content(stage.one, "target") == b"kept"
        stage.one.remove("target")
        assert stage.one.names("") == {"d"}
        self.refused(stage, errno.EISDIR, lambda: stage.one.remove("d"))
        self.refused(stage, errno.ENOENT, lambda: stage.one.remove("target"))

    def test_times_and_owner(self, stage: Stage) -> None:
        stage.put(stage.one, "d/f", b"x")
        for rel in ("", "d", "d/f"):
            stage.one.set_times(rel, HOUR_AGO)
            item = stage.one.stat(rel)
            assert item is not None
            assert item.mtime_ns == HOUR_AGO
        stage.one.set_owner("d", *stage.one.owner("d"))
        stage.one.set_owner("d", -1, -1)

    def test_sync_passes_over_what_is_gone(self, stage: Stage) -> None:
        for number in range(70):
            stage.one.make_dir(f"d{number}")
        stage.one.sync(["", "d1", "d1", "gone", "gone/deeper"])
        stage.one.sync([f"d{number}" for number in range(100)])

    def test_a_folder_replaced_between_batches_is_seen_anew(self, stage: Stage) -> None:
        first = stage.put(stage.one, "d/a", b"a")
        stage.one.rename("d/a", stage.one, "d/b")
        stage.two.forget()
        stage.one.rename("d", stage.two, "away")
        stage.one.make_dir("d")
        stage.one.forget()
        stage.put(stage.one, "new", b"new")
        stage.one.rename("new", stage.one, "d/new")
        assert stage.one.names("d") == {"new"}
        assert stage.two.names("away") == {"b"}
        moved = stage.two.stat("away/b")
        assert moved is not None
        assert moved.ino == first.ino
