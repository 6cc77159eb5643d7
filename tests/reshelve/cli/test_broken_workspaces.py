"""Broken workspaces, one fault each: `validate` alone tells every one of them, at its line."""

from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

SOUND = """\
version: 1
zone: Europe/Berlin
stores:
  inbox: {path: inbox}
  work: {path: work}
  ssd: {path: ssd}
  vault: {path: vault}
  tv: {paths: {nas: a, attic: b}, reserve: 1GB}
  collab: {s3: my-collab, prefix: v/, region: eu-west-1}
  deep: {s3: my-deep, prefix: d/, region: eu-west-1}
set: {project: ""}
media: {video: [strm]}
scan:
  inbox:
    exclude: ["*.part"]
    settle: 5m
    tidy: true
    tidy_junk: [system, "Thumbs.db"]
    rules:
      - name: episodes
        when: {kind: episode}
        place: "tv:{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"
      - name: clips
        when: {kind: other, size: {over: 1MB}, path: {glob: "DCIM/**"}}
        place: "work:{{ project }}/raw/{{ filename }}"
        content_type: raw
      - name: old
        when: {ext: tmp, age: {over: 90d}}
        absent: true
templates:
  clip: {dirs: [raw, "out/{{ project.name }}"], files: {notes.txt: {text: "{{ project.name }} {{ vars.fps }}"}}, vars: {fps: 25}}
projects:
  - {name: b63-film, template: clip, in: "work:", client: Acme, created: 2026-03-01, vars: {fps: 50}}
guards: {max_delete: 10%, max_cost: 5 USD/month}
policies:
  - {name: films, when: {kind: movie}, require: {year: {known: true}}}
health: {warn_size: 50GiB, error_size: 100GiB, room: 2%}
cost: {free_tier: false}
tiers:
  film:
    order:
      local: {at: "work:{project}"}
      ssd: {at: "ssd:{range}/{project}", form: folder}
      deep: {at: "deep:{range}/{project}", form: tar.gz, class: DEEP_ARCHIVE}
    moves:
      - {from: local, to: [ssd], after: 30d, setting: ssd_after}
      - {from: ssd, to: [deep], after: 90d}
sync:
  staging: {here: "work:{project}/s3-staging", there: "collab:{project}", expire: 90d}
backups:
  work: {of: "work:{project}", to: "vault:{project}", copies: ["deep:backups/{project}"],
    keep: {daily: {keep_daily: 7, keep_within: 14d}},
    schedule: daily}
suggest: {provider: openai, model: gpt-4o-mini, below: 0.7, budget: {tokens: 1000}}
schedule:
  new: {when: "daily 02:00", command: scan --only inbox}
  old: {when: "weekly sun 03:00", command: "cleanup inbox tv:x --yes"}
"""

