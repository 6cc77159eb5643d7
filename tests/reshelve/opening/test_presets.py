"""The shipped presets are ordinary workspaces, and put files where their program looks for them."""

from pathlib import Path

import pytest

import reshelve as package
from reshelve.schemas.documents.workspace_files import load_workspace
from tests.support.cases import reshelve

PRESETS = sorted((Path(package.__file__).parent / "presets").glob("*.yaml"))

SHOOT = {
    "A001/C0001.MP4": "02_Raw_Media/Video/Camera_A/C0001.MP4",
    "B001/C0003.MP4": "02_Raw_Media/Video/Camera_B/C0003.MP4",
    "reels/B002C004_260101_R1AB.mov": "02_Raw_Media/Video/Camera_B/B002C004_260101_R1AB.mov",
    "C001_0101/clip.mov": "02_Raw_Media/Video/Camera_C/clip.mov",
    "cambodia/C0005.MP4": "02_Raw_Media/Video/Camera_A/C0005.MP4",
    "stock/waves.mp4": "03_Assets/Stock_Media/Stock_Video/waves.mp4",
    "stock/sky.jpg": "03_Assets/Stock_Media/Stock_Photos/sky.jpg",
    "DCIM/100CANON/IMG_0001.JPG": "02_Raw_Media/Stills/IMG_0001.JPG",
    "recorder/interview.mp3": "02_Raw_Media/Audio/Interview_Audio/interview.mp3",
    "Band - Song.mp3": "02_Raw_Media/Audio/Music/Band - Song.mp3",
    "cut.prproj": "01_Project_Files/Premiere_Pro/cut.prproj",
    "cut.fcpxml": "01_Project_Files/Final_Cut_Pro/cut.fcpxml",
    "shot list.xlsx": "05_Documentation/Shot_Lists/shot list.xlsx",
    "brief.pdf": "05_Documentation/brief.pdf",
    "cam_b/C0002.MP4": "02_Raw_Media/Video/Camera_B/C0002.MP4",
    "DJI_0007.MP4": "02_Raw_Media/Video/Drone/DJI_0007.MP4",
    "Screen Recording 1.mov": "02_Raw_Media/Video/Screen_Recording/Screen Recording 1.mov",
    "recorder/ZOOM0001.WAV": "02_Raw_Media/Audio/Interview_Audio/ZOOM0001.WAV",
    "recorder/room tone.wav": "02_Raw_Media/Audio/Room_Tone/room tone.wav",
    "sfx/door.wav": "02_Raw_Media/Audio/SFX/door.wav",
    "theme.mp3": "02_Raw_Media/Audio/Music/theme.mp3",
    "edit.drp": "01_Project_Files/DaVinci_Resolve/edit.drp",
    "poster.psd": "01_Project_Files/Photoshop/poster.psd",
    "client logo.png": "03_Assets/Graphics/Logos/client logo.png",
}
LIBRARY = {
    "Nordlys.S01E02.Home.1080p.mkv": "{tv}/Nordlys/Season 01/Nordlys.S01E02.Home.1080p.mkv",
    "Nordlys.S01E02.Home.1080p.en.srt": "{tv}/Nordlys/Season 01/Nordlys.S01E02.Home.1080p.en.srt",
    "Heat (1995)/Heat (1995).mkv": "Movies/Heat (1995)/Heat (1995).mkv",
    "Heat (1995)/Sample/heat-sample.mkv": "Movies/Heat (1995)/Sample/heat-sample.mkv",
}
LEFT = ["Ronin (1998).mkv.part", "Thumbs.db", "letter.pdf"]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_preset_is_a_sound_workspace(path: Path) -> None:
    loaded = load_workspace(path, {"SOURCE": "/in", "INTO": "/out"})
    assert set(loaded.workspace.stores) == {"inbox", "library"}
    assert loaded.workspace.scan["inbox"].rules


def organized(tmp_path: Path, sources: list[str], *options: str) -> set[str]:
    for name in sources:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "out").mkdir()
    told = reshelve(["organize", "in", "--into", "out", "--yes", *options], tmp_path)
    assert "[exit" not in told, told
    return {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}


@pytest.mark.parametrize(("preset", "tv"), [("plex", "TV Shows"), ("jellyfin", "Shows")])
def test_media_servers(tmp_path: Path, preset: str, tv: str) -> None:
    found = organized(tmp_path, [*LIBRARY, *LEFT], "--preset", preset)
    assert found == {target.format(tv=tv) for target in LIBRARY.values()}
    assert all((tmp_path / "in" / name).exists() for name in LEFT)


def test_a_shoot(tmp_path: Path) -> None:
    found = organized(tmp_path, list(SHOOT), "--preset", "video", "--set", "project=b63")
    assert found == {f"b63/{target}" for target in SHOOT.values()}


def test_a_card_is_of_the_camera_that_is_told_unless_its_folders_say_another(tmp_path: Path) -> None:
    card = ["DCIM/100GOPRO/GX010041.MP4", "cam_c/C0002.MP4", "MISC/version.txt"]
    found = organized(tmp_path, card, "--preset", "video", "--set", "cam=b")
    assert found == {f"New_Project/02_Raw_Media/Video/Camera_{clip}" for clip in ("B/GX010041.MP4", "C/C0002.MP4")}


def test_360_generated_files_in_and_360_out(tmp_path: Path) -> None:
    jobs = [f"animatediff_context_120frames_{1762406010 + job}_{n:05}.mp4" for job in range(47) for n in range(1, 7)]
    odd = [f"{folder}kai_nakamura_{n}_00001_.png" for n in range(39) for folder in ("", "old/")]
    assert len(jobs + odd) == 360
    found = organized(tmp_path, jobs + odd, "--preset", "comfyui")
    assert len(found) == 360
    of_one_job = {name for name in found if name.startswith("projects/legacy_migration/legacy_1762406010/legacy_1762406010_")}
    assert len(of_one_job) == 6 and all("_video" in name for name in of_one_job)
    assert "legacy/old/kai_nakamura_3_00001_.png" in found
    assert not [path for path in (tmp_path / "in").rglob("*") if path.is_file() and ".reshelve" not in str(path)]
