"""The operations: the explicit list of everything a plan can do. The union is the registry."""

from typing import Annotated, get_args

from pydantic import Field

from schemas.operations.configure import Configure
from schemas.operations.copy import Copy
from schemas.operations.download import Download
from schemas.operations.link import Link
from schemas.operations.make_dir import MakeDir
from schemas.operations.move import Move
from schemas.operations.pack import Pack
from schemas.operations.purge import Purge
from schemas.operations.remove_dir import RemoveDir
from schemas.operations.reveal import Reveal
from schemas.operations.thaw import Thaw
from schemas.operations.transition import Transition
from schemas.operations.trash import Trash
from schemas.operations.unpack import Unpack
from schemas.operations.upload import Upload
from schemas.operations.write import Write

AnyOperation = (
    MakeDir | RemoveDir | Move | Copy | Link | Write | Trash | Purge
    | Upload | Download | Pack | Unpack | Transition | Thaw | Configure | Reveal
)  # fmt: skip
Operation = Annotated[AnyOperation, Field(discriminator="op")]
OPERATIONS = get_args(AnyOperation)

__all__ = [
    "OPERATIONS", "AnyOperation", "Configure", "Copy", "Download", "Link", "MakeDir", "Move", "Operation", "Pack", "Purge",
    "RemoveDir", "Reveal", "Thaw", "Transition", "Trash", "Unpack", "Upload", "Write",
]  # fmt: skip
