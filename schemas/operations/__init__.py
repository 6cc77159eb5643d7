"""The operations: the explicit list of everything a plan can do. The union is the registry."""

from typing import Annotated, get_args

from pydantic import Field

from reshelve.schemas.operations.configure import Configure
from reshelve.schemas.operations.copy import Copy
from reshelve.schemas.operations.download import Download
from reshelve.schemas.operations.link import Link
from reshelve.schemas.operations.make_dir import MakeDir
from reshelve.schemas.operations.move import Move
from reshelve.schemas.operations.pack import Pack
from reshelve.schemas.operations.purge import Purge
from reshelve.schemas.operations.remove_dir import RemoveDir
from reshelve.schemas.operations.reveal import Reveal
from reshelve.schemas.operations.thaw import Thaw
from reshelve.schemas.operations.transition import Transition
from reshelve.schemas.operations.trash import Trash
from reshelve.schemas.operations.unpack import Unpack
from reshelve.schemas.operations.upload import Upload
from reshelve.schemas.operations.write import Write

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
