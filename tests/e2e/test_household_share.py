"""A household's share: organized twice, its cards copied and its disks filled, then undone to the last mode and time."""

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SHARE = """
Downloads/Heat.1995.1080p.BluRay.x264-GRP/heat.1995.1080p.bluray.x264-grp.mkv
Downloads/Heat.1995.1080p.BluRay.x264-GRP/Subs/2_English.srt
Downloads/Heat.1995.1080p.BluRay.x264-GRP/RARBG.txt
Downloads/Heat.1995.1080p.BluRay.x264-GRP/Sample/sample.mkv
Downloads/Alien.1979.REPACK.1080p.mkv = Media/Movies/Alien (1979)/Alien (1979).mkv
Downloads/a file of mine.mp4 = Media/Movies/Heat (1995)/Heat (1995).mkv
Downloads/again/Heat (1995).mkv
Downloads/_UNPACK_Ronin.1998.720p/ronin.mkv
Downloads/incomplete/Ronin.1998.720p.mkv
Downloads/The.Wire.S02E03.720p.HDTV.x264.mkv
Downloads/The.Wire.S02E03.720p.HDTV.x264.en.srt
Downloads/the.wire.s02e04.mkv
Downloads/Dune.2021.2160p.mkv.part
Downloads/Big.Film.2019.mkv.!qB
Downloads/talk.f137.mp4
Downloads/talk.f140.m4a
Downloads/talk.mp4.ytdl
Downloads/@eaDir/The.Wire.S02E03.720p.HDTV.x264.mkv/SYNOVIDEO_VIDEO_SCREENSHOT.jpg
Downloads/Artist - Album (2004)/CD1/01 - First.mp3
Downloads/Artist - Album (2004)/CD1/02 - Second.mp3
Downloads/Artist - Album (2004)/CD2/01 - Third.mp3
Downloads/Artist - Album (2004)/cover.jpg
Downloads/Book by Somebody.epub
Downloads/invoice-2024.pdf
Downloads/setup.exe
Downloads/Show.S01E01.mkv.exe
Downloads/.DS_Store
Downloads/Thumbs.db
Downloads/._Heat.1995.mkv
Media/Movies/Alien (1979)/Alien (1979).mkv
Media/Movies/Alien (1979)/Alien (1979).nfo
Media/Movies/Alien (1979)/poster.jpg
Media/Movies/Heat (1995)/Heat (1995).mkv
Media/TV Shows/The Wire (2002)/Season 2/The Wire - S02E01.mkv
Media/TV Shows/The Wire (2002)/Season 2/The Wire - S02E02.mkv
Media/TV Shows/The Wire (2002)/tvshow.nfo
Media/Music/Artist/Old Album (1999)/Disc 1/01 Song.flac
Media/Music/Artist/Old Album (1999)/Disc 2/01 Song.flac
Media/#recycle/Movies/Ronin (1998)/Ronin (1998).mkv
Media/.zfs/snapshot/daily-1/Movies/Alien (1979)/Alien (1979).mkv
Media/@Recycle/x.mkv
Media/lost+found/#1234
#recycle/Downloads/old.mkv
#snapshot/GMT-2026.01.01/Downloads/The.Wire.S02E03.720p.HDTV.x264.mkv
$RECYCLE.BIN/S-1-5-21/$R1.mkv
System Volume Information/IndexerVolumeGuid
.Trash-1000/files/Deleted.2001.mkv
.Trash-1000/info/Deleted.2001.mkv.trashinfo
Family/Photos.photoslibrary/originals/1/IMG_0001.HEIC
Family/Photos.photoslibrary/database/Photos.sqlite
Family/Holiday 2023/IMG_0001.JPG
Family/Holiday 2023/IMG_0001.CR2
Family/Holiday 2023/IMG_0001.xmp
Family/Holiday 2023/IMG_0002.MOV
Family/Wedding.fcpbundle/CurrentVersion.plist
Family/Taxes/2023/return.pdf
Family/code/app/.git/HEAD
Family/code/app/main.py
Cards/A001/PRIVATE/AVCHD/BDMV/STREAM/00001.MTS
Cards/A001/PRIVATE/AVCHD/BDMV/INDEX.BDM
Cards/A001/PRIVATE/AVCHD/BDMV/CLIPINF/00001.CPI
Cards/Sony/PRIVATE/M4ROOT/CLIP/C0001.MP4
Cards/Sony/PRIVATE/M4ROOT/CLIP/C0001M01.XML
Cards/Sony/PRIVATE/M4ROOT/MEDIAPRO.XML
Cards/GoPro/DCIM/100GOPRO/GH010123.MP4
Cards/GoPro/DCIM/100GOPRO/GL010123.LRV
Cards/GoPro/DCIM/100GOPRO/GH010123.THM
Cards/GoPro copy/DCIM/100GOPRO/GH010123.MP4 = Cards/GoPro/DCIM/100GOPRO/GH010123.MP4
disk1/TV/Seinfeld/Season 1/Seinfeld - S01E01.avi
disk1/TV/Seinfeld/S02/Seinfeld.S02E01.avi
disk2/TV/Seinfeld/season 03/seinfeld.s03e01.avi
disk2/TV/Doctor Who (2005)/Series 1/Doctor Who - S01E01.mkv
disk3/TV/Doctor Who (2005)/Specials/Doctor Who - S00E01.mkv
disk3/TV/Flat Show/Flat Show S01E01.mkv
disk3/TV/Flat Show/Flat Show S01E02.mkv
disk1/Movies/Brazil (1985)/VIDEO_TS/VIDEO_TS.IFO
disk1/Movies/Brazil (1985)/VIDEO_TS/VTS_01_1.VOB
new/Seinfeld.S02E02.avi
new/Seinfeld.S03E02.avi
new/Doctor.Who.2005.S01E02.mkv
new/Doctor.Who.2005.S00E02.Christmas.mkv
new/Flat.Show.S01E03.mkv
new/Flat.Show.S02E01.mkv
new/Brazil.1985.mkv
new/Heat.1995.mkv
"""
DISKS = """
version: 1
stores:
  new: {path: new}
  tv: {paths: {one: disk1/TV, two: disk2/TV, three: disk3/TV}}
  films: {path: disk1/Movies}
scan:
  new:
    rules:
      - name: episodes
        when: {kind: episode}
        place: "tv:{{ show }}{% if show_year %} ({{ show_year }}){% endif %}/Season {{ season }}/{{ filename }}"
      - {name: films, when: {kind: movie, year: {known: true}}, place: "films:{{ title }} ({{ year }})/{{ filename }}"}
"""
WHEN = 1_600_000_000
NOT_OURS = (
    "recycle",
    "Recycle",
    "RECYCLE",
    "#snapshot",
    ".zfs",
    "Trash-1000",
    "System Volume",
    "@eaDir",
    "photoslibrary",
    "fcpbundle",
    "/app/",
)
UNDER_WAY = ("_UNPACK_", "incomplete/", ".part", ".!qB", "talk.")
Standing = dict[str, tuple[int, int, str]]


