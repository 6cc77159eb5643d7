"""`s3`: what has to do with buckets alone."""

import json

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.planner.buckets import least_privilege_policy
from reshelve.schemas.problems import stop


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def s3() -> None:
    """Print the permissions that reshelve needs in buckets.

    \b
    Example:
      reshelve s3 policy > policy.json
    """


@s3.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("names", metavar="[STORE]...", nargs=-1)
@click.option("--read-only", is_flag=True, help="Only permissions to view and download.")
@click.option("--bucket-policy", "principals", multiple=True, metavar="ARN", help="Print a bucket policy for this principal.")
@click.option("--partition", default="aws", show_default=True, metavar="NAME", help="The AWS partition: aws, aws-cn or aws-us-gov.")
@json_option
@pass_shell
def policy(shell: Shell, names: tuple[str, ...], read_only: bool, principals: tuple[str, ...], partition: str) -> int:
    """Print the minimum permissions that reshelve needs in the workspace's buckets, as an IAM policy or a bucket policy.

    \b
    Examples:
      reshelve s3 policy > policy.json
      reshelve s3 policy archive --bucket-policy arn:aws:iam::123456789012:user/jan
    """
    stores = api.open_workspace().workspace.stores
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
