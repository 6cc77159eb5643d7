"""moto's server: the one that thaws, refuses to read archived objects, and keeps checksums; wrong keys are refused."""

import contextlib
import json
import sys
import urllib.request
from pathlib import Path

from tests.support.servers.service import Endpoint, answers, free_port, program, start, stop


class Moto:
    """One moto server, everything in memory. `denied_key`, `denied_secret` of `extra` are a user who may do nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def missing() -> str | None:
        """Say what has to be installed first, or None."""
        return None if program("moto_server") else "moto (the Python package moto[server,s3])"

    def start(self) -> Endpoint:
        """Start it, make its users, and return where it listens."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "tests.support.servers.moto_whole", "-H", "127.0.0.1", "-p", str(port)]
        self._process = start(command, self.folder / "moto.log", {"INITIAL_NO_AUTH_ACTION_COUNT": "1000000"})
        answers(f"{url}/moto-api/", self._process)
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
        key, secret = _user(url, "tester", everything)
        denied_key, denied_secret = _user(url, "stranger", nothing)
        thaw = {"model_name": "s3::keyrestore", "transition": {"progression": "manual", "times": 3}}
        _post(f"{url}/moto-api/state-manager/set-transition", json.dumps(thaw), "application/json")
        _post(f"{url}/moto-api/reset-auth", "0", "text/plain")
        return Endpoint(url, key, secret, {"denied_key": denied_key, "denied_secret": denied_secret})

    def stop(self) -> None:
        """Stop it."""
        stop(self._process)


def _user(url: str, name: str, policy: dict[str, object]) -> tuple[str, str]:
    import boto3

    iam = boto3.client("iam", endpoint_url=url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


def _post(url: str, body: str, kind: str) -> None:
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind}, method="POST")
    with contextlib.closing(urllib.request.urlopen(request, timeout=10)) as answer:
        answer.read()
