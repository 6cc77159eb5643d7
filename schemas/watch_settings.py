"""Watching: how long a folder must be quiet, how often everything is looked at, and how much may be filed in a minute."""

from typing import Annotated

from pydantic import Field

from reshelve.schemas.store_settings import Age, Model, Size


class Watch(Model):
    """How `reshelve watch` goes about it."""

    settle: Annotated[
        Age,
        Field(description="How long a folder, and each file, must have been quiet before it is filed.", examples=["30s"]),
    ] = "5s"
    unsure: Annotated[
        Age,
        Field(
            description="How long a file must have been quiet where the system cannot tell whether a program is writing to it: "
            "on a share, or a file of another user.",
            examples=["10m"],
        ),
    ] = "2m"
    every: Annotated[Age, Field(description="How often everything is looked at, whatever was told.", examples=["6h"])] = "1h"
    poll: Annotated[
        Age, Field(description="How often a store is looked at of which the system does not tell every change.", examples=["5m"])
    ] = "1m"
    max_files: Annotated[
        Annotated[int, Field(ge=1)],
        Field(description="How many files may be filed in a minute; more wait for the next.", examples=[1000]),
    ] = 100_000
    max_bytes: Annotated[
        Size | None,
        Field(
            description="How many bytes may be filed in a minute. What passes that is the last of its minute.",
            examples=["100GB"],
        ),
    ] = None
