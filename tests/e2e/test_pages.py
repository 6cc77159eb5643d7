"""What the pages for people show, done in the order they show it: each section in a fresh folder, as one shell would run it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.make_sample import make
from reshelve.cli.command_list import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (DOCS / "start-here.md", DOCS / "backups.md", *sorted((DOCS / "how-to").glob("*.md")))
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!`)\[[^\]\[]+\]\(([^()\s]+)\)")


def sections() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each section that shows commands, with its blocks."""
    for page in PAGES:
        for text in re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
            blocks = BLOCK.findall(text)
            if any(language == "console" for language, _ in blocks):
                yield f"{page.stem}: {text.partition(chr(10))[0].lstrip('# ')}", blocks


def script(blocks: list[tuple[str, str]], world: Path) -> str:
    """Return the blocks of a section as one script: documents are written where the shell is, commands run."""
    lines = ["set -e"]
    for language, text in blocks:
        here = re.sub(r"reserve: \d+GB", "reserve: 0B", text.replace("/mnt/", f"{world}/mnt/"))
        if language == "yaml":
            name = here.partition("\n")[0].removeprefix("# ")
            lines.append(f"cat > {name} <<'END'\n{here}END")
        else:
            lines += [line.removeprefix("$ ") for line in here.splitlines()]
    return "\n".join(lines) + "\n"


def build(world: Path) -> None:
    make(world / "mnt/downloads", files=40)
    for folder in ("disk1", "disk2", "disk3", "library"):
        (world / "mnt" / folder).mkdir()
    for name in ("DCIM/100GOPRO/GOPR0042.MP4", "DCIM/100GOPRO/GOPR0043.MP4", "DCIM/DJI_0001.MP4", "DCIM/IMG_20260131_140500.jpg"):
        (world / "mnt/card" / name).parent.mkdir(parents=True, exist_ok=True)
        (world / "mnt/card" / name).write_text(name)
    (world / "ComfyUI/output").mkdir(parents=True)
    for name in ("legacy_1700000000_00001_.png", "ComfyUI_00001_.png"):
        (world / "ComfyUI/output" / name).write_text(name)
    for path in (world / "mnt").rglob("*"):
        os.utime(path, (1_780_000_000, 1_780_000_000))


@pytest.mark.slow
@pytest.mark.parametrize(("section", "blocks"), [*sections()], ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_of_a_page_runs(tmp_path: Path, section: str, blocks: list[tuple[str, str]]) -> None:
    build(tmp_path)
    environ = {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    given = script(blocks, tmp_path)
    done = subprocess.run(
        ["bash", "-xc", given], cwd=tmp_path, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, f"{section}\n{done.stdout}\n{done.stderr}"
    assert "Filed 0" not in done.stdout


def test_every_command_named_on_a_page_exists() -> None:
    for page in DOCS.rglob("*.md"):
        for command in re.findall(
            r"^\$ (?:sudo -u \w+ )?reshelve (?:-C \S+ )?([a-z0-9]+)", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert command in COMMANDS, f"{page.name}: reshelve {command}"


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", "".join(page.read_text(encoding="utf-8").split("```")[::2]))
    for address in LINK.findall(prose):
        path, _, anchor = address.partition("#")
        if "://" in address:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {address}"
        if anchor and target.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, f"{page.name}: {address}"


def test_every_page_is_in_the_list_of_pages_and_on_the_site() -> None:
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"index.md"}
    assert pages == set(re.findall(r"\]\(([\w/-]+\.md)\)", (DOCS / "index.md").read_text(encoding="utf-8")))
    assert pages == set(re.findall(r"- ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
