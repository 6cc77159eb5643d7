"""Odd keys: objects of a bucket whose keys are no paths. They are told and counted, and nothing ever touches them."""

from collections.abc import Iterator
from typing import cast

from reshelve.planner.ports.store_reader import BucketReader, Readers
from reshelve.schemas.locations import printable, rel_fault, shown
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size


def odd_keys(readers: Readers) -> Iterator[Problem]:
    """Yield a note for every bucket in which such objects were seen; there the whole bucket is listed, to count them all."""
    for key, reader in sorted(readers.items()):
        if reader.root.kind != "bucket" or not reader.root.available or not cast(BucketReader, reader).odd():
            continue
        odd = reader.walk().odd
        size = human_size(sum(item.size for item in odd))
        many = f"{len(odd):,} objects ({size}) are" if len(odd) > 1 else f"1 object ({size}) is"
        example = shown(f"{reader.root.path.rstrip('/')}/{odd[0].rel}")
        why = rel_fault(odd[0].rel) or "a path to a file does not end with /"
        detail = f"{many} left alone, such as {example}: {why}."
        hint = "rename them with the service's own tools"
        yield Problem("odd-keys", "A bucket holds objects whose keys are not paths.", detail, printable(key), hint, severity="note")
