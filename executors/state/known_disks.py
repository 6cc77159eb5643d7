"""Which disk each root stood on when a run last saw it: an empty mount point, or another disk in its place, is not taken for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Disk:
    """A root as a run left it: its path (document form), its file system, and those of disks inside it that the run reached.

    `homes` are the folders (document form) of shows and films that it held, where its store has several roots. `ino` is the number
    of the folder itself, 0 where that is not known. `state` is the file system of the state folder then, "" where not known.
    `declared` is its path (document form) in the workspace, where that led there by a link, else "".
    """

    path: str
    fs: str
    inside: Mapping[str, str] = field(default_factory=dict)
    homes: tuple[str, ...] = ()
    ino: int = 0
    state: str = ""
    declared: str = ""


class KnownDisks:
    """`disks.json` of a state folder. Losing it loses the comparison until the next run, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "disks.json"

    def read(self) -> dict[str, Disk]:
        """Return what is known, by root key; what cannot be understood is not known."""
        return self._read()[0]

    def fault(self) -> str:
        """Return why the record cannot be read, "" where it can, or there is none."""
        return self._read()[1]

    def _read(self) -> tuple[dict[str, Disk], str]:
        try:
            held = json.loads(read_file(self.file))
            disks = {
                key: Disk(
                    one["path"],
                    one["fs"],
                    dict(one["inside"]),
                    tuple(one["homes"]),
                    int(one.get("ino", 0)),
                    one.get("state", ""),
                    one.get("declared", ""),
                )
                for key, one in held.items()
            }
        except FileNotFoundError:
            return {}, ""
        except OSError as trouble:
            return {}, trouble.strerror or str(trouble)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}, "it is damaged"
        texts = [
            text
            for disk in disks.values()
            for text in (disk.path, disk.fs, disk.state, disk.declared, *disk.inside, *disk.inside.values(), *disk.homes)
        ]
        return (disks, "") if all(isinstance(text, str) for text in texts) else ({}, "it is damaged")

    def write(self, disks: Mapping[str, Disk]) -> None:
        """Keep these in place of all that was known. Raises OSError."""
        replace_state_file(self.file, json.dumps({key: asdict(disks[key]) for key in sorted(disks)}, indent=1).encode() + b"\n")
