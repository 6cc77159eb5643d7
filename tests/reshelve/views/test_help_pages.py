"""The pages in the terminal: all are found, each by one name, and can be read as they stand."""

from pathlib import Path

import pytest

from reshelve.cli.command_list import COMMANDS
from reshelve.views import help_pages
from tests.support.shellcalls import call

DOCS = Path(__file__).resolve().parents[3] / "docs"
TOPICS = {name for pages in help_pages.topics().values() for name in pages}


def test_every_page_is_a_topic_and_no_two_have_one_name() -> None:
    pages = [path.stem for path in DOCS.rglob("*.md") if path.name != "index.md"]
    assert len(pages) == len(set(pages)) and set(pages) == TOPICS


@pytest.mark.parametrize("topic", sorted(TOPICS & COMMANDS.keys()))
def test_a_page_that_is_called_as_a_command_says_where_the_commands_help_is(tmp_path: Path, topic: str) -> None:
    lines = call(tmp_path, "help", topic).out.splitlines()
    assert lines[0].startswith("# ") and lines[-1] == f"About the command: reshelve {topic} --help"


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_page_is_printed_without_links_and_bars(tmp_path: Path, topic: str) -> None:
    came = call(tmp_path, "help", topic)
    assert came.code == 0
    prose = "\n".join(came.out.split("```")[::2])
    assert ".md)" not in prose and "| --" not in prose
    assert came.out.startswith("# ")


def test_without_a_topic_the_pages_are_listed(tmp_path: Path) -> None:
    came = call(tmp_path, "help")
    assert came.code == 0
    assert all(f"  {topic} " in came.out for topic in TOPICS) and "reshelve help TOPIC" in came.out


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("ruls", "`rules`"),
        ("exit", "`exit-codes`"),
        ("docs/rules.md", "`rules`"),
        ("workspce", "`workspace`"),
        ("zzzzz", "reshelve help"),
        ("orgnize", "`organize`"),
        ("no-layuot", "`no-layout`"),
        ("rule-never-matches", "`rule-never`"),
        ("store-away", "`home-away`"),
        ("E123", "All pages: reshelve help"),
        ("plann", "Did you mean `plan`?"),
        ("subtitle", "The word is used in: "),
    ],
)
def test_a_near_miss_is_answered(tmp_path: Path, asked: str, meant: str) -> None:
    came = call(tmp_path, "help", asked)
    assert came.code == 64 and "no-such-topic" in came.err and meant in came.err


def test_a_part_of_a_longer_word_is_no_word_of_a_page() -> None:
    assert "find-duplicates" not in help_pages.near("cat") and help_pages.near("cat")
    assert not help_pages.speaking_of("e123")
    assert not help_pages.speaking_of("ubtitl") and help_pages.speaking_of("subtitle")


def test_a_page_with_a_heading_of_the_word_comes_before_long_pages_that_use_it_often() -> None:
    assert "tiers" in help_pages.speaking_of("lifecycle") and help_pages.speaking_of("cron")[0] == "cron"
    assert "tiers" in help_pages.speaking_of("thaw") and help_pages.speaking_of("password")[0] == "deployment"


def test_the_name_of_a_command_prints_its_help(tmp_path: Path) -> None:
    came = call(tmp_path, "help", "scan")
    assert came.code == 0 and came.out.startswith("Usage: reshelve scan") and "--prune" in came.out


@pytest.mark.parametrize("asked", ["only-in-trash", "error[only-in-trash]", "[only-in-trash]", "ONLY-IN-TRASH"])
def test_the_code_of_a_message_prints_its_entry_whole(tmp_path: Path, asked: str) -> None:
    came = call(tmp_path, "help", asked)
    assert came.code == 0 and came.out.startswith("only-in-trash  (Something was cut short)\n\nThe copy that a trashed")
    assert "the hint how to restore it." in came.out.replace("\n", " ") and "being-written" not in came.out


def test_every_entry_of_the_page_of_messages_is_found() -> None:
    text = help_pages.page(help_pages.MESSAGES) or ""
    codes = [line[3:].partition("`")[0] for line in text.splitlines() if line.startswith("- `")]
    assert len(codes) > 300 and all(help_pages.message(code) is not None for code in codes)


def shown(text: str, width: int) -> list[str]:
    return list(help_pages.shown(text, width))


def test_a_table_is_aligned_wrapped_or_listed() -> None:
    table = "| a | what it is |\n| --- | --- |\n| `x\\|y` | one two three four five six seven eight nine ten |\n"
    assert shown(table, 80) == [
        "a      what it is",
        "-----  ------------------------------------------------",
        "`x|y`  one two three four five six seven eight nine ten",
    ]
    assert shown(table, 46)[2:] == ["`x|y`  one two three four five six seven", "       eight nine ten"]
    assert shown(table, 20) == ["- `x|y`", "  what it is: one two three four five six seven eight nine ten"]


def test_links_become_topics_and_code_stays() -> None:
    text = "See [all facts](reference/rules.md#facts), [tiers](../tiers.md) and [AWS](https://aws.amazon.com).\n"
    text += "```\n[a](b.md) | x |\n```"
    assert shown(text, 80) == [
        "See all facts (reshelve help rules), tiers and AWS (https://aws.amazon.com).",
        "```",
        "[a](b.md) | x |",
        "```",
    ]


def test_nothing_in_code_is_a_link() -> None:
    for code in ("`([0-9][- ]?){9}[0-9](a|b)`", "``a ` [b](c.md)``"):
        assert shown(f"- {code}: see [`code`](reference/rules.md)", 80) == [f"- {code}: see `code` (reshelve help rules)"]
        assert shown(f"| a | b |\n| - | - |\n| {code.replace('|', chr(92) + '|')} | c |", 80)[-1].startswith(code)
    assert shown("- a list:\n\n  ```\n  [a](b.md)\n  ```", 80)[3] == "  [a](b.md)"


def test_the_page_of_presets_prints_its_patterns_as_they_stand() -> None:
    text = help_pages.page("presets") or ""
    patterns = [line for line in text.splitlines() if "[0-9](" in line]
    assert patterns and set(patterns) <= set(shown(text, 80))
