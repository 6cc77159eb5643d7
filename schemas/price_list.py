"""Prices: what a service asks for keeping and moving bytes, as a dated document that people may replace by their own."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from reshelve.schemas import quantities
from reshelve.schemas.store_settings import Model, ThawTier, checked

Amount = Annotated[Decimal, Field(title="amount", ge=0, description="an amount of money, in the document's currency")]
Bytes = Annotated[str, checked(quantities.size), Field(title="size", description="a size: 128KiB, 1GiB")]


class Retrieval(Model):
    """The cost and time to read archived objects in one retrieval tier."""

    gb: Annotated[Amount, Field(description="For each GB.", examples=["0.02"])] = Decimal(0)
    requests: Annotated[Amount, Field(description="For 1,000 requests.", examples=["0.05"])] = Decimal(0)
    hours: Annotated[Decimal, Field(ge=0, description="The most hours it takes.", examples=["12"])] = Decimal(0)


class ClassPrices(Model):
    """One storage class."""

    gb_month: Annotated[Amount, Field(description="For keeping a GB for a month.", examples=["0.023"])]
    put: Annotated[Amount, Field(description="For 1,000 uploads.", examples=["0.005"])] = Decimal(0)
    get: Annotated[Amount, Field(description="For 1,000 reads.", examples=["0.0004"])] = Decimal(0)
    transition: Annotated[
        Amount, Field(description="For 1,000 objects that move into the class from another.", examples=["0.05"])
    ] = Decimal(0)
    read_gb: Annotated[Amount, Field(description="For reading a GB that does not need a thaw.", examples=["0.01"])] = Decimal(0)
    minimum_days: Annotated[int, Field(ge=0, description="Objects are billed for at least this many days.", examples=[90])] = 0
    minimum_size: Annotated[Bytes, Field(description="An object is billed as at least this large.", examples=["128KiB"])] = "0"
    overhead: Annotated[Bytes, Field(description="Overhead billed for each object at this class's price.", examples=["32KiB"])] = (
        "0"
    )
    index: Annotated[Bytes, Field(description="Overhead billed for each object at the price of `STANDARD`.", examples=["8KiB"])] = (
        "0"
    )
    thaw: Annotated[
        dict[ThawTier, Retrieval],
        Field(
            description="The retrieval tiers. If there are any, objects must be thawed before they can be read.",
            examples=[{"Bulk": {"gb": "0.0025", "hours": "48"}}],
        ),
    ] = {}


class FreeTier(Model):
    """What costs nothing each month."""

    gb: Annotated[Decimal, Field(ge=0, description="How many GB in `STANDARD`.", examples=["5"])] = Decimal(0)
    get: Annotated[int, Field(ge=0, description="How many reads.", examples=[20000])] = 0
    put: Annotated[int, Field(ge=0, description="How many uploads.", examples=[2000])] = 0


class Prices(Model):
    """A price list."""

    version: Annotated[Literal[1], Field(description="The version of this format.", examples=[1])] = 1
    name: Annotated[str, Field(description="The provider of these prices.", examples=["My provider"])]
    source: Annotated[str, Field(description="Where the prices were found.", examples=["https://example.org/prices"])]
    date: Annotated[
        Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")],
        Field(description="The day the prices were looked up.", examples=["2026-11-01"]),
    ]
    currency: Annotated[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], Field(description="The currency.", examples=["EUR"])] = "USD"
    gb: Annotated[Bytes, Field(description="The size of a GB in this price list.", examples=["1GB"])] = "1GiB"
    out_gb: Annotated[Amount, Field(description="For sending a GB out of the service.", examples=["0.09"])] = Decimal(0)
    in_gb: Annotated[Amount, Field(description="For sending a GB into it.", examples=["0.01"])] = Decimal(0)
    free_tier: Annotated[FreeTier, Field(description="What costs nothing each month.", examples=[{"gb": "5"}])] = FreeTier()
    classes: Annotated[
        dict[str, ClassPrices],
        Field(description="The prices of each storage class, by its name.", examples=[{"STANDARD": {"gb_month": "0.023"}}]),
    ]
