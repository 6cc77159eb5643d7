"""`doctor --probe`: the table of docs/services.md, for the bucket at hand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve.examining.service_trial import rows
from reshelve.executors.contracts.object_store import Capabilities
from tests.support.buckets import fresh, keys_of, moto, raw
from tests.support.servers.service import Endpoint

__all__ = ["moto"]


def test_what_could_not_be_tried_is_no_no() -> None:
    found = Capabilities("none", "none", False, True, False, False, False, natively=(), unknown=("restore", "storage_classes"))
    told = dict(rows(found))
    assert told["thaws"].startswith("unknown") and told["classes"].startswith("unknown") and told["versions"] == "no"
    assert "accept_race" in told["conditions"] and "Content-MD5 yes" in told["checksums"]


@pytest.mark.s3
def test_the_table_of_a_bucket(moto: Endpoint, tmp_path: Path) -> None:
    name = fresh(moto, versioned=True)
    (tmp_path / "reshelve.yaml").write_text(
        f"version: 1\nstores:\n  attic: {{s3: {name}, prefix: a, region: us-east-1, endpoint_url: '{moto.url}'}}\n"
    )
    with keys_of(moto):
        done = subprocess.run(
            [sys.executable, "-m", "reshelve", "doctor", "--probe", "--json"],
            cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False,
        )  # fmt: skip
    told = {each["what"]: each["how"] for each in map(json.loads, done.stdout.splitlines()) if each.get("type") == "finding"}
    assert told["service of attic, versions"] == "yes", done.stdout + done.stderr
    assert told["service of attic, classes"] == "yes" and told["service of attic, thaws"] == "yes"
    assert "put yes" in told["service of attic, conditions"]
    assert not raw(moto).list_object_versions(Bucket=name).get("Versions")
