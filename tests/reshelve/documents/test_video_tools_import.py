"""Importing a .video-tools.env: stores, tiers and days of it become a workspace; secrets never do."""

from pathlib import Path

import pytest

from reshelve.documents.video_tools_import import from_env, read_env
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.workspace import Workspace
from tests.support.shellcalls import call

WHOLE = """\
# SSD (existing)
SSD_BASE=/Volumes/T7/youtube-PUBLISHED/appydave

AWS_ACCESS_KEY_ID=AKIA-not-a-key
export AWS_SECRET_ACCESS_KEY="hush hush"   # never tell
AWS_PROFILE=video
AWS_REGION=us-east-1

S3_BUCKET=appydave-video-archive
S3_PREFIX=appydave/
GLACIER_VAULT=appydave-long-term-archive

S3_RETENTION_DAYS=180          # Move to Glacier after 6 months
SSD_RETENTION_DAYS=90          # Delete from SSD after 3 months (if in S3)
S3_COLLAB_BUCKET=appydave-video-collab
S3_COLLAB_PREFIX=                      # No prefix (repo name in key)
S3_SYNC_USER=david                     # Or 'jan'
"""


def imported(text: str, tmp_path: Path) -> tuple[Workspace, list[str]]:
    """Return the workspace a file comes to, read back as any other, and the codes of what was said."""
    made = from_env(text, ".video-tools.env", "v-appydave")
    file = tmp_path / "reshelve.yaml"
    file.write_text(made.text, encoding="utf-8")
    return load_workspace(file, {"HOME": "/home/d"}).workspace, [note.code for note in made.notes]


def moves(workspace: Workspace) -> list[str]:
    return [f"{move.from_} to {','.join(move.to)} {move.after or ''}".strip() for move in workspace.tiers["projects"].moves]


def test_all_of_it(tmp_path: Path) -> None:
    space, notes = imported(WHOLE, tmp_path)
    assert notes == ["env-git", "env-obsolete", "env-secret"]
    assert (space.sync["staging"].here, space.sync["staging"].there, space.sync["staging"].expire) == (
        "local:{project}/s3-staging",
        "collab:v-appydave/{project}",
        "90d",
    )
    assert space.stores["ssd"].path == "/Volumes/T7/youtube-PUBLISHED/appydave" and space.stores["ssd"].optional
    s3, collab = space.stores["s3"], space.stores["collab"]
    assert (s3.s3, s3.prefix, s3.region, s3.profile) == ("appydave-video-archive", "appydave/", "us-east-1", None)
    assert (collab.s3, collab.prefix, collab.profile) == ("appydave-video-collab", "", None)
    assert moves(space) == ["local to ssd,light 90d", "ssd to s3 90d", "s3 to deep 180d", "ssd to ssd,light"]
    assert space.tiers["projects"].order["deep"].storage_class == "DEEP_ARCHIVE"


def test_the_second_person_joins_with_what_differs_alone(tmp_path: Path) -> None:
    david, jan = tmp_path / "david", tmp_path / "jan"
    for folder, text in (
        (david, WHOLE),
        (jan, WHOLE.replace("david ", "jan ").replace("/Volumes/T7/youtube-PUBLISHED", "/media/T7")),
    ):
        folder.mkdir()
        (folder / ".video-tools.env").write_text(text.replace("PROFILE=video", f"PROFILE={folder.name}"))
    assert call(david, "init", "--from-env", ".video-tools.env").code == 0
    (jan / "reshelve.yaml").write_bytes((david / "reshelve.yaml").read_bytes())
    came = call(jan, "init", "--from-env", ".video-tools.env")
    assert came.code == 0 and "Wrote reshelve.local.yaml" in came.out
    assert (jan / "reshelve.yaml").read_bytes() == (david / "reshelve.yaml").read_bytes()
    assert (jan / "reshelve.local.yaml").read_text().splitlines()[2:] == [
        "stores:",
        '  ssd: {path: "/media/T7/appydave"}',
        '  s3: {profile: "jan"}',
        '  collab: {profile: "jan"}',
        "sync: {staging: {user: jan}}",
    ]
    space = load_workspace(jan / "reshelve.yaml", {}).workspace
    assert (space.stores["ssd"].path, space.stores["ssd"].optional) == ("/media/T7/appydave", True)
    assert (space.stores["collab"].s3, space.stores["collab"].profile) == ("appydave-video-collab", "jan")
    came = call(jan, "init", "--from-env", ".video-tools.env")
    assert came.code == 1 and "workspace-exists" in came.err


