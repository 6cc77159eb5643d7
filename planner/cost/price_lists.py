"""The price lists that come with the package, and the one a workspace names."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from reshelve.schemas.documents.price_files import load_prices
from reshelve.schemas.price_list import Prices

SHIPPED = "aws-us-east-1"


@cache
def shipped() -> Prices:
    """Return the price list used where a workspace names none."""
    return load_prices(Path(str(files("reshelve.planner"))) / "cost" / "prices" / f"{SHIPPED}.yaml")
