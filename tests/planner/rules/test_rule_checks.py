"""Rules are checked where they are written: each slip is told, nothing sound is, and rules that never get a turn are warned of."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.documents.rule_problems import rule_problems
from reshelve.planner.rules.rule_checks import rule_faults
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.facts import Facts
from reshelve.schemas.workspace import Workspace

PLACE = "lib:{{ filename }}"


def faults(*rules: dict[str, Any], **rest: Any) -> list[tuple[str, str, str]]:
    """Return (severity, code, hint) of what is wrong with these rules of one store."""
    named = [{"name": f"r{number}", **rule} for number, rule in enumerate(rules)]
    workspace = Workspace.model_validate(
        {"stores": {"inbox": {"path": "/i"}, "lib": {"path": "/l"}}, "scan": {"inbox": {"rules": named}}, **rest}
    )
    return [(severity, fault.code, fault.hint) for severity, fault in rule_faults(workspace)]


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        ("lib:{{ filename | sanitise }}", "did you mean | sanitize?"),
        ("lib:{{ filename | titel }}", "did you mean | title?"),
        ("lib:{{ filename | xyzzyplugh }}", "filters come after `|`, facts before it: reshelve help rules"),
        ("lib:{{ filename }", "write {{ filename }}"),
    ],
)
def test_a_filter_that_is_not_known_is_told_with_what_may_be_meant(place: str, hint: str) -> None:
    assert faults({"place": place}) == [("error", "rule-place", hint)]


@pytest.mark.parametrize(
    ("when", "code", "hint"),
    [
        ({"knd": "movie"}, "rule-name", "did you mean kind?"),
        ({"any": [{"ext": "mkv"}, {"not": {"quailty": "4K"}}]}, "rule-name", "did you mean quality?"),
        ({"extension": ["mkv"]}, "rule-name", "did you mean ext?"),
        ({"kind": "movi"}, "rule-value", "did you mean movie?"),
        (
            {"kind": ["episode", "flim"]},
            "rule-value",
            f"known: {', '.join(sorted(FACTS['kind'].values))}",
        ),
        ({"all": [{"media": {"equals": "vidio"}}]}, "rule-value", "did you mean video?"),
        ({"device": {"in": ["drone", "fone"]}}, "rule-value", "did you mean phone?"),
        ({"season": {"over": "many"}}, "rule-number", "write a number"),
        ({"year": "soon"}, "rule-number", "write a number"),
        ({"season": "known"}, "rule-number", "write {known: true}"),
        ({"season": {"equals": "unknown"}}, "rule-number", "write {known: false}"),
        ({"date": "known"}, "rule-bound", "write {known: true}"),
        ({"duration": "known"}, "rule-bound", "write {known: true}"),
        ({"age": 30}, "rule-bound", "write it as in 30d or 30h"),
        ({"age": {"over": 30}}, "rule-bound", "write it as in 30d or 30h"),
        ({"age": {"at_most": "30"}}, "rule-bound", "write it as in 12h or 30d"),
        ({"size": {"over": "big"}}, "rule-bound", "write it as in 700MB"),
        ({"age": {"over": "long"}}, "rule-bound", "write it as in 12h or 30d"),
        ({"duration": "long"}, "rule-bound", "write it as in 12h or 30d"),
    ],
)
def test_a_slip_in_a_condition_is_told(when: dict[str, Any], code: str, hint: str) -> None:
    assert faults({"when": when, "place": PLACE}) == [("error", code, hint)]


@pytest.mark.parametrize(
    ("place", "code", "hint"),
    [
        ("lib:{{ titel }}", "rule-name", "did you mean title?"),
        ("lib:{% if seasn %}x{% endif %}{{ filename }}", "rule-name", "did you mean season?"),
        ("lib:{{ series }}/{{ filename }}", "rule-name", "did you mean show?"),
        ("lib:{{ title }/x", "rule-place", "write {{ title }}"),
        ("lib:{% x %}{{ filename }}", "rule-place", 'write it as in "library:{{ title }}/{{ filename }}"'),
        ("lib:{{ title | foo }}", "rule-place", "filters come after `|`, facts before it: reshelve help rules"),
        ("lib:../{{ filename }}", "rule-place", "write the folders below the store"),
        ("lib:a/./{{ filename }}", "rule-place", "write the folders below the store"),
    ],
)
def test_a_slip_in_a_place_is_told(place: str, code: str, hint: str) -> None:
    assert faults({"place": place}) == [("error", code, hint)]


def test_a_rule_is_told_all_that_is_wrong_with_it() -> None:
    found = faults({"when": {"knd": "x", "media": "vidio"}, "place": "lib:{{ titel }}"})
    assert [code for _, code, _ in found] == ["rule-name", "rule-value", "rule-name"]


def test_what_set_or_a_pattern_gives_is_known() -> None:
    day = {"path": {"regex": "(?P<day>[0-9]{8})"}}
    assert (
        faults({"when": {**day, "client": "acme"}, "place": "lib:{{ client }}/{{ day }}/{{ filename }}"}, set={"client": None})
        == []
    )
    assert [code for _, code, _ in faults({"when": day, "place": "lib:{{ dya }}"})] == ["rule-name"]


def test_policies_are_checked_too() -> None:
    policies = [{"name": "x", "when": {"kidn": "movie"}, "require": {"yer": {"known": True}}}]
    assert [hint for _, _, hint in faults(policies=policies)] == ["did you mean kind?", "did you mean year?"]


@pytest.mark.parametrize(
    "when",
    [
        {"media": "audio", "ext": "mkv"},
        {"size": {"over": "2GB", "under": "1GB"}},
        {"season": {"at_least": 3, "at_most": 2}},
        {"kind": "movie", "all": [{"kind": ["episode", "standup"]}]},
        {"ext": []},
        {"ext": "mkv", "not": {"media": "video", "all": [{"ext": "mkv"}]}, "media": "video"},
    ],
)
def test_a_rule_that_can_never_hold_is_warned_of(when: dict[str, Any]) -> None:
    assert [(severity, code) for severity, code, _ in faults({"when": when, "place": PLACE})] == [("warning", "rule-never")]


def test_of_two_rules_that_match_alike_moving_one_is_no_way_on() -> None:
    rule = {"when": {"ext": "mkv", "kind": "movie"}, "place": PLACE}
    assert faults(rule, rule) == [("warning", "rule-shadowed", "change the `when:` of one of them, or remove rule r1")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"ext": "mkv"}),
        ({"media": "video"}, {"media": "video", "kind": "movie"}),
        ({"ext": ["mkv", "mp4"]}, {"ext": "MKV"}),
        ({"show": {"known": True}}, {"show": "The Wire"}),
        ({"not": {"kind": "movie"}}, {"not": {"kind": "movie"}, "ext": "mkv"}),
    ],
)
def test_a_rule_that_never_gets_a_turn_is_warned_of(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = faults({"when": before, "leave": True}, {"when": after, "place": PLACE})
    assert found == [("warning", "rule-shadowed", "move it above rule r0")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"media": "video", "kind": "movie"}, {"media": "video"}),
        ({"ext": "mkv"}, {"ext": ["mkv", "mp4"]}),
        ({"not": {"kind": "movie"}}, {"ext": "mkv"}),
        ({"any": [{"ext": "mkv"}, {"ext": "mp4"}]}, {"ext": "mkv", "kind": "movie"}),
        ({"size": {"over": "1GB"}}, {"size": {"over": "2GB"}}),
        ({"show": {"known": True}}, {"show": {"known": False}}),
        ({"ext": "mkv", "size": {"over": "1GB"}}, {"ext": "mkv"}),
    ],
)
def test_a_rule_that_may_get_a_turn_is_not(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert faults({"when": before, "leave": True}, {"when": after, "place": PLACE}) == []


def test_every_typed_fact_is_in_the_vocabulary() -> None:
    assert set(Facts.__annotations__) <= set(FACTS)


ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "file",
    [*sorted((ROOT / "reshelve" / "presets").glob("*.yaml")), *sorted((ROOT / "examples").glob("*/reshelve.yaml"))],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_nothing_is_wrong_with_what_is_shipped(file: Path, tmp_path: Path) -> None:
    environ = {"SOURCE": str(tmp_path / "from"), "INTO": str(tmp_path / "into"), "HOME": str(tmp_path)}
    loaded = load_workspace(file, environ, lambda wanted: None)
    assert rule_problems(loaded.workspace, file) == []


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"kind": "movie", "media": "audio"}, "no file of `kind` movie has `media` audio"),
        ({"kind": ["music", "audiobook"], "media": "video"}, "no file of `kind` audiobook or music has `media` video"),
        ({"all": [{"kind": "image"}, {"ext": [".mkv"]}]}, "no file of `kind` image has `ext` .mkv"),
        ({"kind": "movie", "season": 3}, "no file of `kind` movie has a `season`"),
        ({"kind": "music", "show": {"known": True}}, "no file of `kind` music has a `show`"),
        ({"all": [{"size": {"over": "5GB"}}, {"size": {"under": "1GB"}}]}, "nothing has a `size` over 5GB and under 1GB"),
        ({"year": {"over": 2000, "under": 2001}}, "nothing has a `year` over 2000 and under 2001"),
        (
            {"captured": {"over": "2021-01-01", "under": "2020-01-01"}},
            "nothing has a `captured` over 2021-01-01 and under 2020-01-01",
        ),
        ({"year": 1999, "all": [{"year": {"over": 2000}}]}, "`year` 1999 is not over 2000"),
        ({"year": [1998, 1999], "all": [{"year": {"at_least": 2000}}]}, "`year` 1998 or 1999 is not at least 2000"),
        ({"season": {"over": 3, "known": False}}, "`season` cannot be unknown, and be what is asked of it"),
        ({"year": {"known": False}, "all": [{"year": 1999}]}, "`year` cannot be unknown, and be what is asked of it"),
        ({"name": {"known": False}}, "every file has a `name`"),
        ({"name": {"glob": "films/*.mkv"}}, "a `name` has no `/`, and 'films/*.mkv' has: ask for it with `path`"),
        ({"stem": "a/b"}, "a `stem` has no `/`, and 'a/b' has: ask for it with `path`"),
        ({"name": {"regex": "^films/"}}, "a `name` has no `/`, and '^films/' asks for one: ask for it with `path`"),
        ({"ext": {"glob": "*.mkv"}}, "an `ext` is what follows the last dot, and '*.mkv' has one: write 'mkv'"),
        ({"ext": "tar.gz"}, "an `ext` is what follows the last dot, and 'tar.gz' has one: write 'gz'"),
        ({"path": {"glob": "/mnt/films/*"}}, "a `path` begins below its store, not with `/` as '/mnt/films/*' does"),
        ({"path": {"glob": ["inbox:films/*"]}}, "a `path` begins below its store, without the inbox: of 'inbox:films/*'"),
        ({"path": {"glob": "../films/*"}}, "a `path` never begins with ../ as '../films/*' does"),
        ({"path": "films/"}, "a `path` is that of a file, and 'films/' ends with `/`: write 'films/*' with `glob`"),
        ({"any": [{"kind": "movie", "media": "audio"}, {"size": {"over": 5, "under": 3}}]}, "no branch of `any:` can hold"),
    ],
)
def test_conditions_that_nothing_can_meet_are_told_with_the_reason(when: dict[str, Any], why: str) -> None:
    workspace = Workspace.model_validate(
        {"stores": {"inbox": {"path": "/i"}}, "scan": {"inbox": {"rules": [{"name": "a", "when": when, "review": True}]}}}
    )
    assert [(fault.code, fault.detail) for _, fault in rule_faults(workspace)] == [("rule-never", f"Rule a: {why}.")]


@pytest.mark.parametrize(
    "when",
    [
        {"kind": "movie", "media": "subtitle"},
        {"kind": "movie", "ext": "iso"},
        {"kind": ["movie", "music"], "media": "audio"},
        {"kind": "other", "media": "audio"},
        {"kind": "documentary", "episodes": {"known": True}},
        {"kind": "movie", "season": {"known": False}},
        {"year": {"over": 2000, "under": 2002}},
        {"all": [{"quality": "4K"}, {"quality": "2160p"}]},
        {"all": [{"ext": ".mkv"}, {"ext": "mkv"}]},
        {"all": [{"audio_languages": "en"}, {"audio_languages": "de"}]},
        {"ext": {"known": False}},
        {"name": {"glob": ["films/*.mkv", "*.mkv"]}},
        {"name": {"regex": "(films/)?heat"}},
        {"path": {"regex": "^films/"}},
        {"any": [{"kind": "movie", "media": "audio"}, {"kind": "movie"}]},
        {"duration": {"over": "1h", "under": "2h"}},
        {"captured": {"at_least": "2020-01", "under": "2021-01"}},
    ],
)
def test_conditions_that_something_can_meet_are_not_told(when: dict[str, Any]) -> None:
    assert faults({"when": when, "review": True}) == []


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"store": "libary"}, "rule-value"),
        ({"season": "02"}, "rule-number"),
        ({"date": {"over": 2020}}, "rule-bound"),
        ({"captured": {"under": "yesterday"}}, "rule-bound"),
        ({"date": "2020"}, "rule-bound"),
    ],
)
def test_values_that_never_come_up_are_told(when: dict[str, Any], code: str) -> None:
    assert [(severity, found) for severity, found, _ in faults({"when": when, "place": PLACE})] == [("error", code)]


@pytest.mark.parametrize(
    ("when", "place", "code"),
    [
        ({"year": {"known": False}}, "lib:{{ title }} ({{ year }})/{{ filename }}", "place-never"),
        ({"all": [{"season": {"known": False}}]}, "lib:{{ '%02d' % season }}/{{ filename }}", "place-never"),
        ({}, "lib:{{ mtime | date('%Q') }}/{{ filename }}", "place-date"),
        ({}, "lib:{{ mtime | date('%Y-%') }}/{{ filename }}", "place-date"),
        ({}, "lib:{{ mtime | date('YYYY-MM') }}/{{ filename }}", "place-date"),
        ({}, "lib:{{ captured | date('%Y', 'Europe/Berln') }}/{{ filename }}", "place-date"),
        ({}, "lib:{{ captured | date(zone='Europe/Berln') }}/{{ filename }}", "place-date"),
        ({}, "lib:{{ episodes | date }}/{{ filename }}", "place-date"),
        ({}, "lib:Films/film.mkv", "place-constant"),
        ({"kind": "movie"}, "lib:{{ store }}/film.mkv", "place-constant"),
        ({}, "lib:{{ title }}", "place-no-extension"),
        ({}, "lib:{{ show }}/{{ '%02d' % season }}", "place-no-extension"),
    ],
)
def test_places_that_cannot_be_meant_are_warned_of(when: dict[str, Any], place: str, code: str) -> None:
    assert [(severity, found) for severity, found, _ in faults({"when": when, "place": place})] == [("warning", code)]


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ({"year": {"known": False}}, "lib:{{ title }}{% if year %} ({{ year }}){% endif %}/{{ filename }}"),
        ({"year": {"known": False}}, "lib:{{ title }} ({{ year | default('no year') }})/{{ filename }}"),
        ({"year": {"known": False}, "name": {"regex": r"(?P<year>\d{4})"}}, "lib:{{ year }}/{{ filename }}"),
        ({"name": "front page.txt"}, "lib:Notes/front page.txt"),
        ({}, "lib:{{ show }}/poster.jpg"),
        ({}, "lib:{{ title }}.{{ ext }}"),
        ({}, "lib:{{ title }}.mkv"),
        ({}, "lib:{{ stem }}"),
        ({"name": {"regex": r"(?P<rest>.*)"}}, "lib:{{ rest }}"),
        ({}, "lib:{{ subdir }}/{{ filename }}"),
        ({}, "lib:{{ mtime | date('%-d %B %Y, %H%%', 'Europe/Berlin') }}/{{ filename }}"),
        ({}, "lib:{{ mtime | date('%Ey %Od %_d') }}/{{ filename }}"),
        ({}, "lib:Films of the 90's/{{ filename }}"),
    ],
)
def test_places_that_can_be_meant_are_not_told(when: dict[str, Any], place: str) -> None:
    assert faults({"when": when, "place": place}) == []


@pytest.mark.parametrize("place", ["lib:", "lib:Films/", "lib:/{{ filename }}", "lib:a//{{ filename }}"])
def test_places_that_name_no_file_are_told(place: str) -> None:
    assert [(severity, code) for severity, code, _ in faults({"place": place})] == [("error", "rule-place")]


def test_values_that_are_called_like_facts_are_warned_of() -> None:
    found = faults(set={"year": 1990, "ext": "mkv", "season": None, "project": "New"})
    assert [(severity, code) for severity, code, _ in found] == [("warning", "set-hides")] * 2


def test_policies_that_nothing_can_keep_or_that_never_apply_are_warned_of() -> None:
    never, plain = {"kind": "movie", "media": "audio"}, {"title": {"known": True}}
    policies = [{"name": "a", "when": never, "require": plain}, {"name": "b", "when": plain, "require": never}]
    assert [(severity, code) for severity, code, _ in faults(policies=policies)] == [("warning", "policy-never")] * 2


@pytest.mark.parametrize(
    ("outer", "inner", "told"),
    [
        ({"path": "Media"}, {"path": "Media/in"}, True),
        ({"path": "."}, {"path": "in"}, True),
        ({"paths": ["/a", "/b"]}, {"path": "/b/in"}, True),
        ({"s3": "bucket"}, {"s3": "bucket", "prefix": "in/"}, True),
        ({"path": "/a/Media"}, {"path": "/a/Media 2"}, False),
        ({"s3": "bucket", "prefix": "in"}, {"s3": "bucket", "prefix": "inbox"}, False),
    ],
)
def test_a_store_inside_another_is_noted(tmp_path: Path, outer: dict[str, Any], inner: dict[str, Any], *, told: bool) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text("version: 1\n")
    workspace = Workspace.model_validate({"stores": {"outer": outer, "inner": inner}})
    found = [(problem.severity, problem.code) for problem in rule_problems(workspace, file)]
    assert found == ([("note", "store-within")] if told else [])


def test_a_message_is_no_template() -> None:
    asked = {"name": "a", "require": {"title": {"known": True}}}
    words = ["Write {target}.", "{{ title }} has none, {% if x %}y{% endif %}", "%(title)s", "$year and ${path}"]
    found = [faults(policies=[{**asked, "message": message}]) for message in words]
    assert [[(severity, code) for severity, code, _ in each] for each in found] == [
        [("warning", "policy-message")] * count for count in (1, 3, 1, 2)
    ]
    assert faults(policies=[{**asked, "message": "Films are {so}: 100% $5 <b>."}]) == []
