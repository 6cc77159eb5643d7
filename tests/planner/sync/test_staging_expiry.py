"""The expiry of shared files becomes a lifecycle rule of their part of the bucket, beside the store's own."""

from reshelve.planner.sync.staging_expiry import with_expiry
from reshelve.schemas.workspace import Workspace


def test_a_rule_for_the_shared_part_alone() -> None:
    own = {"rules": [{"name": "tidy", "abort_uploads": "7d"}]}
    said = {
        "stores": {"work": {"path": "."}, "collab": {"s3": "c", "lifecycle": own}},
        "sync": {"staging": {"here": "work:{project}/s3-staging", "there": "collab:v-appydave/{project}", "expire": "90d"}},
    }
    lifecycle = with_expiry(Workspace.model_validate(said))["collab"].lifecycle
    assert lifecycle is not None
    assert [(rule.name, rule.prefix, rule.expire) for rule in lifecycle.rules] == [
        ("tidy", "", None),
        ("sync-staging", "v-appydave/", "90d"),
    ]


def test_none_where_nothing_expires() -> None:
    said = {
        "stores": {"work": {"path": "."}, "collab": {"s3": "c"}},
        "sync": {"staging": {"here": "work:{project}/s3-staging", "there": "collab:{project}"}},
    }
    assert with_expiry(Workspace.model_validate(said))["collab"].lifecycle is None
