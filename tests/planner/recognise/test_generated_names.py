"""Names made from facts, with noise around them: what is made reads back, and what may be two things is never sure."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.recognise.same_title import same_title

RECOGNISER = NameRecogniser()
WORDS = ["Harbor", "Quiet", "Winter", "Lantern", "River", "Stone", "Amber", "Hollow", "Ember", "Falcon", "Summer", "Ivory"]
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(" ".join)
SEASONS = st.integers(1, 30)
EPISODES = st.integers(1, 99)
YEARS = st.integers(1930, 2024)
TAGS = st.sampled_from(
    ["", ".720p.HDTV.x264-GRP", ".1080p.WEB-DL.DD5.1.H.264-GRP", ".2160p.UHD.BluRay.x265.10bit-GRP", ".PROPER.DVDRip.XviD-GRP"]
)
MARKS = st.sampled_from(["S{s:02}E{e:02}", "s{s}e{e:02}", "{s}x{e:02}", "S{s:02}.E{e:02}", "S{s:02}EP{e:02}"])
BEFORE = st.sampled_from([".", " ", " - ", "_"])
MORE = st.sampled_from(["", " - Some Words", " - Some 24 Words", " Words of the Storm"])
QUICK = settings(derandomize=True, max_examples=80, deadline=None)
SLOW = settings(derandomize=True, max_examples=15, deadline=None)


@given(TITLES, SEASONS, EPISODES, MARKS, BEFORE, TAGS)
@QUICK
def test_an_episode_reads_back_and_is_sure(title: str, season: int, episode: int, mark: str, before: str, tags: str) -> None:
    shown = title if " " in before else title.replace(" ", before)
    reading = RECOGNISER.quick(f"{shown}{before}{mark.format(s=season, e=episode)}{tags}.mkv")
    assert reading is not None and reading.certain
    assert same_title(reading.facts["show"], title)
    assert (reading.facts["season"], reading.facts["episodes"]) == (season, [episode])


@given(TITLES, SEASONS, EPISODES, MORE)
@QUICK
def test_an_episode_in_its_folders_reads_back_and_is_sure(title: str, season: int, episode: int, more: str) -> None:
    reading = RECOGNISER.quick(f"{title}/Season {season:02}/{title} - S{season:02}E{episode:02}{more}.mkv")
    assert reading is not None and reading.certain
    assert (reading.facts["show"], reading.facts["season"], reading.facts["episodes"]) == (title, season, [episode])


@given(TITLES, YEARS, st.sampled_from([" ({y})", ".{y}", " [{y}]"]), TAGS)
@QUICK
def test_a_film_reads_back_and_is_sure(title: str, year: int, form: str, tags: str) -> None:
    shown = title.replace(" ", ".") if form[0] == "." else title
    reading = RECOGNISER.quick(f"{shown}{form.format(y=year)}{tags}.mkv")
    assert reading is not None and reading.certain
    assert (reading.facts["kind"], reading.facts["year"]) == ("movie", year)
    assert same_title(reading.facts["title"], title)


@given(
    TITLES, SEASONS, st.integers(1, 90), st.integers(1, 4), st.sampled_from(["-E{n:02}", "E{n:02}", "-{n:02}", "+{n:02}", "&{n}"])
)
@SLOW
def test_episodes_of_one_file_are_read_whole(title: str, season: int, first: int, more: int, form: str) -> None:
    last = first + (more if form[0] == "-" else 1)
    reading = RECOGNISER.read(f"{title} S{season:02}E{first:02}{form.format(n=last)}.mkv")
    assert reading.facts["episodes"] == list(range(first, last + 1))


@given(
    TITLES,
    st.integers(1, 999),
    st.sampled_from(["{t} {n}.mkv", "{t}.{n}.mkv", "{t}_{n:03}.avi", "{n} {t}.mkv", "{t} {n} 2.mkv", "{t} S02 (2008).mkv"]),
)
@SLOW
def test_what_may_be_two_things_is_never_sure(title: str, number: int, form: str) -> None:
    assert not RECOGNISER.read(form.format(t=title, n=number)).certain


@given(TITLES, SEASONS, EPISODES, st.sampled_from(["{t}\udce9 S{s:02}E{e:02}.mkv", "{t}\ufffd.S{s:02}E{e:02}.720p.mkv"]))
@SLOW
def test_a_torn_letter_is_never_sure(title: str, season: int, episode: int, form: str) -> None:
    assert not RECOGNISER.read(form.format(t=title, s=season, e=episode)).certain
