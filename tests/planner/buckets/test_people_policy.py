"""The bucket policy of people who share: one set of rights, and a record each."""

from reshelve.planner.buckets.least_privilege_policy import policy_for
from reshelve.planner.buckets.people_policy import policy_for_people
from reshelve.schemas.store_settings import Store
from reshelve.schemas.sync_settings import Sync

STORES = {
    "collab": Store.model_validate({"s3": "room", "prefix": "team/", "lifecycle": {"rules": [{"name": "x", "expire": "9d"}]}})
}
SYNC = Sync(here="work:{project}/s3-staging", there="collab:v-appydave/{project}/shared")
PEOPLE = {"david": "arn:d", "jan": "arn:j", "ann": "arn:a"}


def test_everybody_has_the_same_rights_but_for_records() -> None:
    made = policy_for_people(STORES, [SYNC], PEOPLE)
    bare = {"collab": STORES["collab"].model_copy(update={"lifecycle": None})}
    allowed = [each for each in made["Statement"] if each["Effect"] == "Allow"]
    assert allowed == policy_for(bare, principals=list(PEOPLE.values()))["Statement"]
    denied = {each["Sid"]: each for each in made["Statement"] if each["Effect"] == "Deny"}
    assert denied["Record2"] == {
        "Sid": "Record2",
        "Effect": "Deny",
        "Principal": {"AWS": ["arn:d", "arn:a"]},
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"],
        "Resource": "arn:aws:s3:::room/team/v-appydave/*/shared/.reshelve-sync/jan.json",
    }
    assert len(denied) == 3


def test_one_person_is_denied_nothing() -> None:
    made = policy_for_people(STORES, [SYNC], {"david": "arn:d"})
    assert {each["Effect"] for each in made["Statement"]} == {"Allow"}
