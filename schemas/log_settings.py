"""The log: one JSON object a line, in a file that is rotated by its size."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reshelve.schemas import quantities
from reshelve.schemas.store_settings import Model, Size, checked

LogLevel = Literal["debug", "info", "warning", "error"]
SMALLEST = 64 << 10
"""The fewest bytes of a file before it is rotated."""


def _large_enough(text: str) -> None:
    """Refuse a size that a few lines exceed. Raises ValueError."""
    if quantities.size(text) < SMALLEST:
        raise ValueError("a log is rotated at 64KiB or more")


class Log(Model):
    """A log of what commands, runs and requests did, for programs."""

    file: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f/]$")],
        Field(
            description="The file, relative to the workspace, in a folder that exists. In a store it is named `.reshelve-…`.",
            examples=["/var/log/reshelve/media.ndjson"],
        ),
    ] = ".reshelve/log.ndjson"
    level: Annotated[
        LogLevel,
        Field(description="The least severe lines that are written. Runs and requests that change something are always written."),
    ] = "info"
    size: Annotated[
        Annotated[Size, checked(_large_enough)],
        Field(description="At which size the file is renamed to `FILE.1`, and a new one begun.", examples=["50MiB"]),
    ] = "10MiB"
    keep: Annotated[
        int, Field(ge=1, le=1000, description="How many renamed files are kept, from `FILE.1`, the newest, on.", examples=[10])
    ] = 5
