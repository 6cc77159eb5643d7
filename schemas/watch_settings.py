"""Watching: how long a folder must be quiet, how often everything is looked at, and how much may be filed in a minute."""

from typing import Annotated

from pydantic import Field

from reshelve.schemas.store_settings import Age, Model, Size


class Watch(Model):
    """Settings of `reshelve watch`."""

    settle: Annotated[
        Age,
        Field(description="How long a folder and each file in it must be unchanged before the file is filed.", examples=["30s"]),
    ] = "5s"
    unsure: Annotated[
        Age,
        Field(
            description="How long a file must be unchanged if the system cannot tell whether "
            "a program is writing to it: on a share, or another user's file.",
            examples=["10m"],
        ),
    ] = "2m"
    every: Annotated[
        Age, Field(description="How often to look at everything, whatever changes were reported.", examples=["6h"])
    ] = "1h"
    poll: Annotated[
        Age, Field(description="How often to look at a store whose changes the system does not fully report.", examples=["5m"])
    ] = "1m"
    max_files: Annotated[
        Annotated[int, Field(ge=1)],
        Field(description="How many files may be filed per minute; more wait for the next.", examples=[1000]),
    ] = 100_000
    max_bytes: Annotated[
        Size | None,
        Field(
            description="How many bytes may be filed per minute. The file that exceeds this is the last in its minute.",
            examples=["100GB"],
        ),
    ] = None
