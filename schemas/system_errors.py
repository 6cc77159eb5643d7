"""An OSError that no command expected, as a problem: headed by who reported it, the operating system or a service."""

import errno
import os
from dataclasses import replace

from reshelve.schemas.problems import Problem

_SUMMARIES = {
    errno.ENOENT: "A file or folder is not there.",
    errno.ENOTDIR: "A file stands where a folder is needed.",
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "The operating system refused."),
}


def problem_of(error: OSError) -> Problem:
    """Return what an OSError means to people. Those of a service say their own kind, and what to do next."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    kind, what, hint = (str(getattr(error, name, "")) for name in ("kind", "what", "hint"))
    said = f"{what or error.strerror or error}."
    if path.startswith("s3://"):
        problem = Problem("service-said", "A request to the service failed.", said, path, hint)
        return replace(problem, code=kind) if kind else problem
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    summary = _SUMMARIES.get(error.errno or 0, "The operating system reported an error.")
    return Problem("system", summary, said, path, "Free some room there, then try again." if full and path else "")
