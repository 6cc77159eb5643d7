"""Retention keeps what restic keeps, for the same reasons: histories and policies over both changes of the clock.

`make backups` tries 240 of them, the slow tests the first 40.
"""

import json
import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reshelve.planner.backups.retention import Stored, retain
from reshelve.schemas.backup_settings import Keep

RESTIC = shutil.which("restic")
ZONE = "Europe/Berlin"
HISTORIES, MOMENTS = int(os.environ.get("RESHELVE_HISTORIES", "40")), 110
WORDS = ("last", "hourly", "daily", "weekly", "monthly", "yearly")


def version() -> tuple[int, int]:
    said = subprocess.run([RESTIC or "restic", "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"restic (\d+)\.(\d+)", said)
    assert found is not None, said
    return int(found[1]), int(found[2])


pytestmark = [pytest.mark.slow, pytest.mark.skipif(RESTIC is None, reason="restic is not installed: apt install restic")]


def restic(repository: Path, *args: str, zone: str = ZONE) -> str:
    environ = {**os.environ, "RESTIC_REPOSITORY": str(repository), "RESTIC_PASSWORD": "x", "TZ": zone}
    environ["RESTIC_CACHE_DIR"] = str(repository.parent / "cache")
    return subprocess.run(
        [str(RESTIC), *args], capture_output=True, text=True, check=True, env=environ, cwd=repository.parent
    ).stdout


def moments(dice: random.Random) -> list[datetime]:
    """Return times of two years: years apart, and dense around both changes of the clock, midnights and ends of years."""
    found = {datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 900)) for _ in range(40)}
    for year, month, day in ((2021, 3, 28), (2021, 10, 31), (2020, 12, 31), (2021, 12, 31), (2022, 1, 2)):
        middle = datetime(year, month, day, 1, tzinfo=UTC)
        found |= {middle + timedelta(minutes=dice.randrange(-60 * 30, 60 * 30)) for _ in range(12)}
    for hour in (0, 1):
        found |= {datetime(2021, 10, 31, hour, minute, tzinfo=UTC) for minute in (0, 30)}
        found |= {datetime(2021, 3, 28, hour, minute, tzinfo=UTC) for minute in (0, 59)}
    return sorted(found)[:MOMENTS]


def policy(dice: random.Random) -> dict[str, int | str]:
    said: dict[str, int | str] = {f"keep_{word}": dice.choice((1, 2, 3, 5, 8, 24)) for word in WORDS if dice.random() < 0.35}
    if dice.random() < 0.4 or not said:
        said["keep_within"] = dice.choice(("1h", "24h", "7d", "30d", "1m", "2m3d", "1y", "1y1m1d1h", "5d12h"))
    return said


def test_it_keeps_what_restic_keeps(tmp_path: Path) -> None:
    if version() >= (0, 16):
        pytest.skip("restic 0.16 and later also keep the oldest snapshot while a count is not filled")
    dice = random.Random(18)
    times = moments(dice)
    tags: dict[datetime, list[str]] = {time: [] for time in times}
    histories: list[list[datetime]] = []
    for number in range(HISTORIES):
        begin = dice.randrange(len(times))
        near = times[begin : begin + dice.choice((3, 12, 40, len(times)))]
        histories.append(sorted(dice.sample(near, dice.randint(1, len(near)))))
        for time in histories[-1]:
            tags[time].append(f"h{number}")
    repository = tmp_path / "repository"
    (tmp_path / "file").write_text("x")
    restic(repository, "init")
    for time in times:
        local = time.astimezone(ZoneInfo(ZONE))
        offset = int((local.utcoffset() or timedelta()).total_seconds()) // 3600
        # Told in a zone of that offset alone: of an hour that there is twice, each is meant once.
        said = f"{local:%Y-%m-%d %H:%M:%S}"
        args = ["backup", "--host", "h", "--time", said, *(word for tag in tags[time] for word in ("--tag", tag)), "file"]
        restic(repository, *args, zone=f"Etc/GMT-{offset}")
    now = datetime.now(UTC)
    for number, history in enumerate(histories):
        keep = policy(dice)
        flags = [word for name, value in keep.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        said = json.loads(restic(repository, "forget", "--dry-run", "--json", "--tag", f"h{number}", "--group-by", "host", *flags))
        theirs = {_moment(each["snapshot"]["time"]): _words(each["matches"]) for group in said for each in group["reasons"]}
        stored = [Stored(time.isoformat(), time) for time in history]
        ours = {
            datetime.fromisoformat(each.name): {reason.partition(" ")[0] for reason in each.reasons}
            for each in retain(stored, Keep.model_validate(keep), now, ZoneInfo(ZONE))
            if each.reasons
        }
        assert ours == theirs, (number, keep, history)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"\.\d+", "", text)).astimezone(UTC)


def _words(matches: list[str]) -> set[str]:
    return {reason.partition(" ")[0] for reason in matches}
