"""Prices: what a service asks for keeping and moving bytes, as a dated document that people may replace by their own."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from reshelve.schemas import quantities
from reshelve.schemas.store_settings import Model, ThawTier, checked

Amount = Annotated[Decimal, Field(ge=0, description="an amount of money, in the document's currency")]
Bytes = Annotated[str, checked(quantities.size), Field(description="a size: 128KiB, 1GiB")]


class Retrieval(Model):
    """What it takes to read archived objects in one retrieval tier: an amount a GB, one a 1,000 requests, and hours at most."""

    gb: Amount = Decimal(0)
    requests: Amount = Decimal(0)
    hours: Annotated[Decimal, Field(ge=0)] = Decimal(0)


class ClassPrices(Model):
    """One storage class.

    `gb_month` is for keeping a GB for a month. `put` and `get` are for 1,000 requests, `transition` for 1,000 objects that come
    into the class from another. `read_gb` is for reading a GB where nothing need be thawed. What is kept is billed for
    `minimum_days` at least, and an object as `minimum_size` at least. `overhead` bytes are billed beside each object at this
    class's price, `index` bytes at `STANDARD`'s. `thaw`, where there is any, has the retrieval tiers: objects must be thawed first.
    """

    gb_month: Amount
    put: Amount = Decimal(0)
    get: Amount = Decimal(0)
    transition: Amount = Decimal(0)
    read_gb: Amount = Decimal(0)
    minimum_days: Annotated[int, Field(ge=0)] = 0
    minimum_size: Bytes = "0"
    overhead: Bytes = "0"
    index: Bytes = "0"
    thaw: dict[ThawTier, Retrieval] = {}


class FreeTier(Model):
    """What costs nothing each month: GB in `STANDARD`, and so many requests."""

    gb: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    get: Annotated[int, Field(ge=0)] = 0
    put: Annotated[int, Field(ge=0)] = 0


class Prices(Model):
    """A price list. `date` is the day it was looked up, `source` where. `gb` says how many bytes its GB has."""

    version: Literal[1] = 1
    name: str
    source: str
    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    gb: Bytes = "1GiB"
    out_gb: Amount = Decimal(0)
    in_gb: Amount = Decimal(0)
    free_tier: FreeTier = FreeTier()
    classes: dict[str, ClassPrices]
