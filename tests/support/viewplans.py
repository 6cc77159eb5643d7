"""Plans for the views' tests, small and large."""

from reshelve.schemas.operations import MakeDir, Move, Purge, RemoveDir, Trash, Write
from reshelve.schemas.plan import Blocked, Plan, SpaceNeed
from reshelve.schemas.problems import Problem

RULE = "rule episodes, facts from the file name"


def move(src: str, dst: str, *, size: int = 1_000_000, because: str = RULE, across: bool = False) -> Move:
    return Move(src, dst, size, 1, 1, because=because, across=across)


def evening() -> Plan:
    """One of everything, the way a person would meet it."""
    return Plan(
        id="3f9a1c2e4b5d" + "0" * 52,
        operations=[
            MakeDir("tv:Nordlys (2011)"),
            MakeDir("tv:Nordlys (2011)/Season 08"),
            move("inbox:Nordlys.S08E06.mkv", "tv:Nordlys (2011)/Season 08/Nordlys.S08E06.mkv", size=3_400_000_000, across=True),
            move("inbox:Subs/old.srt", "tv:Nordlys (2011)/Season 08/Nordlys.S08E06.en.srt", size=48_211),
            Write("projects:b63/project_config.json", "{}", because="template standard_video"),
            Trash("inbox:copy.mkv", 700, 1, 1, because="already at tv:there.mkv"),
            RemoveDir("inbox:Subs", 0o755, 1, because="emptied by this plan"),
        ],
        blocked=[Blocked("tv:taken.mkv", "inbox:taken.mkv", "target-taken", "another file is there", "Choose another name.")],
        held=["tv:held.mkv"],
        problems=[
            Problem("lost", "The source is gone.", f"inbox:gone{n}.mkv is not there.", f"tv:gone{n}.mkv", severity="warning")
            for n in range(5)
        ],
        space=[SpaceNeed("ext4:1", "tv", 3_400_000_000, 1)],
        settled=341,
    )


def large(moves: int, folders: int, reasons: int = 1) -> Plan:
    """Many moves into many folders, new ones, for so many reasons."""
    made = [MakeDir(f"tv:Show {n:05}") for n in range(folders)]
    operations = [
        move(f"inbox:f{n}.mkv", f"tv:Show {n % folders:05}/f{n}.mkv", because=f"rule r{n % reasons} (reshelve.yaml:{n % reasons})")
        for n in range(moves)
    ]
    blocked = [Blocked(f"tv:b{n}", f"inbox:b{n}", f"code-{n % 7}", "in the way", "Move it.") for n in range(40)]
    problems = [Problem(f"warn-{n % 9}", "Something.", "detail", f"tv:p{n}", "Do this.", severity="warning") for n in range(90)]
    return Plan(id="a" * 64, operations=[*made, *operations], blocked=blocked, problems=problems, held=["tv:x"] * 3)


def purging() -> Plan:
    gone = Purge("inbox:.reshelve-trash/abc/x.mkv", 5000, 1, 1, because="older than 30 days")
    return Plan(id="b" * 64, command="trash empty", operations=[gone])
