"""A workspace over a folder and one bucket, worked by the real command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.buckets import fresh, raw
from tests.support.servers.service import Endpoint

BIG = 17 << 20
"""Bytes of the large file: more than one part."""
KINDS = [("moto", False), ("moto", True), ("ceph", False), ("ceph", True), ("rclone", False)]
"""Services, and whether their buckets keep versions."""


class Desk:
    """A workspace over a folder and one bucket of a service."""

    def __init__(self, folder: Path, endpoint: Endpoint, *, versioned: bool, more: str = "") -> None:
        self.folder = folder
        self.bucket = fresh(endpoint, versioned=versioned)
        self.client = raw(endpoint)
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        (folder / "reshelve.yaml").write_text(
            "version: 1\nstores:\n  inbox: {path: inbox}\n"
            f"  archive: {{s3: {self.bucket}, prefix: video, region: us-east-1, endpoint_url: '{endpoint.url}'{more}}}\n"
        )

    def layout(self, text: str) -> None:
        (self.folder / "layout.yaml").write_text(f"version: 1\n{text}")

    def run(self, *args: str, code: int = 0) -> str:
        """Run one command line in a process of its own."""
        environ = {**os.environ, "NO_COLOR": "1", "XDG_STATE_HOME": str(self.folder / ".state")}
        command = [sys.executable, "-m", "reshelve", *args]
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *args: str) -> "subprocess.Popen[bytes]":
        """Start one command line, to be killed."""
        environ = {**os.environ, "NO_COLOR": "1", "XDG_STATE_HOME": str(self.folder / ".state")}
        return subprocess.Popen([sys.executable, "-m", "reshelve", *args], cwd=self.folder, env=environ, stdout=subprocess.DEVNULL)

    def plan(self) -> dict[str, Any]:
        """Return the summary event of a plan."""
        summary: dict[str, Any] = json.loads(self.run("plan", "--json").splitlines()[-1])
        return summary

    def keys(self) -> list[str]:
        """Return the keys a stranger sees, reshelve's trash left out."""
        found = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(each["Key"] for each in found if ".reshelve-trash" not in each["Key"])

    def keys_all(self) -> list[str]:
        """Return all keys, of however many pages."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def body(self, key: str) -> bytes:
        found: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found

    def uploads(self) -> list[Any]:
        found: list[Any] = self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        return found
