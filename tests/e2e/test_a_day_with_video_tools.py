"""A day of two people who come from the video tools: their `.video-tools.env` is all that is written by hand.

Each step is what one of their scripts did, and is one command.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.buckets import fresh, keys_of, moto, raw
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import Came, call

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["moto"]

ENV = """\
SSD_BASE={ssd}
AWS_PROFILE={user}
AWS_REGION=us-east-1

# S3 Archival (Phase 2)
S3_ARCHIVE_BUCKET={archive}
S3_ARCHIVE_PREFIX=appydave/

# S3 Collaboration (Phase 3)
S3_COLLAB_BUCKET={collab}
S3_COLLAB_PREFIX=                      # No prefix (repo name in key)
S3_SYNC_USER={user}                    # Or 'jan'
S3_RETENTION_DAYS=180
SSD_RETENTION_DAYS=90
"""


def went(folder: Path, *args: str) -> Came:
    came = call(folder, *args)
    assert came.code == 0, (args, came.out, came.err)
    return came


def laid(top: Path, user: str, archive: str, collab: str) -> Path:
    """Lay a person's repository with two projects, and their SSD; return the repository."""
    repository = top / user / "v-appydave"
    ssd = top / user / "T7"
    ssd.mkdir(parents=True)
    for project in ("b63-flivideo", "b40-old-project"):
        (repository / project / "final").mkdir(parents=True)
        (repository / project / "final" / "video.mp4").write_bytes(os.urandom(50_000))
        (repository / project / "transcript.srt").write_text("hello")
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    (repository / ".video-tools.env").write_text(ENV.format(ssd=ssd, user=user, archive=archive, collab=collab))
    return repository


def test_the_day(moto: Endpoint, tmp_path: Path) -> None:
    archive, collab = fresh(moto), fresh(moto, versioned=True)
    david, jan = (laid(tmp_path, user, archive, collab) for user in ("david", "jan"))
    profiles = "".join(
        f"[{user}]\naws_access_key_id={moto.key}\naws_secret_access_key={moto.secret}\n" for user in ("david", "jan")
    )
    (tmp_path / "credentials").write_text(profiles)
    with keys_of(moto, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"), AWS_ENDPOINT_URL=moto.url):
        shared(david, jan)
        put_away(david)
    keys = {each["Key"] for each in raw(moto).list_objects_v2(Bucket=archive).get("Contents", ())}
    assert "appydave/b00-b49/b40-old-project.tar.gz" in keys


def shared(david: Path, jan: Path) -> None:
    """Live the sharing: a draft out, an edit back, and the clean-up."""
    went(david, "init", "--from-env", ".video-tools.env")
    assert "profile" not in (david / "reshelve.yaml").read_text()
    (jan / "reshelve.yaml").write_bytes((david / "reshelve.yaml").read_bytes())  # git pull
    went(jan, "init", "--from-env", ".video-tools.env")
    draft = os.urandom(200_000)
    staging = david / "b63-flivideo" / "s3-staging"
    staging.mkdir()
    (staging / "draft.mp4").write_bytes(draft)
    went(david / "b63-flivideo", "sync", "up", "--yes")
    shown = subprocess.run(["git", "status", "--short", "-uall"], cwd=david, check=True, capture_output=True, text=True).stdout
    assert "s3-staging" not in shown and ".video-tools.env" not in shown and "reshelve.local.yaml" not in shown
    went(jan / "b63-flivideo", "sync", "down", "--yes")
    theirs = jan / "b63-flivideo" / "s3-staging"
    assert (theirs / "draft.mp4").read_bytes() == draft
    (theirs / "audio.wav").write_bytes(b"an audio edit")
    went(jan / "b63-flivideo", "sync", "up", "--yes")
    went(david, "sync", "down", "b63", "--yes")
    assert (staging / "audio.wav").read_bytes() == b"an audio edit"
    assert "in sync; last sync" in went(david, "sync", "status", "--all").out
    assert went(david, "sync", "link", "b63/draft.mp4", "--expires", "7d").out.startswith("http")
    went(david, "sync", "clean", "b63", "--yes")
    assert "david removed 2 files" in went(jan, "sync", "b63", "--yes").out
    assert (theirs / "draft.mp4").exists()


def put_away(david: Path) -> None:
    """Live the archive: to the SSD, on to S3 and to the deep archive, and back from S3."""
    video = (david / "b40-old-project/final/video.mp4").read_bytes()
    went(david, "archive", "b40", "--yes")
    ssd = david.parent / "T7" / "b40-old-project" / "final/video.mp4"
    assert ssd.read_bytes() == video and not (david / "b40-old-project").exists()
    assert (david / "archived/b00-b49/b40-old-project/transcript.srt").exists()
    went(david, "archive", "b40", "--yes")
    assert not ssd.exists()
    went(david, "restore", "b40", "--to", "ssd", "--yes")
    assert ssd.read_bytes() == video
    ssd.write_bytes(b"a new cut")
    went(david, "manifest", "-o", "manifest.json")
    (project,) = [each for each in json.loads((david / "manifest.json").read_text())["projects"] if each["id"] == "b40-old-project"]
    assert project["storage"]["s3"]["differs_from"] == "ssd"
    went(david, "archive", "b40", "--yes")
    went(david, "archive", "b40", "--to", "deep", "--yes")
    went(david, "restore", "b40", "--yes")
    assert "b40-old-project  deep  DEEP_ARCHIVE" in went(david, "restore", "--status").out
    went(david, "cost")
    went(david, "dashboard")
