"""The bucket policy of several people who share: what each may do, and whose record each leaves alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from reshelve.planner.buckets.least_privilege_policy import keys_below, policy_for
from reshelve.planner.sync.sync_left_out import RECORDS
from reshelve.planner.sync.sync_places import place_of
from reshelve.schemas.store_settings import Store
from reshelve.schemas.sync_settings import Sync

WRITING = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject")
"""What changes a record, or takes one away."""


def policy_for_people(
    stores: Mapping[str, Store], syncs: Iterable[Sync], people: Mapping[str, str], *, partition: str = "aws"
) -> dict[str, Any]:
    """Return the policy of the bucket that `people` (name to ARN) share: the same rights for all, but each writes one record alone.

    `stores` are those that the syncs share by. The bucket's own rules are its owner's: nobody gets the right to set them.
    """
    bare = {name: store.model_copy(update={"lifecycle": None}) for name, store in stores.items()}
    made = policy_for(bare, principals=list(people.values()), partition=partition)
    places = sorted({(place.store, f"{place.before}*{place.after}") for place in (place_of(sync.there) for sync in syncs)})
    for number, (user, _) in enumerate(people.items(), 1):
        others = [arn for name, arn in people.items() if name != user]
        keys = [
            f"arn:{partition}:s3:::{stores[store].s3}/{keys_below(stores[store])}{folder}/{RECORDS}/{user}.json"
            for store, folder in places
            if store in stores
        ]
        if others and keys:
            made["Statement"].append(
                {
                    "Sid": f"Record{number}",
                    "Effect": "Deny",
                    "Principal": {"AWS": others if len(others) > 1 else others[0]},
                    "Action": list(WRITING),
                    "Resource": keys if len(keys) > 1 else keys[0],
                }
            )
    return made
