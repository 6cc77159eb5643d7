"""Patterns of strangers: none runs for long, what the engine lacks is told where it stands, and honest ones mean what they say."""

import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.schemas.documents.layout_files import problems_of
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.patterns import LONGEST, Regex, globs
from reshelve.schemas.problems import ReshelveError

SAME = [
    r"^(?P<show>.+)\.S(?P<season>\d\d)E\d\d", r"s08e06", r"(^|[^a-z])music([^a-z]|$)", r"^\w+$", r"[^\W\d_]+", r"[\w-]+\.mkv\Z",
    r"\bE\d+\b", r"^a\+\(b\) \[\d+\]\.bin$", r"\s", r"\S+\s\S+", r"[\s_]+", r"[^\s]+", r"[\S]", r"[\D]", r"\D+",
    r"[\W]", r"\W", r"[^\w]",
    r"é", r"\u00e9", r"[\u00c9]", r"x{,3}$", r"[a{,3}]", r"[(?=]", r"[]a]", r"[^]a]", r"[[]", r"(?i:ÉTOILE)",
    r"(?s).*", r"\é", r"\x41", r"a|b|",
]  # fmt: skip
NAMES = [
    "Show.Name.S08E06.The.Iron.Throne.mkv", "Amélie (2001).mkv", "été", "étoile 1", "x", "xxx", "a b", "a\u00a0b", "a_b-c.mkv", "",
    "МОСКВА S01E02", "東京.S01E02.mkv", "ABC", "a+(b) [12].bin", "music", "1917", "٣", "(?=", "]", "[",
    "a\x85b", "a{,3}", "É", "ﬀ", "²", "‿",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SAME)
def test_what_is_meant_is_what_python_means(pattern: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        ours, theirs = Regex(pattern), re.compile(pattern, re.IGNORECASE)
    for name in NAMES:
        match = theirs.search(name)
        assert ours.found(name) == (match is not None), name
        assert ours.captures(name) == ({k: v for k, v in match.groupdict().items() if v is not None} if match else None)


def test_names_that_are_not_utf8() -> None:
    assert Regex(r"^(?P<stem>.+)\.mkv$").captures("caf\udce9.mkv") == {"stem": "caf\udce9"}


LACKING = {
    r"(?<=a)b": "looking ahead and behind",
    r"(?<!a)b": "`not:`",
    r"a(?=b)": "(?P<title>…)",
    r"a(?!b)": "`not:`",
    r"(a)\1": "referred to",
    r"(?P<a>x)(?P=a)": "referred to",
    r"(?>a)": "(?:…)",
    r"(?#a)": "comment",
    r"(a)(?(1)b|c)": "joined by |",
    r"(?x) a": "of flags there are i, m and s",
    r"(?P<a>x)(?P<a>y)": "two groups are named 'a'",
    r"a{1,2000}": "at most 1,000 times",
    r"((a{1,100}){1,100}){1,100}": "at most 1,000 times",
    r"(": "missing )",
    r"a**": "repetition",
    r"[a": "missing ]",
    r"\bÉtoile": r"(^|[^\w])",
    r"\q": "means nothing",
    r"\Ca": "means nothing",
    "a" * (LONGEST + 1): "at most 1,000 letters",
    "a\\": "write two",
}


@pytest.mark.parametrize("pattern", LACKING)
def test_what_is_lacking_is_told_at_its_line(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "reshelve.yaml"
    quoted = "'" + pattern + "'"
    path.write_text(
        "version: 1\nstores: {inbox: {path: a}}\nscan:\n  inbox:\n    rules:\n      - name: r\n        leave: true\n"
        f"        when: {{any: [{{name: {{regex: {quoted}}}}}]}}\n"
        f"policies:\n  - name: p\n    require: {{title: {{regex: {quoted}}}}}\n"
    )
    with pytest.raises(ReshelveError) as refused:
        load_workspace(path, {})
    assert [problem.where.line for problem in refused.value.problems if problem.where] == [8, 11]
    assert all(LACKING[pattern] in problem.detail for problem in refused.value.problems), refused.value.problems


RUNAWAY = [r"(a+)+$", r"(a|a)*$", r"(.*a){20}$", r"(\w+\s?)+$", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(x+x+)+y"]


@pytest.mark.parametrize("pattern", RUNAWAY)
def test_no_pattern_runs_for_long(pattern: str) -> None:
    for name in ("a" * 4000 + "!", "x" * 4000, "é" * 4000 + "!"):
        Regex(pattern).captures(name)


@pytest.mark.parametrize("pattern", ["*a" * 400 + "b", "*a*" * 300, "*[a-z]" * 150 + "1", "*" * LONGEST, "[" * LONGEST, "?*" * 400])
def test_no_glob_runs_for_long(pattern: str) -> None:
    globs([pattern], ignore_case=True).match("a" * 4000)


def test_a_glob_without_end_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text(f'version: 1\ntidy:\n  inbox: ["{"[" * 100_000}"]\n')
    (problem,) = problems_of(path)
    assert problem.where is not None and problem.where.line == 3 and "at most 1,000 letters" in problem.detail


PIECES = [r"\w", r"\b", "(", ")", "[", "]", "^", "*", "{,2}", "a", "é", "|", "(?P<n>", "\\", "-", r"\Z", "(?=", "{"]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_anything_compiles_or_is_told(pieces: list[str]) -> None:
    try:
        asked = Regex("".join(pieces))
    except ValueError as told:
        assert str(told)
        return
    asked.captures("aé a")
    asked.found("a")