FAULTS = [
    ("zone: Europe/Berlin", "zone: Europe/Berlim"),
    ("settle: 5m", "settle: 5 bananas"),
    ('"work:{{ project }}/raw', '"werk:{{ project }}/raw'),
    ("age: {over: 90d}", "age: {over: 90x}"),
    ("size: {over: 1MB}", "size: {over: 1MB, under: 1kB}"),
    ("size: {over: 1MB}", "size: {ovr: 1MB}"),
    ("{{ project.name }} {{ vars.fps }}", "{{ project.nme }} {{ vars.fps }}"),
    ("{{ project.name }} {{ vars.fps }}", "{{ project.name }} {{ vars.fps | fooo }}"),
    ('"out/{{ project.name }}"', '"out/{{ project.name }"'),
    ("template: clip, in", "template: clips, in"),
    ('in: "work:", client', 'in: "wrk:", client'),
    ('in: "work:", client', 'in: "work:{{ clint }}", client'),
    ("created: 2026-03-01", "created: 2026-13-01"),
    ("max_delete: 10%", "max_delete: 110%"),
    ("max_cost: 5 USD/month", "max_cost: 5 USD/week"),
    ("require: {year", "require: {yeer"),
    ("warn_size: 50GiB", "warn_size: 500GiB"),
    ("warn_size: 50GiB", "warn_size: 50 apples"),
    ("room: 2%", "room: 200%"),
    ('at: "work:{project}"}', 'at: "wrk:{project}"}'),
    ('ssd: {at: "ssd:{range}/{project}", form', 'ssd: {at: "ssd:{range}/{prject}", form'),
    ('at: "ssd:{range}', 'at: "ssd:{rnge}'),
    ("form: folder", "form: foldr"),
    ("class: DEEP_ARCHIVE", "class: DEEP_ARCHIV"),
    ("from: local, to: [ssd]", "from: lokal, to: [ssd]"),
    ("from: local, to: [ssd]", "from: local, to: [sdd]"),
    ("from: ssd, to: [deep], after: 90d", "from: ssd, to: [deep], after: 90"),
    ('here: "work:{project}/s3-staging"', 'here: "wrok:{project}/s3-staging"'),
    ('there: "collab:{project}"', 'there: "ssd:{project}"'),
    ("expire: 90d}", "expire: 90m}"),
    ('of: "work:{project}"', 'of: "wrok:{project}"'),
    ('to: "vault:{project}"', 'to: "valt:{project}"'),
    ('copies: ["deep:backups/{project}"]', 'copies: ["deap:backups/{project}"]'),
    ("keep: {daily: {", "keep: {dayly: {"),
    ("keep_daily: 7", "keep_daly: 7"),
    ("keep_daily: 7", "keep_daily: -7"),
    ("keep_within: 14d", "keep_within: 14 blah"),
    ("scan --only inbox", "scan --only inbx"),
    ("scan --only inbox", "scan --ony inbox"),
    ("cleanup inbox tv:x --yes", "cleanup inbox tw:x --yes"),
    ("cleanup inbox tv:x --yes", "cleanup inbox"),
    ("schedule: daily", "schedule: dayly"),
    ("schedule: daily", 'schedule: "0 3 * * *"'),
    ("provider: openai", "provider: opnai"),
    ("below: 0.7", "below: 7"),
    ("budget: {tokens: 1000}", "budget: {token: 1000}"),
    ("prefix: d/, region: eu-west-1", "prefix: d/, region: eu-west-1, class: GLACEIR"),
    ("prefix: d/, region: eu-west-1", "prefix: d/, region: eu-west-1, lifecycle: {rules: [{name: x, move: {30d: GLACEIR}}]}"),
    ("prefix: d/, region: eu-west-1", "prefix: d/, region: eu-west-1, lifecycle: {rules: [{name: x, expire: 1h}]}"),
    ("prefix: d/, region: eu-west-1", "prefix: d/, region: eu-west-1, patience: 5 bananas"),
    ("prefix: d/, region: eu-west-1", "prefix: d/, region: eu-west-1, kms_key: abc"),
    ("prefix: v/", "prefix: ../v"),
    ("  ssd: {path: ssd}", "  ssd: {path: ssd, s3: x}"),
    ("reserve: 1GB", "reserve: 1 gigaparsec"),
    ("paths: {nas: a, attic: b}", "paths: {nas: a, attic: a}"),
    ("paths: {nas: a, attic: b}", "paths: {na s: a, attic: b}"),
    ("  vault: {path: vault}", "  vault: {path: inbox}"),
    ("media: {video: [strm]}", "media: {vidio: [strm]}"),
    ("media: {video: [strm]}", "media: {video: [strm], audio: [strm]}"),
    ("  inbox:\n    exclude", "  inbx:\n    exclude"),
    ("cost: {free_tier: false}", "cost: {prices: no-such.yaml}"),
    (
        "  - {name: films, when: {kind: movie}, require: {year: {known: true}}}",
        "  - {name: films, when: {kind: movie}, require: {}}",
    ),
    ("when: {kind: other,", "when: {kind: vidio,"),
    ("dirs: [raw, ", "dirs: [../raw, "),
    ("files: {notes.txt: {text:", "files: {notes.txt: {txt:"),
    ("templates:\n", "templates_dir: nowhere\ntemplates:\n"),
    ("- name: clips", "- name: episodes"),
    ("- name: clips", '- name: ""'),
    ("- name: clips", '- name: "  "'),
    ("{name: films, when", '{name: "", when'),
    ("{name: films, when", '{name: " ", when'),
    ("health: {warn_size", "  - {name: films, when: {kind: episode}, require: {season: 1}}\nhealth: {warn_size"),
]
"""What stands in the sound workspace, and what stands there in its place."""


def validated(place: Path, text: str) -> Came:
    for folder in ("inbox", "work", "ssd", "vault", "a", "b"):
        (place / folder).mkdir()
    (place / "reshelve.yaml").write_text(text)
    return call(place, "validate", "--json")


def test_the_sound_one_is_sound(tmp_path: Path) -> None:
    came = validated(tmp_path, SOUND)
    assert (came.code, len(came.events)) == (0, 2)


