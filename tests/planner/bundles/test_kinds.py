"""The contract of every kind of bundle: what travels together, under one stem, whatever its main is called."""

import random

import pytest

from reshelve.planner.bundles.bundle import Bundle, with_tail
from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.bundles.kinds.bundle_kind_list import KINDS
from reshelve.schemas.inventory import Item

LONG = "A holiday by the sea with everybody and the dog 2019"

EXAMPLES: dict[str, list[list[str]]] = {
    # Each list is one folder tree with one bundle, its main first; then where all come to lie when the main is called New.
    "red segments": [
        ["A001_C001_0101AB_001.R3D", "A001_C001_0101AB_002.R3D", "A001_C001_0101AB.RMD", "A001_C001_0101AB_H.mov"],
        ["New_001.R3D", "New_002.R3D", "New.RMD", "New_H.mov"],
    ],
    "gopro chapters": [
        ["GX010123.MP4", "GX020123.MP4", "GX030123.MP4", "GL010123.LRV", "GX010123.THM", "GL020123.LRV"],
        ["New.MP4", "New_02.MP4", "New_03.MP4", "New.LRV", "New.THM", "New_02.LRV"],
        ["GOPR0123.MP4", "GP010123.MP4", "GOPR0123.THM", "GOPR0123.LRV"],
        ["New.MP4", "New_01.MP4", "New.THM", "New.LRV"],
        ["VID_20230101_120000_00_001.insv", "VID_20230101_120000_10_001.insv", "LRV_20230101_120000_11_001.insv"],
        ["New.insv", "New_10.insv", "New_11_LRV.insv"],
    ],
    "camera clips": [
        ["C0001.MP4", "C0001M01.XML"],
        ["New.MP4", "NewM01.XML"],
        ["CLIP/C0001.MP4", "CLIP/C0001M01.XML", "SUB/C0001S03.MP4", "THMBNL/C0001T01.JPG"],
        ["New.MP4", "NewM01.XML", "SUB/NewS03.MP4", "THMBNL/NewT01.JPG"],
        ["C0001.MP4", "Sub/C0001S03.MP4"],
        ["New.MP4", "Sub/NewS03.MP4"],
        ["929_0001_01.MP4", "929_0001_01M01.XML", "929_0001_01R01.BIM", "929_0001_01I01.PPN", "929_0001_01.SMI"],
        ["New.MP4", "NewM01.XML", "NewR01.BIM", "NewI01.PPN", "New.SMI"],
        ["A001_C001.braw", "A001_C001.sidecar", "Proxy/A001_C001.mp4"],
        ["New.braw", "New.sidecar", "Proxy/New.mp4"],
        ["MVI_0001.MP4", "MVI_0001.THM", "MVI_0001.XMP"],
        ["New.MP4", "New.THM", "New.XMP"],
        ["DJI_0001.MP4", "DJI_0001.SRT", "DJI_0001.LRF"],
        ["New.MP4", "New.SRT", "New.LRF"],
        [
            *("VIDEO/0001AB.MXF", "AUDIO/0001AB00.MXF", "AUDIO/0001AB01.MXF", "CLIP/0001AB.XML", "ICON/0001AB.BMP"),
            *("PROXY/0001AB.MP4", "VOICE/0001AB00.WAV"),
        ],
        ["New.MXF", "AUDIO/New00.MXF", "AUDIO/New01.MXF", "CLIP/New.XML", "ICON/New.BMP", "PROXY/New.MP4", "VOICE/New00.WAV"],
    ],
    "generated media": [
        ["x_00001.mp4", "x_00001-audio.mp4", "x_00001.png", "x_00001.json", "x_00001_workflow.json"],
        ["New.mp4", "New-audio.mp4", "New.png", "New.json", "New_workflow.json"],
    ],
    "books": [
        ["A Book - B.epub", "A Book - B.azw3", "A Book - B.pdf", "A Book - B.opf", "A Book - B.jpg"],
        ["New.epub", "New.azw3", "New.pdf", "New.opf", "New.jpg"],
        ["A Book - B.pdf", "metadata.opf", "cover.jpg"],
        ["New.pdf", "metadata.opf", "cover.jpg"],
    ],
    "photos": [
        ["IMG_1.CR2", "IMG_1.JPG", "IMG_1.xmp", "IMG_1.CR2.xmp", "IMG_1.JPG.xmp", "IMG_1_01.CR2.xmp"],
        ["New.CR2", "New.JPG", "New.xmp", "New.CR2.xmp", "New.JPG.xmp", "New_01.CR2.xmp"],
        ["DSC01234.ARW", "DSC01234.jpg", "DSC01234.wav", "DSC01234.ARW.pp3", "DSC01234.ARW.dop"],
        ["New.ARW", "New.jpg", "New.wav", "New.ARW.pp3", "New.ARW.dop"],
        ["IMG_1234.HEIC", "IMG_1234.MOV", "IMG_1234.AAE", "IMG_E1234.HEIC", "IMG_E1234.MOV", "IMG_O1234.AAE", "IMG_1234.HEIC.json"],
        ["New.HEIC", "New.MOV", "New.AAE", "New-edited.HEIC", "New-edited.MOV", "New-original.AAE", "New.HEIC.json"],
        ["IMG_1234.JPG", "IMG_1234.MP4", "IMG_1234.JPG.supplemental-metadata.json", "IMG_1234-edited.JPG"],
        ["New.JPG", "New.MP4", "New.JPG.supplemental-metadata.json", "New-edited.JPG"],
        ["IMG_1(1).jpg", "IMG_1.jpg(1).json"],
        ["New.jpg", "New.jpg.json"],
        ["IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json", "IMG_1-edited(2).jpg"],
        ["New.jpg", "New.jpg.supplemental-metadata.json", "New-edited.jpg"],
        [f"{LONG[:47]}.jpg", f"{LONG[:46]}.json"],
        ["New.jpg", "New.jpg.json"],
        ["PXL_20230101_120000123.jpg", "PXL_20230101_120000123.jpg.supplemental-metad.json"],
        ["New.jpg", "New.jpg.supplemental-metad.json"],
        ["PXL_20230101_120000123.jpg", "PXL_20230101_120000123.jpg.s.json"],
        ["New.jpg", "New.jpg.s.json"],
        ["IMG_1234.HEIC", "IMG_1234_HEVC.MOV", "IMG_1234-original.HEIC", "IMG_1234-adjusted.HEIC"],
        ["New.HEIC", "New_HEVC.MOV", "New-original.HEIC", "New-adjusted.HEIC"],
        ["DSCF0001.JPG", "DSCF0001.MPO"],
        ["New.JPG", "New.MPO"],
        ["PXL_1.RAW-02.ORIGINAL.dng", "PXL_1.RAW-01.COVER.jpg"],
        ["New.dng", "New.jpg"],
        ["x_00001_.png", "x_00001_.json", "x_00001_.txt"],
        ["New.png", "New.json", "New.txt"],
    ],
    "recorder takes": [
        ["ZOOM0001.WAV", "ZOOM0001_TR1.WAV", "ZOOM0001_Tr2.WAV", "ZOOM0001.hprj"],
        ["New.WAV", "New_TR1.WAV", "New_Tr2.WAV", "New.hprj"],
        ["ZOOM0001_LR.WAV", "ZOOM0001_Tr1.WAV"],
        ["New_LR.WAV", "New_Tr1.WAV"],
        ["TASCAM_0001S12.wav", "TASCAM_0001S34.wav"],
        ["NewS12.wav", "NewS34.wav"],
    ],
    "karaoke": [
        ["Who - Song.mp3", "Who - Song.cdg"],
        ["New.mp3", "New.cdg"],
        [
            "Who - Song.mp3",
            "Who - Song.txt",
            "Who - Song.mp4",
            "Who - Song [CO].jpg",
            "Who - Song [BG].jpg",
            "Who - Song [VD#0,5].avi",
        ],
        ["New.mp3", "New.txt", "New.mp4", "New [CO].jpg", "New [BG].jpg", "New [VD#0,5].avi"],
        ["01 - Song.mp3", "01 - Song.lrc", "01 - Song.mp4"],
        ["New.mp3", "New.lrc", "New.mp4"],
    ],
}
ALL = [
    pytest.param(names, renamed, id=f"{kind}-{names[0]}")
    for kind, lists in EXAMPLES.items()
    for names, renamed in zip(lists[::2], lists[1::2], strict=True)
]


