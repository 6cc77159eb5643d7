"""The process that sends one message by apprise. It reads address and message from its standard input, and prints nothing."""

import json
import sys

from reshelve.executors.hooks.apprise_address import NO_ADDRESS, NOT_TAKEN


def main() -> None:
    """Send the message, and exit with 0 if it was taken. No redirect is followed, and nothing is written to a file."""
    from apprise import Apprise, AppriseAsset
    from apprise.common import PersistentStoreMode

    given = json.load(sys.stdin)
    asset = AppriseAsset(async_mode=False, http_redirects=False, secure_logging=True, storage_mode=PersistentStoreMode.MEMORY)
    address = Apprise.instantiate(given["url"], asset=asset, suppress_exceptions=True)
    if address is None:
        sys.exit(NO_ADDRESS)
    taken = address.notify(body=given["body"], title=given["title"])
    sys.exit(0 if taken else NOT_TAKEN)
