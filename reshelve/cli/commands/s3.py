"""`s3`: what has to do with buckets alone."""

import json
from typing import Any

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.planner.buckets import least_privilege_policy
from reshelve.planner.buckets.people_policy import policy_for_people
from reshelve.planner.sync.staging_expiry import with_expiry
from reshelve.planner.sync.sync_places import place_of
from reshelve.schemas.problems import stop
from reshelve.schemas.store_settings import Store
from reshelve.schemas.sync_settings import user_fault
from reshelve.schemas.workspace import Workspace


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def s3() -> None:
    """Print the permissions that reshelve needs in buckets.

    \b
    Example:
      reshelve s3 policy > policy.json
    """


@s3.command(epilog=exit_codes.epilog(0, 1, 7), short_help="Print them as a policy for IAM or for a bucket.")
@click.argument("names", metavar="[STORE]...", nargs=-1)
@click.option("--read-only", is_flag=True, help="Only permissions to view and download.")
@click.option("--bucket-policy", "principals", multiple=True, metavar="ARN", help="Print a bucket policy for this principal.")
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="NAME=ARN",
    help="Print the bucket policy of the people of a sync: only NAME writes the record of NAME. Repeat it.",
)
@click.option("--partition", default="aws", show_default=True, metavar="NAME", help="The AWS partition: aws, aws-cn or aws-us-gov.")
@json_option
@pass_shell
def policy(
    shell: Shell, names: tuple[str, ...], read_only: bool, principals: tuple[str, ...], people: tuple[str, ...], partition: str
) -> int:
    """Print the minimum permissions that reshelve needs in the workspace's buckets, as an IAM policy or a bucket policy.

    \b
    Examples:
      reshelve s3 policy > policy.json
      reshelve s3 policy archive --bucket-policy arn:aws:iam::123456789012:user/jan
      reshelve s3 policy --person david=arn:aws:iam::123456789012:user/david --person jan=arn:aws:iam::123456789012:user/jan
    """
    workspace = api.open_workspace().workspace
    if people:
        if read_only or principals or names:
            raise click.UsageError("--person goes without STORE, --read-only and --bucket-policy.")
        made = _of_people(workspace, people, partition)
        shell.put_text([json.dumps(made, indent=2)])
        shell.events([{"type": "policy", "policy": made}])
        return shell.finish(0, stores=sorted(_shared_by(workspace)))
    stores = with_expiry(workspace)
    chosen = {name: store for name, store in stores.items() if store.s3 is not None and (not names or name in names)}
    missing = sorted(set(names) - chosen.keys())
    if missing or not chosen:
        known = ", ".join(sorted(name for name, store in stores.items() if store.s3 is not None)) or "none"
        detail = f"{', '.join(missing)}: no such bucket store." if missing else "No store of this workspace has `s3`."
        raise stop("no-bucket-store", "There is no such bucket.", detail, hint=f"bucket stores: {known}", kind="usage")
    made = least_privilege_policy.policy_for(chosen, read_only=read_only, principals=principals, partition=partition)
    shell.put_text([json.dumps(made, indent=2)])
    shell.events([{"type": "policy", "policy": made}])
    return shell.finish(0, stores=sorted(chosen))


def _shared_by(workspace: Workspace) -> dict[str, Store]:
    """Return the bucket stores that the syncs of a workspace share by."""
    names = {place_of(sync.there).store for sync in workspace.sync.values()}
    return {name: store for name, store in workspace.stores.items() if name in names and store.s3 is not None}


def _of_people(workspace: Workspace, people: tuple[str, ...], partition: str) -> dict[str, Any]:
    """Return the policy of people given as NAME=ARN. Raises ReshelveError where the workspace has no sync, UsageError of a name."""
    stores = _shared_by(workspace)
    if not stores:
        raise stop("no-sync", "This workspace shares nothing.", "`sync:` says what is shared by way of which bucket.", kind="usage")
    buckets = {store.s3 for store in stores.values()}
    if len(buckets) > 1:
        detail = f"{', '.join(sorted(filter(None, buckets)))}: a bucket policy is for one bucket."
        raise stop(
            "several-buckets", "The syncs share by several buckets.", detail, hint="print one with --bucket-policy", kind="usage"
        )
    known: dict[str, str] = {}
    for each in people:
        name, equals, arn = each.partition("=")
        if not equals or not arn or user_fault(name) or name in known:
            why = user_fault(name) or "write NAME=ARN, each name once"
            raise click.BadParameter(f"{each!r}: {why}.", param_hint="--person")
        known[name] = arn
    return policy_for_people(stores, workspace.sync.values(), known, partition=partition)
