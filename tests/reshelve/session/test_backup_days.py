"""Days of backups, with a kill in some nights: what is restored of a day is what stood that day, for every day that is kept."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reshelve import api
from reshelve.schemas.plan import Plan
from reshelve.session.session import Session

SETTINGS = """version: 1
stores: {work: {path: work}, vault: {path: vault}}
zone: Europe/Berlin
backups:
  main:
    of: "work:{project}"
    copies: ["vault:{project}"]
    keep: {daily: {keep_daily: 7, keep_monthly: 2}, incremental: {keep_within: 10d}, weekly: {keep_last: 3}}
"""
FIRST = datetime(2027, 3, 1, 1, 30, tzinfo=UTC)
WALK = """
import sys, time
from datetime import datetime
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.reshelve.session.test_backup_days import night
night(Path({place!r}), datetime.fromisoformat({now!r}), {kind!r})
"""
ROOT = Path(__file__).resolve().parents[3]


def session_at(place: Path, now: datetime) -> Session:
    return api.open_workspace(place, environ={}, now=lambda: now)


def apply(session: Session, plan: Plan) -> None:
    assert not plan.blocked, plan.blocked
    if plan.can_apply():
        report = session.runs.apply(plan)
        assert report.outcome == "done", report.failures


def night(place: Path, now: datetime, kind: str) -> None:
    """Do what `backup` does: pack, verify, copy, let go."""
    session = session_at(place, now)
    found = session.backups.find((), kind)  # type: ignore[arg-type]
    apply(session, session.backups.plan(found.layout))
    session.backups.settle(found)
    for store, layout in session.copies.missing(()).items():
        apply(session, session.backups.plan(layout))
        session.copies.settle((), store)
    apply(session, session.backups.plan_retention(session.backups.retention(())))


def killed(place: Path, now: datetime, kind: str, at: int, after: float) -> bool:
    """Do the same in a process that is killed so many seconds into its run number `at`; say whether it was."""
    code = WALK.format(root=str(ROOT), place=str(place), now=now.isoformat(), kind=kind)
    runs = place / ".reshelve/runs"
    before = len(list(runs.glob("0*")))
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len(list(runs.glob("0*"))) < before + at:
            time.sleep(0.001)
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        code_of_it = process.wait()
    return code_of_it == -signal.SIGKILL


def tree(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return what is in a folder: text, permissions, times of files; the backups left out."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name.split("/")[0] != "Backups":
            said = path.lstat()
            if path.is_symlink():
                found[name] = os.readlink(path), 0, 0
            elif path.is_dir():
                found[name] = "/", said.st_mode, 0
            else:
                found[name] = path.read_text(), said.st_mode, said.st_mtime_ns
    return found


def change(folder: Path, dice: random.Random, day: int) -> None:
    """Do what a day of work does to a folder: new, changed, renamed, deleted, moved in with old times, of another kind."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "Backups" not in path.parts and not path.is_symlink())
    for _ in range(dice.randint(0, 4)):
        path = folder / dice.choice(("", "a", "b/c", f"day{day}")) / f"f{dice.randrange(12)}"
        if path.is_dir():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f"{day} {dice.random()}")
    for path in dice.sample(files, min(len(files), dice.randint(0, 3))):
        match dice.randrange(6):
            case 0:
                path.unlink()
            case 1:
                path.rename(path.with_name(f"{path.name}-moved{day}"))
            case 2:
                said = path.stat()
                path.write_text(path.read_text()[::-1])
                os.utime(path, ns=(said.st_atime_ns, said.st_mtime_ns))
            case 3:
                path.chmod(0o600 if path.stat().st_mode & 0o44 else 0o644)
            case 4:
                path.unlink()
                path.symlink_to("f1")
            case _:
                path.unlink()
                path.mkdir()
                (path / "inner").write_text(str(day))
                os.utime(path / "inner", (0, 0))


def live(place: Path, days: int, seed: int, cut: list[int] | None = None) -> dict[str, dict[str, tuple[str, int, int]]]:
    """Live through days of work and nights of backups; return the tree at each moment that a backup was begun.

    With `cut`, each night's first attempt is killed; it notes the days on which that left a run unsettled.
    """
    (place / "vault").mkdir()
    folder = place / "work/b63"
    folder.mkdir(parents=True)
    (place / "reshelve.yaml").write_text(SETTINGS)
    dice = random.Random(seed)
    was = {}
    for day in range(days):
        nightly = "daily" if day % 3 == 0 else "incremental"
        for hour, kind in ((0, nightly), (9, "incremental" if day % 3 == 1 else ""), (20, "weekly" if day % 7 == 6 else "")):
            now = FIRST + timedelta(days=day, hours=hour)
            change(folder, dice, day)
            if not kind:
                continue
            was[now.isoformat()] = tree(folder)
            if cut is not None and hour == 0:
                killed(place, now, kind, dice.randint(1, 3), dice.uniform(0, 0.08))
                session = session_at(place, now + timedelta(minutes=20))
                if session.runs.unsettled():
                    cut.append(day)
                    session.runs.recover()
                assert tree(folder) == was[now.isoformat()]
                now += timedelta(minutes=30)
                was[now.isoformat()] = was[(now - timedelta(minutes=30)).isoformat()]
            night(place, now, kind)
    return was


def check(place: Path, days: int, was: dict[str, dict[str, tuple[str, int, int]]]) -> int:
    """Restore every moment that an archive is kept of, from here and from the copies; return how many there were."""
    end = FIRST + timedelta(days=days)
    session = session_at(place, end)
    rows = session.backups.archives(())
    assert {row.state for row in rows} <= {"verified", "not verified"}
    taken = sorted({row.taken for row in rows if row.state == "verified"})
    for number, text in enumerate(taken):
        moment = datetime.fromisoformat(text)
        layout, target = session.backups.restore("b63", at=moment, to=f"work:.then/{number}")
        apply(session, session.backups.plan(layout))
        assert tree(place / "work" / target.partition(":")[2]) == was[moment.isoformat()], text
    assert not [row for row in session.backups.verify(()) if row.state not in ("verified", "not verified")]
    return len(taken)


def test_two_days_restored_from_the_copies(tmp_path: Path) -> None:
    was = live(tmp_path, 2, 1)
    (tmp_path / "work/b63/Backups").rename(tmp_path / "lost")
    assert check(tmp_path, 2, was) == 3


@pytest.mark.slow
def test_days_with_a_kill_each_night(tmp_path: Path) -> None:
    days, cut = int(os.environ.get("RESHELVE_NIGHTS", "12")), []
    was = live(tmp_path, days, 2, cut)
    assert cut
    assert check(tmp_path, days, was) >= min(days, 20)
