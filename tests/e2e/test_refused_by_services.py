"""What a service refuses is headed as that, whichever command asks; what the system refuses, as that."""

from pathlib import Path

import pytest

from tests.support.buckets import fresh, keys_of, moto
from tests.support.servers.ruled import refuses, ruled
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import call

pytestmark = pytest.mark.s3
__all__ = ["moto"]


@pytest.mark.parametrize(
    ("pattern", "status", "code", "words"),
    [
        (r"PUT .*probe-", 403, "AccessDenied", "s3:PutObject"),
        (r"PUT .*probe-", 503, "SlowDown", "slow down"),
        (r"PUT .*probe-", 400, "KeyTooLongError", "KeyTooLongError"),
        (r"PUT .*probe-", 403, "QuotaExceeded", "quota"),
        (r"PUT .*probe-", 403, "InvalidAccessKeyId", "credentials"),
    ],
)
@pytest.mark.parametrize("command", [("apply", "--yes"), ("doctor", "--probe"), ("plan",)])
def test_a_refusal_of_the_probe(
    moto: Endpoint, tmp_path: Path, command: tuple[str, ...], pattern: str, status: int, code: str, words: str
) -> None:
    with ruled(moto, refuses(pattern, status, code)) as service, keys_of(moto):
        (tmp_path / "reshelve.yaml").write_text(
            "version: 1\nstores:\n  ssd: {path: ssd}\n"
            f"  s3: {{s3: {fresh(moto)}, endpoint_url: '{service.endpoint.url}', region: us-east-1, patience: 1s}}\n"
        )
        (tmp_path / "layout.yaml").write_text('version: 1\nfiles:\n  "s3:a.mkv": {from: "ssd:a.mkv"}\n')
        (tmp_path / "ssd").mkdir()
        (tmp_path / "ssd/a.mkv").write_text("a")
        came = call(tmp_path, *command)
    said = came.out + came.err
    assert "operating system" not in said
    if command != ("plan",):
        assert came.code != 0
        assert words in said
