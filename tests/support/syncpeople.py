"""People with folders and state of their own, who share a bucket in memory that all of them see, through the command line."""

import json
from pathlib import Path

from reshelve.schemas.locations import is_own
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Came, call

WORKSPACE = """\
version: 1
stores:
  work: {{path: .}}
  collab: {{s3: collab}}
sync:
  staging: {{here: "work:{{project}}/s3-staging", there: "collab:v-appydave/{{project}}"{more}}}
"""


class People:
    """Folders of several people, and what a person does in them."""

    def __init__(self, folder: Path, buckets: CaseBuckets) -> None:
        self.folder = folder
        self.buckets = buckets
        self.project = "b63-flivideo"

    def join(self, *names: str, more: str = "") -> None:
        for name in names:
            (self.folder / name / self.project).mkdir(parents=True)
            text = WORKSPACE.format(more=f", user: {name}{more}")
            (self.folder / name / "reshelve.yaml").write_text(text)

    def staging(self, person: str) -> Path:
        return self.folder / person / self.project / "s3-staging"

    def write(self, person: str, name: str, text: str) -> Path:
        path = self.staging(person) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def here(self, person: str) -> dict[str, str]:
        top = self.staging(person)
        files = (path for path in top.rglob("*") if path.is_file())
        return {path.relative_to(top).as_posix(): path.read_text() for path in files if path.name != ".gitignore"}

    def there(self) -> dict[str, str]:
        top = f"v-appydave/{self.project}/"
        found = self.buckets.service("collab").keys
        shared = {key.removeprefix(top): versions[-1] for key, versions in found.items() if key.startswith(top)}
        return {
            name: version.content.decode()
            for name, version in shared.items()
            if not version.marker and not is_own(name.partition("/")[0]) and name != "metadata.json"
        }

    def view(self) -> dict[str, object]:
        return json.loads(self.buckets.service("collab").keys[f"v-appydave/{self.project}/metadata.json"][-1].content)

    def run(self, person: str, *args: str) -> Came:
        with self.buckets.served():
            return call(self.folder / person, *args)

    def sync(self, person: str, *args: str) -> Came:
        came = self.run(person, "sync", *args, "--yes")
        assert came.code == 0, (came.out, came.err)
        return came