def test_who_this_is_goes_into_this_machines_own_file(tmp_path: Path) -> None:
    made = from_env(WHOLE, ".video-tools.env", "v-appydave")
    (tmp_path / "reshelve.yaml").write_text(made.text)
    (tmp_path / "reshelve.local.yaml").write_text(made.local)
    assert "user" not in made.text and "profile" not in made.text
    space = load_workspace(tmp_path / "reshelve.yaml", {}).workspace
    assert space.sync["staging"].user == "david"
    assert (space.stores["s3"].profile, space.stores["collab"].profile) == ("video", "video")
    nobody = from_env("S3_COLLAB_BUCKET=c\nS3_SYNC_USER=two words\n", ".video-tools.env", "v-{x}")
    assert nobody.local == ""
    assert "env-user" in [note.code for note in nobody.notes]
    assert 'there: "collab:v-x/{project}"' in nobody.text


def test_no_secret_leaves_the_file() -> None:
    made = from_env(WHOLE + "AWS_SESSION_TOKEN=tok3n\n", ".video-tools.env", "v-appydave")
    everything = made.text + "".join(f"{note.detail}{note.hint}{note.path}" for note in made.notes)
    assert not any(secret in everything for secret in ("AKIA-not-a-key", "hush", "tok3n"))


def test_what_is_not_said_has_its_defaults(tmp_path: Path) -> None:
    space, notes = imported("SSD_BASE=$HOME/ssd\nS3_ARCHIVE_BUCKET=arch\nS3_ARCHIVE_PREFIX=a/\nS3_BUCKET=old\n", tmp_path)
    assert notes == [] and space.stores["ssd"].path == "/home/d/ssd"
    assert (space.stores["s3"].s3, space.stores["s3"].prefix) == ("arch", "a/")
    assert moves(space) == ["local to ssd,light 90d", "ssd to s3 180d", "s3 to deep 365d", "ssd to ssd,light"]


def test_without_a_disk_or_without_a_bucket(tmp_path: Path) -> None:
    assert moves(imported("S3_BUCKET=b\n", tmp_path)[0]) == ["local to s3,light 90d", "s3 to deep 365d"]
    assert moves(imported("SSD_BASE=/ssd\n", tmp_path)[0]) == ["local to ssd,light 90d", "ssd to ssd,light"]
    nothing, notes = imported("", tmp_path)
    assert nothing.tiers == {} and notes == ["env-no-tiers"]


def test_what_is_not_understood_is_said(tmp_path: Path) -> None:
    space, notes = imported("SSD_BASE=/s\nS3_BUCKET=b\nSSD_RETENTION_DAYS=soon\nnonsense\nCOLOUR=red\n", tmp_path)
    assert notes == ["env-days", "env-unknown", "env-line"] and "ssd to s3 180d" in moves(space)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("A = b c ", "b c"),
        ("export A='b # c' # d", "b # c"),
        ('A="b"', "b"),
        ("A=b#c", "b#c"),
        ("A=b # c", "b"),
        ("A='b", "'b"),
    ],
)
def test_lines(line: str, value: str) -> None:
    assert read_env(line, "f") == ({"A": value}, [])
    assert read_env(f"A=first\n{line}\nB=\n", "f")[0] == {"A": value}