def item(rel: str) -> Item:
    return Item(rel, "file", 1, 0, 0, 1, 1, 0o100644, "fs")


def only(names: list[str]) -> Bundle:
    items = [item(f"d/{name}") for name in names]
    random.Random(len(names)).shuffle(items)
    made = bundle(items)
    assert [one.main.rel for one in made] == [f"d/{names[0]}"], [(one.main.rel, [m.item.rel for m in one.members]) for one in made]
    return made[0]


def places(made: Bundle, main: str) -> dict[str, str]:
    return {member.item.rel: member.beside(main) for member in made.members}


def test_every_kind_has_an_example() -> None:
    assert EXAMPLES.keys() == {kind.name for kind in KINDS}


@pytest.mark.parametrize(("names", "renamed"), ALL)
def test_all_are_one_bundle_and_are_renamed_as_their_tools_expect(names: list[str], renamed: list[str]) -> None:
    made = only(names)
    ext = names[0].rpartition(".")[2]
    main = with_tail(f"new/New.{ext}", made.tail)
    wanted = {f"d/{name}": f"new/{new}" for name, new in zip(names, renamed, strict=True)}
    assert {made.main.rel: main, **places(made, main)} == wanted


@pytest.mark.parametrize(("names", "renamed"), ALL)
def test_all_keep_their_names_while_their_main_does(names: list[str], renamed: list[str]) -> None:
    made = only(names)
    main = f"new/{names[0].rpartition('/')[2]}"
    for rel, place in places(made, main).items():
        assert place.rpartition("/")[2] == rel.rpartition("/")[2]


