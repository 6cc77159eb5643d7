"""The operations: the explicit list of everything a plan can do. The union is the registry."""

from typing import Annotated, get_args

from pydantic import Field

from schemas.operations.copy import Copy
from schemas.operations.link import Link
from schemas.operations.make_dir import MakeDir
from schemas.operations.move import Move
from schemas.operations.purge import Purge
from schemas.operations.remove_dir import RemoveDir
from schemas.operations.trash import Trash
from schemas.operations.write import Write

AnyOperation = MakeDir | RemoveDir | Move | Copy | Link | Write | Trash | Purge
Operation = Annotated[AnyOperation, Field(discriminator="op")]
OPERATIONS = get_args(AnyOperation)

__all__ = ["OPERATIONS", "AnyOperation", "Copy", "Link", "MakeDir", "Move", "Operation", "Purge", "RemoveDir", "Trash", "Write"]
