"""`configure`: replace a bucket's lifecycle rules or its policy."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Configure as ConfigureVerb
from reshelve.schemas.verbs import Verb


@dataclass(slots=True, frozen=True)
class Configure(OperationBase):
    """Replaces one document of the bucket at `root` (a root key), as canonical JSON; "" is none. Undone by `before`."""

    root: str
    what: Literal["lifecycle", "policy"]
    before: str
    after: str
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["configure"] = "configure"

    @property
    def reads(self) -> str | None:
        return f"{self.root}:"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (ConfigureVerb(self.root, self.what, self.before, self.after),)

    def describe(self) -> str:
        return f"change the {self.what} of {self.root}"