@pytest.mark.parametrize(("names", "renamed"), ALL)
def test_no_two_of_them_come_to_one_name(names: list[str], renamed: list[str]) -> None:
    made = only(names)
    for stem in ("New", "New_1", names[0].rpartition("/")[2].rpartition(".")[0] + "_1"):
        main = with_tail(f"new/{stem}.{names[0].rpartition('.')[2]}", made.tail)
        assert len({main.casefold(), *(place.casefold() for place in places(made, main).values())}) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        ["Heat.1995.mkv", "Heat.1995-poster.jpg", "Heat.1995.jpg"],
        ["Song.mp4", "Song.jpg", "Song.png"],
        ["Song.mp3", "Song.jpg", "Song.lrc"],
    ],
)
def test_a_picture_of_a_film_or_song_stays_its_artwork(names: list[str]) -> None:
    only(names)


@pytest.mark.parametrize(
    "names",
    [
        ["IMG_1.JPG", "IMG_2.JPG", "IMG_1(1).jpg"],
        ["IMG_1.jpg", "notes.json", "IMG_10.jpg.json", "IMG_1x.xmp"],
        ["C0001.MP4", "C0002M01.XML", "C0002.MP3"],
        ["GX010123.MP4", "GX010124.MP4", "GX020125.MP4"],
        ["GX010123.MP4", "GH010123.MP4"],
        ["logo.png", "logo.psd", "logo.svg"],
        ["script.pdf", "script.docx", "cover.jpg"],
        ["A001_C001_001.R3D", "A001_C002_001.R3D"],
    ],
)
def test_what_is_not_beyond_doubt_stays_apart(names: list[str]) -> None:
    made = bundle([item(f"d/{name}") for name in sorted(names)])
    assert {one.main.rel for one in made} >= {f"d/{name}" for name in names if not name.endswith(("M01.XML",))}
