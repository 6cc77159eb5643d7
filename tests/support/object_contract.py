"""The object store contract, written once: a subclass gives the bucket, and every promise is put to it."""

from tests.support.object_belief import ObjectBelief
from tests.support.object_changes import ObjectChanges
from tests.support.object_records import ObjectRecords
from tests.support.object_transfers import ObjectTransfers


class ObjectContract(ObjectTransfers, ObjectChanges, ObjectBelief, ObjectRecords):
    """All promises. A subclass gives the fixture `bench`."""
