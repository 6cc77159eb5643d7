"""Selecting: what a scan leaves where it is."""

import pytest

from reshelve.planner.left_alone.known_names import Kind
from reshelve.planner.scanners.left_out import Globs, Selected, roots_inside, select
from reshelve.schemas.inventory import Root
from tests.support.readers import NOW_NS, File, Link, Special, Thing, TreeReader


def chosen(tree: dict[str, Thing], *exclude: str, **given: object) -> list[str]:
    return [item.rel for item in select(TreeReader("inbox", tree).walk().items, exclude=Globs(exclude), **given).items]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.txt", ["Sub/Cache/x.mkv", "Sub/a.mkv", "cache.mkv"]),
        ("cache*", ["Sub/a.mkv", "Sub/b.TXT"]),
        ("cache/", ["Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("Sub", ["cache.mkv"]),
        ("*/Cache/*", ["Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("*/Sub/*.mkv", ["Sub/b.TXT", "cache.mkv"]),
        ("/cache.mkv", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT"]),
        ("/a.mkv", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("Sub/a.*", ["Sub/Cache/x.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("[sc]ache.mk?", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT"]),
    ],
)
def test_exclude(pattern: str, left: list[str]) -> None:
    tree: dict[str, Thing] = {"Sub/a.mkv": "1", "Sub/b.TXT": "2", "Sub/Cache/x.mkv": "3", "cache.mkv": "4"}
    assert chosen(tree, pattern) == left


def test_an_excluded_folder_is_not_entered_though_other_names_sort_between() -> None:
    tree: dict[str, Thing] = {"a/x/y.mkv": "1", "a b/z.mkv": "2", "a!/z.mkv": "3", "ab.mkv": "4"}
    assert chosen(tree, "a") == ["a b/z.mkv", "a!/z.mkv", "ab.mkv"]


def test_reshelves_own_things_are_never_filed() -> None:
    tree: dict[str, Thing] = {
        ".reshelve/runs/1/plan.json": "1",
        ".reshelve-trash/1/old.mkv": "1",
        "a/.reshelve-tmp-1": "1",
        ".reshelve.lock": "1",
        "reshelve.yaml": "1",
        "reshelve.local.yaml": "1",
        "layout.yaml": "1",
        "assets.yaml": "1",
        "other/layout.yaml": "a film's",
        "other/assets.yaml": "a game's",
    }
    assert chosen(tree) == ["other/assets.yaml", "other/layout.yaml"]


def test_links_and_special_files_are_counted_and_left() -> None:
    found = select(TreeReader("inbox", {"l": Link("/etc"), "s": Special(), "f": "1"}).walk().items, exclude=Globs([]))
    assert [item.rel for item in found.items] == ["f"]
    assert sorted(why for _, why in found.out) == ["links", "special_files"]


def selected(*rels: str, **given: object) -> Selected:
    return select(TreeReader("inbox", dict.fromkeys(rels, "1")).walk().items, exclude=Globs([]), **given)  # type: ignore[arg-type]


def test_unfinished_downloads_are_left() -> None:
    assert chosen({"a.mkv.parts": "1", "~uTorrentPartFile_4F2A.dat": "1", "~BitTorrentPartFile_A1.dat": "1", "e.mkv": "1"}) == [
        "e.mkv"
    ]
    assert chosen({"a.mkv.part": "1", "b.mkv.!qB": "1", "c.CRDOWNLOAD": "1", "e.mkv": "1", "f.mkv.met": "1"}) == ["e.mkv"]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("d.mkv.aria2", ["d.mkv"]),
        ("d.mkv.lftp-pget-status", ["d.mkv"]),
        ("d.mkv.part", ["d.mkv"]),
        ("d.iso.st", ["d.iso"]),
        ("d.mp4.ytdl", ["d.mp4", "d.f137.mp4"]),
        ("d.f137.mp4.ytdl", ["d.f137.mp4", "d.f140.m4a"]),
        ("d.f140.m4a.part", ["d.f137.mp4", "d.f140.m4a"]),
        ("d.temp.mp4", ["d.f137.mp4", "d.f140.m4a"]),
        ("d.f140-drc.m4a", ["d.f137.mp4"]),
        ("d.fhls-720.mp4.ytdl", ["d.fhls-720.mp4"]),
        ("d.td.cfg", ["d", "d.td.cfg"]),
    ],
)
def test_what_lies_beside_a_file_may_call_it_unfinished(state: str, names: list[str]) -> None:
    found = selected(f"x/{state}", *(f"x/{name}" for name in names), "x/e.mkv", "x/e.de.srt", "d.mkv", "d.de.srt", "x/d.de.srt")
    assert {f"x/{name}" for name in names} <= found.under_way
    assert {"x/e.mkv", "x/e.de.srt", "d.mkv", "d.de.srt"}.isdisjoint(found.under_way)
    assert ("x/d.de.srt" in found.under_way) == (state != "d.td.cfg")


def test_what_belongs_to_a_film_that_is_there_does_not_wait_for_another_of_its_name() -> None:
    found = selected("x/d.f137.mp4", "x/d.f140.m4a", "x/d.mkv", "x/d.info.json", "x/d.webp")
    assert found.under_way == {"x/d.f137.mp4", "x/d.f140.m4a"}


@pytest.mark.parametrize(
    ("folder", "label"),
    [
        ("lost+found", "saved by a disk check"),
        ("FOUND.000", "saved by a disk check"),
        ("#recycle", "recycle bin"),
        ("steamapps", "game library"),
        ("App.xcodeproj", "program's source"),
        ("Novel.scriv", "document"),
    ],
)
def test_a_folder_left_alone_is_called_what_it_is(folder: str, label: str) -> None:
    assert selected(f"{folder}/x").folders[folder].label == label


def test_a_piece_of_a_name_is_no_fragment_by_itself() -> None:
    assert not selected("Film.f137.mp4", "Film.mp4", "Other.temp.mkv", "Other.f1.mkv.txt", "Show.S01E01.f4v").under_way


@pytest.mark.parametrize(
    "folder",
    [
        *("#recycle", "@Recycle", "$RECYCLE.BIN", "$Recycle.Bin", ".Trash-1000", ".Trashes", "lost+found", "files_trashbin"),
        *(
            ".stversions",
            ".stfolder",
            ".zfs",
            ".snapshots",
            "#snapshot",
            "@Recently-Snapshot",
            "@GMT-2024.01.01-00.00.00",
            "daily.3",
        ),
        *(
            "@eaDir",
            ".@__thumb",
            ".AppleDouble",
            "System Volume Information",
            "__MACOSX",
            "@SynoFinder-log",
            ".sync",
            ".dropbox.cache",
        ),
        *("Plex Versions", "Film.trickplay", "Backups.backupdb", ".debris", "$WINDOWS.~BT", "Network Trash Folder"),
        *("Family.photoslibrary", "Old.aplibrary", "Cut.fcpbundle", "Previews.lrdata", "Disk.sparsebundle", "Song.logicx"),
        *("Holiday.imovielibrary", "Shoot.cocatalog", "node_modules", "Avid MediaFiles", "Win.vmwarevm", "steamapps"),
        *(
            "trashbox",
            "Network Recycle Bin 1",
            "Recycle Bin - Volume_1",
            "yearly.0",
            "alpha.0",
            "@cloudstation",
            "_gsdata_",
            "seafile-data",
            "$AV_ASW",
        ),
        *("2024-01-01-101010.previous", "$UPGRADE.~OS", "OneDriveTemp", "Cut.fcpxmld", "Trip.iMovieMobile", "Edit.luminar"),
        *("_unpack", "Film_unpackerred", "tdarr-workDir2-x", "unmanic_file_conversion-x-1", "incomplete-torrents"),
        *("_UNPACK_Film", "_FAILED_Film", "incomplete", "Incomplete", "Film.partial"),
    ],
)
def test_folders_left_alone_by_their_names(folder: str) -> None:
    found = selected(f"a/{folder}/deep/x.mkv", f"a/{folder}/y.mkv", "a/z.mkv")
    assert [item.rel for item in found.items] == ["a/z.mkv"]
    assert list(found.folders) == [f"a/{folder}"] and not found.out


@pytest.mark.parametrize(
    ("folder", "held"),
    [
        *[("code", held) for held in (".git/HEAD", ".git", ".hg/store/x", ".svn/entries", "_darcs/x", ".jj/x")],
        *[
            ("env", "pyvenv.cfg"),
            ("Show.S01E04", "__ADMIN__/SABnzbd_attrib"),
            ("Shoot", "Shoot.cosessiondb"),
            ("Live", "Ableton Project Info/x"),
            ("Mix", "Session File Backups/x"),
        ],
        *[
            ("Game", "UnityPlayer.dll"),
            ("Books", "metadata.db"),
            ("iTunes", "iTunes Library.itl"),
            ("up", ".immich"),
            ("vm", "vm.vmx"),
        ],
        *[
            ("Tool.app", "Contents/Info.plist"),
            ("A.band", "projectData"),
            ("Film.mkv.download", "Info.plist"),
            ("c", "CACHEDIR.TAG"),
        ],
        *[("Game2", "steam_api64.dll"), ("Draft", "draft_content.json"), ("vendor", "autoload.php"), ("Android", "data/x")],
        *[("Talk.key", "Index.zip"), ("repo.git", "HEAD"), ("Take.bundle", "Contents/x")],
        *[
            ("data", ".ocdata"),
            ("cloud", ".ncdata"),
            ("docker", "volumes/x/_data/y.mkv"),
            ("Docker", "containers/x"),
            ("pg", "PG_VERSION"),
        ],
        *[("Jellyfin", "data/jellyfin.db"), ("emby", "data/library.db"), ("radarr", "radarr.db"), ("storage", "sidecar/x.yml")],
    ],
)
def test_folders_left_alone_for_what_they_hold(folder: str, held: str) -> None:
    found = selected(f"a/{folder}/!x.mkv", f"a/{folder}/{held}", f"a/{folder}/z/y.mkv", "a/z.mkv")
    assert [item.rel for item in found.items] == ["a/z.mkv"]
    assert list(found.folders) == [f"a/{folder}"]


def test_a_folder_that_belongs_to_the_file_beside_it() -> None:
    found = selected(
        "Seite.html",
        "Seite-Dateien/x.jpg",
        "Song.aup",
        "Song_data/e00/x.au",
        "Page.html",
        "Page_files/x.jpg",
        "Film_files/x.jpg",
        "Page.aup/y.jpg",
    )
    assert sorted(found.folders) == ["Page_files", "Seite-Dateien", "Song_data"]


@pytest.mark.parametrize(
    "folder",
    [
        *(
            "Heat (1995)",
            "@midnight",
            "...And Justice for All (1979)",
            ".hack SIGN",
            "The.Jazz.Band",
            "Live.Concert",
            "Humble.Bundle",
        ),
        *(
            "The.Key",
            "Bad.App",
            "Windows",
            "Season 01",
            "DCIM",
            "PRIVATE",
            "Daily.2024",
            "Recycled Souls",
            "alpha.centauri",
            "Unpacked",
            "$9.99 (2008)",
            "Vendor",
            "2024-01-01-101010",
            "docker",
            "data",
            "storage",
            "Incomplete.Lives.2019",
            "Show.S01.Part",
            "Trash",
        ),
    ],
)
def test_folders_that_only_look_like_it_are_scanned(folder: str) -> None:
    assert [item.rel for item in selected(f"a/{folder}/x.mkv").items] == [f"a/{folder}/x.mkv"]


def test_a_root_that_is_such_a_folder_itself_is_scanned() -> None:
    assert [item.rel for item in selected("x.mkv", ".git/HEAD", "pyvenv.cfg", "metadata.db").items] == [
        "metadata.db",
        "pyvenv.cfg",
        "x.mkv",
    ]


def test_what_tells_a_folder_from_two_folders_down_is_nothing_beside_it() -> None:
    found = selected("library.db", "data/library.db", "a/library.db", "a/jellyfin.db", "b/other/library.db", "data2/jellyfin.db")
    assert not found.folders


def test_some_folders_are_a_system_s_at_the_top_only() -> None:
    found = selected("PerfLogs/x.mp4", "Kosz/x.mp4", "a/PerfLogs/x.mp4", "a/Kosz/x.mp4")
    assert sorted(found.folders) == ["Kosz", "PerfLogs"]


def test_a_system_s_folders_are_its_own_in_the_copy_of_an_old_disk_too() -> None:
    found = selected("old/Windows/System32/x.dll", "old/Windows/x.mp4", "old/Program Files/x.mp4", "old/Programs/x.mp4")
    assert sorted(found.folders) == ["old/Program Files", "old/Windows"]


def test_hidden_and_system_files_are_left() -> None:
    found = selected(
        "._Heat.mkv",
        ".nfs000123",
        ".DS_Store",
        "Thumbs.db",
        "desktop.INI",
        "Icon\r",
        "x.trashinfo",
        "~$plan.docx",
        "sync.ffs_db",
        ".plexmatch",
        "a.mkv",
    )
    assert [item.rel for item in found.items] == [".plexmatch", "a.mkv"]
    assert [why for _, why in found.out] == ["system_files"] * 9


def test_what_rules_name_is_put_to_them_alone() -> None:
    def named(name: str, kind: Kind) -> frozenset[int]:
        return frozenset([1, 2]) if name == "#recycle" else frozenset([2]) if kind.label == "photo library" else frozenset()

    rels = ["#recycle/a.mkv", "#recycle/node_modules/b.mkv", "#recycle/A.photoslibrary/c.mkv", "A.photoslibrary/d.mkv", "e.mkv"]
    found = selected(*rels, named=named)
    only = {item.rel: found.only.get(item.rel) for item in found.items}
    assert only == {
        "#recycle/A.photoslibrary/c.mkv": {2}, "#recycle/a.mkv": {1, 2}, "A.photoslibrary/d.mkv": {2}, "e.mkv": None,
    }  # fmt: skip
    assert list(found.folders) == ["#recycle/node_modules"]


def test_roots_of_other_stores_inside_this_one_are_not_entered() -> None:
    assert chosen({"Movies/a.mkv": "1", "Movies2/b.mkv": "2"}, inside={"Movies"}) == ["Movies2/b.mkv"]


def test_which_roots_lie_inside() -> None:
    others = [Root("inbox", "/a"), Root("in", "/a/b/c"), Root("beside", "/ab"), Root("above", "/"), Root("same", "/a")]
    assert roots_inside(Root("inbox", "/a"), others) == {"b/c"}
    assert roots_inside(Root("top", "/"), [Root("in", "/a/b")]) == {"a/b"}


DAY = 86400 * 10**9


@pytest.mark.parametrize(
    ("file", "young"),
    [
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS - DAY), False),
        (File(mtime_ns=NOW_NS - 10**9, ctime_ns=NOW_NS - DAY), True),
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS - 10**9), True),
        (File(mtime_ns=NOW_NS + 400 * DAY, ctime_ns=NOW_NS - DAY), False),
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS + 10**9), True),
    ],
)
def test_settle(file: File, young: bool) -> None:
    items = TreeReader("inbox", {"a": file}).walk().items
    assert select(items, exclude=Globs([]), settle_s=300, now_ns=NOW_NS).young == ({"a"} if young else set())
    assert select(items, exclude=Globs([]), now_ns=NOW_NS).young == set()


def test_what_was_told_to_be_left() -> None:
    items = TreeReader("inbox", {"a.iso": "1", "dir/b.iso": "2", "c.iso": "3"}).walk().items
    found = select(items, exclude=Globs([]), leave={"a.iso", "dir"})
    assert found.left == {"a.iso"}
    assert [item.rel for item in found.items] == ["a.iso", "c.iso"]


def test_names_that_are_not_text_are_items_like_any_other() -> None:
    assert chosen({"caf\udce9\n.mkv": "1"}, "*.srt") == ["caf\udce9\n.mkv"]
