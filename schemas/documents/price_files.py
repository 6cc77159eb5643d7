"""Price lists in, with every problem of them."""

from pathlib import Path

from pydantic import ValidationError

from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.layout_checks import secret_fault
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.price_list import Prices
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.secret_texts import secrets_in


def load_prices(path: Path) -> Prices:
    """Return the price list in a file. Raises ReshelveError with every problem of it."""
    text = read_bytes(path, WRITTEN)
    schema = schema_for("prices")
    raw = typed(read(text, str(path)), schema, schema)
    found = [secret_fault(at, what) for at, what in secrets_in(raw)]
    try:
        prices = Prices.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        from reshelve.schemas.documents.schema_diagnostics import problems, violations

        raise ReshelveError(problems([*found, *violations("prices", (), raw, error)], text, str(path))) from error
    if found:
        from reshelve.schemas.documents.schema_diagnostics import problems

        raise ReshelveError(problems(found, text, str(path)))
    return prices
