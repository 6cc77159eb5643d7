"""Workspaces with one fault each, as a person errs: `validate` alone tells it at its line, with what to write instead."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call

SOUND = """version: 1
stores:
  inbox: {path: in}
  library: {path: lib}
  cloud: {s3: my-bucket, region: eu-central-1}
scan:
  inbox:
    rules:
      - name: films
        when: {kind: movie}
        place: "library:{{ title }}/{{ filename }}"
"""
EDITS = {
    "braces of another language": ("{{ title }}/", "{title}/", 11, "write {{ title }}"),
    "spaced braces": ("{{ title }}/", "{ title } (x)/", 11, "write {{ title }}"),
    "percent": ("{{ title }}/", "%(title)s/", 11, "write {{ title }}"),
    "dollar": ("{{ title }}/", "${title}/", 11, "write {{ title }}"),
    "angle": ("{{ title }}/", "<title>/", 11, "write {{ title }}"),
    "a fact of a thing": ("{{ title }}", "{{ movie.title }}", 11, "write {{ title }}"),
    "backslash": ("{{ title }}/", "{{ title }}\\\\", 11, "write `/`"),
    "a glob as a name": ("kind: movie", "name: '*.mkv'", 10, "{glob: '*.mkv'}"),
    "an operator": ("kind: movie", "size: '>1GB'", 10, "write {over: 1GB}"),
    "at most": ("kind: movie", "age: '<= 30d'", 10, "write {at_most: 30d}"),
    "an operator of a number": ("kind: movie", "year: '>=1990'", 10, "write {at_least: 1990}"),
    "a range": ("kind: movie", "year: 1990-1999", 10, "write {at_least: 1990, at_most: 1999}"),
    "a store that is its path": ("library: {path: lib}", "library: lib", 4, "write {path: lib}"),
    "a condition in words": ("{kind: movie}", "kind == movie", 10, "when: {kind: movie}"),
    "one of a list": ("    rules:\n", "    exclude: '*.part'\n    rules:\n", 8, 'write ["*.part"]'),
    "a no-break space": ("    rules", "\u00a0\u00a0\u00a0 rules", 8, "plain spaces"),
    "deep archive": ("my-bucket,", "my-bucket, class: GLACIER_DEEP,", 5, "did you mean DEEP_ARCHIVE"),
    "a version in quotes": ("version: 1", "version: '1.0'", 1, "write `version: 1`"),
}
TIERS = """tiers:
  g:
    order: {hot: {at: 'library:{project}'}, cold: {at: 'cloud:{project}'}}
    moves: [{from: hot, to: cold, after: 90d}]
"""
ADDED = {
    "one tier": (TIERS, 4, "write [cold]"),
    "names without values": ("set: [project, client]\n", 1, "set: {project: New}"),
    "a shell's redirection": ("schedule:\n  night: {when: daily 02:00, command: 'backup due --yes > log'}\n", 2, "`>`"),
    "a webhook": ("notify:\n  me: {kind: slack, url: 'https://hooks.slack.com/services/T0/B0/x'}\n", 2, "url_env"),
    "another webhook": ("notify:\n  me: {kind: webhook, url: 'https://discord.com/api/webhooks/1/x'}\n", 2, "url_env"),
}


def told(folder: Path, text: str) -> list[tuple[int, str]]:
    """Return the line and the words of each problem that `validate` has with a workspace."""
    (folder / "reshelve.yaml").write_text(text)
    events = call(folder, "validate", "--json").events
    problems = [event for event in events if event["type"] == "problem"]
    return [(event["where"]["line"], f"{event.get('detail')} {event.get('hint')}") for event in problems]


def test_without_a_fault_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND) == []


@pytest.mark.parametrize("name", EDITS)
def test_a_fault_is_told_at_its_line_with_what_to_write(name: str, tmp_path: Path) -> None:
    old, new, line, words = EDITS[name]
    assert SOUND.count(old)
    found = told(tmp_path, SOUND.replace(old, new, 1))
    assert [said for at, said in found if at == line and words in said], found
    assert len(found) == 1 or name == "a no-break space"


@pytest.mark.parametrize("name", ADDED)
def test_a_fault_in_what_comes_after_is_told_too(name: str, tmp_path: Path) -> None:
    text, line, words = ADDED[name]
    found = told(tmp_path, SOUND + text)
    assert len(found) == 1 and found[0][0] == SOUND.count("\n") + line and words in found[0][1], found