def make(share: Path) -> None:
    """Lay the share out: each file holds its own path, or what is said of it, and has a time and mode of its own."""
    for number, line in enumerate(SHARE.strip().splitlines()):
        rel, _, text = line.partition(" = ")
        path = share / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or rel, encoding="utf-8")
        path.chmod(0o600 if number % 3 == 0 else 0o644)
        os.utime(path, (WHEN + number, WHEN + number))
    (share / "Family/Taxes/empty").mkdir()
    (share / "Downloads/link to Heat.mkv").symlink_to("../Media/Movies/Heat (1995)/Heat (1995).mkv")
    for folder in sorted((path for path in share.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True):
        os.utime(folder, (WHEN, WHEN))


def standing(share: Path) -> Standing:
    """Return mode, mtime and content of everything but reshelve's own."""
    found: Standing = {}
    for path in sorted(share.rglob("*")):
        rel = str(path.relative_to(share))
        if ".reshelve" in rel or rel in ("reshelve.yaml", "layout.yaml"):
            continue
        seen = path.lstat()
        held = os.readlink(path) if stat.S_ISLNK(seen.st_mode) else ""
        if stat.S_ISREG(seen.st_mode):
            held = hashlib.sha256(path.read_bytes()).hexdigest()
        found[rel] = seen.st_mode, seen.st_mtime_ns, held
    return found


def contents(seen: Standing) -> set[str]:
    return {held for mode, _, held in seen.values() if stat.S_ISREG(mode)}


class Household:
    """The share, and a person who runs commands in a folder of it."""

    def __init__(self, folder: Path) -> None:
        self.share = folder / "share"
        self.share.mkdir()
        make(self.share)
        self.before = standing(self.share)
        self._environ = {"HOME": str(folder), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}

    def run(self, *command: str, within: str = "") -> str:
        """Run reshelve in a folder of the share and return what it printed."""
        call = [sys.executable, "-m", "reshelve", *command]
        done = subprocess.run(
            call, cwd=self.share / within, env=self._environ, capture_output=True, text=True, check=False, timeout=100
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr
        return done.stdout

    def kept(self) -> Standing:
        """Return what stands now, having seen that no content is gone and nothing that is not ours was touched."""
        now = standing(self.share)
        assert contents(now) == contents(self.before)
        apart = [
            rel
            for rel, (mode, _, _) in self.before.items()
            if stat.S_ISREG(mode) and any(part in rel for part in (*NOT_OURS, *UNDER_WAY))
        ]
        assert len(apart) > 20
        assert {rel: now.get(rel) for rel in apart} == {rel: self.before[rel] for rel in apart}
        return now


@pytest.fixture
def household(tmp_path: Path) -> Household:
    return Household(tmp_path)


def test_downloads_go_to_the_library_and_back(household: Household) -> None:
    told = household.run("organize", "Downloads", "--into", "Media", "--yes")
    assert "inbox:Alien.1979.REPACK.1080p.mkv: same content as library:Movies/Alien (1979)/Alien (1979).mkv" in told
    assert (
        "inbox:a file of mine.mp4: no rule matched (year is not known); same content as library:Movies/Heat (1995)/Heat (1995).mkv"
        in told
    )
    now = household.kept()
    for rel in (
        "Movies/Heat (1995)/Heat (1995) - version 2.mkv",
        "Movies/Heat (1995)/heat.1995.1080p.bluray.x264-grp.mkv",
        "Movies/Heat (1995)/heat.1995.1080p.bluray.x264-grp.en.srt",
        "TV Shows/The Wire (2002)/Season 2/the.wire.s02e04.mkv",
        "Music/Artist/Album/Disc 02/01 - Third.mp3",
        "Music/Artist/Album/cover.jpg",
    ):
        assert f"Media/{rel}" in now
    again = household.run("organize", "Downloads", "--into", "Media", "--yes")
    assert "Nothing to do" in again
    assert standing(household.share) == now
    household.run("undo", "--yes", within="Downloads")
    assert standing(household.share) == household.before


def test_the_whole_share_is_put_in_order_in_place_and_back(household: Household) -> None:
    household.run("organize", ".", "--yes")
    now = household.kept()
    assert "TV Shows/Seinfeld/Season 03/Seinfeld.S03E02.avi" in now
    assert "Movies/Brazil (1985)/VIDEO_TS/VTS_01_1.VOB" in now
    assert "Nothing to do" in household.run("organize", ".", "--yes")
    assert standing(household.share) == now
    household.run("undo", "--yes")
    assert standing(household.share) == household.before


def test_cards_are_copied_once(household: Household) -> None:
    first = household.run("organize", "Cards", "--into", "Shoots", "--preset", "video", "--yes")
    assert "1 duplicate" in first
    now = household.kept()
    raw = "Shoots/New_Project/02_Raw_Media/Video/Camera_A"
    assert {f"{raw}/{name}" for name in ("00001.MTS", "C0001.MP4", "C0001M01.XML", "GH010123.MP4", "GL010123.LRV")} <= now.keys()
    assert f"{raw}/GH010123_1.MP4" not in now
    assert "Nothing to do" in household.run("organize", "Cards", "--into", "Shoots", "--preset", "video", "--yes")
    assert standing(household.share) == now
    household.run("undo", "--yes", within="Cards")
    assert {rel: seen for rel, seen in standing(household.share).items() if not rel.startswith("Shoots")} == household.before


def test_seasons_on_three_disks_go_on_where_they_are(household: Household) -> None:
    (household.share / "reshelve.yaml").write_text(DISKS, encoding="utf-8")
    household.run("scan")
    household.run("apply", "--yes")
    now = household.kept()
    for rel in (
        "disk1/TV/Seinfeld/S02/Seinfeld.S02E02.avi",
        "disk2/TV/Seinfeld/season 03/Seinfeld.S03E02.avi",
        "disk2/TV/Doctor Who (2005)/Series 1/Doctor.Who.2005.S01E02.mkv",
        "disk3/TV/Doctor Who (2005)/Specials/Doctor.Who.2005.S00E02.Christmas.mkv",
        "disk3/TV/Flat Show/Flat.Show.S01E03.mkv",
    ):
        assert rel in now
    assert "to file" not in household.run("scan")
    assert "Nothing to do" in household.run("plan")
    household.run("undo", "--yes")
    back = standing(household.share)
    assert back == household.before
