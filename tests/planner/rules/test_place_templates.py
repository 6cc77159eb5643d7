"""Place templates: facts in, one location out, and nothing a value holds can lead elsewhere."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.rules.place_templates import MissingFact, PlaceError, PlaceTemplate
from reshelve.schemas import locations
from tests.support.shares import examples

EPISODES = "tv:{{ show }}{% if show_year %} ({{ show_year }}){% endif %}/Season {{ '%02d' % season }}/{{ filename }}"
FILMS = "movies:{{ title }} ({{ year }})/{{ filename }}"
ITEM = {"filename": "Orig.Name.mkv", "subdir": "a/b", "store": "inbox"}
VALUES = {**ITEM, "show": "Show", "season": 3, "title": "Film", "year": 1999}

TABLE: list[tuple[str, dict[str, Any], str]] = [
    (EPISODES, {}, "tv:Show/Season 03/Orig.Name.mkv"),
    (EPISODES, {"show_year": 2011}, "tv:Show (2011)/Season 03/Orig.Name.mkv"),
    (FILMS, {"title": "Alien: Covenant"}, "movies:Alien - Covenant (1999)/Orig.Name.mkv"),
    (FILMS, {"title": "../../etc"}, "movies:..-..-etc (1999)/Orig.Name.mkv"),
    (FILMS, {"title": "C:\\x"}, "movies:C--x (1999)/Orig.Name.mkv"),
    (FILMS, {"filename": "caf\udce9.mkv"}, "movies%:Film %281999%29/caf%E9.mkv"),
    (FILMS, {"filename": "Who: is*x?\n.mkv"}, "movies:Film (1999)/Who: is*x?\n.mkv"),
    (FILMS, {"filename": "a\x00/\x03b.mkv"}, "movies:Film (1999)/a-b.mkv"),
    (FILMS, {"filename": "a\x03b.mkv"}, "movies:Film (1999)/a\x03b.mkv"),
    ("a:{{ title }}", {"title": "NUL"}, "a:NUL_"),
    ("a:{{ title }}/x", {"title": "E.T."}, "a:E.T/x"),
    ("a:{{ title }}.{{ ext }}", {}, "a:Film.mkv"),
    ("a:{{ stem }} - {{ year }}.{{ ext }}", {}, "a:Orig.Name - 1999.mkv"),
    ("a:{{ stem | lower }}.{{ ext }}", {}, "a:orig.name.mkv"),
    ("a:{{ title }}.{{ ext }}", {"filename": "Film.1999.de.srt"}, "a:Film.de.srt"),
    ("a:{{ title }}.{{ ext }}", {"filename": "Film.1999.DE.Forced.SRT"}, "a:Film.DE.Forced.SRT"),
    ("a:{{ title }}.{{ ext | lower }}", {"filename": "Film.1999.DE.Forced.SRT"}, "a:Film.de.forced.srt"),
    ("a:{{ title }}.{{ ext | lower }}", {"filename": "Film.1999.pt-BR.srt"}, "a:Film.pt-br.srt"),
    ("a:{{ stem }}/{{ filename }}", {"filename": "Film.1999.de.srt"}, "a:Film.1999/Film.1999.de.srt"),
    ("a:{{ stem | upper }}.{{ ext }}", {"filename": "Film.1999.de.srt"}, "a:FILM.1999.de.srt"),
    ("a:{{ title }}.{{ ext }}", {"filename": "de.srt"}, "a:Film.srt"),
    ("a:{{ title }}.{{ ext }}", {"filename": "Film.de.mkv"}, "a:Film.mkv"),
    ("a:{{ stem }}", {"filename": "Ends. .mkv"}, "a:Ends. "),
    ("a:{{ filename }}", {"filename": ".profile"}, "a:.profile"),
    ("a:{{ subdir }}/{{ filename }}", {}, "a:a/b/Orig.Name.mkv"),
    ("a:{{ subdir }}/{{ filename }}", {"subdir": ""}, "a:Orig.Name.mkv"),
    ("a:{{ subdir }}/{{ filename }}", {"subdir": "M.S./\x03x"}, "a:M.S./\x03x/Orig.Name.mkv"),
    ("a:x-{{ subdir | upper }}/{{ filename }}", {}, "a:x-A-B/Orig.Name.mkv"),
    ("{{ store }}:{{ filename }}", {}, "inbox:Orig.Name.mkv"),
    ("a:{{ date | date('%Y/%m') }}/{{ filename }}", {"date": "2024-05-17"}, "a:2024-05/Orig.Name.mkv"),
    ("a:{{ date | date }}/{{ filename }}", {"date": "1762406010"}, "a:2025-11-06/Orig.Name.mkv"),
    ("a:E{{ episodes }}", {"episodes": [1, 2]}, "a:E1-2"),
    ("a:{{ client | default('nobody') }}/{{ filename }}", {}, "a:nobody/Orig.Name.mkv"),
    ("a:{{ flag }}/{{ filename }}", {"flag": True}, "a:true/Orig.Name.mkv"),
]


@pytest.mark.parametrize(("template", "values", "location"), TABLE)
def test_a_place_is_what_the_template_says(template: str, values: dict[str, Any], location: str) -> None:
    assert PlaceTemplate(template).render({**VALUES, **values}) == location


def test_the_facts_used_are_named() -> None:
    assert PlaceTemplate(EPISODES).uses == {"show", "show_year", "season"}


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (EPISODES.replace("season", "saeson"), "saeson"),
        ("a:{{ date | date('%Y') }}", "date"),
        ("a:{{ project.name }}", "project"),
        ("a:{% if client == 'x' %}y{% endif %}", "client"),
        ("a:{% for e in episodes %}{{ e }}{% endfor %}", "episodes"),
        ("a:{{ range(9) }}", "range"),
    ],
)
def test_a_missing_fact_is_named(template: str, name: str) -> None:
    with pytest.raises(MissingFact) as caught:
        PlaceTemplate(template).render(VALUES)
    assert caught.value.name == name


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_a_missing_fact(nothing: str | None) -> None:
    with pytest.raises(MissingFact):
        PlaceTemplate(FILMS).render({**VALUES, "year": nothing})


def test_a_template_cannot_reach_into_python() -> None:
    with pytest.raises((PlaceError, MissingFact)):
        PlaceTemplate("a:{{ title.__class__.__mro__ }}").render(VALUES)


@pytest.mark.parametrize(
    "template",
    ["no store/{{ filename }}", "{{ show }}:x", "/abs:x", "a:{{ show", "a:{% nope %}", "a:x\0y", ":x", "../a:x"],
)
def test_a_faulty_template_is_refused_when_compiled(template: str) -> None:
    with pytest.raises(PlaceError):
        PlaceTemplate(template)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("a:/{{ filename }}", {}),
        ("a:x//{{ filename }}", {}),
        ("a:x/", {}),
        ("a:", {}),
        ("a:../{{ filename }}", {}),
        ("a:{{ title }}/x", {"title": ".."}),
        ("a:{{ filename }}", {"filename": ".."}),
        ("a:{{ subdir }}/x", {"subdir": "../.."}),
        ("a:{{ title }}/x", {"title": ".reshelve-trash"}),
        ("a:{{ '%02d' % title }}", {}),
        ("{{ store }}:x", {"store": "in box"}),
    ],
)
def test_what_is_no_place_is_refused(template: str, values: dict[str, Any]) -> None:
    with pytest.raises(PlaceError):
        PlaceTemplate(template).render({**VALUES, **values})


def test_long_names_are_cut_by_bytes_and_keep_their_extension() -> None:
    place = PlaceTemplate("a:{{ title }} - {{ filename }}").render({**VALUES, "title": "長" * 90})
    assert len(place.removeprefix("a:").encode()) <= 255
    assert place.endswith(".mkv")
    whole = "x" * 251 + ".mkv"
    assert PlaceTemplate(FILMS).render({**VALUES, "filename": whole}).endswith(f"/{whole}")


def test_strict_replaces_in_the_original_name_too() -> None:
    strict = PlaceTemplate(FILMS, strict=True)
    assert strict.render({**VALUES, "filename": "Who: is*x?.mkv"}) == "movies:Film (1999)/Who - is-x.mkv"


def test_values_that_are_equal_but_print_apart_do_not_share_a_memo() -> None:
    template = PlaceTemplate("a:{{ year }}/{{ filename }}")
    assert [template.render({**VALUES, "year": year}) for year in (1, 1.0, True)] == [
        "a:1/Orig.Name.mkv",
        "a:1.0/Orig.Name.mkv",
        "a:true/Orig.Name.mkv",
    ]


hostile = st.text(st.sampled_from(list("ab./\\:~ \x00\x01\x02\x03\x04\x05\n|%{}é長\udcff\u202e")), max_size=12)


names = hostile.filter(lambda name: name not in {"", ".", ".."} and "/" not in name and "\0" not in name)


@given(hostile, hostile, names, st.sampled_from([EPISODES, FILMS]))
@pytest.mark.drawn
@settings(derandomize=True, max_examples=examples(300), deadline=None)
def test_no_value_leaves_the_store_or_adds_a_level(show: str, year: str, filename: str, template: str) -> None:
    values = {**VALUES, "show": show, "title": show, "year": year, "show_year": year, "filename": filename}
    try:
        location = PlaceTemplate(template).render(values)
    except (PlaceError, MissingFact):
        return
    assert locations.fault(location) is None
    store, rel = locations.split(location)
    assert store == template.partition(":")[0]
    assert rel.count("/") == template.count("/")
    assert rel.rpartition("/")[2] == filename
