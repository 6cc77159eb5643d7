"""Bundles: who travels with whom, one folder a case."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.bundling import bundle
from reshelve.schemas.inventory import Item, ItemKind


def item(rel: str, kind: ItemKind = "file") -> Item:
    return Item(rel, kind, 1, 0, 0, 1, 1, 0o100644, "fs")


def bundles(*rels: str) -> list[Bundle]:
    return bundle([item(rel) for rel in sorted(rels)])


def followers(*rels: str) -> dict[str, list[str]]:
    """Return, for each main, where its members come to lie when it becomes new/Film.mkv."""
    return {made.main.rel: [member.beside("new/Film.mkv") for member in made.members] for made in bundles(*rels)}


def test_what_is_named_after_a_film_follows_it() -> None:
    names = ["d/x.mkv", "d/x.SRT", "d/x.en.forced.srt", "d/x.pt-BR.ass", "d/x.nfo", "d/x-thumb.jpg", "d/x-poster.jpg", "d/x.jpg"]
    assert followers(*names) == {
        "d/x.mkv": [
            f"new/Film{end}" for end in ["-poster.jpg", "-thumb.jpg", ".SRT", ".en.forced.srt", ".jpg", ".nfo", ".pt-BR.ass"]
        ]
    }


def test_what_is_of_all_versions_of_a_film_keeps_its_name_beside_the_first() -> None:
    versions = ["d/Film (1995) - 1080p.mkv", "d/Film (1995) - 2160p.mkv"]
    of_all = ["d/Film (1995).nfo", "d/Film (1995)-poster.jpg", "d/fanart.jpg", "d/trailer.mp4", "d/Film (1995).en.srt"]
    assert followers(*versions, *of_all, "d/Film (1995) - 2160p.en.srt", "d/Subs/English.srt") == {
        "d/Film (1995) - 1080p.mkv": sorted(rel.replace("d/", "new/") for rel in of_all),
        "d/Film (1995) - 2160p.mkv": ["new/Film.en.srt"],
        "d/Subs/English.srt": [],
    }


def test_episodes_of_one_season_are_no_versions_of_each_other() -> None:
    names = ["d/Show (2001) - S01E01.mkv", "d/Show (2001) - S01E02.mkv", "d/poster.jpg"]
    assert followers(*names) == {name: [] for name in names}


def test_a_sample_cut_short_follows_its_episode() -> None:
    names = ["d/Show.S01E01.Storm.720p-G.mkv", "d/Show.S01E02.Calm.720p-G.mkv", "d/Sample/sample-show.s01e02.ca.mkv"]
    assert followers(*names) == {names[0]: [], names[1]: ["new/Sample/sample-show.s01e02.ca.mkv"]}


def test_what_lies_beside_the_only_film_of_its_folder_follows_it() -> None:
    beside = ["d/poster.jpg", "d/movie.nfo", "d/trailer.mp4", "d/x-sample.mkv"]
    assert followers("d/x.mkv", *beside, "d/Sample/sample-x.mkv", "d/Extras/Making Of.mkv") == {
        "d/x.mkv": [
            *("new/Extras/Making Of.mkv", "new/Sample/sample-x.mkv", "new/movie.nfo"),
            *("new/poster.jpg", "new/trailer.mp4", "new/Film-sample.mkv"),
        ]
    }


def test_two_films_never_steal_from_each_other() -> None:
    subtitles = ["d/Alien.srt", "d/Alien.2.en.srt", "d/Alien.3.srt"]
    extras = ["d/poster.jpg", "d/trailer.mkv", "d/Alien.2-trailer.mkv"]
    assert followers("d/Alien.mkv", "d/Alien.2.mkv", *subtitles, *extras) == {
        "d/Alien.mkv": ["new/Film.srt"],
        "d/Alien.2.mkv": ["new/Film-trailer.mkv", "new/Film.en.srt"],
        "d/Alien.3.srt": [],
        "d/poster.jpg": [],
        "d/trailer.mkv": [],
    }


def test_a_title_that_is_longer_is_another_film() -> None:
    assert followers("d/Alien.mkv", "d/Alien.Resurrection.srt") == {"d/Alien.mkv": [], "d/Alien.Resurrection.srt": []}


def test_subtitles_are_found_by_episode_and_in_their_folders() -> None:
    subtitles = ["s/Subs/Show.S01E01.en.srt", "s/Subs/Show.S01E02.720p/2_English.srt", "s/Show S01E02.fr.srt"]
    assert followers("s/Show.S01E01.720p.mkv", "s/Show.S01E02.720p.mkv", *subtitles) == {
        "s/Show.S01E01.720p.mkv": ["new/Film.en.srt"],
        "s/Show.S01E02.720p.mkv": ["new/Film.fr.srt", "new/Film.en.srt"],
    }


def test_members_that_would_share_a_name_are_numbered() -> None:
    found = followers("d/x.mkv", "d/Subs/2_English.srt", "d/Subs/3_English.srt")
    assert found == {"d/x.mkv": ["new/Film.en.srt", "new/Film.en.2.srt"]}


@pytest.mark.parametrize(
    ("stem", "chain"),
    [
        ("2_German", "de"),
        ("12_Latin American.spa", "es-419"),
        ("Latin American.spa", "es-419"),
        ("Latin American (Forced).spa", "es-419.forced"),
        ("Spanish (Latin America)", "es-419"),
        ("Latin American", "es-419"),
        ("Spanish (Latin)", "es-419"),
        ("Latin", "la"),
        ("Castilian.spa", "es-ES"),
        ("European.spa", "es-ES"),
        ("European.por", "pt-PT"),
        ("Brazilian.por", "pt-BR"),
        ("Portuguese (Brazil)", "pt-BR"),
        ("Brazilian", "pt-BR"),
        ("Canadian.fre", "fr-CA"),
        ("Chinese Simplified", "zh-hans"),
        ("Traditional.chi", "zh-hant"),
        ("British.eng", "en-GB"),
        ("SDH.eng.HI", "en.sdh"),
        ("pt-BR", "pt-BR"),
        ("zh-Hans", "zh-Hans"),
    ],
)
def test_languages_and_where_they_are_spoken(stem: str, chain: str) -> None:
    assert followers("d/x.mkv", f"d/{stem}.srt") == {"d/x.mkv": [f"new/Film.{chain}.srt"]}
    assert followers("d/x.mkv", f"d/Subs/{stem}.srt") == {"d/x.mkv": [f"new/Film.{chain}.srt"]}


@pytest.mark.parametrize("stem", ["European", "American Film", "Canadian", "The-End", "2", "Latin American Film"])
def test_a_region_alone_and_other_words_are_no_language(stem: str) -> None:
    assert followers("d/x.mkv", f"d/{stem}.srt")["d/x.mkv"] in ([], [f"new/Film.{stem}.srt"])


def test_a_region_in_a_name_after_the_film_keeps_its_words() -> None:
    assert followers("d/x.mkv", "d/x.Latin American.spa.srt") == {"d/x.mkv": ["new/Film.Latin American.spa.srt"]}


def test_a_number_beside_parts_may_be_that_of_a_part() -> None:
    films = ["d/F (2000) CD1.avi", "d/F (2000) CD2.avi"]
    numbered = ["d/1_German.srt", "d/2_German.srt", "d/Subs/2_English.srt"]
    made = {one.main.rel: [member.item.rel for member in one.members] for one in bundles(*films, *numbered, "d/French.srt")}
    assert made == {films[0]: [films[1], "d/French.srt"], **{rel: [] for rel in numbered}}


def test_parts_travel_with_the_first() -> None:
    names = ["d/F (2000) CD1.avi", "d/F (2000) CD2.avi", "d/F (2000) CD1.en.srt", "d/F (2000) CD2.srt"]
    (made,) = bundles(*names)
    assert [member.beside("new/F (2000) CD1.avi") for member in made.members] == [
        *("new/F (2000) CD1.en.srt", "new/F (2000) CD2.avi", "new/F (2000) CD2.srt")
    ]


def test_part_two_without_a_year_is_a_film_of_its_own() -> None:
    assert list(followers("d/Hallows Part 1.mkv", "d/Hallows Part 2.mkv")) == ["d/Hallows Part 1.mkv", "d/Hallows Part 2.mkv"]


def test_index_and_image_subtitles_are_a_pair() -> None:
    assert followers("x.idx", "x.sub") == {"x.idx": ["new/Film.sub"]}
    assert followers("x.idx", "x.sub", "x.mkv") == {"x.mkv": ["new/Film.idx", "new/Film.sub"]}


def test_what_several_episodes_have_in_common_joins_their_folder() -> None:
    episodes = ["s/Show.S01E01.mkv", "s/Show.S01E02.mkv"]
    shared = ["s/sample.mkv", "s/trailer1.mp4", "s/poster.jpg", "s/Sample/x.mkv", "s/Extras/Making Of.mkv"]
    own = ["s/Show.S01E02-trailer.mkv", "s/Other-trailer.mkv", "s/notes.txt", "s/.poster.jpg", "s/sample.mkv.part"]
    made = {one.main.rel: one for one in bundles(*episodes, *shared, "s/Extras/Making Of.en.srt", *own)}
    assert {rel for rel, one in made.items() if one.joins == "s"} == {*shared}
    assert {rel for rel, one in made.items() if one.is_film} == {*episodes}
    made[episodes[0]].take_in(made["s/Extras/Making Of.mkv"])
    assert [member.beside("new/1.mkv") for member in made[episodes[0]].members] == [
        *("new/Extras/Making Of.en.srt", "new/Extras/Making Of.mkv")
    ]


def test_nothing_joins_a_folder_without_films_or_the_top_of_a_store() -> None:
    made = bundles("a.mkv", "b.mkv", "sample.mkv", "Extras/c.mkv", "d/sample.mkv", "d/song.mp3", "d/song 2.mp3")
    assert [one.main.rel for one in made if one.joins] == []


def test_what_is_of_a_whole_show_album_or_card_joins_it() -> None:
    show = [
        "s/tvshow.nfo",
        "s/poster.jpg",
        "s/theme.mp3",
        "s/season01-poster.jpg",
        "s/season-specials-poster.jpg",
        "s/Extras/x.mkv",
    ]
    album = ["al/cover.jpg", "al/album.cue", "al/Artwork/back.jpg"]
    card = ["c/M4ROOT/MEDIAPRO.XML"]
    mains = [
        "s/Season 1/Show.S01E01.mkv",
        "s/Specials/Show.S00E01.mkv",
        "al/CD1/1.flac",
        "al/CD2/1.flac",
        "c/M4ROOT/CLIP/C0001.MP4",
    ]
    made = {one.main.rel: one for one in bundles(*show, *album, *card, *mains, "s/notes.txt", "other/poster.jpg", "other/x/1.mkv")}
    assert {rel for rel, one in made.items() if one.of_whole} == {*show, *album, *card}
    made[mains[0]].take_in(made["s/tvshow.nfo"], up=1)
    assert [member.beside("TV/Show/Season 01/e.mkv") for member in made[mains[0]].members] == ["TV/Show/tvshow.nfo"]


def test_what_a_release_comes_with_is_junk_beside_its_film_only() -> None:
    junk = [
        "d/RARBG.txt",
        "d/RARBG_1.txt",
        "d/RARBG (2).txt",
        "d/proof.jpg",
        "d/proof_1.jpg",
        "d/etrg (1).mp4",
        "d/x.url",
        "d/x-grp.nfo",
        "d/x.sfv",
        "d/Sample/s.mkv",
        "d/Screens/1.png",
    ]
    (made,) = bundles("d/Film.1995.mkv", "d/Film.1995.nfo", *junk)
    assert {member.item.rel for member in made.members if member.is_junk} == {*junk}
    alone = bundles("p/proof.jpg", "p/RARBG.txt", "p/Screens/1.png")
    assert not any(one.is_junk or one.joins or one.members for one in alone)


def test_subtitles_and_sound_of_the_only_film_are_named_after_it() -> None:
    beside = ["d/English.srt", "d/forced.srt", "d/2_fre.sub", "d/German.mka", "d/x.de.mp3", "d/Subtitles/Spanish/track.srt"]
    found = followers("d/x.mkv", *beside)["d/x.mkv"]
    assert sorted(found) == [f"new/Film.{end}" for end in ("de.mka", "de.mp3", "en.srt", "es.srt", "forced.srt", "fr.sub")]
    album = ["a/1 It.mp3", "a/2 La.mp3", "a/3 No.mp3", "a/clip.mkv"]
    assert [one.main.rel for one in bundles(*album)] == album


def test_what_is_named_after_a_file_that_stands_alone_goes_with_it() -> None:
    names = ["d/x.sample.mkv", "d/x.sample.en.srt", "d/x.sample.nfo", "d/y.srt", "d/y.en.srt", "d/y-poster.jpg"]
    assert followers(*names, "d/z.nfo", "d/z.jpg") == {
        "d/x.sample.mkv": ["new/Film.en.srt", "new/Film.nfo"],
        "d/y.srt": ["new/Film-poster.jpg", "new/Film.en.srt"],
        "d/z.nfo": [],
        "d/z.jpg": [],
    }


@pytest.mark.parametrize("partial", ["d/x.mkv.part", "d/x.!qB", "d/x.mkv.crdownload"])
def test_nothing_follows_a_partial_download(partial: str) -> None:
    assert followers(partial, "d/x.srt", "d/x.mkv.srt") == {partial: [], "d/x.srt": [], "d/x.mkv.srt": []}


def test_nothing_follows_a_file_with_an_aria2_companion() -> None:
    assert followers("d/x.mkv", "d/x.mkv.aria2", "d/x.srt") == {"d/x.mkv": [], "d/x.mkv.aria2": [], "d/x.srt": []}


def test_a_cover_follows_the_first_track_of_its_album() -> None:
    found = followers("al/1.mp3", "al/2.mp3", "al/cover.jpg", "al/x.m3u")
    assert found == {"al/1.mp3": ["new/cover.jpg", "new/x.m3u"], "al/2.mp3": []}


def test_what_belongs_to_a_disc_lies_beside_its_own_folder_too() -> None:
    made = bundles("b/BDMV/index.bdmv", "b/CERTIFICATE/BACKUP/id.bdmv", "b/AACS/x.inf", "AACS/x.inf", "b/x/AACS/y.inf")
    assert [(one.main.rel, [member.beside("new/BDMV/index.bdmv") for member in one.members]) for one in made] == [
        ("AACS/x.inf", []),
        ("b/BDMV/index.bdmv", ["new/AACS/x.inf", "new/CERTIFICATE/BACKUP/id.bdmv"]),
        ("b/x/AACS/y.inf", []),
    ]
    assert [member.beside("BDMV/index.bdmv") for member in bundles("BDMV/index.bdmv", "AACS/x.inf")[0].members] == ["AACS/x.inf"]


def test_a_disc_without_its_index_keeps_its_shape() -> None:
    (made,) = bundles("b/BDMV/PLAYLIST/0.mpls", "b/BDMV/STREAM/1.m2ts")
    assert made.main.rel == "b/BDMV/PLAYLIST/0.mpls"
    assert [member.beside("n/BDMV/PLAYLIST/0.mpls") for member in made.members] == ["n/BDMV/STREAM/1.m2ts"]


def test_the_clips_of_a_card_are_each_their_own() -> None:
    made = bundles("PRIVATE/AVCHD/BDMV/STREAM/00000.MTS", "PRIVATE/AVCHD/BDMV/STREAM/00001.MTS", "BDMV/STREAM/00002.MTS")
    assert [one.main.rel.rpartition("/")[2] for one in made] == ["00002.MTS", "00000.MTS", "00001.MTS"]


def test_a_disc_is_one_bundle_that_keeps_its_shape() -> None:
    made = bundles("b/BDMV/BACKUP/index.bdmv", "b/BDMV/index.bdmv", "b/BDMV/STREAM/1.m2ts")
    assert [(one.main.rel, [member.beside("new/index.bdmv") for member in one.members]) for one in made] == [
        ("b/BDMV/index.bdmv", ["new/BACKUP/index.bdmv", "new/STREAM/1.m2ts"])
    ]


def test_links_are_no_members_and_what_belongs_to_one_is_with_it() -> None:
    made = bundle([item("d", "dir"), item("d/x.mkv", "link"), item("d/x.srt"), item("d/p", "other")])
    assert sorted((one.main.rel, one.main.kind, len(one.members)) for one in made) == [
        *(("d/p", "other", 0), ("d/x.mkv", "link", 1))
    ]


stems, ends = ["x", "y", ".en", "-poster", ".CD1", ".CD2", "cover"], [".mkv", ".srt", ".jpg", ".idx", ".sub", ".part", ".mp3"]
pieces = st.sampled_from([*stems, *ends, "/", "Sample/", "Subs/"])


@given(st.lists(st.lists(pieces, min_size=1, max_size=5).map("".join), max_size=14, unique=True), st.integers())
@settings(derandomize=True, max_examples=200, deadline=None)
def test_every_file_is_in_exactly_one_bundle_whatever_the_order(names: list[str], seed: int) -> None:
    rels = [rel for name in names if (rel := name.strip("/").replace("//", "/"))]
    items = [item(rel) for rel in sorted(set(rels))]
    made = bundle(items)
    seen = [one.main.rel for one in made] + [member.item.rel for one in made for member in one.members]
    assert sorted(seen) == [one.rel for one in items]
    for one in made:
        places = [member.beside(one.main.rel).casefold() for member in one.members]
        assert len({*places, one.main.rel.casefold()}) == len(places) + 1
    shuffled = list(items)
    random.Random(seed).shuffle(shuffled)
    assert [one.main.rel for one in bundle(shuffled)] == [one.main.rel for one in made]
