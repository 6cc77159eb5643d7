"""A bucket's own documents, as canonical JSON: its lifecycle rules and its policy."""

import errno
import json
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.service_errors import code_of

_NONE = frozenset(("NoSuchLifecycleConfiguration", "NoSuchBucketPolicy"))


def read(bucket: Bucket, what: str) -> str:
    """Return the document, "" where there is none. OSError(EOPNOTSUPP) of a service without them, EINVAL of another `what`."""
    from botocore.exceptions import ClientError

    asked: Any = {"Bucket": bucket.name}
    try:
        with bucket.telling():
            if _known(what) == "lifecycle":
                rules = bucket.client.get_bucket_lifecycle_configuration(**asked).get("Rules")
                if rules is None:
                    raise bucket.trouble(errno.EOPNOTSUPP, "the service has no lifecycle rules", "")
                return _canonical({"Rules": [_plain(rule) for rule in rules]}) if rules else ""
            return _canonical(json.loads(bucket.client.get_bucket_policy(**asked)["Policy"]))
    except OSError as trouble:
        if isinstance(trouble.__cause__, ClientError) and code_of(trouble.__cause__) in _NONE:
            return ""
        raise


def write(bucket: Bucket, what: str, text: str) -> None:
    """Replace the document; "" removes it."""
    asked: Any = {"Bucket": bucket.name}
    with bucket.telling():
        if _known(what) == "lifecycle":
            if text:
                bucket.client.put_bucket_lifecycle_configuration(**asked, LifecycleConfiguration=json.loads(text))
            else:
                bucket.client.delete_bucket_lifecycle(**asked)
        elif text:
            bucket.client.put_bucket_policy(**asked, Policy=text)
        else:
            bucket.client.delete_bucket_policy(**asked)


def _known(what: str) -> str:
    if what not in ("lifecycle", "policy"):
        raise OSError(22, f"a bucket has no document {what!r}")
    return what


def _plain(rule: Any) -> Any:
    """Return a rule without what services fill in with nothing, its dates as text."""
    if isinstance(rule, dict):
        return {name: _plain(each) for name, each in rule.items() if each not in ({}, [], None)}
    if isinstance(rule, list):
        return [_plain(each) for each in rule]
    return rule if isinstance(rule, str | int | float | bool) else rule.isoformat()


def _canonical(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
