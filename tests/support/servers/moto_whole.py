"""moto's server, but for one fault: it fails (500) to tell the ACL of an object that was put together from parts. AWS tells it."""

import sys
from typing import Any

from moto.s3 import models
from moto.server import main


def _acl(_: Any, key: Any) -> Any:
    return key.acl or models.get_canned_acl("private")


if __name__ == "__main__":
    models.S3Backend.get_object_acl = _acl  # type: ignore[method-assign]
    main(sys.argv[1:])
