"""East Asian names are spelled as names elsewhere are, and read so; what contradicts itself stays as it is."""

import pytest

from reshelve.planner.recognise.east_asian_names import spelled_out
from reshelve.planner.recognise.recogniser import NameRecogniser

READ = NameRecogniser().read


@pytest.mark.parametrize(
    ("stem", "spelled"),
    [
        ("[Group][Show][07][1080p][GB]", "[Group] Show - 07 [1080p][GB]"),
        ("[Group][Show_Name_2nd_Season][07v2][1080p]", "[Group] Show Name S02E07 [1080p]"),
        ("【字幕组】[夏天 ∕ Show Name][07-08][1080p]", "[字幕组] Show Name - 07-08 [1080p]"),
        ("【字幕组】★10月新番★[夏天 _ Show Name][12END][720p][简体]", "[字幕组] Show Name - 12 [720p][简体]"),
        ("[Group][国漫][夏天][2019][215 Fin][AVC][GB]", "[Group] 夏天 (2019) - 215 [AVC][GB]"),
        ("[Group][Show_Name][BDRIP][BIG5][1280x720]", "[Group] Show Name [BDRIP][BIG5][1280x720]"),
        ("★4月新番[夏天][07][1080P]", "夏天 - 07 [1080P]"),
        ("[组] 夏天 ∕ Show Name ∕ 夏の日 [07][1080p]", "[组] Show Name - 07 [1080p]"),
        ("[组] 夏天 第二季 ∕ Show Name S2 [07][1080p]", "[组] Show Name S02E07 [1080p]"),
        ("[组] 夏天 第三期 - 07 [1080p]", "[组] 夏天 S03 - 07 [1080p]"),
        ("[组] 夏天 (僅限港澳台) Show - 07 [1080P]", "[组] 夏天 Show - 07 [1080P]"),
        ("夏天第二季第十二集", "夏天 S02E12"),
        ("夏天 - 第 7 集", "夏天 E07"),
        ("夏天 (2023) - 第07集", "夏天 (2023) E07"),
        ("第07集", "E07"),
        ("여름날 시즌 2 3회", "여름날 S02E03"),
        ("여름날 제7화", "여름날 E07"),
        ("字幕组★夏天 Show Name★06★1920x1080★AVC MP4", "[字幕组] Show Name - 06 [1920x1080][AVC MP4]"),
        ("【组】★7月新番 【夏天】【Show Name】【03】GB MP4_720P", "[组] Show Name - 03 [GB MP4_720P]"),
        ("【组】 4月新番 [夏天 第2期][S02E03][1080P]", "[组] 夏天 S02E03 [1080P]"),
        ("夏天BD1080P国语中字", "夏天 BD 1080P 国语中字"),
    ],
)
def test_spelled_as_elsewhere(stem: str, spelled: str) -> None:
    assert spelled_out(stem) == (spelled, False)


@pytest.mark.parametrize(
    "stem",
    ["[Group] Show [07]", "[Group] Show - 07 [1080p][GB]", "夏天", "夏天 - S01E07 - 第 7 集", "夏天 第二季 S03 - 07"],
)
def test_what_says_it_already_or_contradicts_itself_stays(stem: str) -> None:
    assert spelled_out(stem) == (stem, False)


def test_one_of_two_titles_is_asked_about() -> None:
    assert spelled_out("[Group][Show Name][Other Name][07][1080p]") == ("[Group] Show Name - 07 [1080p]", True)
    assert not READ("[Group][Show Name][Other Name][07][1080p].mkv").certain


def test_letters_glued_to_others_are_of_one_title() -> None:
    spelled, several = spelled_out("[组] 夏天之人Show ∕ 夏の日 EP07 [1080p]")
    assert spelled.startswith("[组] 夏天之人Show ") and several


def test_a_number_alone_is_of_its_folders() -> None:
    reading = READ("夏天/Season 2/第07集.mp4")
    assert (reading.facts["show"], reading.facts["season"], reading.facts["episodes"]) == ("夏天", 2, [7])