@pytest.mark.parametrize(("sound", "broken"), FAULTS, ids=lambda text: text.strip()[:40])
def test_one_fault_is_told_at_its_line(tmp_path: Path, sound: str, broken: str) -> None:
    assert SOUND.count(sound) >= 1
    text = SOUND.replace(sound, broken, 1)
    at = next((at for at, (one, other) in enumerate(zip(SOUND, text, strict=False)) if one != other), len(SOUND))
    found = [event["where"]["line"] for event in validated(tmp_path, text).events if event["type"] == "problem"]
    assert found and set(found) == {text.count("\n", 0, at) + 1}


def test_what_a_project_lacks_is_told_where_the_project_is(tmp_path: Path) -> None:
    """Another project may have it: the template alone is no fault."""
    came = validated(tmp_path, SOUND.replace("vars.fps }}", "vars.fsp }}"))
    assert [(event["code"], event["where"]["source"][:9]) for event in came.events[1:-1]] == [("bad-template", "  - {name")]


def test_another_service_has_classes_of_its_own(tmp_path: Path) -> None:
    own = SOUND.replace("prefix: d/, region: eu-west-1", "prefix: d/, endpoint_url: 'http://127.0.0.1:9', class: GLACEIR")
    assert validated(tmp_path, own).code == 0


@pytest.mark.parametrize(
    ("sound", "broken", "hint"),
    [
        ("inbox: {path: inbox}", "inbox: path:inbox", "a key's colon is followed by a space: write path: inbox"),
        ("when: {ext: tmp", "when: {exstension: tmp", "did you mean ext?"),
        ("when: {kind: episode}", "when: {kind: series}", "did you mean episode?"),
        ("when: {kind: episode}", "when: [kind: episode]", "write { } around the keys, not [ ], and no `- ` before them"),
        (
            "{{ project }}/raw",
            "{{ brand }}/raw",
            "declare it, `set: {brand: }`, or see which names there are: reshelve help rules",
        ),
        ("scan --only inbox", "scan --ony inbox", "see what it takes: reshelve scan --help"),
    ],
)
def test_a_hint_says_what_to_write(tmp_path: Path, sound: str, broken: str, hint: str) -> None:
    assert SOUND.count(sound) == 1
    problems = [event for event in validated(tmp_path, SOUND.replace(sound, broken)).events if event["type"] == "problem"]
    assert [problem["hint"] for problem in problems] == [hint]


def test_a_rule_with_two_actions_says_which_and_where(tmp_path: Path) -> None:
    came = validated(tmp_path, SOUND.replace("        absent: true", "        absent: true\n        review: true"))
    problem = came.events[1]
    assert problem["where"]["source"].strip() == "review: true" and problem["detail"].endswith(
        "this one has `absent` and `review`."
    )


def test_a_problem_of_this_machines_own_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "reshelve.local.yaml").write_text("stores:\n  sdd: {optional: true}\nscan: {}\n")
    problems = [event for event in validated(tmp_path, SOUND).events if event["type"] == "problem"]
    assert [(one["where"]["line"], one["code"], one["hint"][:16]) for one in problems if one["code"] == "workspace-store"] == [
        (2, "workspace-store", "did you mean ssd")
    ]
    assert len({(one["code"], one["where"]["line"]) for one in problems}) == len(problems)


def test_documents_beside_it_are_checked_and_one_of_another_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "layout.yml").write_text("version: 1\nfiles: {}\n")
    (tmp_path / "assets.yaml").write_text("version: 1\nassets: 5\n")
    problems = [event for event in validated(tmp_path, SOUND).events if event["type"] == "problem"]
    assert [(Path(one["path"]).name, one["code"]) for one in problems] == [
        ("assets.yaml", "document-type"),
        ("layout.yml", "nearly-named"),
    ]


def test_a_broken_price_list_is_told_where_the_workspace_names_it(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {a: {path: a}}\ncost:\n  prices: own.yaml\n")
    (tmp_path / "own.yaml").write_text("version: 1\nclasses: [\n")
    came = call(tmp_path, "validate")
    assert came.code == 1
    assert "reshelve.yaml:4" in came.err
    assert "reshelve validate own.yaml" in came.err


def test_a_key_called_by_a_word_of_the_same_sense_is_answered_with_its_name(tmp_path: Path) -> None:
    policy = "{name: films, when: {kind: movie}, require: {year: {known: true}}, severity: warning}"
    (tmp_path / "reshelve.yaml").write_text(f"version: 1\nstores: {{movies: {{path: .}}}}\npolicies: [{policy}]\n")
    assert "did you mean `level`?" in call(tmp_path, "validate", "reshelve.yaml").err
