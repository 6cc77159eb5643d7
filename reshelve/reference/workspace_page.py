"""The page about `reshelve.yaml`: every key of the workspace and of this machine's overlay."""

from collections.abc import Mapping

from reshelve.reference.schema_keys import section

LINKS = {
    "Store": "#store", "ThawTerms": "#thaw-terms", "Lifecycle": "#lifecycle", "LifecycleRule": "#lifecycle-rule",
    "Scan": "#scan", "Rule": "#rule", "Condition": "rules.md#conditions", "Match": "rules.md#matches",
    "Template": "templates.md#template", "FileTemplate": "templates.md#file-template", "Project": "#project",
    "Suggest": "#suggest", "Budget": "#budget", "Prices": "#prices", "Lookup": "#lookup", "Guards": "#guards", "Policy": "#policy",
    "Tiers": "#tiers", "Tier": "#tier", "Move": "#move", "CostTerms": "#cost-terms", "Media": "#media",
    "HealthLimits": "#health-limits", "Watch": "#watch", "Job": "#job", "Notify": "#notify", "After": "#after",
    "Client": "#client", "Hooks": "#hooks",
    "TrashSettings": "#trash-settings", "Log": "#log",
    "LocalStore": "#store", "Sync": "#sync", "LocalSync": "#local-sync", "Backups": "#backups", "Keep": "#keep",
}  # fmt: skip
_OWN = tuple(name for name, link in LINKS.items() if link.startswith("#") and name != "LocalStore")
"""What has a section here. Those of an overlay's stores are the keys of stores."""
_LOCAL = ("LocalSync",)
"""What only this machine's overlay has."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    made = {
        link[1:]: section("local" if name in _LOCAL else "workspace", name, LINKS) for name, link in LINKS.items() if name in _OWN
    }
    return {**made, "workspace": section("workspace", "", LINKS), "local": section("local", "", LINKS)}
